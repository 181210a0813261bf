"""NIH ChestX-ray14: 112,120 frontal films of 30,805 patients, labels mined from reports, 984 boxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.labels import LabelMap, rule
from generation.corpus.archives.record import ArchiveRecord, Box, side_of, sound_boxes
from generation.corpus.archives.tables import Row, Table, find_file, need_file

TABLES = ("Data_Entry_2017_v2020.csv", "Data_Entry_2017.csv")
BOXES = "BBox_List_2017.csv"
LISTS = {"train": "train_val_list.txt", "test": "test_list.txt"}
COLUMNS = ("Image Index", "Finding Labels", "Patient ID", "Patient Age", "Patient Gender", "View Position")
BOX_COLUMNS = ("Image Index", "Finding Label", "Bbox [x", "y", "w", "h]")
"""The header splits "Bbox [x,y,w,h]" at its commas."""
SIDE = 1024
"""Pixels along a side of the published pictures, in which the boxes count."""
BOX_WORDS = {"Infiltrate": "Infiltration"}
NO_FINDING = "No Finding"
LABELS = (
    NO_FINDING,
    *("Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema", "Fibrosis", "Hernia"),
    *("Infiltration", "Mass", "Nodule", "Pleural_Thickening", "Pneumonia", "Pneumothorax"),
)
LABEL_MAP = LabelMap(
    normal=NO_FINDING,
    findings={
        "heart_failure": rule("Edema", possible=("Cardiomegaly",)),
        "pneumonia": rule("Pneumonia", possible=("Consolidation", "Infiltration")),
        "pleural_effusion": rule("Effusion"),
        "pneumothorax": rule("Pneumothorax"),
    },
    comorbidities={"cardiomegaly": rule("Cardiomegaly"), "emphysema": rule("Emphysema")},
)


class ChestXray14(Archive):
    """``images_001/images/*.png`` to ``images_012``, or one folder ``images``; the table beside them.

    ``Data_Entry_2017_v2020.csv`` or the older ``Data_Entry_2017.csv`` (ages like 058Y, some of them 414); optional
    ``BBox_List_2017.csv``, ``train_val_list.txt`` and ``test_list.txt``.
    """

    kind = "nih"
    title = "NIH ChestX-ray14"
    terms = "NIH Clinical Center; no restrictions on use, credit to the NIH Clinical Center and citation asked for"

    def _read(self) -> Iterator[ArchiveRecord]:
        films, boxes, splits = self._films(), self._boxes(), self._splits()
        listed = set()
        for row in self._rows(Table(need_file(self.root, *TABLES), COLUMNS)):
            name = row["Image Index"]
            if not name:
                self._skip("row that names no film", row.source)
                continue
            listed.add(name)
            record = self._record(row, films.get(name, self.root / name), boxes.pop(name, []))
            yield replace(record, split=splits.get(name, ""))
        for name in boxes:
            self._note("box of a film that the table does not list", name)
        for name in sorted(films.keys() - listed):
            self._skip("film without a row in the table", name)

    def _record(self, row: Row, path: Path, boxes: list[Box]) -> ArchiveRecord:
        words = {word.strip() for word in row["Finding Labels"].split("|")} - {""}
        mended: tuple[str, ...] = ()
        if NO_FINDING in words and len(words) > 1:
            words.discard(NO_FINDING)
            mended = (f"“{NO_FINDING}” beside findings ignored",)
        if not words:
            mended = ("row without labels, all left unknown",)
        said = {label: label in words for label in LABELS} if words else {}
        labels = LABEL_MAP.read({**said, **dict.fromkeys(words - set(LABELS), True)})
        sound, box_mended = sound_boxes(boxes)
        present = [key for key, there in labels.findings.items() if there and key != "normal"]
        record = ArchiveRecord(
            path=path,
            patient_id=row["Patient ID"] or row["Image Index"].split("_")[0],
            source=row.source,
            findings=labels.findings,
            comorbidities=labels.comorbidities,
            others=labels.others,
            side=side_of(sound, present[0]) if len(present) == 1 else None,
            boxes=sound,
            mended=(*mended, *box_mended),
        )
        return self._person(record, row["Patient Age"], row["Patient Gender"], row["View Position"])

    def _films(self) -> dict[str, Path]:
        folders = sorted(self.root.glob("images*/images")) + sorted(self.root.glob("images*"))
        return {file.name: file for folder in reversed(folders) for file in folder.glob("*.png")}

    def _boxes(self) -> dict[str, list[Box]]:
        boxes: dict[str, list[Box]] = defaultdict(list)
        path = find_file(self.root, BOXES)
        for row in self._rows(Table(path, BOX_COLUMNS)) if path else ():
            try:
                x, y, width, height = (row.number(column) / SIDE for column in BOX_COLUMNS[2:])
            except ValueError:
                self._note("box whose numbers cannot be read", row.source)
                continue
            label = BOX_WORDS.get(row["Finding Label"], row["Finding Label"])
            boxes[row["Image Index"]].append(Box(label, LABEL_MAP.key_of(label), x, y, x + width, y + height))
        return boxes

    def _splits(self) -> dict[str, str]:
        found = {name: find_file(self.root, file) for name, file in LISTS.items()}
        return {
            line.strip(): name
            for name, path in found.items()
            if path
            for line in path.read_text(encoding="utf-8").splitlines()
        }
