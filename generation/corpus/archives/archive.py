"""What all archives share: a reading that accounts for every film, loading, splits by patient."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
from pydicom.dataset import Dataset

from generation.corpus.archives import dicom, pictures
from generation.corpus.archives.errors import ArchiveError, FilmError
from generation.corpus.archives.identity import check_identity, staff_and_site
from generation.corpus.archives.masks import mask_of
from generation.corpus.archives.people import LATERAL, read_age, read_sex, read_view
from generation.corpus.archives.record import ArchiveRecord, ArchiveSample, Picture
from generation.corpus.archives.report import Report, describe
from generation.corpus.archives.tables import Row, Table
from generation.vocabulary import MIN_AGE

FRONTAL = ("PA", "AP")
MISSING = "film that is missing"


class Archive(ABC):
    """Films and labels in a folder that somebody else laid out.

    ``views``: the views to keep; films whose view is not stated are kept and noted. Children (under 18) are skipped:
    the vocabulary begins at 18. Raises ArchiveError when ``root`` is no folder.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    terms: ClassVar[str]
    """Who holds the archive and on what terms."""
    zero_age_is_unknown: ClassVar[bool] = False

    def __init__(self, root: Path, views: Sequence[str] = FRONTAL) -> None:
        self.root, self.views = Path(root), tuple(views)
        if not self.root.is_dir():
            raise ArchiveError(f"There is no folder {self.root}.")
        self._report = Report(self.kind, str(self.root))
        self._records: tuple[ArchiveRecord, ...] | None = None

    @abstractmethod
    def _read(self) -> Iterator[ArchiveRecord]:
        """Every film with its labels; ``_skip`` is told of films that cannot become a record."""

    def records(self) -> tuple[ArchiveRecord, ...]:
        """The films that can be learned from, in the archive's order; read once.

        Raises ArchiveError when a table is missing or not as expected, IdentifiedPatientError when a file names its
        patient. Whatever is wrong with a single film is counted in ``report``.
        """
        if self._records is None:
            self._report = Report(self.kind, str(self.root))
            kept: dict[tuple[Path, str], ArchiveRecord] = {}
            for record in self._read():
                reason = self._objection(record, kept)
                if reason:
                    self._skip(reason, _where(reason, record))
                else:
                    kept[record.path, record.part] = record
                    self._report.keep(record)
            self._records = tuple(kept.values())
            self._look_across(self._records)
            self._report.contents = describe(self._records)
        return self._records

    @property
    def report(self) -> Report:
        """The account of what was read, mended and skipped; reads the archive if that has not happened."""
        self.records()
        return self._report

    def load(self, record: ArchiveRecord, size: int) -> ArchiveSample:
        """The film at ``size`` × ``size``, its middle square. Raises FilmError when its pixels cannot be used."""
        film = _read_film(record.path)
        mask, kind, findings = mask_of(record, (film.pixels.shape[0], film.pixels.shape[1]))
        if mask is not None and film.mirrored:
            mask = mask[:, ::-1]
        pixels, mended = pictures.cut(film.pixels, record.part), film.mended
        if record.inverted:
            pixels, mended = 1 - pixels, (*mended, "negative turned so that bone is bright")
        if min(pixels.shape) < size:
            mended = (*mended, "enlarged from fewer pixels than asked for")
        return ArchiveSample(
            record=record,
            image=pictures.square(pixels, size)[None],
            mask=None if mask is None else _scaled(pictures.cut(mask, record.part), size),
            mask_kind=kind,
            mask_findings=findings,
            mended=mended,
        )

    def try_load(self, record: ArchiveRecord, size: int) -> ArchiveSample | None:
        """The same, counted in ``report``; None when the film is unreadable."""
        try:
            sample = self.load(record, size)
        except FilmError as error:
            self._report.unreadable.add(str(error), record.source)
            return None
        self._report.decoded += 1
        for reason in sample.mended:
            self._report.mended_pixels.add(reason, record.source)
        return sample

    def split(self, fractions: Mapping[str, float], seed: int = 0) -> dict[str, list[ArchiveRecord]]:
        """The films divided by patient: name of part → films, by shares such as ``{"train": 0.9, "test": 0.1}``.

        A patient's part depends on the patient's number and ``seed`` alone: it stays when films come or go. Raises
        ValueError unless the shares are positive and add up to 1.
        """
        if not fractions or min(fractions.values()) <= 0 or abs(sum(fractions.values()) - 1) > 1e-6:
            raise ValueError(f"Shares must be above 0 and add up to 1, not {dict(fractions)}.")
        bounds = np.cumsum(list(fractions.values()))[:-1]
        parts: dict[str, list[ArchiveRecord]] = {name: [] for name in fractions}
        for record in self.records():
            place = int(np.searchsorted(bounds, _draw(record.patient_id, seed), side="right"))
            parts[list(fractions)[place]].append(record)
        return parts

    def _skip(self, reason: str, where: str) -> None:
        self._report.skip(reason, where)

    def _note(self, reason: str, where: str) -> None:
        self._report.noted.add(reason, where)

    def _rows(self, table: Table) -> Iterator[Row]:
        """The table's rows, counted."""
        for row in table:
            self._report.rows += 1
            if row.ragged:
                self._note("row with more or fewer cells than the header", row.source)
            yield row

    def _header(self, path: Path, source: str) -> Dataset | None:
        """The header of a DICOM film that is fit to learn from; None, and counted, where it is not.

        Raises IdentifiedPatientError when it names its patient.
        """
        if not path.is_file():
            self._skip(MISSING, f"{source}: {path.name}")
            return None
        try:
            header = dicom.read_header(path)
            check_identity(header, self._name(path))
            reason = dicom.why_not(header)
        except FilmError as error:
            reason = str(error)
        if reason:
            self._skip(reason, source)
            return None
        for keyword in staff_and_site(header):
            self._note(f"file that names staff or site ({keyword})", source)
        return header

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)

    def _person(self, record: ArchiveRecord, age: str, sex: str, view: str) -> ArchiveRecord:
        """The record with age, sex and view read from the archive's words."""
        years, age_mended = read_age(age, self.zero_age_is_unknown)
        sex, sex_mended = read_sex(sex)
        view, view_mended = read_view(view)
        mended = (*record.mended, *age_mended, *sex_mended, *view_mended)
        return replace(record, age=years, sex=sex, view=view, mended=mended)

    def _person_of(self, record: ArchiveRecord, header: Dataset) -> ArchiveRecord:
        """The same from a DICOM header."""
        fields = ("PatientAge", "PatientSex", "ViewPosition")
        return self._person(record, *(str(header.get(field, "") or "") for field in fields))

    def _objection(self, record: ArchiveRecord, kept: Mapping[tuple[Path, str], ArchiveRecord]) -> str:
        """Why a film is skipped; "" where it is kept."""
        if (record.path, record.part) in kept:
            return "film listed twice"
        if not record.path.is_file():
            return MISSING
        if record.view == LATERAL and LATERAL not in self.views:
            return "lateral view"
        if record.view and record.view not in self.views:
            return f"{record.view} view"
        if record.age is not None and record.age < MIN_AGE:
            return f"patient under {MIN_AGE}"
        return ""

    def _look_across(self, records: Sequence[ArchiveRecord]) -> None:
        """Note what only shows when all the films of a patient are seen together."""
        seen: dict[tuple[str, str], str] = {}
        for record in records:
            if not record.view:
                self._note("view not stated", record.source)
            for label in record.others:
                self._note(f"label outside the vocabulary: {label}", record.source)
            for reason, word in (
                ("patient whose sex differs between films", record.sex),
                ("patient in more than one of the archive's own parts", record.split),
            ):
                if word and seen.setdefault((reason, record.patient_id), word) != word:
                    self._note(reason, record.source)


def _where(reason: str, record: ArchiveRecord) -> str:
    return f"{record.source}: {record.path.name}" if reason == MISSING else record.source


def _read_film(path: Path) -> pictures.Film:
    if path.suffix.lower() in pictures.PICTURE_SUFFIXES:
        return pictures.read_picture(path)
    return dicom.read_film(path)


def _scaled(mask: np.ndarray, size: int) -> Picture:
    return (pictures.square(mask, size, smooth=False) >= 0.5).astype(np.float32)[None]


def _draw(patient_id: str, seed: int) -> float:
    """A number from 0 to 1 that belongs to the patient."""
    digest = hashlib.sha256(f"{seed}:{patient_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
