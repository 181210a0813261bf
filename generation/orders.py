"""Order: what an instructor asks for, expanded into the CaseSpecs that are to be made.

The web form, the API and the command line all validate and expand an order here, so that the same order
gives the same cases wherever it was placed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from generation.chance import chance
from generation.spec import MAX_SEED, CaseSpec, SpecError
from generation.vocabulary import AGE_GROUPS, COMORBIDITIES, FINDINGS, LOBES, MAX_AGE, MIN_AGE, SEXES, SIDES, Finding

ANY = "any"
MAX_COUNT = 100

Option = TypeVar("Option")


@dataclass(frozen=True)
class Order:
    """A number of cases of one finding.

    ``stages``: whole stages of the finding's scale, mixed evenly over the cases; empty means every stage.
    ``series``: each patient is shown healthy and then at every stage; ``count`` is then the number of patients.
    ``age_group`` is a key of the vocabulary; ``age`` (years), where given, is exact and wins over it.
    ``sex`` is "F", "M" or "any"; ``side`` and ``lobe`` are words of the vocabulary or "any".
    ``count`` is 1 to 100. ``seed`` is the first patient; the next patients have seed + 1, seed + 2 and so on.
    What is left open (age within the group, sex, place) depends on the patient's seed alone.

    Raises SpecError, with the name of the field, for anything that cannot be made.
    """

    finding: str = "normal"
    stages: tuple[int, ...] = ()
    series: bool = False
    age_group: str = ANY
    age: int | None = None
    sex: str = ANY
    comorbidities: tuple[str, ...] = ()
    side: str = ANY
    lobe: str = ANY
    count: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        _check_word("finding", self.finding, FINDINGS)
        _check_word("age_group", self.age_group, AGE_GROUPS)
        _check_word("sex", self.sex, (*SEXES, ANY))
        _check_word("side", self.side, (*SIDES, ANY))
        _check_word("lobe", self.lobe, (*LOBES, ANY))
        self._settle_comorbidities()
        self._settle_stages()
        self._check_numbers()
        self._check_place()

    def _settle_comorbidities(self) -> None:
        for key in _as_tuple("comorbidities", self.comorbidities):
            _check_word("comorbidities", key, COMORBIDITIES, "comorbidity")
        object.__setattr__(self, "comorbidities", tuple(sorted(set(self.comorbidities))))

    def _settle_stages(self) -> None:
        if not isinstance(self.series, bool):
            raise SpecError("series", "Say true or false for a series.")
        if self.series and self.finding == "normal":
            raise SpecError("series", "A normal film has no stages to make a series of. Choose a finding.")
        allowed = tuple(stage.level for stage in self.definition.stages)
        for stage in _as_tuple("stages", self.stages):
            if not _is_whole(stage) or stage not in allowed:
                scale = "only stage 0" if self.finding == "normal" else f"stages 1 to {self.definition.max_stage}"
                raise SpecError("stages", f"{self.definition.name} has {scale}, not “{stage}”.")
        chosen = allowed if self.series or not self.stages else tuple(sorted(set(self.stages)))
        object.__setattr__(self, "stages", chosen)

    def _check_numbers(self) -> None:
        if not _is_whole(self.count) or not 1 <= self.count <= MAX_COUNT:
            raise SpecError("count", f"Order 1 to {MAX_COUNT} {'patients' if self.series else 'cases'} at a time.")
        if not _is_whole(self.seed) or not 0 <= self.seed <= MAX_SEED - self.count + 1:
            raise SpecError("seed", f"The seed is a whole number from 0 to {MAX_SEED - self.count + 1}.")
        if self.age is None:
            return
        if not _is_whole(self.age) or not MIN_AGE <= self.age <= MAX_AGE:
            raise SpecError("age", f"The age is a whole number of years from {MIN_AGE} to {MAX_AGE}.")
        group = AGE_GROUPS[self.age_group]
        if not group.low <= self.age <= group.high:
            raise SpecError("age", f"Age {self.age} is not in the age group {group.name}.")

    def _check_place(self) -> None:
        sides = [side for side, _ in self.definition.places]
        if self.side not in (ANY, *sides):
            raise SpecError("side", f"{self.definition.name} allows these sides: {_listed(sides)}.")
        if not self.places:
            lobes = [lobe or "no lobe" for side, lobe in self.definition.places if self.side in (ANY, side)]
            where = "" if self.side == ANY else f" on this side ({self.side})"
            raise SpecError("lobe", f"{self.definition.name} allows these lobes{where}: {_listed(lobes)}.")

    @property
    def definition(self) -> Finding:
        """The finding's entry in the vocabulary."""
        return FINDINGS[self.finding]

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """The (side, lobe) pairs that fit the order."""
        return tuple(
            (side, lobe)
            for side, lobe in self.definition.places
            if self.side in (ANY, side) and self.lobe in (ANY, lobe)
        )

    @property
    def size(self) -> int:
        """The number of cases that ``specs`` gives."""
        return self.count * (len(self.stages) + 1) if self.series else self.count

    def specs(self) -> list[CaseSpec]:
        """The cases in the order in which they are to be made; a series goes patient by patient, healthy first."""
        specs = []
        for index in range(self.count):
            if self.series:
                patient = self._spec(index, self.stages[0])
                specs += [patient.at_stage(stage) for stage in (0, *self.stages)]
            else:
                specs.append(self._spec(index, _dealt(self.stages, index, f"stage {self.seed}")))
        return specs

    def _spec(self, index: int, stage: int) -> CaseSpec:
        seed = self.seed + index
        side, lobe = _dealt(self.places, seed, f"place {self.finding}")
        return CaseSpec(
            finding=self.finding,
            stage=stage,
            side=side,
            lobe=lobe,
            age=self._age(seed),
            sex=_dealt(tuple(SEXES), seed, "sex") if self.sex == ANY else self.sex,
            comorbidities=self.comorbidities,
            seed=seed,
        )

    def _age(self, seed: int) -> int:
        if self.age is not None:
            return self.age
        group = AGE_GROUPS[self.age_group]
        return chance("age", seed).randint(group.low, group.high)

    def sentence(self) -> str:
        """The order in words: "4 cases: heart failure, stages 1 and 2, women of 65 to 79, with emphysema"."""
        unit = "patient" if self.series else "case"
        parts = [self.definition.name.lower()]
        if self.series:
            parts.append("healthy and every stage")
        elif self.finding != "normal":
            parts.append(f"stage{'s' if len(self.stages) > 1 else ''} {_listed(map(str, self.stages), 'and')}")
        if self.finding != "normal":
            parts += [word for word in (self.side, self.lobe and f"{self.lobe} lobe") if word and ANY not in word]
        people = {"F": "women", "M": "men", ANY: "women and men"}[self.sex]
        parts.append(f"{people} of {AGE_GROUPS[self.age_group].name.lower() if self.age is None else self.age}")
        if self.comorbidities:
            parts.append(f"with {_listed((COMORBIDITIES[key].name.lower() for key in self.comorbidities), 'and')}")
        return f"{self.count} {unit}{'s' if self.count > 1 else ''}: {', '.join(parts)}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form; ``from_dict`` reads it back."""
        return {**asdict(self), "stages": list(self.stages), "comorbidities": list(self.comorbidities)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Order:
        """Read an order. Raises SpecError for unknown keys, as for bad values."""
        known = {field.name for field in fields(cls)}
        for key in data:
            if key not in known:
                raise SpecError(key, f"“{key}” is not part of an order.")
        lists = {key: _as_tuple(key, data[key]) for key in ("stages", "comorbidities") if key in data}
        return cls(**{**data, **lists})


def _dealt(options: Sequence[Option], number: int, deck: str) -> Option:
    """The option that ``number`` draws from shuffled decks, so that a run of numbers mixes them evenly."""
    block, position = divmod(number, len(options))
    shuffled = list(options)
    chance(deck, block).shuffle(shuffled)
    return shuffled[position]


def _check_word(field: str, value: Any, words: Any, noun: str = "") -> None:
    if not isinstance(value, str) or value not in words:
        noun = noun or field.replace("_", " ")
        raise SpecError(field, f"“{value}” is not a known {noun}. Choose one of: {', '.join(filter(None, words))}.")


def _as_tuple(field: str, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, tuple | list):
        raise SpecError(field, f"The {field} are a list.")
    return tuple(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _listed(words: Any, last: str = "or") -> str:
    unique = list(dict.fromkeys(words))
    return f" {last} ".join(filter(None, [", ".join(unique[:-1]), unique[-1]]))
