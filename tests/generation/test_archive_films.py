"""Pixels from pictures and DICOM files, and the check that nobody is named."""

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import DigitalXRayImageStorageForProcessing

from generation.corpus.archives import open_archive
from generation.corpus.archives.dicom import read_film
from generation.corpus.archives.errors import FilmError, IdentifiedPatientError
from generation.corpus.archives.pictures import read_picture, square, stretch
from tests.generation.archive_makers import BRIGHT, SIDE, grey, write_dicom, write_picture

HTJ2K = "1.2.840.10008.1.2.4.201"


def shows_the_film(pixels) -> bool:
    """Whether the bright patch is where it belongs and the right side dark."""
    return pixels[BRIGHT].mean() > 0.95 and pixels[:, -8:].mean() < 0.1


@pytest.mark.parametrize(
    ("mode", "suffix", "mended"),
    [
        (None, "png", ()),
        (None, "jpg", ()),
        ("RGBA", "png", ("colour turned into grey",)),
        ("RGB", "jpg", ("colour turned into grey",)),
        ("P", "png", ("colour turned into grey",)),
        ("LA", "png", ("colour turned into grey",)),
    ],
)
def test_pictures_of_every_mode_become_the_same_grey(tmp_path, mode, suffix, mended):
    film = read_picture(write_picture(tmp_path / f"film.{suffix}", mode=mode))
    assert shows_the_film(film.pixels)
    assert film.pixels.dtype == np.float32
    assert film.mended == mended


def test_a_12_bit_film_in_a_16_bit_png_is_stretched_to_the_grey_in_use(tmp_path):
    film = read_picture(write_picture(tmp_path / "film.png", grey(top=4095)))
    assert shows_the_film(film.pixels)
    assert film.pixels.max() == 1
    assert film.mended == ("more than 8 bits stretched to the grey in use",)


def test_a_broken_picture_and_an_empty_one_are_refused(tmp_path):
    whole = write_picture(tmp_path / "whole.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.png").write_text("not a picture")
    blank = write_picture(tmp_path / "blank.png", np.full((9, 9), 7, np.uint8))
    for name in ("cut.png", "text.png"):
        with pytest.raises(FilmError, match="cannot be read"):
            read_picture(tmp_path / name)
    with pytest.raises(FilmError, match="without any contrast"):
        read_picture(blank)


def test_a_square_is_cut_from_the_middle_and_a_mask_keeps_its_share():
    wide = np.zeros((10, 30), np.float32)
    wide[:, 10:20] = 1
    assert square(wide, 5).min() == 1
    mask = np.zeros((64, 64), np.float32)
    mask[:32] = 1
    assert square(mask, 16, smooth=False).mean() == pytest.approx(0.5)


def test_stretching_ignores_what_is_not_counted():
    values = np.array([[0, 10, 20, 9999]], np.float32)
    assert stretch(values, values < 100)[0, 2] == 1


@pytest.mark.parametrize(("top", "coding"), [(255, ""), (4095, ""), (4095, "rle"), (255, "jpeg")])
def test_dicom_of_8_and_12_bits_plain_or_compressed_shows_the_film(tmp_path, top, coding):
    film = read_film(write_dicom(tmp_path / "film.dcm", grey(top=top), coding))
    assert shows_the_film(film.pixels)
    assert film.mended == ("film without a window stretched to the grey in use",)


def test_monochrome1_is_turned_so_that_bone_is_bright(tmp_path):
    path = write_dicom(tmp_path / "film.dcm", 4095 - grey(top=4095), PhotometricInterpretation="MONOCHROME1")
    film = read_film(path)
    assert shows_the_film(film.pixels)
    assert "MONOCHROME1 turned so that bone is bright" in film.mended


def test_signed_pixels_with_rescale_and_window_are_shown_as_the_file_asks(tmp_path):
    stored = grey(top=4095).astype(np.int16) - 2048
    path = write_dicom(
        tmp_path / "film.dcm", stored, RescaleSlope=2, RescaleIntercept=96, WindowCenter=96, WindowWidth=8190
    )
    film = read_film(path)
    assert film.mended == ()
    assert np.allclose(film.pixels, grey(top=4095) / 4095, atol=0.002)


def test_the_first_of_several_windows_is_used(tmp_path):
    path = write_dicom(tmp_path / "film.dcm", WindowCenter=[2048, 300], WindowWidth=[4096, 10])
    film = read_film(path)
    assert film.mended == ()
    assert np.allclose(film.pixels, grey(top=4095) / 4095, atol=0.002)


@pytest.mark.parametrize(("center", "width"), [(60000, 10), (100, 0)])
def test_a_window_that_shows_nothing_is_replaced(tmp_path, center, width):
    film = read_film(write_dicom(tmp_path / "film.dcm", WindowCenter=center, WindowWidth=width))
    assert shows_the_film(film.pixels)
    assert film.mended == ("window that shows nothing replaced by the grey in use",)


