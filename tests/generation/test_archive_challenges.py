"""VinDr-CXR, RSNA and SIIM-ACR: DICOM files with boxes and outlines drawn by radiologists."""

import pytest

from generation.corpus.archives import ARCHIVES, open_archive
from generation.corpus.archives.errors import ArchiveError, IdentifiedPatientError
from generation.vocabulary import FINDINGS
from tests.generation.archive_makers import (
    OAI_HEADER,
    RSNA_HEADER,
    SIIM_HEADER,
    VINDR_HEADER,
    VINDR_LABELS,
    accounted,
    by_name,
    grey,
    write_dicom,
    write_table,
)


@pytest.mark.parametrize("kind", sorted(ARCHIVES))
def test_a_folder_that_is_not_the_archive_is_refused_with_what_was_looked_for(tmp_path, kind):
    with pytest.raises(ArchiveError, match="There is no folder"):
        open_archive(kind, tmp_path / "nowhere")
    if kind == "dicom":
        assert open_archive(kind, tmp_path).report.films == 0
        return
    with pytest.raises(ArchiveError, match=r"archive\.yaml|has no|has neither"):
        open_archive(kind, tmp_path).records()


# VinDr-CXR


def test_vindr_of_kaggle_keeps_what_most_of_three_radiologists_saw(tmp_path):
    rows = [
        *(["aa", "Pleural effusion", 10, reader, left, 40, 30, 60] for reader, left in (("R8", 2), ("R9", 4))),
        ["aa", "Pneumothorax", 12, "R10", 40, 4, 60, 30],
        *(["bb", "No finding", 14, reader, "", "", "", ""] for reader in ("R1", "R2", "R3")),
        *(["cc", "Cardiomegaly", 3, reader, left, 20, left + 8, 30] for reader, left in (("R1", 0), ("R2", 40))),
        ["cc", "No finding", 14, "R3", "", "", "", ""],
    ]
    write_table(tmp_path / "train.csv", VINDR_HEADER, rows)
    for name in ("aa", "bb", "cc", "dd"):
        write_dicom(tmp_path / "train" / f"{name}.dicom", ViewPosition=None, PatientAge="000Y", PatientSex="O")
    archive = open_archive("vindr", tmp_path)
    films = by_name(archive)
    effusion = films["aa.dicom"]
    assert effusion.present == ("pleural_effusion",)
    assert "pneumothorax" not in effusion.findings
    assert effusion.side == "right"
    (box,) = effusion.boxes
    assert (box.left * 64, box.bottom * 64) == pytest.approx((3, 60))
    assert (effusion.view, effusion.age, effusion.sex) == ("PA", None, "")
    assert films["bb.dicom"].findings["normal"] is True
    assert films["bb.dicom"].findings["pneumonia"] is False
    enlarged = films["cc.dicom"]
    assert enlarged.comorbidities["cardiomegaly"] is True
    assert enlarged.boxes == ()
    assert archive.report.noted.counts["boxes on which the readers do not agree"] == 1
    assert archive.report.skipped.to_dict() == {
        "film without a row in the table": {"count": 1, "examples": ["train/dd.dicom"]}
    }
    assert accounted(archive)


def test_vindr_of_physionet_adds_diagnoses_and_the_consensus_of_its_test_part(tmp_path):
    notes = tmp_path / "annotations"
    columns = VINDR_LABELS.split(",")

    def votes(*present):
        return [int(column in present) for column in columns]

    write_table(
        notes / "annotations_train.csv",
        "image_id,rad_id,class_name,x_min,y_min,x_max,y_max",
        [["aa", reader, "Consolidation", 10, 10, 30, 30] for reader in ("R1", "R2", "R3")],
    )
    write_table(
        notes / "image_labels_train.csv",
        f"image_id,rad_id,{VINDR_LABELS}",
        [["aa", reader, *votes("Consolidation", "Pneumonia")] for reader in ("R1", "R2", "R3")],
    )
    write_table(
        notes / "annotations_test.csv",
        "image_id,class_name,x_min,y_min,x_max,y_max",
        [["zz", "Pneumothorax", 40, 4, 60, 30]],
    )
    write_table(
        notes / "image_labels_test.csv",
        f"image_id,{VINDR_LABELS.replace('Other diseases', 'Other disease')}",
        [["zz", *votes("Pneumothorax")]],
    )
    for split, name in (("train", "aa"), ("test", "zz")):
        write_dicom(tmp_path / split / f"{name}.dicom")
    films = by_name(open_archive("vindr", tmp_path))
    assert films["aa.dicom"].present == ("pneumonia",)
    assert films["aa.dicom"].findings["heart_failure"] is False
    tested = films["zz.dicom"]
    assert (tested.present, tested.side, tested.split) == (("pneumothorax",), "left", "test")
    assert tested.comorbidities == {"cardiomegaly": False, "emphysema": False}
    assert len(tested.boxes) == 1


# RSNA


