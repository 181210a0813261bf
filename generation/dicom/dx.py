"""Digital X-Ray Image – For Presentation (PS3.3 A.26): write a film to a file, read it back.

Where the truth is: Image Comments (0020,4000) holds one line of JSON, ``{"caseforge": {"spec": …, "model": …}}``.
A file therefore tells the answer; quizzes never send it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import DigitalXRayImageStorageForPresentation

from generation.dicom.identity import Identity
from generation.dicom.modules import (
    DISCLAIMER,
    Provenance,
    add_equipment,
    add_patient,
    add_study,
    add_synthetic_marks,
    code_item,
    date_and_time,
    new_file,
    set_all,
)
from generation.patients.vignette import Vignette
from generation.spec import CaseSpec, SpecError
from generation.vocabulary import Code

BITS = 12
MAX_VALUE = 2**BITS - 1
SOURCE_TO_PATIENT_MM = 1650.0
SOURCE_TO_DETECTOR_MM = 1800.0
"""The usual geometry of a chest stand: what lies in the patient's middle is 1.09 times as large on the detector."""

CHEST = Code("816094009", "SCT", "Chest")
VIEW_CODES = {"PA": Code("272479007", "SCT", "postero-anterior")}


class FilmError(ValueError):
    """The pixels, or the file, are not a film that Caseforge can handle. The message says why."""


@dataclass(frozen=True)
class Film:
    """What ``read_film`` found. ``pixels``: uint16 (rows, columns). ``spec`` is None where the file names none.

    ``pixel_spacing_mm``: in the patient where the file says so, else at the detector; 0 where it says nothing.
    """

    pixels: NDArray[np.uint16]
    pixel_spacing_mm: float
    spec: CaseSpec | None
    synthetic: bool
    patient_id: str
    instance_uid: str
    model: dict[str, Any]


def write_dx(
    pixels: NDArray[np.uint16],
    *,
    spec: CaseSpec,
    identity: Identity,
    vignette: Vignette,
    provenance: Provenance,
    pixel_spacing_mm: float,
) -> bytes:
    """A DICOM file of ``pixels``, uint16 (rows, columns), 0 (black, air) to 4095 (white, bone).

    ``pixel_spacing_mm`` is the side of a pixel in the plane of the patient's middle. Equal arguments give equal bytes.
    Raises FilmError for pixels of another kind.
    """
    _check_pixels(pixels)
    dataset = new_file(DigitalXRayImageStorageForPresentation, identity.instance_uid)
    add_patient(dataset, spec, identity, vignette)
    add_study(dataset, identity, f"Chest {spec.view}, synthetic teaching case")
    _add_series(dataset, identity, spec)
    add_equipment(dataset, provenance)
    _add_image(dataset, identity, provenance, spec)
    _add_geometry(dataset, spec, pixel_spacing_mm)
    _add_pixels(dataset, pixels)
    add_synthetic_marks(dataset, provenance)
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _check_pixels(pixels: NDArray[np.uint16]) -> None:
    if pixels.dtype != np.uint16 or pixels.ndim != 2 or not pixels.size:
        raise FilmError(f"A film is a uint16 picture of rows × columns, not {pixels.dtype} {pixels.shape}.")
    if int(pixels.max()) > MAX_VALUE:
        raise FilmError(f"A film has {BITS} bits; {int(pixels.max())} is above {MAX_VALUE}.")


def _add_series(dataset: Dataset, identity: Identity, spec: CaseSpec) -> None:
    """General Series (C.7.3.1), DX Series (C.8.11.1) and Frame of Reference (C.7.4.1)."""
    date, time = date_and_time(identity.study_moment)
    set_all(
        dataset,
        {
            "Modality": "DX",
            "PresentationIntentType": "FOR PRESENTATION",
            "SeriesInstanceUID": identity.series_uid,
            "SeriesNumber": 1,
            "SeriesDate": date,
            "SeriesTime": time,
            "SeriesDescription": f"Chest {spec.view} (synthetic)",
            "BodyPartExamined": "CHEST",
            "FrameOfReferenceUID": identity.frame_of_reference_uid,
            "PositionReferenceIndicator": "",
        },
    )


def _add_image(dataset: Dataset, identity: Identity, provenance: Provenance, spec: CaseSpec) -> None:
    """General Image (C.7.6.1), General Acquisition (C.7.10.1), Acquisition Context (C.7.6.14)."""
    date, time = date_and_time(identity.study_moment)
    truth = {"spec": spec.to_dict(), "sentence": spec.sentence(), "model": _model(provenance)}
    set_all(
        dataset,
        {
            "ImageType": ["DERIVED", "SECONDARY", "", "SYNTHETIC"],
            "InstanceNumber": 1,
            "ContentDate": date,
            "ContentTime": time,
            "AcquisitionDate": date,
            "AcquisitionTime": time,
            "AcquisitionNumber": 1,
            "BurnedInAnnotation": "NO",
            "RecognizableVisualFeatures": "NO",
            "LossyImageCompression": "00",
            "DerivationDescription": f"{DISCLAIMER} {provenance.sentence}",
            "ImageComments": json.dumps({"caseforge": truth}, sort_keys=True),
            "AcquisitionContextSequence": [],
        },
    )


