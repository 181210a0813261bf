"""Osteoarthritis Initiative: knees with Kellgren and Lawrence grades, an ordinal scale of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom.dataset import Dataset

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.errors import ArchiveError
from generation.corpus.archives.record import ArchiveRecord
from generation.corpus.archives.tables import Row, Table

KELLGREN_LAWRENCE = "kellgren_lawrence"
GRADES = ("No osteoarthritis", "Doubtful", "Minimal", "Moderate", "Severe")
"""Kellgren and Lawrence 1957, grades 0 to 4."""
MAIN_READING = "15"
"""READPRJ of the central reading that the OAI calls the primary one; the others read selected knees again."""
VISITS = {"00": "00m", "01": "12m", "03": "24m", "05": "36m", "06": "48m", "08": "72m", "10": "96m"}
GRADE_TABLE = re.compile(r"kxr_sq_bu(\d\d)\.(txt|csv)", re.IGNORECASE)
SERIES_FOLDER = re.compile(r"(?P<visit>\d\dm)/[^/]+/(?P<patient>9\d{6})/(?P<date>\d{8})/(?P<series>0\d{7})/[^/]+")
SERIES = "Bilateral PA Fixed Flexion Knee"
CROPPED = re.compile(r"(?P<patient>9\d{6})(?:_\w+)?(?P<side>[LR])\.(?:png|jpe?g)", re.IGNORECASE)
SIDES = {"1": "right", "2": "left"}
PICTURE_HALF = {"right": "left", "left": "right"}
"""The film is hung as the examiner sees the patient: the right knee is on the left of the picture."""


@dataclass(frozen=True)
class _Knee:
    grade: int
    source: str


class KneeGrades(Archive):
    """Either of two layouts.

    The OAI's own: films ``<visit>/<site>/<participant>/<date>/<series>/001`` (such as
    ``00m/0.C.2/9000099/20050120/00506202/001``) and the grades ``kxr_sq_bu00.txt`` (``|`` between columns ID, SIDE,
    READPRJ, V00BARCDBU, V00XRKL) anywhere below; ``kxr_sq_bu01`` is the visit after 12 months and so on. A film shows
    both knees and gives two records, each one half of it. Or single knees sorted by grade, as shared by Chen and
    others: ``train/2/9003175L.png``, also under ``val``, ``test``, ``auto_test``.
    """

    kind = "oai"
    title = "Osteoarthritis Initiative, knee radiographs"
    terms = (
        "NIMH Data Archive; registration and data use certification, no sharing "
        "(single knees on Mendeley Data: CC BY 4.0)"
    )

    def _read(self) -> Iterator[ArchiveRecord]:
        tables = sorted(path for path in self.root.rglob("*") if GRADE_TABLE.fullmatch(path.name))
        cropped = sorted(path for path in self.root.rglob("*") if CROPPED.fullmatch(path.name))
        if not tables and not cropped:
            raise ArchiveError(
                f"{self.root} has neither a table kxr_sq_bu00.txt nor knees like train/2/9003175L.png. "
                "Is this the archive's top folder?"
            )
        if tables:
            yield from self._whole_films(tables)
        yield from self._single_knees(cropped)

    def _single_knees(self, paths: list[Path]) -> Iterator[ArchiveRecord]:
        seen: set[str] = set()
        for path in sorted(paths, key=lambda path: (path.parent.parent.name.startswith("auto"), path)):
            match = CROPPED.fullmatch(path.name)
            source = str(path.relative_to(self.root))
            if path.parent.name not in map(str, range(len(GRADES))):
                self._skip("knee that is not in a folder named after its grade", source)
            elif match is None or path.name.upper() in seen:
                self._skip("knee that is there already", source)
            else:
                seen.add(path.name.upper())
                yield ArchiveRecord(
                    path=path,
                    patient_id=match["patient"],
                    source=source,
                    side="left" if match["side"].upper() == "L" else "right",
                    grade=int(path.parent.name),
                    grade_scale=KELLGREN_LAWRENCE,
                    view="PA",
                    split=path.parent.parent.name,
                )

    def _whole_films(self, tables: list[Path]) -> Iterator[ArchiveRecord]:
        grades = self._grades(tables)
        used: set[tuple[str, str, str]] = set()
        for path in sorted(path for path in self.root.rglob("*") if path.is_file()):
            place = SERIES_FOLDER.search(path.relative_to(self.root).as_posix())
            if place is None:
                continue
            source = str(path.relative_to(self.root))
            header = self._header(path, source)
            if header is None:
                continue
            if str(header.get("SeriesDescription", "")).strip() != SERIES:
                self._skip("film of another kind than both knees in flexion", source)
                continue
            film = (place["visit"], place["patient"], _barcode(str(header.get("AccessionNumber", ""))))
            knees = grades.get(film) or grades.get((film[0], film[1], ""))
            if not knees:
                self._skip("film without a grade", source)
                continue
            used.add(film if film in grades else (film[0], film[1], ""))
            yield from self._both_knees(path, place["patient"], header, knees)
        for film in sorted(grades.keys() - used):
            self._note(f"graded knees without a film, visit {film[0]}", next(iter(grades[film].values())).source)

    def _both_knees(
        self, path: Path, patient: str, header: Dataset, knees: dict[str, _Knee]
    ) -> Iterator[ArchiveRecord]:
        for side, knee in sorted(knees.items()):
            record = ArchiveRecord(
                path=path,
                patient_id=patient,
                source=knee.source,
                side=side,
                grade=knee.grade,
                grade_scale=KELLGREN_LAWRENCE,
                part=PICTURE_HALF[side],
            )
            yield replace(self._person_of(record, header), view="PA")

    def _grades(self, tables: list[Path]) -> dict[tuple[str, str, str], dict[str, _Knee]]:
        """(visit, participant, barcode) → side → grade; the barcode is "" where the table has none."""
        grades: dict[tuple[str, str, str], dict[str, _Knee]] = defaultdict(dict)
        for path in tables:
            match = GRADE_TABLE.fullmatch(path.name)
            visit = match[1] if match else ""
            table = Table(path, ("ID", "SIDE", f"V{visit}XRKL"), separator="|")
            for row in self._rows(table):
                self._hear(row, visit, grades)
        return grades

    def _hear(self, row: Row, visit: str, grades: dict[tuple[str, str, str], dict[str, _Knee]]) -> None:
        side, grade = SIDES.get(_code(row["SIDE"])), _code(row[f"V{visit}XRKL"]).removesuffix(".0")
        if side is None:
            self._note("grade of neither the right nor the left knee left out", row.source)
        elif grade not in map(str, range(len(GRADES))):
            self._note("knee without a grade from 0 to 4 left out", row.source)
        elif row["READPRJ"] and _code(row["READPRJ"]) != MAIN_READING:
            self._note("reading beside the primary one left out", row.source)
        else:
            film = (VISITS.get(visit, visit), row["ID"], _barcode(row[f"V{visit}BARCDBU"]))
            if side in grades[film]:
                self._note("knee graded twice, the first grade taken", row.source)
            grades[film].setdefault(side, _Knee(int(grade), row.source))


def _code(cell: str) -> str:
    """The code of a cell like "1: Right"."""
    return cell.split(":")[0].strip()


def _barcode(text: str) -> str:
    """A barcode without the zero in front that spreadsheets take away."""
    return text.strip().lstrip("0")