def test_a_voi_table_is_followed(tmp_path):
    table = Dataset()
    table.LUTDescriptor = [4096, 0, 12]
    table.add_new("LUTData", "OW", (4095 - np.arange(4096, dtype=np.uint16)).tobytes())
    film = read_film(write_dicom(tmp_path / "film.dcm", VOILUTSequence=[table]))
    assert film.mended == ()
    assert np.allclose(film.pixels, 1 - grey(top=4095) / 4095, atol=0.002)


def test_padding_outside_the_exposed_field_stays_black_whatever_its_value(tmp_path):
    stored = 4000 - grey(top=3500)
    stored[-10:] = 4095
    path = write_dicom(tmp_path / "f.dcm", stored, PhotometricInterpretation="MONOCHROME1", PixelPaddingValue=4095)
    film = read_film(path)
    assert film.pixels[-10:].max() == 0
    assert film.pixels[BRIGHT].min() > 0.95


def test_a_film_whose_columns_run_to_the_patients_right_is_turned_about(tmp_path):
    film = read_film(write_dicom(tmp_path / "film.dcm", grey(top=4095)[:, ::-1], PatientOrientation=["R", "F"]))
    assert film.mirrored
    assert shows_the_film(film.pixels)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"Modality": "CT"}, "not a radiograph"),
        ({"SOPClassUID": DigitalXRayImageStorageForProcessing}, "raw detector data"),
        ({"NumberOfFrames": 2}, "more than one frame"),
        ({"PatientOrientation": ["L", "H"]}, "film hung upside down"),
        ({"PhotometricInterpretation": "RGB"}, "not a grey picture"),
        ({"BurnedInAnnotation": "YES"}, "text burned into the picture"),
        ({"Rows": None}, "no picture in the file"),
        ({"ViewPosition": "LL"}, "lateral view"),
        ({"PatientAge": "012Y"}, "patient under 18"),
    ],
)
def test_dicom_files_that_are_no_film_to_learn_from_are_skipped_with_the_reason(tmp_path, fields, reason):
    write_dicom(tmp_path / "film.dcm", **fields)
    report = open_archive("dicom", tmp_path).report
    assert report.kept == 0
    assert [said for said in report.skipped.counts if reason in said]
    assert report.films == 1


def test_a_header_field_that_cannot_be_read_skips_the_film(tmp_path):
    path = write_dicom(tmp_path / "film.dcm", NumberOfFrames=11)
    path.write_bytes(path.read_bytes().replace(b"IS\x02\x0011", b"IS\x02\x001A"))
    assert open_archive("dicom", tmp_path).report.skipped.total == 1


def test_a_compression_that_cannot_be_decoded_is_skipped_by_name(tmp_path):
    path = write_dicom(tmp_path / "film.dcm", coding="rle")
    dataset = dcmread(path)
    dataset.file_meta.TransferSyntaxUID = HTJ2K
    dataset.save_as(path)
    report = open_archive("dicom", tmp_path).report
    (reason,) = report.skipped.counts
    assert reason.startswith("compression that cannot be decoded here: High-Throughput JPEG 2000")


def test_a_film_cut_short_is_found_when_its_pixels_are_read(tmp_path):
    path = write_dicom(tmp_path / "film.dcm")
    path.write_bytes(path.read_bytes()[:-3000])
    archive = open_archive("dicom", tmp_path)
    (record,) = archive.records()
    assert archive.try_load(record, 32) is None
    assert archive.report.unreadable.to_dict() == {
        "pixels that cannot be decoded": {"count": 1, "examples": ["film.dcm"]}
    }


def test_a_folder_of_dicom_is_read_whatever_the_files_are_called(tmp_path):
    write_dicom(tmp_path / "DICOMDIR")
    write_dicom(tmp_path / "a" / "IM0001", PatientID="p1", PatientName="")
    write_dicom(tmp_path / "b.dcm", PatientID="p2", PatientName="", PatientSex="O", PatientAge="414Y")
    (tmp_path / "readme.txt").write_text("hello")
    (tmp_path / "broken.dcm").write_text("hello")
    archive = open_archive("dicom", tmp_path)
    assert [(r.patient_id, r.age, r.sex, r.view) for r in archive.records()] == [
        ("p1", 58, "F", "PA"),
        ("p2", None, "", "PA"),
    ]
    assert archive.records()[0].findings == {}
    report = archive.report
    assert report.skipped.to_dict() == {"DICOM file that cannot be read": {"count": 1, "examples": ["broken.dcm"]}}
    assert report.noted.counts == {"file that is not DICOM left alone": 1}
    assert report.mended.counts == {"impossible age left unknown": 1}


def test_the_same_instance_twice_counts_once(tmp_path):
    write_dicom(tmp_path / "a.dcm", SOPInstanceUID="1.2.3")
    write_dicom(tmp_path / "b.dcm", SOPInstanceUID="1.2.3")
    report = open_archive("dicom", tmp_path).report
    assert (report.kept, report.skipped.total) == (1, 1)