def test_rsna_boxes_classes_and_contradictions(tmp_path):
    rows = [
        ["p1", 8, 16, 8, 16, 1],
        ["p1", 40, 16, 16, 16, 1],
        ["p2", "", "", "", "", 0],
        ["p3", "", "", "", "", 0],
        ["p4", "", "", "", "", 0],
        ["p5", 8, 16, 8, 16, 1],
        ["p5", "", "", "", "", 0],
        ["p6", "", "", "", "", 0],
    ]
    write_table(tmp_path / "stage_2_train_labels.csv", RSNA_HEADER, rows)
    classes = [["p1", "Lung Opacity"], ["p1", "Lung Opacity"], ["p2", "Normal"], ["p3", "No Lung Opacity / Not Normal"]]
    write_table(tmp_path / "stage_2_detailed_class_info.csv", "patientId,class", classes)
    for name in ("p1", "p2", "p3", "p4", "p5"):
        write_dicom(
            tmp_path / "stage_2_train_images" / f"{name}.dcm",
            grey(),
            "jpeg",
            PatientID=name,
            PatientName=name,
            PatientAge="51",
        )
    archive = open_archive("rsna", tmp_path)
    films = by_name(archive)
    assert films["p1.dcm"].findings == {"pneumonia": True, "normal": False}
    assert (films["p1.dcm"].side, films["p1.dcm"].age) == ("both", 51)
    assert films["p2.dcm"].findings == {**dict.fromkeys(FINDINGS, False), "normal": True}
    assert films["p3.dcm"].findings == {"pneumonia": False, "normal": False}
    assert films["p4.dcm"].findings == {"pneumonia": False}
    assert archive.report.skipped.counts == {
        "film whose rows contradict each other or hold no target": 1,
        "film that is missing": 1,
    }
    sample = archive.load(films["p1.dcm"], 64)
    assert sample.mask.sum() == 8 * 16 + 16 * 16
    assert sample.mask[0, 16:32, 8:16].all()
    assert accounted(archive)


# SIIM-ACR


def test_siim_outlines_are_joined_and_minus_one_is_an_empty_mask(tmp_path):
    size = 64
    first, second = f"{size * 4 + 8} 10 {size - 10} 10", f"{size * 8} 5"
    rows = [
        ["1.2.3.1", first],
        ["1.2.3.1", second],
        ["1.2.3.2", " -1"],
        ["1.2.3.3", "-1"],
        ["1.2.3.3", first],
        ["1.2.3.4", "1 2 3"],
        ["1.2.3.5", f"{size * size} 4"],
        ["1.2.3.6", "-1"],
    ]
    write_table(tmp_path / "train-rle.csv", SIIM_HEADER, rows)
    for number in (1, 2, 3, 4, 5, 7):
        write_dicom(
            tmp_path / "dicom-images-train" / f"st{number}" / f"se{number}" / f"1.2.3.{number}.dcm",
            PatientID=f"id{number}",
            PatientName=f"id{number}",
        )
    archive = open_archive("siim", tmp_path)
    ill, well = archive.records()
    assert ill.findings == {"pneumothorax": True, "normal": False}
    assert (ill.side, ill.patient_id) == ("right", "id1")
    assert well.findings == {"pneumothorax": False}
    mask = archive.load(ill, size)
    assert mask.mask_kind == "outline"
    assert mask.mask_findings == ("pneumothorax",)
    assert mask.mask.sum() == 25
    assert mask.mask[0, 8:18, 4].all()
    assert mask.mask[0, :5, 8].all()
    empty = archive.load(well, size)
    assert (empty.mask_kind, empty.mask.sum()) == ("empty", 0)
    assert archive.report.skipped.counts == {
        "film both with and without an outline": 1,
        "outline that cannot be read": 1,
        "outline that leaves the picture": 1,
        "film that is missing": 1,
        "film without a row in the table": 1,
    }
    assert accounted(archive)


def test_an_outline_follows_a_film_that_is_turned_about(tmp_path):
    write_table(tmp_path / "train-rle.csv", SIIM_HEADER, [["1.2.3.1", "0 640"]])
    path = tmp_path / "dicom-images-train" / "a" / "b" / "1.2.3.1.dcm"
    write_dicom(path, grey(top=4095)[:, ::-1], PatientOrientation=["R", "F"])
    archive = open_archive("siim", tmp_path)
    sample = archive.load(archive.records()[0], 64)
    assert sample.mask[0, :, -10:].all()
    assert sample.mask.sum() == 640


@pytest.mark.parametrize("kind", ["vindr", "rsna", "siim", "oai", "csv"])
def test_a_named_patient_stops_every_archive_of_dicom_files(tmp_path, kind):
    write_table(tmp_path / "train.csv", VINDR_HEADER, [["a", "No finding", 14, "R1", "", "", "", ""]])
    write_table(tmp_path / "stage_2_train_labels.csv", RSNA_HEADER, [["a", "", "", "", "", 0]])
    write_table(tmp_path / "train-rle.csv", SIIM_HEADER, [["a", "-1"]])
    write_table(tmp_path / "kxr_sq_bu00.txt", OAI_HEADER, [["9000099", "1: Right", 15, 1, "", 1, 0]], "|")
    (tmp_path / "archive.yaml").write_text("table: t.csv\ncolumns: {file: file}\n")
    write_table(tmp_path / "t.csv", "file", [["train/a.dicom"]])
    for place in (
        *("train/a.dicom", "stage_2_train_images/a.dcm", "dicom-images-train/s/t/a.dcm"),
        "00m/0.C.2/9000099/20050120/00506202/001",
    ):
        write_dicom(tmp_path / place, PatientName="Quillfeather^Ottoline")
    with pytest.raises(IdentifiedPatientError, match="still identifies its patient: Patient's Name") as stopped:
        open_archive(kind, tmp_path).records()
    assert "Quillfeather" not in str(stopped.value)
