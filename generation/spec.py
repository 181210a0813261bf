"""CaseSpec: the frozen sentence from which a case is made.

The row travels unchanged from the request form to the generator, to the DICOM file, to the marking of
an answer and to the director's chart. The same spec and the same model version give the same pixels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from generation.vocabulary import (
    COMORBIDITIES,
    FINDINGS,
    LOBES,
    MAX_AGE,
    MIN_AGE,
    SEXES,
    SIDES,
    VIEWS,
    Finding,
    place_name,
)

MAX_SEED = 2**31 - 1


class SpecError(ValueError):
    """The spec asks for something that does not exist. ``field`` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True)
class CaseSpec:
    """Everything that decides a case.

    ``seed`` (0 to 2**31 - 1) is the patient: equal seed, age, sex and comorbidities with another stage
    or finding show the same person. ``stage`` is 0 for a normal film and may lie between two whole
    stages. ``comorbidities`` are keys of the vocabulary, sorted, without repeats.

    Raises SpecError when a part is not in the vocabulary or parts contradict each other.
    """

    finding: str = "normal"
    stage: float = 0
    side: str = "none"
    lobe: str = ""
    age: int = 50
    sex: str = "F"
    comorbidities: tuple[str, ...] = ()
    view: str = "PA"
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "comorbidities", tuple(sorted(set(self.comorbidities))))
        self._check_words()
        self._check_ranges()
        self._check_place()

    def _check_words(self) -> None:
        for field, words in (("finding", FINDINGS), ("side", SIDES), ("lobe", LOBES), ("sex", SEXES), ("view", VIEWS)):
            value = getattr(self, field)
            if value not in words:
                raise SpecError(
                    field, f"“{value}” is not a known {field}. Choose one of: {', '.join(filter(None, words))}."
                )
        for key in self.comorbidities:
            if key not in COMORBIDITIES:
                raise SpecError(
                    "comorbidities", f"“{key}” is not a known comorbidity. Choose from: {', '.join(COMORBIDITIES)}."
                )

    def _check_ranges(self) -> None:
        if not MIN_AGE <= self.age <= MAX_AGE:
            raise SpecError("age", f"Age {self.age} is outside {MIN_AGE} to {MAX_AGE} years.")
        if not 0 <= self.seed <= MAX_SEED:
            raise SpecError("seed", f"Seed {self.seed} is outside 0 to {MAX_SEED}.")
        top = self.definition.max_stage
        if self.finding == "normal" and self.stage != 0:
            raise SpecError("stage", "A normal film has stage 0.")
        if self.finding != "normal" and not 0 < self.stage <= top:
            raise SpecError("stage", f"{self.definition.name} has stages 1 to {top}, not {self.stage:g}.")

    def _check_place(self) -> None:
        if (self.side, self.lobe) not in self.definition.places:
            places = "; ".join(place_name(*place) or "no side" for place in self.definition.places)
            raise SpecError("side", f"{self.definition.name} can be in: {places}.")

    @property
    def definition(self) -> Finding:
        """The finding's entry in the vocabulary."""
        return FINDINGS[self.finding]

    @property
    def patient_key(self) -> str:
        """Equal for cases that show the same person, at whatever stage. 16 hexadecimal digits."""
        parts = (self.seed, self.age, self.sex, self.comorbidities, self.view)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def at_stage(self, stage: float) -> CaseSpec:
        """The same patient at another stage of the same finding; stage 0 is the healthy twin."""
        return self.healthy_twin() if stage == 0 else replace(self, stage=stage)

    def healthy_twin(self) -> CaseSpec:
        """The same patient without the finding (comorbidities stay)."""
        return replace(self, finding="normal", stage=0, side="none", lobe="")

    def sentence(self) -> str:
        """The spec in words: "Heart failure, stage 2 of 3 (interstitial oedema), woman of 71, emphysema"."""
        person = f"{'woman' if self.sex == 'F' else 'man'} of {self.age}"
        parts = [self.definition.name]
        if self.finding != "normal":
            stage = self.definition.stage(self.stage)
            parts.append(f"stage {self.stage:g} of {self.definition.max_stage} ({stage.name.lower()})")
            if self.side in ("right", "left"):
                parts.append(place_name(self.side, self.lobe))
        parts.append(person)
        parts.extend(COMORBIDITIES[key].name.lower() for key in self.comorbidities)
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form; ``from_dict`` reads it back."""
        return {**asdict(self), "comorbidities": list(self.comorbidities)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CaseSpec:
        """Read a spec. Raises SpecError for unknown keys, as for bad values."""
        known = {field.name for field in fields(cls)}
        for key in data:
            if key not in known:
                raise SpecError(key, f"“{key}” is not part of a case spec.")
        comorbidities: Iterable[str] = data.get("comorbidities", ())
        return cls(**{**data, "comorbidities": tuple(comorbidities)})
