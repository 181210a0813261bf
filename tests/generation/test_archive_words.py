"""How archives' words, tables and mappings are read."""

import numpy as np
import pytest

from generation.corpus.archives.consensus import agreed_boxes, agreed_label
from generation.corpus.archives.errors import ArchiveError, FilmError
from generation.corpus.archives.labels import LabelMap, rule
from generation.corpus.archives.mapping import read_mapping
from generation.corpus.archives.masks import draw_runs, read_runs
from generation.corpus.archives.people import read_age, read_sex, read_view
from generation.corpus.archives.record import Box, Outline, side_of
from generation.corpus.archives.tables import Table


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("58", 58),
        ("058Y", 58),
        ("58.0", 58),
        (" 7 ", 7),
        ("018M", 1),
        ("011D", 0),
        ("95", 95),
        ("", None),
        ("nan", None),
    ],
)
def test_ages_are_read_as_archives_write_them(text, years):
    assert read_age(text) == (years, ())


@pytest.mark.parametrize(
    ("text", "years", "complaint"),
    [
        ("414", None, "impossible age left unknown"),
        ("414Y", None, "impossible age left unknown"),
        ("97", 95, "age above 95 taken as 95"),
        ("abc", None, "age that is not a number left unknown"),
        ("-5", None, "age that is not a number left unknown"),
    ],
)
def test_a_wrong_age_is_mended_and_said(text, years, complaint):
    assert read_age(text) == (years, (complaint,))


def test_age_zero_is_unknown_only_in_archives_of_adults():
    assert read_age("0")[0] == 0
    assert read_age("000Y", zero_is_unknown=True) == (None, ("age 0 left unknown",))


def test_sex_and_view_are_read_in_words_and_letters():
    assert [read_sex(word)[0] for word in ("Male", "f", "M", "Unknown", "O")] == ["M", "F", "M", "", ""]
    assert [read_view(word)[0] for word in ("PA", "AP_horizontal", "LL", "POSTEROANTERIOR", "")] == [
        *("PA", "AP", "L", "PA", "")
    ]
    assert read_sex("7") == ("", ("sex that is not known left unknown",))
    assert read_view("XY") == ("", ("view that is not known left unknown",))


MAP = LabelMap(
    normal="Clear",
    findings={"pneumonia": rule("Pneumonia", possible=("Opacity",)), "pneumothorax": rule("Air")},
    comorbidities={"emphysema": rule("Emphysema")},
    harmless=frozenset({"Tube"}),
)
NOTHING = {"Clear": False, "Pneumonia": False, "Opacity": False, "Air": False, "Emphysema": False, "Tube": False}


def test_a_label_that_may_mean_it_leaves_the_finding_unknown():
    labels = MAP.read({**NOTHING, "Opacity": True})
    assert "pneumonia" not in labels.findings
    assert labels.findings["pneumothorax"] is False
    assert labels.findings["normal"] is False
    assert labels.others == ("Opacity",)


def test_an_uncertain_label_never_becomes_an_absent_finding():
    labels = MAP.read({**NOTHING, "Air": None})
    assert "pneumothorax" not in labels.findings
    assert "normal" not in labels.findings


def test_a_label_that_was_never_asked_leaves_its_finding_unknown():
    assert "pneumothorax" not in MAP.read({"Pneumonia": True}).findings


def test_a_clear_film_denies_every_finding_and_comorbidity():
    labels = MAP.read({"Clear": True, "Tube": True})
    assert labels.findings == {"pneumonia": False, "pneumothorax": False, "normal": True}
    assert labels.comorbidities == {"emphysema": False}


def test_a_comorbidity_alone_leaves_the_film_normal():
    labels = MAP.read({**NOTHING, "Emphysema": True, "Tube": True})
    assert labels.findings["normal"] is True
    assert labels.comorbidities == {"emphysema": True}


def test_most_readers_decide_a_label_and_a_minority_leaves_it_open():
    assert [agreed_label(votes, 3) for votes in (3, 2, 1, 0)] == [True, True, None, False]
    assert agreed_label(1, 1) is True


def _box(left: float, top: float, side: float = 0.2, label: str = "Nodule") -> Box:
    return Box(label, "", left, top, left + side, top + side)


def test_boxes_of_most_readers_become_their_mean():
    agreed = agreed_boxes({"R1": [_box(0.10, 0.10)], "R2": [_box(0.12, 0.10)], "R3": [_box(0.7, 0.7)]}, readers=3)
    assert len(agreed) == 1
    assert agreed[0].left == pytest.approx(0.11)
    assert agreed[0].right == pytest.approx(0.31)


