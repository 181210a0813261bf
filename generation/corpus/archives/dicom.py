"""DICOM radiographs: headers, what rules a file out, and pixels as they are meant to be shown."""

from __future__ import annotations

import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import config, dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.pixels import apply_modality_lut, apply_voi, apply_windowing, get_decoder
from pydicom.uid import UID, DigitalXRayImageStorageForProcessing

from generation.corpus.archives.errors import FilmError
from generation.corpus.archives.pictures import FLAT, Film, stretch
from generation.corpus.archives.record import Picture

RADIOGRAPHS = frozenset({"CR", "DX", "RG", "XR", "DR"})
GREY = frozenset({"MONOCHROME1", "MONOCHROME2"})
BEYOND = 1e9
"""A value outside every film's range: shows where a window's black and white end."""
INVERTED = "MONOCHROME1 turned so that bone is bright"


def read_header(path: Path) -> Dataset:
    """Everything but the pixels. Raises FilmError when the file is not DICOM."""
    return _read(path, pixels=False)


def is_dicom(path: Path) -> bool:
    """Whether the file has the preamble of a DICOM file (PS3.10, 7.1)."""
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def why_not(header: Dataset) -> str:
    """The reason that rules a file out as a film to learn from; "" where none does.

    Raises FilmError where a field that decides it cannot be read.
    """
    try:
        return _reason(header)
    except (ValueError, TypeError, AttributeError) as error:
        raise FilmError("DICOM header that cannot be read") from error


def _reason(header: Dataset) -> str:
    syntax = header.file_meta.get("TransferSyntaxUID") if hasattr(header, "file_meta") else None
    reasons = {
        "not a radiograph": header.get("Modality", "CR") not in RADIOGRAPHS,
        "no picture in the file": not (header.get("Rows") and header.get("Columns")),
        "raw detector data (For Processing)": header.get("SOPClassUID") == DigitalXRayImageStorageForProcessing
        or header.get("PresentationIntentType") == "FOR PROCESSING",
        "more than one frame": str(header.get("NumberOfFrames") or 1) != "1",
        "not a grey picture": header.get("PhotometricInterpretation") not in GREY,
        "film hung upside down": _runs_towards(header, 1, "H"),
        "text burned into the picture": header.get("BurnedInAnnotation") == "YES",
    }
    found = next((reason for reason, met in reasons.items() if met), "")
    return found or (_cannot_decode(syntax) if syntax else "")


def _cannot_decode(syntax: UID) -> str:
    try:
        decodable = not syntax.is_compressed or get_decoder(syntax).is_available
    except (NotImplementedError, ValueError):
        decodable = False
    return "" if decodable else f"compression that cannot be decoded here: {syntax.name}"


def read_film(path: Path) -> Film:
    """Pixels through modality and VOI transformation, 0 to 1, bone bright. Raises FilmError when that fails."""
    dataset = _read(path, pixels=True)
    reason = why_not(dataset)
    if reason:
        raise FilmError(reason)
    try:
        with warnings.catch_warnings(), config.disable_value_validation():
            warnings.simplefilter("ignore")
            stored = dataset.pixel_array
            values = np.asarray(apply_modality_lut(stored, dataset), dtype=np.float64)
    except Exception as error:  # decoders raise whatever they like
        raise FilmError("pixels that cannot be decoded") from error
    shown, mended = _shown(values, dataset, _counted(stored, dataset))
    if shown.size == 0 or float(np.ptp(shown)) < FLAT:
        raise FilmError("picture without any contrast")
    if _is_negative(dataset):
        shown, mended = 1 - shown, (*mended, INVERTED)
    shown = np.where(_counted(stored, dataset), shown, 0).astype(np.float32)
    if _is_mirrored(dataset):
        return Film(np.ascontiguousarray(shown[:, ::-1]), (*mended, "mirrored film turned about"), mirrored=True)
    return Film(shown, mended)


def _read(path: Path, pixels: bool) -> Dataset:
    try:
        with warnings.catch_warnings(), config.disable_value_validation():
            warnings.simplefilter("ignore")  # warnings would quote what fields hold
            dataset = dcmread(path, stop_before_pixels=not pixels)
            _settle(dataset)
            return dataset
    except (InvalidDicomError, OSError, EOFError, ValueError, KeyError, AttributeError, NotImplementedError) as error:
        raise FilmError("DICOM file that cannot be read") from error


def _settle(dataset: Dataset) -> None:
    """Convert every field now, since each would else be converted, with a warning, when it is first looked at."""
    for tag in list(dataset.keys()):
        with suppress(Exception):  # what cannot be converted stays raw
            element = dataset[tag]
            for item in element.value if element.VR == "SQ" else ():
                _settle(item)


def _shown(values: NDArray, dataset: Dataset, counted: NDArray[np.bool_]) -> tuple[Picture, tuple[str, ...]]:
    """Grey from 0 to 1 by the file's own VOI LUT or window; by the grey in use where there is none that shows much."""
    for voi in (_by_table, _by_window):
        shown = voi(values, dataset)
        if shown is not None and float(np.ptp(shown[counted] if counted.any() else shown)) > 0.05:
            return shown.astype(np.float32), ()
    missing = "VOILUTSequence" not in dataset and "WindowWidth" not in dataset
    reason = "film without a window stretched to the grey in use"
    return stretch(values.astype(np.float32), counted), (
        reason if missing else "window that shows nothing replaced by the grey in use",
    )


def _by_table(values: NDArray, dataset: Dataset) -> NDArray | None:
    if not dataset.get("VOILUTSequence"):
        return None
    try:
        top = 2 ** int(dataset.VOILUTSequence[0].LUTDescriptor[2]) - 1
        return np.clip(apply_voi(values.astype(np.int64), dataset) / top, 0, 1)
    except Exception:  # a broken table is as good as none
        return None


def _by_window(values: NDArray, dataset: Dataset) -> NDArray | None:
    try:
        black, white = apply_windowing(np.array([-BEYOND, BEYOND]), dataset)
        if not (dataset.get("WindowWidth") and black < white):
            return None
        return np.clip((apply_windowing(values, dataset) - black) / (white - black), 0, 1)
    except Exception:  # a broken window is as good as none
        return None


def _counted(stored: NDArray, dataset: Dataset) -> NDArray[np.bool_]:
    """Pixels that are not padding (Pixel Padding Value, PS3.3 C.7.5.1.1.2)."""
    padding = dataset.get("PixelPaddingValue")
    if padding is None:
        return np.ones(stored.shape, dtype=bool)
    limit = dataset.get("PixelPaddingRangeLimit")
    low, high = sorted((int(padding), int(padding if limit is None else limit)))
    return (stored < low) | (stored > high)


def _is_negative(dataset: Dataset) -> bool:
    """Whether high values are meant to be dark (PS3.3 C.7.6.3.1.2)."""
    return dataset.PhotometricInterpretation == "MONOCHROME1"


def _is_mirrored(dataset: Dataset) -> bool:
    """Whether the picture's right is the patient's right; a frontal film is hung the other way."""
    return _runs_towards(dataset, 0, "R")


def _runs_towards(dataset: Dataset, axis: int, direction: str) -> bool:
    """Whether rows (axis 0: left to right) or columns (1: downwards) run that way (PS3.3 C.7.6.1.1.1)."""
    orientation = list(dataset.get("PatientOrientation") or [])
    return len(orientation) == 2 and str(orientation[axis]).startswith(direction)
