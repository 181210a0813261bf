"""A folder of films with a table of labels, whose columns a small YAML file names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.mapping import ColumnMapping, read_mapping
from generation.corpus.archives.pictures import PICTURE_SUFFIXES
from generation.corpus.archives.record import ArchiveRecord, Outline
from generation.corpus.archives.tables import Row, Table
from generation.vocabulary import COMORBIDITIES, FINDINGS, LOBES, SIDES

MAPPING = "archive.yaml"
YES_NO = {
    **dict.fromkeys(("1", "1.0", "true", "yes", "y", "present"), True),
    **dict.fromkeys(("0", "0.0", "false", "no", "n", "absent"), False),
    **dict.fromkeys(("", "-1", "-1.0", "nan", "unknown", "uncertain"), None),
}
PHOTOMETRIC = {"MONOCHROME1": True, "MONOCHROME2": False}


class FilmsWithTable(Archive):
    """PNG, JPEG, TIFF, BMP or DICOM films, and ``archive.yaml`` (or ``mapping``), for which see ``mapping.SCHEMA``:

    table: labels.csv
    films: films
    columns: {file: image, patient: patient_no, age: age, sex: gender, finding: diagnosis, stage: severity}
    values: {finding: {PTX: pneumothorax, clear: normal}, sex: {1: M, 2: F}}
    """

    kind = "csv"
    title = "Folder of films with a table"
    terms = "yours; make sure that you may use the films"

    def __init__(self, root: Path, mapping: Path | None = None, **options: Any) -> None:
        super().__init__(root, **options)
        self.mapping: ColumnMapping = read_mapping(Path(mapping) if mapping else self.root / MAPPING)

    def _read(self) -> Iterator[ArchiveRecord]:
        table = Table(self.root / self.mapping.table, separator=self.mapping.separator)
        self.mapping.check_columns(table.path, table.columns)
        listed: set[Path] = set()
        for row in self._rows(table):
            name = self._cell(row, "file")
            if not name:
                self._skip("row that names no film", row.source)
                continue
            path = self.root / self.mapping.films / name
            listed.add(path)
            record = self._labelled(row, path)
            if path.suffix.lower() in PICTURE_SUFFIXES:
                yield record
                continue
            header = self._header(path, row.source)
            if header is not None:
                yield self._completed(record, header)
        self._look_for_unlisted(listed)

    def _cell(self, row: Row, meaning: str) -> str:
        column = self.mapping.columns.get(meaning)
        return row[column] if column else ""

    def _completed(self, record: ArchiveRecord, header: Dataset) -> ArchiveRecord:
        """A DICOM film: its header fills what the table leaves open, and alone decides what is bright."""
        told = self._person_of(record, header)
        return replace(
            record,
            age=told.age if record.age is None else record.age,
            sex=record.sex or told.sex,
            view=record.view or told.view,
            inverted=False,
        )

    def _labelled(self, row: Row, path: Path) -> ArchiveRecord:
        patient = self._cell(row, "patient")
        if not patient:
            self._note("film without a patient number, taken as a patient of its own", row.source)
        record = ArchiveRecord(
            path=path,
            patient_id=patient or self._cell(row, "file"),
            source=row.source,
            split=self._cell(row, "split"),
            inverted=self.mapping.inverted == "true",
        )
        age, sex, view = (self.mapping.word(word, self._cell(row, word)) for word in ("age", "sex", "view"))
        record = self._with_findings(self._person(record, age, sex, view), row)
        record = self._with_comorbidities(record, row)
        record = self._with_place(self._with_stage(record, row), row)
        return self._with_grade(self._with_picture(record, row), row)

    def _with_findings(self, record: ArchiveRecord, row: Row) -> ArchiveRecord:
        found, mended = self._yes_no(row, self.mapping.findings)
        listed, others = self._listed(row, "finding", FINDINGS)
        found |= dict.fromkeys(listed, True)
        if listed and self.mapping.unlisted == "absent":
            found = {**dict.fromkeys(FINDINGS, False), **found}
        ill = any(there for key, there in found.items() if key != "normal")
        if found.get("normal") and ill:
            mended = (*mended, "“normal” beside findings ignored")
            found["normal"] = False
        elif found.get("normal"):
            found = {**dict.fromkeys(FINDINGS, False), "normal": True}
        elif ill or others:
            found["normal"] = False
        return replace(record, findings=found, others=others, mended=(*record.mended, *mended))

    def _with_comorbidities(self, record: ArchiveRecord, row: Row) -> ArchiveRecord:
        found, mended = self._yes_no(row, self.mapping.comorbidities)
        listed, others = self._listed(row, "comorbidities", COMORBIDITIES)
        found |= dict.fromkeys(listed, True)
        return replace(record, comorbidities=found, others=(*record.others, *others), mended=(*record.mended, *mended))

    def _yes_no(self, row: Row, columns: dict[str, str] | Any) -> tuple[dict[str, bool], tuple[str, ...]]:
        """What columns of 1, 0 and nothing say."""
        cells = {key: row[column].lower() for key, column in columns.items()}
        said = {key: YES_NO.get(cell) for key, cell in cells.items()}
        odd = any(cell not in YES_NO for cell in cells.values())
        mended = ("label that is not 1, 0 or empty left unknown",) if odd else ()
        return {key: there for key, there in said.items() if there is not None}, mended

    def _listed(self, row: Row, meaning: str, words: dict[str, Any]) -> tuple[list[str], tuple[str, ...]]:
        """The vocabulary's keys in a cell, and the words that it does not have."""
        names = {known.name.lower(): key for key, known in words.items()} | {key: key for key in words}
        cell = self._cell(row, meaning)
        parts = [part.strip() for part in cell.split(self.mapping.list_separator) if part.strip()]
        keys = {part: names.get(self.mapping.word(meaning, part).lower()) for part in parts}
        return [key for key in keys.values() if key], tuple(part for part, key in keys.items() if not key)

    def _with_stage(self, record: ArchiveRecord, row: Row) -> ArchiveRecord:
        cell = self._cell(row, "stage")
        if not cell:
            return record
        try:
            stage = float(cell)
        except ValueError:
            return _mended(record, "stage that is not a number left unknown")
        if record.findings.get("normal") and stage == 0:
            return replace(record, stage=0.0)
        if len(record.present) != 1:
            return _mended(record, "stage without one finding that it could belong to left out")
        if not 0 < stage <= FINDINGS[record.present[0]].max_stage:
            return _mended(record, "stage outside the finding's scale left unknown")
        return replace(record, stage=stage)

    def _with_place(self, record: ArchiveRecord, row: Row) -> ArchiveRecord:
        side = self.mapping.word("side", self._cell(row, "side")).lower() or None
        lobe = self.mapping.word("lobe", self._cell(row, "lobe")).lower() or None
        if side is None and lobe is None:
            return record
        if (side or "none") not in SIDES or (lobe or "") not in LOBES:
            return _mended(record, "side or lobe that is not known left unknown")
        if len(record.present) == 1 and not any(
            side in (None, there) and lobe in (None, part) for there, part in FINDINGS[record.present[0]].places
        ):
            return _mended(record, "place that the finding cannot have left unknown")
        return replace(record, side=side, lobe=lobe)

    def _with_picture(self, record: ArchiveRecord, row: Row) -> ArchiveRecord:
        """Mask and photometric interpretation."""
        mask = self._cell(row, "mask")
        if mask and len(record.present) == 1:
            record = replace(record, outline=Outline(record.present[0], self.root / self.mapping.masks / mask))
        elif mask:
            record = _mended(record, "mask without one finding that it could belong to left out")
        word = self._cell(row, "photometric").upper()
        if word in PHOTOMETRIC:
            return replace(record, inverted=PHOTOMETRIC[word])
        return _mended(record, "photometric interpretation that is not known left out") if word else record

    def _with_grade(self, record: ArchiveRecord, row: Row) -> ArchiveRecord:
        cell = self._cell(row, "grade").removesuffix(".0")
        if not cell:
            return record
        if not cell.isdecimal():
            return _mended(record, "grade that is not a whole number left unknown")
        return replace(record, grade=int(cell), grade_scale=self.mapping.grade_scale)

    def _look_for_unlisted(self, listed: set[Path]) -> None:
        masks = (self.root / self.mapping.masks).resolve()
        for path in sorted((self.root / self.mapping.films).rglob("*")):
            in_masks = self.mapping.masks != "." and masks in path.resolve().parents
            if path.suffix.lower() in PICTURE_SUFFIXES and path not in listed and not in_masks:
                self._skip("film without a row in the table", str(path.relative_to(self.root)))


def _mended(record: ArchiveRecord, what: str) -> ArchiveRecord:
    return replace(record, mended=(*record.mended, what))
