"""Label tables: comma-separated text with a header, read row by row with its line numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generation.corpus.archives.errors import ArchiveError

LONGEST_CELL = 4_000_000


@dataclass(frozen=True)
class Row:
    """One row: cells by column name, without surrounding blanks; missing cells are "".

    ``ragged``: it has more or fewer cells than the header.
    """

    table: str
    line: int
    cells: Mapping[str, str]
    ragged: bool = False

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def source(self) -> str:
        return f"{self.table} line {self.line}"

    def number(self, column: str) -> float:
        """The cell as a number. Raises ValueError, naming row and column, where it is none."""
        try:
            return float(self[column])
        except ValueError:
            raise ValueError(f"{self.source}, column “{column}” is not a number") from None


class Table:
    """A table whose header is checked before its first row is used.

    Raises ArchiveError when the file is missing, is not text, or lacks one of the ``required`` columns.
    """

    def __init__(self, path: Path, required: Sequence[str] = (), separator: str = ",") -> None:
        self.path, self.separator = path, separator
        if not path.is_file():
            raise ArchiveError(f"There is no table {path}.")
        self.columns = self._header()
        missing = [column for column in required if column not in self.columns]
        if missing:
            raise ArchiveError(
                f"{path} line 1 lacks the column{'s' * (len(missing) > 1)} {_quoted(missing)}. "
                f"It has: {_quoted(self.columns)}."
            )

    def __iter__(self) -> Iterator[Row]:
        for line, cells in self._lines():
            if line > 1 and any(cell.strip() for cell in cells):
                named = zip(self.columns, (cell.strip() for cell in cells), strict=False)
                beyond = any(cell.strip() for cell in cells[len(self.columns) :])
                short = any(self.columns[len(cells) :])
                yield Row(self.path.name, line, dict(named), ragged=beyond or short)

    def _header(self) -> list[str]:
        header = next(self._lines(), (1, []))[1]
        columns = [column.strip() for column in header]
        if not any(columns):
            raise ArchiveError(f"{self.path} has no header: its first line must name the columns.")
        doubled = sorted({column for column in columns if column and columns.count(column) > 1})
        if doubled:
            raise ArchiveError(f"{self.path} line 1 names a column twice: {_quoted(doubled)}.")
        return columns

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Line numbers (that of the row's first line) and cells."""
        csv.field_size_limit(LONGEST_CELL)
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=self.separator)
            line = 1
            try:
                for cells in reader:
                    yield line, cells
                    line = reader.line_num + 1
            except UnicodeDecodeError:
                raise ArchiveError(
                    f"{self.path} is not UTF-8 text from about line {line} on. Save it as UTF-8."
                ) from None
            except csv.Error as error:
                raise ArchiveError(f"{self.path} line {line} cannot be read: {error}.") from error


def find_file(root: Path, *names: str) -> Path | None:
    """The first of the files ``names`` (paths inside ``root``) that is there."""
    return next((root / name for name in names if (root / name).is_file()), None)


def need_file(root: Path, *names: str) -> Path:
    """The same. Raises ArchiveError, naming what was looked for, when none is there."""
    found = find_file(root, *names)
    if found is None:
        raise ArchiveError(f"{root} has no {' and no '.join(names)}. Is this the archive's top folder?")
    return found


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)
