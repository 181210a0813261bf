"""Knees of the Osteoarthritis Initiative."""

from generation.corpus.archives import open_archive
from tests.generation.archive_makers import (
    OAI_HEADER,
    grey,
    write_dicom,
    write_picture,
    write_table,
)

# Knees


def knee_film(path, barcode, series="Bilateral PA Fixed Flexion Knee", patient="9000099", **fields):
    person = {"PatientID": patient, "PatientName": patient}
    return write_dicom(
        path, grey(64, 128, top=4095), AccessionNumber=barcode, SeriesDescription=series, **person, **fields
    )


def test_oai_films_of_both_knees_give_a_record_for_each_half(tmp_path):
    rows = [
        ["9000099", "1: Right", 15, 0.9, "016600506202", "2: 2", 0],
        ["9000099", "2: Left", 15, 0.9, "016600506202", "3", 0],
        ["9000099", "2: Left", 37, 0.9, "016600506202", "1", 0],
        ["9000296", "1: Right", 15, 0.9, "016600506299", ".: Missing Form/Incomplete Workbook", 0],
        ["9000296", "3: Both", 15, 0.9, "016600506299", "1", 0],
        ["9000622", "1", 15, 0.9, "16600509999", "0", 0],
    ]
    write_table(tmp_path / "X-Ray Image Assessments_ASCII" / "kXR_SQ_BU00.txt", OAI_HEADER, rows, "|")
    place = tmp_path / "00m" / "0.C.2"
    knee_film(place / "9000099" / "20050120" / "00506202" / "001", "016600506202")
    knee_film(place / "9000099" / "20050120" / "00506203" / "001", "016600506203", series="PA Right Hand")
    knee_film(place / "9000296" / "20050121" / "00506299" / "001", "016600506299", patient="9000296")
    archive = open_archive("oai", tmp_path)
    left, right = archive.records()
    assert (right.side, right.grade, right.part) == ("right", 2, "left")
    assert (left.side, left.grade, left.part) == ("left", 3, "right")
    assert left.grade_scale == "kellgren_lawrence"
    assert right.findings == {}
    assert archive.report.skipped.counts == {
        "film of another kind than both knees in flexion": 1,
        "film without a grade": 1,
    }
    assert archive.report.noted.counts == {
        "reading beside the primary one left out": 1,
        "knee without a grade from 0 to 4 left out": 1,
        "grade of neither the right nor the left knee left out": 1,
        "graded knees without a film, visit 00m": 1,
    }


def test_oai_knees_are_cut_from_the_side_where_they_are(tmp_path):
    rows = [["9000099", side, 15, 0.9, "", grade, 0] for side, grade in (("1: Right", 0), ("2: Left", 4))]
    write_table(tmp_path / "kxr_sq_bu00.txt", OAI_HEADER, rows, "|")
    knee_film(tmp_path / "00m" / "0.C.2" / "9000099" / "20050120" / "00506202" / "001", "016600506202")
    archive = open_archive("oai", tmp_path)
    knees = {record.side: archive.load(record, 64) for record in archive.records()}
    assert knees["right"].record.grade == 0
    assert knees["right"].image[0, 10, 10] > 0.95  # the bright patch lies in the left half of the picture
    assert knees["left"].image.max() < 0.5
    assert knees["left"].image.shape == (1, 64, 64)


def test_oai_later_visits_have_their_own_table_and_folder(tmp_path):
    header = OAI_HEADER.replace("V00", "V03")
    write_table(tmp_path / "kxr_sq_bu03.txt", header, [["9000099", "1: Right", 15, 0.9, "016600512345", "1", 0]], "|")
    knee_film(tmp_path / "24m" / "3.C.2" / "9000099" / "20070120" / "00512345" / "001", "016600512345")
    knee_film(tmp_path / "00m" / "0.C.2" / "9000099" / "20050120" / "00506202" / "001", "016600512345")
    archive = open_archive("oai", tmp_path)
    (knee,) = archive.records()
    assert "24m" in knee.path.parts
    assert archive.report.skipped.counts == {"film without a grade": 1}


def test_oai_single_knees_take_grade_side_and_patient_from_their_place(tmp_path):
    for place in ("train/2/9003175L.png", "test/4/9003175R.png", "auto_test/4/9003175R.png", "train/x/9000001L.png"):
        write_picture(tmp_path / place)
    archive = open_archive("oai", tmp_path)
    assert [(k.patient_id, k.side, k.grade, k.split) for k in archive.records()] == [
        ("9003175", "right", 4, "test"),
        ("9003175", "left", 2, "train"),
    ]
    assert archive.report.skipped.counts == {
        "knee that is there already": 1,
        "knee that is not in a folder named after its grade": 1,
    }
    assert archive.report.noted.counts["patient in more than one of the archive's own parts"] == 1
