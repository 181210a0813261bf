"""What was met while an archive was read: counted, with examples, so that nothing happens silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from generation.corpus.archives.record import ArchiveRecord

EXAMPLES = 3


@dataclass
class Tally:
    """How often each reason was met, and where the first times."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, where: str) -> None:
        """Count one more."""
        self.counts[reason] += 1
        kept = self.examples.setdefault(reason, [])
        if len(kept) < EXAMPLES:
            kept.append(where)

    @property
    def total(self) -> int:
        return self.counts.total()

    def to_dict(self) -> dict[str, Any]:
        """reason → count and examples, the most frequent first."""
        return {
            reason: {"count": count, "examples": self.examples[reason]} for reason, count in self.counts.most_common()
        }


@dataclass
class Report:
    """The account of one archive: ``films`` met = ``kept`` + what was skipped.

    ``rows`` counts table rows, of which several may speak of one film. ``mended``: films kept after something was
    put right. ``noted``: worth knowing, changed nothing. ``decoded``: films whose pixels were read, with what was
    ``mended_pixels`` and which were ``unreadable``.
    """

    kind: str
    root: str
    rows: int = 0
    films: int = 0
    kept: int = 0
    decoded: int = 0
    skipped: Tally = field(default_factory=Tally)
    mended: Tally = field(default_factory=Tally)
    noted: Tally = field(default_factory=Tally)
    mended_pixels: Tally = field(default_factory=Tally)
    unreadable: Tally = field(default_factory=Tally)
    contents: dict[str, Any] = field(default_factory=dict)

    def skip(self, reason: str, where: str) -> None:
        """Count a film that was met and left out."""
        self.films += 1
        self.skipped.add(reason, where)

    def keep(self, record: ArchiveRecord) -> None:
        """Count a film that was kept, and what was mended for it."""
        self.films += 1
        self.kept += 1
        for reason in record.mended:
            self.mended.add(reason, record.source)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "kind": self.kind,
            "root": self.root,
            "rows": self.rows,
            "films": self.films,
            "kept": self.kept,
            "skipped": self.skipped.to_dict(),
            "mended": self.mended.to_dict(),
            "noted": self.noted.to_dict(),
            "decoded": self.decoded,
            "mended_pixels": self.mended_pixels.to_dict(),
            "unreadable": self.unreadable.to_dict(),
            "contents": self.contents,
        }

    def table(self) -> str:
        """The account in words, a line each."""
        lines = [
            f"{self.kind}: {self.root}",
            f"{self.films:>8} films met ({self.rows} table rows)",
            f"{self.kept:>8} kept",
            f"{self.skipped.total:>8} skipped",
            *_lines(self.skipped),
        ]
        for title, tally in (("mended", self.mended), ("noted", self.noted)):
            if tally.counts:
                lines += [f"         {title}", *_lines(tally)]
        if self.decoded or self.unreadable.total:
            lines.append(f"{self.decoded:>8} decoded, {self.unreadable.total} unreadable")
            lines += [*_lines(self.unreadable), *_lines(self.mended_pixels)]
        return "\n".join(lines + _contents(self.contents))


def describe(records: Sequence[ArchiveRecord]) -> dict[str, Any]:
    """Who and what the kept films show."""
    ages = [record.age for record in records if record.age is not None]
    return {
        "patients": len({record.patient_id for record in records}),
        "ages": {"known": len(ages), **({"min": min(ages), "median": median(ages), "max": max(ages)} if ages else {})},
        "sexes": _count(record.sex or "unknown" for record in records),
        "views": _count(record.view or "unknown" for record in records),
        "findings": _known(record.findings.items() for record in records),
        "comorbidities": _known(record.comorbidities.items() for record in records),
        "other_labels": _count(label for record in records for label in record.others),
        "stages": _count(f"{record.stage:g}" for record in records if record.stage is not None),
        "sides": _count(record.side for record in records if record.side),
        "grades": _count(f"{record.grade_scale} {record.grade}" for record in records if record.grade is not None),
        "boxed": sum(bool(record.boxes) for record in records),
        "outlined": sum(record.outline is not None for record in records),
        "splits": _count(record.split for record in records if record.split),
    }


def _count(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _known(rows: Iterable[Iterable[tuple[str, bool]]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        for key, there in row:
            counts.setdefault(key, {"present": 0, "absent": 0})["present" if there else "absent"] += 1
    return dict(sorted(counts.items()))


def _lines(tally: Tally) -> list[str]:
    return [
        f"{count:>16} {reason} ({', '.join(tally.examples[reason])}{', …' if count > EXAMPLES else ''})"
        for reason, count in tally.counts.most_common()
    ]


def _contents(contents: dict[str, Any]) -> list[str]:
    lines = []
    for name, value in contents.items():
        title = name.replace("_", " ")
        if not isinstance(value, dict):
            lines.append(f"{value:>8} {title}")
        elif value:
            parts = [f"{key} {_figures(figures)}" for key, figures in value.items()]
            lines += [f"         {title}: {', '.join(parts)}"]
    return lines


def _figures(value: Any) -> str:
    return f"{value['present']} (absent {value['absent']})" if isinstance(value, dict) else f"{value:g}"
