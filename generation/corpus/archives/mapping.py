"""The small YAML file that tells which column of a table means what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from generation.corpus.archives.errors import ArchiveError
from generation.vocabulary import COMORBIDITIES, FINDINGS, LOBES, SEXES, SIDES

TEXT = {"type": "string", "minLength": 1}
COLUMNS = (
    *("file", "patient", "age", "sex", "view", "finding", "stage", "side", "lobe", "comorbidities", "grade"),
    *("mask", "split", "photometric"),
)


def _words(targets: Sequence[str]) -> dict[str, Any]:
    """Archive's word → vocabulary's word."""
    return {"type": "object", "additionalProperties": {"enum": list(targets)}}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["table", "columns"],
    "properties": {
        "title": TEXT,
        "terms": TEXT,
        "table": TEXT,
        "separator": {"type": "string", "minLength": 1, "maxLength": 1},
        "list_separator": TEXT,
        "films": TEXT,
        "masks": TEXT,
        "inverted": {"enum": ["true", "false"]},
        "unlisted": {"enum": ["unknown", "absent"]},
        "grade_scale": TEXT,
        "columns": {
            "type": "object",
            "additionalProperties": False,
            "required": ["file"],
            "properties": dict.fromkeys(COLUMNS, TEXT),
        },
        "findings": {"type": "object", "propertyNames": {"enum": list(FINDINGS)}, "additionalProperties": TEXT},
        "comorbidities": {
            "type": "object",
            "propertyNames": {"enum": list(COMORBIDITIES)},
            "additionalProperties": TEXT,
        },
        "values": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "finding": _words(list(FINDINGS)),
                "comorbidities": _words(list(COMORBIDITIES)),
                "side": _words(list(SIDES)),
                "lobe": _words([lobe for lobe in LOBES if lobe]),
                "sex": _words(list(SEXES)),
                "view": _words(["PA", "AP", "L"]),
            },
        },
    },
}
"""JSON Schema of a mapping. ``columns`` names columns by meaning; ``findings`` and ``comorbidities`` name columns that
hold 1 (present), 0 (absent) or nothing (unknown); ``values`` translates the archive's words."""


@dataclass(frozen=True)
class ColumnMapping:
    """A mapping that fits SCHEMA. Paths are relative to the archive's folder; ``lines`` says where each key stands."""

    path: Path
    table: str
    columns: Mapping[str, str]
    separator: str = ","
    list_separator: str = ";"
    films: str = "."
    masks: str = "."
    inverted: str = "false"
    unlisted: str = "unknown"
    grade_scale: str = "grade"
    findings: Mapping[str, str] = field(default_factory=dict)
    comorbidities: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    title: str = ""
    terms: str = ""
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def used_columns(self) -> dict[tuple[str, ...], str]:
        """Where in the mapping each column of the table is named."""
        groups = {"columns": self.columns, "findings": self.findings, "comorbidities": self.comorbidities}
        return {(group, key): column for group, named in groups.items() for key, column in named.items()}

    def check_columns(self, table: Path, columns: Sequence[str]) -> None:
        """Raises ArchiveError, naming the line, for a column that the table does not have."""
        for place, column in self.used_columns().items():
            if column not in columns:
                raise ArchiveError(
                    f"{self.path} line {self.lines.get(place, 1)}: {'.'.join(place)} names the column “{column}”, "
                    f"which {table} does not have. It has: {', '.join(f'“{name}”' for name in columns)}."
                )

    def word(self, meaning: str, cell: str) -> str:
        """The vocabulary's word for a cell, or the cell itself where the mapping does not translate it."""
        return self.values.get(meaning, {}).get(cell.lower(), cell)


def read_mapping(path: Path) -> ColumnMapping:
    """Read and check a mapping. Raises ArchiveError naming file, line and column of what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
        loader = yaml.BaseLoader(text)  # everything is text: a column called “no” is not a lie
        tree = loader.get_single_node()
        data = loader.construct_document(tree) if tree else {}
    except FileNotFoundError:
        raise ArchiveError(f"There is no mapping {path}. Write one, or name it with --mapping.") from None
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{path} is not UTF-8 text.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ArchiveError(f"{path}{where} is not YAML: {error.problem}.") from error
    marks = _marks(tree)
    for problem in Draft202012Validator(SCHEMA).iter_errors(data):
        raise ArchiveError(f"{path}{_where(problem, marks)}: {problem.message}.")
    values = {
        meaning: {word.lower(): target for word, target in words.items()}
        for meaning, words in data.pop("values", {}).items()
    }
    return ColumnMapping(path=path, values=values, lines={place: line for place, (line, _) in marks.items()}, **data)


Place = tuple[str, ...]


def _marks(node: yaml.Node | None, place: Place = ()) -> dict[Place, tuple[int, int]]:
    """Line and column of every key."""
    marks: dict[Place, tuple[int, int]] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, str(key.value))
            marks[here] = (key.start_mark.line + 1, key.start_mark.column + 1)
            marks |= _marks(value, here)
    return marks


def _where(error: ValidationError, marks: Mapping[Place, tuple[int, int]]) -> str:
    place = tuple(map(str, error.absolute_path))
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        place = (*place, *[key for key in error.instance if key not in known][:1])
    elif error.validator == "enum":
        named = (*place, str(error.instance))
        place = named if named in marks else place
    if place not in marks:
        return f", {'.'.join(place)}" if place else ""
    line, column = marks[place]
    return f" line {line}, column {column}, {'.'.join(place)}"
