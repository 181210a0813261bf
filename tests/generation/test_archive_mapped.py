"""A folder of films with a table whose columns a mapping names."""

import numpy as np
import pytest
from PIL import Image

from generation.corpus.archives import open_archive
from generation.corpus.archives.errors import ArchiveError
from generation.vocabulary import FINDINGS
from tests.generation.archive_makers import (
    accounted,
    grey,
    write_dicom,
    write_picture,
    write_table,
)

# A folder with a table and a mapping


MAPPING = """
title: Clinic
table: labels.csv
films: films
masks: masks
list_separator: "|"
grade_scale: severity
columns:
  file: image
  patient: no
  age: age
  sex: gender
  view: projection
  finding: diagnosis
  stage: stage
  side: side
  lobe: lobe
  comorbidities: history
  mask: mask
  photometric: pi
  grade: score
values:
  finding: {PTX: pneumothorax, clear: normal}
  sex: {1: M, 2: F}
"""
CSV_HEADER = "image,no,age,gender,projection,diagnosis,stage,side,lobe,history,mask,pi,score"


def clinic(root, rows, mapping=MAPPING):
    (root / "archive.yaml").write_text(mapping)
    write_table(root / "labels.csv", CSV_HEADER, rows)
    for row in rows:
        write_picture(root / "films" / row[0])
    return open_archive("csv", root)


def test_a_mapped_table_gives_finding_stage_place_comorbidities_and_grade(tmp_path):
    rows = [
        ["a.png", 1, 70, 1, "PA", "PTX", 2, "left", "", "Emphysema|pacemaker|gout", "", "", 3],
        ["b.png", 3, 71, 2, "PA", "clear", 0, "", "", "", "", "", ""],
        ["c.png", 2, 50, "f", "", "Pneumonia", 1.5, "right", "lower", "", "", "", ""],
    ]
    archive = clinic(tmp_path, rows)
    ill, clear, third = archive.records()
    assert ill.findings == {"pneumothorax": True, "normal": False}
    assert (ill.stage, ill.side, ill.lobe, ill.sex, ill.patient_id, ill.grade) == (2, "left", None, "M", "1", 3)
    assert ill.grade_scale == "severity"
    assert ill.comorbidities == {"emphysema": True, "pacemaker": True}
    assert ill.others == ("gout",)
    assert clear.findings == {**dict.fromkeys(FINDINGS, False), "normal": True}
    assert (third.stage, third.side, third.lobe, third.view) == (1.5, "right", "lower", "")
    assert archive.report.noted.counts == {"view not stated": 1, "label outside the vocabulary: gout": 1}
    assert archive.report.contents["stages"] == {"0": 1, "1.5": 1, "2": 1}


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        (["PTX", "much", "", ""], "stage that is not a number left unknown"),
        (["PTX", "4", "", ""], "stage outside the finding's scale left unknown"),
        (["PTX|pneumonia", "2", "", ""], "stage without one finding that it could belong to left out"),
        (["PTX", "", "top", ""], "side or lobe that is not known left unknown"),
        (["PTX", "", "both", ""], "place that the finding cannot have left unknown"),
        (["pneumonia", "", "left", "middle"], "place that the finding cannot have left unknown"),
        (["clear|PTX", "", "", ""], "“normal” beside findings ignored"),
    ],
)
def test_a_wrong_cell_is_left_unknown_and_said(tmp_path, cells, complaint):
    archive = clinic(tmp_path, [["a.png", 1, 70, 1, "PA", *cells, "", "", "", ""]])
    (record,) = archive.records()
    assert record.mended == (complaint,)
    assert record.findings["normal"] is False


def test_negatives_are_turned_film_by_film(tmp_path):
    words = {"a": "MONOCHROME1", "b": "MONOCHROME2", "c": "weird"}
    rows = [[f"{name}.png", 1, 70, 1, "PA", *[""] * 6, word, ""] for name, word in words.items()]
    archive = clinic(tmp_path, rows)
    write_picture(tmp_path / "films" / "a.png", 255 - grey())
    turned, plain, odd = (archive.load(record, 64) for record in archive.records())
    assert np.allclose(turned.image, plain.image)
    assert turned.mended == ("negative turned so that bone is bright",)
    assert odd.record.mended == ("photometric interpretation that is not known left out",)