def _model(provenance: Provenance) -> dict[str, str]:
    return {
        "name": provenance.model_name,
        "version": provenance.model_version,
        "weights_sha256": provenance.weights_sha256,
    }


def _add_geometry(dataset: Dataset, spec: CaseSpec, pixel_spacing_mm: float) -> None:
    """DX Anatomy Imaged (C.8.11.2), DX Detector (C.8.11.4) and DX Positioning (C.8.11.5)."""
    magnification = SOURCE_TO_DETECTOR_MM / SOURCE_TO_PATIENT_MM
    at_patient, at_detector = f"{pixel_spacing_mm:.6g}", f"{pixel_spacing_mm * magnification:.6g}"
    set_all(
        dataset,
        {
            "ImageLaterality": "U",
            "AnatomicRegionSequence": [code_item(CHEST)],
            "PatientOrientation": ["L", "F"],
            "ViewPosition": spec.view,
            "ViewCodeSequence": [code_item(VIEW_CODES[spec.view])],
            "PositionerType": "NONE",
            "DetectorType": "",
            "ImagerPixelSpacing": [at_detector, at_detector],
            "PixelSpacing": [at_patient, at_patient],
            "PixelSpacingCalibrationType": "GEOMETRY",
            "PixelSpacingCalibrationDescription": "In the plane of the patient's middle",
            "DistanceSourceToDetector": SOURCE_TO_DETECTOR_MM,
            "DistanceSourceToPatient": SOURCE_TO_PATIENT_MM,
            "EstimatedRadiographicMagnificationFactor": f"{magnification:.6g}",
        },
    )
    dataset.ViewCodeSequence[0].ViewModifierCodeSequence = []


def _add_pixels(dataset: Dataset, pixels: NDArray[np.uint16]) -> None:
    """Image Pixel (C.7.6.3), DX Image (C.8.11.3) and VOI LUT (C.11.2): white is bone, the whole range shown."""
    rows, columns = pixels.shape
    set_all(
        dataset,
        {
            "Rows": rows,
            "Columns": columns,
            "SamplesPerPixel": 1,
            "PhotometricInterpretation": "MONOCHROME2",
            "BitsAllocated": 16,
            "BitsStored": BITS,
            "HighBit": BITS - 1,
            "PixelRepresentation": 0,
            "PixelIntensityRelationship": "LOG",
            "PixelIntensityRelationshipSign": -1,
            "RescaleIntercept": 0,
            "RescaleSlope": 1,
            "RescaleType": "US",
            "PresentationLUTShape": "IDENTITY",
            "WindowCenter": 2**BITS // 2,
            "WindowWidth": 2**BITS,
            "WindowCenterWidthExplanation": "Whole range",
        },
    )
    data = pixels.astype("<u2").tobytes()
    dataset.add_new("PixelData", "OW", data + b"\0" * (len(data) % 2))


def read_film(file: str | Path | bytes | BinaryIO) -> Film:
    """Read a grey single-frame image, ours or another's. Raises FilmError for anything else."""
    try:
        dataset = dcmread(BytesIO(file) if isinstance(file, bytes) else file)
        pixels = dataset.pixel_array
    except (InvalidDicomError, AttributeError, ValueError, EOFError) as error:
        raise FilmError(f"This is not a DICOM image that can be read: {error}") from error
    if pixels.ndim != 2:
        raise FilmError("This is not a single grey image.")
    if pixels.dtype.kind not in "ui" or int(pixels.min()) < 0 or int(pixels.max()) > np.iinfo(np.uint16).max:
        raise FilmError("The grey values of this image do not fit in 16 bits.")
    truth = _truth(str(dataset.get("ImageComments", "")))
    spacing = dataset.get("PixelSpacing") or dataset.get("ImagerPixelSpacing") or [0.0]
    return Film(
        pixels=pixels.astype(np.uint16),
        pixel_spacing_mm=float(spacing[0]),
        spec=_spec(truth),
        synthetic=dataset.get("SyntheticData") == "YES",
        patient_id=str(dataset.get("PatientID", "")),
        instance_uid=str(dataset.get("SOPInstanceUID", "")),
        model=truth.get("model", {}),
    )


def _truth(comments: str) -> dict[str, Any]:
    try:
        truth = json.loads(comments)["caseforge"]
    except (ValueError, KeyError, TypeError):
        return {}
    return truth if isinstance(truth, dict) else {}


def _spec(truth: dict[str, Any]) -> CaseSpec | None:
    try:
        return CaseSpec.from_dict(truth["spec"])
    except (KeyError, TypeError, SpecError):
        return None
