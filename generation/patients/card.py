"""The referral card that comes with a film, as data: measurements and text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """One vital sign or laboratory value.

    ``low`` and ``high`` are the reference range, both included; None where it is open on that side.
    ``value`` is already rounded to ``decimals``.
    """

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    decimals: int = 0

    @property
    def flag(self) -> str:
        """ "low" or "high" outside the reference range, else ""."""
        if self.low is not None and self.value < self.low:
            return "low"
        if self.high is not None and self.value > self.high:
            return "high"
        return ""

    @property
    def text(self) -> str:
        """The value with its unit: "38.4 °C"."""
        return f"{self.value:.{self.decimals}f} {self.unit}"

    @property
    def reference(self) -> str:
        """The reference range without unit: "36.1–38.0", "≤ 100", "≥ 96"."""
        low, high = (None if edge is None else f"{edge:.{self.decimals}f}" for edge in (self.low, self.high))
        if low and high:
            return f"{low}–{high}"
        return f"≥ {low}" if low else f"≤ {high}" if high else ""


@dataclass(frozen=True)
class Vignette:
    """A referral card in plain English. Names neither the finding nor the patient.

    ``history`` says who comes and why, ``examination`` what was found (may be empty), ``question`` what the
    referring doctor wants to know.
    """

    history: str
    examination: str
    question: str
    vitals: tuple[Measurement, ...]
    laboratory: tuple[Measurement, ...]

    @property
    def referral(self) -> str:
        """History, examination and question as one text."""
        return " ".join(filter(None, (self.history, self.examination, self.question)))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form; ``from_dict`` reads it back."""
        return {
            **asdict(self),
            "vitals": [asdict(value) for value in self.vitals],
            "laboratory": [asdict(value) for value in self.laboratory],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Vignette:
        """Read what ``to_dict`` wrote. Raises KeyError or TypeError for anything else."""
        return cls(
            history=data["history"],
            examination=data["examination"],
            question=data["question"],
            vitals=tuple(Measurement(**value) for value in data["vitals"]),
            laboratory=tuple(Measurement(**value) for value in data["laboratory"]),
        )