def test_a_file_without_a_patient_number_is_a_patient_of_its_own_and_noted(tmp_path):
    for name in ("a.dcm", "b.dcm"):
        write_dicom(tmp_path / name, PatientID="", PatientName="")
    archive = open_archive("dicom", tmp_path)
    assert len({record.patient_id for record in archive.records()}) == 2
    assert archive.report.noted.counts["file without a patient number, taken as a patient of its own"] == 2


SECRET = "Quillfeather^Ottoline"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("PatientName", SECRET),
        ("PatientName", "Test"),
        ("PatientName", "123456"),
        ("PatientBirthDate", "19510812"),
        ("OtherPatientIDs", "H-4711"),
        ("OtherPatientNames", SECRET),
        ("PatientAddress", "1 Mill Lane"),
        ("PatientTelephoneNumbers", "0151 1234"),
        ("PatientMotherBirthName", SECRET),
    ],
)
def test_a_file_that_names_its_patient_stops_the_import_without_telling_whom(tmp_path, field, value):
    write_dicom(tmp_path / "a.dcm")
    write_dicom(tmp_path / "sub" / "b.dcm", **{field: value})
    with pytest.raises(IdentifiedPatientError) as stopped:
        open_archive("dicom", tmp_path).records()
    message = str(stopped.value)
    assert "sub/b.dcm still identifies its patient" in message
    assert "(00" in message  # the tag
    assert "Nothing has been imported" in message
    assert value not in message
    assert stopped.value.__cause__ is None


def test_a_name_hidden_in_a_sequence_stops_the_import(tmp_path):
    item = Dataset()
    item.PatientID = "H-4711"
    inner = Dataset()
    inner.PatientName = SECRET
    write_dicom(tmp_path / "a.dcm", RequestAttributesSequence=[inner])
    with pytest.raises(IdentifiedPatientError, match="Patient's Name"):
        open_archive("dicom", tmp_path).records()
    write_dicom(tmp_path / "a.dcm", OtherPatientIDsSequence=[item])
    with pytest.raises(IdentifiedPatientError, match="Other Patient IDs Sequence"):
        open_archive("dicom", tmp_path).records()


@pytest.mark.parametrize(
    "name",
    ["", "^", "ANONYMIZED", "Anonymous^Patient", "ANON0001", "anon^12", "No^Name", "Subject 17", "XXXX", "7f3a-01"],
)
def test_placeholders_and_the_patients_own_number_pass(tmp_path, name):
    write_dicom(tmp_path / "a.dcm", PatientName=name, PatientBirthDate="19000101", OtherPatientIDs="")
    assert open_archive("dicom", tmp_path).report.kept == 1


def test_a_name_repeated_as_patient_number_is_no_pseudonym(tmp_path):
    write_dicom(tmp_path / "a.dcm", PatientName="Quillfeather", PatientID="Quillfeather")
    with pytest.raises(IdentifiedPatientError):
        open_archive("dicom", tmp_path).records()


def test_staff_and_hospital_are_noted_but_not_carried(tmp_path):
    write_dicom(tmp_path / "a.dcm", ReferringPhysicianName="Marlowe", InstitutionName="St Elsewhere")
    archive = open_archive("dicom", tmp_path)
    assert archive.report.noted.counts["file that names staff or site (InstitutionName)"] == 1
    assert "Elsewhere" not in str(archive.report.to_dict()) + str(archive.records())


def test_dicom_and_png_of_one_film_load_alike(tmp_path):
    write_dicom(tmp_path / "d" / "film.dcm", WindowCenter=2048, WindowWidth=4096)
    archive = open_archive("dicom", tmp_path / "d")
    sample = archive.load(archive.records()[0], SIDE)
    picture = read_picture(write_picture(tmp_path / "film.png")).pixels
    assert sample.image.shape == (1, SIDE, SIDE)
    assert np.abs(sample.image[0] - picture).max() < 0.01
    assert sample.mask is None
    assert sample.mask_kind == ""


def test_a_film_enlarged_from_fewer_pixels_says_so(tmp_path):
    write_dicom(tmp_path / "film.dcm")
    archive = open_archive("dicom", tmp_path)
    assert "enlarged from fewer pixels than asked for" in archive.load(archive.records()[0], 128).mended
    assert Image.fromarray(archive.load(archive.records()[0], 128).image[0]).size == (128, 128)


@pytest.mark.filterwarnings("error")
def test_a_malformed_field_is_quoted_in_no_warning_and_no_log(tmp_path, caplog):
    write_dicom(tmp_path / "a.dcm", PatientBirthDate="12.8.51", PatientAge="fifty-eight")
    with pytest.raises(IdentifiedPatientError, match="Patient's Birth Date"):
        open_archive("dicom", tmp_path).records()
    write_dicom(tmp_path / "a.dcm", PatientAge="fifty-eight")
    archive = open_archive("dicom", tmp_path)
    assert archive.report.mended.counts == {"age that is not a number left unknown": 1}
    assert archive.try_load(archive.records()[0], 32) is not None
    assert caplog.text == ""