def test_one_reader_cannot_agree_with_himself():
    assert agreed_boxes({"R1": [_box(0.10, 0.10), _box(0.11, 0.10)]}, readers=3) == ()


def test_boxes_of_different_lesions_are_not_mixed():
    drawn = {"R1": [_box(0.1, 0.1)], "R2": [_box(0.1, 0.1, label="Calcification")]}
    assert agreed_boxes(drawn, readers=3) == ()


def test_the_left_of_the_picture_is_the_patients_right():
    def boxed(left):
        return Box("Effusion", "pleural_effusion", left, 0.5, left + 0.2, 0.8)

    assert side_of((boxed(0.1),), "pleural_effusion") == "right"
    assert side_of((boxed(0.7),), "pleural_effusion") == "left"
    assert side_of((boxed(0.1), boxed(0.7)), "pleural_effusion") == "both"
    assert side_of((boxed(0.1),), "heart_failure") is None


def test_runs_count_down_the_columns_from_the_end_of_the_run_before():
    runs = read_runs("1 2 5 3", height=4, width=5)
    mask = draw_runs(Outline("pneumothorax", runs=runs, height=4, width=5))
    assert mask.T.ravel().nonzero()[0].tolist() == [1, 2, 8, 9, 10]
    assert mask.shape == (4, 5)
    assert mask[:, 0].tolist() == [False, True, True, False]


@pytest.mark.parametrize("text", ["1 2 3", "a b", "1 -2", "999999999999999999999 1"])
def test_runs_that_are_not_pairs_of_numbers_are_refused(text):
    with pytest.raises(FilmError, match="cannot be read"):
        read_runs(text, 8, 8)


def test_runs_beyond_the_picture_are_refused():
    with pytest.raises(FilmError, match="leaves the picture"):
        read_runs("60 5", 8, 8)


def test_no_runs_are_an_empty_mask():
    assert not draw_runs(Outline("pneumothorax", height=3, width=2)).any()
    assert np.array_equal(read_runs("", 3, 2), np.zeros((0, 2)))


def test_a_table_names_the_columns_it_lacks(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("image, age\na.png,5\n")
    with pytest.raises(ArchiveError, match=r"labels\.csv line 1 lacks the column “sex”.*“image”, “age”"):
        Table(path, ("image", "sex"))


def test_a_table_tells_lines_past_quoted_line_breaks_and_ragged_rows(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text('\ufefffile,note\na,"two\nlines"\n\nb\nc,1,2\n', encoding="utf-8")
    rows = list(Table(path))
    assert [(row["file"], row.line, row.ragged) for row in rows] == [("a", 2, False), ("b", 5, True), ("c", 6, True)]
    assert rows[1]["note"] == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no header"),
        (b"a,b,a\n1,2,3\n", "names a column twice: “a”"),
        (b"name\nM\xfcller\n", "not UTF-8"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_by_name(tmp_path, content, message):
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=message):
        list(Table(path))


def _mapping(tmp_path, text):
    path = tmp_path / "archive.yaml"
    path.write_text(text)
    return read_mapping(path)


def test_a_mapping_reads_numbers_as_words(tmp_path):
    mapping = _mapping(tmp_path, "table: t.csv\ncolumns: {file: f, sex: s}\nvalues:\n  sex: {1: M, 2: F}\n")
    assert mapping.word("sex", "2") == "F"
    assert mapping.word("sex", "x") == "x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("columns: {file: f}\n", "archive.yaml: 'table' is a required property"),
        ("table: t.csv\ncolums: {file: f}\n", "line 2, column 1, colums: Additional properties"),
        ("table: t.csv\ncolumns:\n  file: f\n  sexe: s\n", "line 4, column 3, columns.sexe: Additional"),
        ("table: t.csv\ncolumns: {file: f}\nfindings:\n  pneumona: p\n", "line 4, column 3, findings.pneumona"),
        (
            "table: t.csv\ncolumns: {file: f}\nvalues:\n  finding:\n    PTX: pnx\n",
            "line 5, column 5, values.finding.PTX: 'pnx' is not one of",
        ),
        ("table: t.csv\ncolumns: [file\n", "line 3, column 1 is not YAML"),
        ("- a\n", "archive.yaml: .* is not of type 'object'"),
    ],
)
def test_a_wrong_mapping_is_refused_with_line_and_column(tmp_path, text, message):
    with pytest.raises(ArchiveError, match=message):
        _mapping(tmp_path, text)


def test_a_mapping_that_is_not_there_is_asked_for(tmp_path):
    with pytest.raises(ArchiveError, match=r"There is no mapping .*archive\.yaml\. Write one"):
        read_mapping(tmp_path / "archive.yaml")
