"""VinDr-CXR: 18,000 PA films from two hospitals in Hanoi, each read by three radiologists (the test part by five)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydicom.dataset import Dataset

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.consensus import agreed_boxes, agreed_label
from generation.corpus.archives.labels import LabelMap, rule
from generation.corpus.archives.record import ArchiveRecord, Box, side_of, sound_boxes
from generation.corpus.archives.tables import Row, Table, find_file, need_file

NO_FINDING = "No finding"
BOX_COLUMNS = ("image_id", "class_name", "x_min", "y_min", "x_max", "y_max")
BOX_TABLES = {
    "train": ("annotations/annotations_train.csv", "annotations_train.csv", "train.csv"),
    "test": ("annotations/annotations_test.csv", "annotations_test.csv"),
}
LABEL_TABLES = {
    "train": ("annotations/image_labels_train.csv", "image_labels_train.csv"),
    "test": ("annotations/image_labels_test.csv", "image_labels_test.csv"),
}
BOXED_LABELS = (
    *("Aortic enlargement", "Atelectasis", "Calcification", "Cardiomegaly", "Consolidation", "ILD", "Infiltration"),
    *("Lung Opacity", "Nodule/Mass", "Other lesion", "Pleural effusion", "Pleural thickening", "Pneumothorax"),
    "Pulmonary fibrosis",
)
"""What every reader of either release was asked for."""
CONSENSUS = "consensus"
SUFFIXES = (".dicom", ".dcm")
LABEL_MAP = LabelMap(
    normal=NO_FINDING,
    findings={
        "heart_failure": rule("Edema", possible=("Cardiomegaly",)),
        "pneumonia": rule("Pneumonia", possible=("Consolidation", "Infiltration", "Lung Opacity")),
        "pleural_effusion": rule("Pleural effusion"),
        "pneumothorax": rule("Pneumothorax"),
    },
    comorbidities={"cardiomegaly": rule("Cardiomegaly"), "emphysema": rule("Emphysema", possible=("COPD",))},
)


@dataclass
class _Reading:
    """What all readers said of one film; corners in pixels."""

    source: str
    readers: set[str] = field(default_factory=set)
    votes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    corners: list[tuple[str, str, tuple[float, ...]]] = field(default_factory=list)
    asked: set[str] = field(default_factory=lambda: set(BOXED_LABELS))


class VinDrCxr(Archive):
    """PhysioNet's layout (``train/<image_id>.dicom``, ``annotations/annotations_train.csv`` and
    ``image_labels_train.csv``, the same for ``test``) or the Kaggle challenge's (``train/<image_id>.dicom`` and
    ``train.csv``).

    A label is present when most readers saw it, absent when none did, else unknown; a box needs most readers to
    overlap. The archive names no patients, so every film counts as a patient of its own. All its films are PA by its
    own account, whether their headers say so or not.
    """

    kind = "vindr"
    title = "VinDr-CXR"
    terms = "VinBigData; PhysioNet credentialed health data licence 1.5.0, no sharing (Kaggle: the challenge's rules)"
    zero_age_is_unknown = True

    def _read(self) -> Iterator[ArchiveRecord]:
        need_file(self.root, *BOX_TABLES["train"], *BOX_TABLES["test"])
        for split in BOX_TABLES:
            readings = self._readings(split)
            for image_id, reading in readings.items():
                record = self._record(image_id, reading, split)
                if record is not None:
                    yield record
            self._look_for_unread(split, readings)

    def _readings(self, split: str) -> dict[str, _Reading]:
        readings: dict[str, _Reading] = {}
        boxes, labels = find_file(self.root, *BOX_TABLES[split]), find_file(self.root, *LABEL_TABLES[split])
        for row in self._rows(Table(boxes, BOX_COLUMNS)) if boxes else ():
            reading = readings.setdefault(row["image_id"], _Reading(row.source))
            self._hear_box(row, reading)
        table = Table(labels, ("image_id", NO_FINDING)) if labels else None
        for row in self._rows(table) if table else ():
            reading = readings.setdefault(row["image_id"], _Reading(row.source))
            _hear_labels(row, reading, table.columns if table else [])
        return readings

    def _hear_box(self, row: Row, reading: _Reading) -> None:
        reader, label = row["rad_id"] or CONSENSUS, row["class_name"]
        reading.readers.add(reader)
        reading.votes[label].add(reader)
        if label == NO_FINDING or not row["x_min"]:
            return
        try:
            corners = tuple(row.number(column) for column in BOX_COLUMNS[2:])
        except ValueError:
            self._note("box whose numbers cannot be read", row.source)
            return
        reading.corners.append((reader, label, corners))

    def _record(self, image_id: str, reading: _Reading, split: str) -> ArchiveRecord | None:
        path = self._film(image_id, split)
        header = self._header(path, reading.source)
        if header is None:
            return None
        count = len(reading.readers)
        said = {label: agreed_label(len(reading.votes.get(label, ())), count) for label in sorted(reading.asked)}
        said[NO_FINDING] = agreed_label(len(reading.votes.get(NO_FINDING, ())), count)
        labels = LABEL_MAP.read(said)
        boxes, mended = sound_boxes(self._boxes(reading, header))
        present = [key for key, there in labels.findings.items() if there and key != "normal"]
        record = ArchiveRecord(
            path=path,
            patient_id=image_id,
            source=reading.source,
            findings=labels.findings,
            comorbidities=labels.comorbidities,
            others=labels.others,
            side=side_of(boxes, present[0]) if len(present) == 1 else None,
            boxes=boxes,
            split=split,
            mended=mended,
        )
        record = self._person_of(record, header)
        return record if record.view else replace(record, view="PA")

    def _boxes(self, reading: _Reading, header: Dataset) -> tuple[Box, ...]:
        """The agreed boxes, in shares of the film."""
        drawn: dict[str, list[Box]] = defaultdict(list)
        width, height = int(header.Columns), int(header.Rows)
        for reader, label, (left, top, right, bottom) in reading.corners:
            sides = (left / width, top / height, right / width, bottom / height)
            drawn[reader].append(Box(label, LABEL_MAP.key_of(label), *sides))
        agreed = agreed_boxes(drawn, len(reading.readers))
        if reading.corners and not agreed:
            self._note("boxes on which the readers do not agree", reading.source)
        return agreed

    def _film(self, image_id: str, split: str) -> Path:
        paths = [self.root / split / f"{image_id}{suffix}" for suffix in SUFFIXES]
        return next((path for path in paths if path.is_file()), paths[0])

    def _look_for_unread(self, split: str, readings: Mapping[str, _Reading]) -> None:
        folder = self.root / split
        for path in sorted(folder.iterdir()) if readings and folder.is_dir() else ():
            if path.suffix in SUFFIXES and path.stem not in readings:
                self._skip("film without a row in the table", f"{split}/{path.name}")


def _hear_labels(row: Row, reading: _Reading, columns: list[str]) -> None:
    """One reader's row of 0 and 1, a column for each label."""
    reader = row["rad_id"] or CONSENSUS
    reading.readers.add(reader)
    for label in columns:
        if label and label not in ("image_id", "rad_id"):
            reading.asked.add(label)
            if row[label] in ("1", "1.0"):
                reading.votes[label].add(reader)