def test_mask_pictures_are_scaled_to_the_film(tmp_path):
    archive = clinic(tmp_path, [["a.png", 1, 70, 1, "PA", "PTX", 1, "left", "", "", "a.png", "", ""]])
    mask = np.zeros((32, 32), np.uint8)
    mask[:16] = 255
    write_picture(tmp_path / "masks" / "a.png", mask)
    (record,) = archive.records()
    sample = archive.load(record, 64)
    assert sample.mask_kind == "outline"
    assert sample.mask[0, :32].all()
    assert not sample.mask[0, 32:].any()
    (tmp_path / "masks" / "a.png").unlink()
    assert archive.try_load(record, 64) is None
    assert archive.report.unreadable.counts == {"mask that is missing or cannot be read": 1}


def test_columns_of_one_and_zero_and_an_exhaustive_list(tmp_path):
    mapping = "table: t.csv\ncolumns: {file: f}\nfindings: {pneumonia: pn, pneumothorax: px}\n"
    (tmp_path / "archive.yaml").write_text(mapping)
    write_table(tmp_path / "t.csv", "f,pn,px", [["a.png", 1, ""], ["b.png", 0, "maybe"]])
    for name in ("a.png", "b.png"):
        write_picture(tmp_path / name)
    first, second = open_archive("csv", tmp_path).records()
    assert first.findings == {"pneumonia": True, "normal": False}
    assert second.findings == {"pneumonia": False}
    assert second.mended == ("label that is not 1, 0 or empty left unknown",)
    archive = clinic(tmp_path, [["a.png", 1, 70, 1, "PA", "PTX", *[""] * 7]], MAPPING + "unlisted: absent\n")
    assert archive.records()[0].findings == {**dict.fromkeys(FINDINGS, False), "pneumothorax": True}


def test_a_column_that_the_table_lacks_is_told_with_the_mappings_line(tmp_path):
    (tmp_path / "archive.yaml").write_text("table: t.csv\ncolumns:\n  file: f\n  age: years\n")
    write_table(tmp_path / "t.csv", "f,age", [])
    with pytest.raises(
        ArchiveError, match=r"archive\.yaml line 4: columns\.age names the column “years”, which .*t\.csv"
    ):
        open_archive("csv", tmp_path).records()


def test_films_without_rows_and_rows_without_films_are_counted(tmp_path):
    archive = clinic(tmp_path, [["a.png", "", 70, 1, "PA", *[""] * 8]])
    Image.fromarray(grey()).save(tmp_path / "films" / "extra.jpg")
    write_table(
        tmp_path / "labels.csv",
        CSV_HEADER,
        [["a.png", "", 70, 1, "PA", *[""] * 8], ["", 5, *[""] * 11], ["gone.png", 6, *[""] * 11]],
    )
    assert archive.report.skipped.counts == {
        "row that names no film": 1,
        "film that is missing": 1,
        "film without a row in the table": 1,
    }
    assert archive.report.noted.counts["film without a patient number, taken as a patient of its own"] == 1
    assert accounted(archive)


def test_dicom_films_in_a_table_take_what_it_leaves_open_from_their_headers(tmp_path):
    (tmp_path / "archive.yaml").write_text(
        "table: t.csv\ninverted: true\ncolumns: {file: f, patient: no, age: age, finding: dx}\n"
    )
    film = write_dicom(tmp_path / "elsewhere" / "b.dcm", PatientAge="033Y", PatientSex="M")
    write_dicom(tmp_path / "a.dcm", PatientAge="033Y", PatientSex="F")
    (tmp_path / "broken.dcm").write_text("x")
    rows = [["a.dcm", 1, 70, "Pneumothorax"], [film, 2, "", "normal"], ["gone.dcm", 3, 5, ""], ["broken.dcm", 4, 5, ""]]
    write_table(tmp_path / "t.csv", ",f,no,age,dx", [[number, *row] for number, row in enumerate(rows)])
    archive = open_archive("csv", tmp_path)
    first, second = archive.records()
    assert (first.age, first.sex, first.view, first.patient_id) == (70, "F", "PA", "1")
    assert (second.age, second.sex) == (33, "M")
    assert archive.load(first, 64).image[0, 10, 10] > 0.95
    assert archive.report.skipped.counts == {"film that is missing": 1, "DICOM file that cannot be read": 1}
    assert accounted(archive)
