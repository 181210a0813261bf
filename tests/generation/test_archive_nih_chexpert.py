"""ChestX-ray14 and CheXpert: pictures in folders, tables with a row for each film."""

import pytest

from generation.corpus.archives import open_archive
from generation.corpus.archives.errors import ArchiveError
from tests.generation.archive_makers import (
    CHEXPERT_HEADER,
    NIH_BOX_HEADER,
    accounted,
    by_name,
    chexpert_row,
    nih_archive,
    nih_row,
    write_picture,
    write_table,
)

# NIH ChestX-ray14


def test_nih_films_in_several_folders_get_labels_people_boxes_and_the_archives_split(tmp_path):
    rows = [
        nih_row("00000001_000.png", "Pneumothorax|Emphysema", age="058Y"),
        nih_row("00000001_001.png", "No Finding", age=58, view="AP"),
        nih_row("00000002_000.png", "Consolidation|Hernia", age=61, sex="F"),
    ]
    nih_archive(tmp_path, rows, table="Data_Entry_2017.csv")
    write_table(
        tmp_path / "BBox_List_2017.csv",
        NIH_BOX_HEADER,
        [["00000001_000.png", "Pneumothorax", 614.4, 102.4, 204.8, 409.6, "", "", ""]],
    )
    (tmp_path / "train_val_list.txt").write_text("00000001_000.png\n00000001_001.png\n")
    (tmp_path / "test_list.txt").write_text("00000002_000.png\n")
    archive = open_archive("nih", tmp_path)
    films = by_name(archive)
    ill, clear, other = (films[row[0]] for row in rows)
    assert (ill.age, ill.sex, ill.view, ill.patient_id, ill.split) == (58, "M", "PA", "1", "train")
    assert ill.present == ("pneumothorax",)
    assert ill.comorbidities == {"cardiomegaly": False, "emphysema": True}
    assert ill.side == "left"
    box = ill.boxes[0]
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((0.6, 0.1, 0.8, 0.5))
    assert clear.findings == {**dict.fromkeys(clear.findings, False), "normal": True}
    assert "pneumonia" not in other.findings
    assert other.findings["pleural_effusion"] is False
    assert set(other.others) == {"Consolidation", "Hernia"}
    assert other.split == "test"
    assert archive.report.contents["patients"] == 2
    assert accounted(archive)


def test_nih_boxes_become_a_mask_of_their_size_and_place(tmp_path):
    nih_archive(tmp_path, [nih_row("00000001_000.png", "Effusion")])
    write_table(tmp_path / "BBox_List_2017.csv", NIH_BOX_HEADER, [["00000001_000.png", "Effusion", 0, 512, 512, 512]])
    archive = open_archive("nih", tmp_path)
    sample = archive.load(archive.records()[0], 32)
    assert sample.mask_kind == "box"
    assert sample.mask_findings == ("pleural_effusion",)
    assert sample.mask[0, 16:, :16].all()
    assert sample.mask.sum() == 256


def test_nih_ages_of_414_children_and_missing_or_doubled_films_are_counted(tmp_path):
    rows = [
        nih_row("00000001_000.png", "No Finding", age=414),
        nih_row("00000002_000.png", "No Finding", age="011Y"),
        nih_row("00000003_000.png", "No Finding"),
        nih_row("00000003_000.png", "No Finding"),
        nih_row("00000004_000.png", "No Finding|Mass"),
        nih_row("00000005_000.png", "", sex="X"),
        nih_row("00000006_000.png", "No Finding"),
    ]
    nih_archive(tmp_path, rows)
    (tmp_path / "images_001" / "images" / "00000006_000.png").unlink(missing_ok=True)
    (tmp_path / "images_002" / "images" / "00000006_000.png").unlink(missing_ok=True)
    write_picture(tmp_path / "images_001" / "images" / "00000009_000.png")
    archive = open_archive("nih", tmp_path)
    report = archive.report
    assert report.skipped.counts == {
        "patient under 18": 1,
        "film listed twice": 1,
        "film that is missing": 1,
        "film without a row in the table": 1,
    }
    assert report.mended.counts == {
        "impossible age left unknown": 1,
        "“No Finding” beside findings ignored": 1,
        "row without labels, all left unknown": 1,
        "sex that is not known left unknown": 1,
    }
    assert report.skipped.examples["film that is missing"] == ["Data_Entry_2017_v2020.csv line 8: 00000006_000.png"]
    films = by_name(archive)
    assert films["00000001_000.png"].age is None
    assert films["00000005_000.png"].findings == {}
    assert films["00000004_000.png"].findings["normal"] is False
    assert (report.rows, report.films) == (7, 8)
    assert accounted(archive)


