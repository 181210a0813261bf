"""CheXpert: 224,316 films of 65,240 patients (Stanford), 14 labels mined from reports, with uncertainty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.errors import ArchiveError
from generation.corpus.archives.labels import LabelMap, rule
from generation.corpus.archives.record import ArchiveRecord
from generation.corpus.archives.tables import Row, Table, find_file, need_file

SPLITS = {"train": "train.csv", "valid": "valid.csv", "test": "test.csv"}
LABELS = (
    *("No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion", "Edema"),
    *("Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion", "Pleural Other"),
    *("Fracture", "Support Devices"),
)
PATIENT = re.compile(r"patient\d+")
UNCERTAIN = {"unknown": None, "present": True, "absent": False}
LABEL_MAP = LabelMap(
    normal="No Finding",
    findings={
        "heart_failure": rule("Edema", possible=("Cardiomegaly", "Enlarged Cardiomediastinum")),
        "pneumonia": rule("Pneumonia", possible=("Consolidation", "Lung Opacity")),
        "pleural_effusion": rule("Pleural Effusion"),
        "pneumothorax": rule("Pneumothorax"),
    },
    comorbidities={"cardiomegaly": rule("Cardiomegaly"), "pacemaker": rule(possible=("Support Devices",))},
    harmless=frozenset({"Support Devices"}),
)


class CheXpert(Archive):
    """``train.csv`` (and ``valid.csv``) beside ``train/patient00001/study1/view1_frontal.jpg``.

    Paths in the tables begin with the archive's own folder (``CheXpert-v1.0-small/``), which may have been renamed.
    ``uncertain`` decides what a label of -1 means: "unknown" (default), "present" or "absent". A label that the report
    does not mention (an empty cell) is unknown, unless "No Finding" is 1.
    """

    kind = "chexpert"
    title = "CheXpert"
    terms = "Stanford University School of Medicine; research use agreement, no sharing, no commercial use"
    zero_age_is_unknown = True

    def __init__(self, root: Path, uncertain: str = "unknown", **options: Any) -> None:
        super().__init__(root, **options)
        if uncertain not in UNCERTAIN:
            raise ArchiveError(f"Uncertain labels can be taken as {', '.join(UNCERTAIN)}, not “{uncertain}”.")
        self.values = {"1": True, "0": False, "-1": UNCERTAIN[uncertain], "": None}

    def _read(self) -> Iterator[ArchiveRecord]:
        need_file(self.root, *SPLITS.values())
        for split, name in SPLITS.items():
            path = find_file(self.root, name)
            for row in self._rows(Table(path, ("Path",))) if path else ():
                record = self._record(row, split)
                if record is not None:
                    yield record

    def _record(self, row: Row, split: str) -> ArchiveRecord | None:
        patient = PATIENT.search(row["Path"])
        if patient is None:
            self._skip("row whose path names no patient", row.source)
            return None
        said, mended = self._said(row)
        labels = LABEL_MAP.read(said)
        record = ArchiveRecord(
            path=self._film(row["Path"]),
            patient_id=patient[0],
            source=row.source,
            findings=labels.findings,
            comorbidities=labels.comorbidities,
            others=labels.others,
            split=split,
            mended=mended,
        )
        view = "L" if row["Frontal/Lateral"] == "Lateral" else row["AP/PA"]
        return self._person(record, row["Age"], row["Sex"], view)

    def _said(self, row: Row) -> tuple[dict[str, bool | None], tuple[str, ...]]:
        said: dict[str, bool | None] = {}
        mended: set[str] = set()
        for label in LABELS:
            word = row[label].removesuffix(".0")
            if word == "-1":
                mended.add("uncertain label read by the policy")
            elif word not in self.values:
                mended.add("label that is not 1, 0, -1 or empty left unknown")
            said[label] = self.values.get(word)
        return said, tuple(sorted(mended))

    def _film(self, path: str) -> Path:
        """The table's path inside this folder: its first part is the archive's own name."""
        parts = Path(path).parts
        inside = self.root.joinpath(*parts[1:])
        return inside if inside.is_file() else self.root / path
