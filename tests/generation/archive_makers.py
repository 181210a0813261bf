"""Tiny archives in the layouts of the real ones, made by the tests."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydicom.config import disable_value_validation
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
    generate_uid,
)

from generation.corpus.archives import Archive
from generation.corpus.archives.record import ArchiveRecord

SIDE = 64
BRIGHT = (slice(8, 24), slice(4, 20))
"""Where the films' bright patch lies: in the upper left, so that turning and inverting both show."""


def grey(rows: int = SIDE, columns: int = SIDE, top: int = 255) -> np.ndarray:
    """A film: dark to the right, with a bright patch in the upper left; integers from 0 to ``top``."""
    film = np.tile(np.linspace(0.45, 0.0, columns), (rows, 1))
    film[BRIGHT] = 1.0
    return (film * top).round().astype(np.uint16 if top > 255 else np.uint8)


def write_picture(path: Path, pixels: np.ndarray | None = None, mode: str | None = None) -> Path:
    """A PNG or JPEG of ``pixels`` (the usual film when not given), converted to ``mode``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(grey() if pixels is None else pixels)
    (picture.convert(mode) if mode else picture).save(path)
    return path


def write_table(path: Path, header: Sequence[str] | str, rows: Sequence[Sequence[Any]], separator: str = ",") -> Path:
    """A table; ``header`` may be a line of text as it stands in the archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write((header if isinstance(header, str) else separator.join(header)) + "\n")
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def write_dicom(path: Path, pixels: np.ndarray | None = None, coding: str = "", **fields: Any) -> Path:
    """A de-identified DICOM radiograph; ``coding`` is "", "rle" or "jpeg", ``fields`` are set last (None removes)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = grey(top=4095) if pixels is None else pixels
    depth = 8 * stored.dtype.itemsize
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = ComputedRadiographyImageStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID = generate_uid()
    dataset.Modality, dataset.ViewPosition = "CR", "PA"
    dataset.PatientID, dataset.PatientName, dataset.PatientIdentityRemoved = "7f3a-01", "7f3a-01", "YES"
    dataset.PatientBirthDate, dataset.PatientSex, dataset.PatientAge = "", "F", "058Y"
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = stored.shape[:2]
    dataset.BitsAllocated, dataset.BitsStored = depth, 12 if depth == 16 else 8
    dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, int(stored.dtype.kind == "i")
    dataset.PixelData = stored.tobytes()
    if coding == "rle":
        dataset.compress(RLELossless)
    elif coding == "jpeg":
        dataset.PixelData = encapsulate([_jpeg(stored)])
        dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    with disable_value_validation():  # archives hold ages such as "51"
        for keyword, value in fields.items():
            if keyword in dataset:
                delattr(dataset, keyword)
            if value is not None:
                setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(path, enforce_file_format=True)
    return path


def _jpeg(pixels: np.ndarray) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def by_name(archive: Archive) -> dict[str, ArchiveRecord]:
    """An archive's records by their file's name."""
    return {record.path.name: record for record in archive.records()}


def accounted(archive: Archive) -> bool:
    """Whether every film met was kept or skipped with a reason."""
    report = archive.report
    return report.films == report.kept + report.skipped.total and report.kept == len(archive.records())


NIH_HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
NIH_BOX_HEADER = "Image Index,Finding Label,Bbox [x,y,w,h],,,"
CHEXPERT_HEADER = (
    "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,"
    "Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices"
)
VINDR_HEADER = "image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max"
VINDR_LABELS = (
    "Aortic enlargement,Atelectasis,Calcification,Cardiomegaly,Clavicle fracture,Consolidation,Edema,Emphysema,"
    "Enlarged PA,ILD,Infiltration,Lung Opacity,Lung cavity,Lung cyst,Mediastinal shift,Nodule/Mass,Pleural effusion,"
    "Pleural thickening,Pneumothorax,Pulmonary fibrosis,Rib fracture,Other lesion,COPD,Lung tumor,Pneumonia,"
    "Tuberculosis,Other diseases,No finding"
)
RSNA_HEADER = "patientId,x,y,width,height,Target"
SIIM_HEADER = "ImageId, EncodedPixels"
OAI_HEADER = "ID|SIDE|READPRJ|VERSION|V00BARCDBU|V00XRKL|V00XRJSM"


def nih_row(name: str, labels: str, age: object = 57, sex: str = "M", view: str = "PA", patient: str = "") -> list[Any]:
    """A row of Data_Entry_2017."""
    number = patient or str(int(name.split("_")[0]))
    return [name, labels, 0, number, age, sex, view, 2682, 2749, 0.143, 0.143]


def nih_archive(root: Path, rows: Sequence[Sequence[Any]], table: str = "Data_Entry_2017_v2020.csv") -> Path:
    """ChestX-ray14's layout with a film for each row, spread over two of its folders."""
    write_table(root / table, NIH_HEADER, rows)
    for number, row in enumerate(rows):
        write_picture(root / f"images_{number % 2 + 1:03}" / "images" / str(row[0]))
    return root


def chexpert_row(path: str, sex: str = "Female", age: object = 68, view: str = "PA", **labels: object) -> list[Any]:
    """A row of train.csv; labels by name with blanks as underscores."""
    named = {label.replace("_", " "): value for label, value in labels.items()}
    kinds = CHEXPERT_HEADER.split(",")[5:]
    lateral = view in ("", "LL")
    return [path, sex, age, "Lateral" if lateral else "Frontal", view, *(named.get(kind, "") for kind in kinds)]