def test_nih_patients_in_both_lists_or_of_two_sexes_are_noted(tmp_path):
    nih_archive(tmp_path, [nih_row("00000001_000.png", "Mass"), nih_row("00000001_001.png", "Mass", sex="F")])
    (tmp_path / "train_val_list.txt").write_text("00000001_000.png\n")
    (tmp_path / "test_list.txt").write_text("00000001_001.png\n")
    noted = open_archive("nih", tmp_path).report.noted.counts
    assert noted["patient in more than one of the archive's own parts"] == 1
    assert noted["patient whose sex differs between films"] == 1
    assert noted["label outside the vocabulary: Mass"] == 2


def test_nih_boxes_that_cannot_be_drawn_are_left_out(tmp_path):
    nih_archive(tmp_path, [nih_row("00000001_000.png", "Effusion")])
    boxes = [["00000001_000.png", "Effusion", 900, 0, 500, 10], ["00000001_000.png", "Effusion", "x", 0, 1, 1]]
    write_table(tmp_path / "BBox_List_2017.csv", NIH_BOX_HEADER, [*boxes, ["00000077_000.png", "Mass", 1, 1, 9, 9]])
    archive = open_archive("nih", tmp_path)
    assert archive.records()[0].boxes == ()
    assert archive.report.mended.counts == {"box without area or off the film left out": 1}
    assert archive.report.noted.counts["box whose numbers cannot be read"] == 1
    assert archive.report.noted.counts["box of a film that the table does not list"] == 1


# CheXpert


TRAIN = "CheXpert-v1.0-small/train"


@pytest.fixture
def chexpert(tmp_path):
    root = tmp_path / "renamed"
    rows = [
        chexpert_row(f"{TRAIN}/patient00001/study1/view1_frontal.jpg", No_Finding="1.0", Support_Devices="1.0"),
        chexpert_row(
            *(f"{TRAIN}/patient00002/study2/view1_frontal.jpg", "Male", 0, "AP"),
            **{"Edema": "-1.0", "Pneumothorax": "0.0", "Pleural_Effusion": "1.0"},
        ),
        chexpert_row(f"{TRAIN}/patient00002/study2/view2_lateral.jpg", "Male", 60, "", Edema="-1.0"),
        chexpert_row(f"{TRAIN}/patient00003/study1/view1_frontal.jpg", "Unknown", 34, "PA", Pneumonia="2"),
    ]
    write_table(root / "train.csv", CHEXPERT_HEADER, rows)
    valid = [chexpert_row("CheXpert-v1.0-small/valid/patient64541/study1/view1_frontal.jpg", Pneumothorax="1.0")]
    write_table(root / "valid.csv", CHEXPERT_HEADER, valid)
    for row in [*rows, *valid]:
        write_picture(root.joinpath(*row[0].split("/")[1:]))
    return root


def test_chexpert_says_nothing_of_what_a_report_does_not_mention(chexpert):
    clear, ill, odd, valid = open_archive("chexpert", chexpert).records()
    assert clear.findings == {**dict.fromkeys(clear.findings, False), "normal": True}
    assert len(clear.findings) == 5
    assert clear.comorbidities == {"cardiomegaly": False}
    assert ill.findings == {"pneumothorax": False, "pleural_effusion": True, "normal": False}
    assert (ill.age, ill.sex, ill.view, ill.patient_id) == (None, "M", "AP", "patient00002")
    assert odd.findings == {}
    assert (odd.sex, odd.age) == ("", 34)
    assert (valid.split, valid.present) == ("valid", ("pneumothorax",))


def test_chexpert_laterals_and_odd_labels_are_counted(chexpert):
    archive = open_archive("chexpert", chexpert)
    assert archive.report.skipped.counts == {"lateral view": 1}
    assert archive.report.mended.counts == {
        "uncertain label read by the policy": 1,
        "age 0 left unknown": 1,
        "label that is not 1, 0, -1 or empty left unknown": 1,
    }
    assert len(open_archive("chexpert", chexpert, views=("PA", "AP", "L")).records()) == 5


@pytest.mark.parametrize(("policy", "edema"), [("present", True), ("absent", False), ("unknown", None)])
def test_chexpert_uncertain_labels_follow_the_policy(chexpert, policy, edema):
    ill = open_archive("chexpert", chexpert, uncertain=policy).records()[1]
    # Cardiomegaly is not mentioned, so that a denied oedema does not yet deny heart failure.
    assert ill.findings.get("heart_failure") is (True if edema else None)


def test_chexpert_refuses_a_policy_it_does_not_know(chexpert):
    with pytest.raises(ArchiveError, match="unknown, present, absent, not “maybe”"):
        open_archive("chexpert", chexpert, uncertain="maybe")
