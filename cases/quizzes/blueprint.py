"""Blueprint: picks the cases of a quiz from a pool by counts. Pure: knows no database.

"10 cases, 3 normal, stages mixed" becomes ``Blueprint(total=10, normal=3)``. The same pool, blueprint and
seed give the same cases.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from generation.chance import chance
from generation.vocabulary import FINDINGS

ABNORMAL_FINDINGS = tuple(key for key in FINDINGS if key != "normal")


@dataclass(frozen=True)
class Candidate:
    """A case that may be picked. ``stage`` is a whole stage of the finding's scale, 0 for a normal film."""

    key: Hashable
    finding: str
    stage: int
    patient_key: str

    @property
    def is_normal(self) -> bool:
        """Whether the film shows no finding."""
        return self.finding == "normal"


@dataclass(frozen=True)
class Blueprint:
    """What a quiz is to hold: ``total`` cases, ``normal`` of them normal, the others with one of ``findings``.

    Raises ValueError for counts that contradict each other and for unknown findings.
    """

    total: int
    normal: int = 0
    findings: tuple[str, ...] = ABNORMAL_FINDINGS

    def __post_init__(self) -> None:
        if self.total < 1:
            raise ValueError("A quiz needs at least 1 case.")
        if not 0 <= self.normal <= self.total:
            raise ValueError(f"The number of normal cases must lie between 0 and {self.total}.")
        if self.abnormal and not self.findings:
            raise ValueError("Choose at least one finding for the cases that are not normal.")
        if unknown := set(self.findings) - set(ABNORMAL_FINDINGS):
            raise ValueError(f"Not a finding that can be ordered: {', '.join(sorted(unknown))}.")

    @property
    def abnormal(self) -> int:
        """The number of cases with a finding."""
        return self.total - self.normal


@dataclass(frozen=True)
class Shortage:
    """Fewer cases in the pool than the blueprint asks for. ``findings`` are the ones that could fill it."""

    findings: tuple[str, ...]
    wanted: int
    available: int

    @property
    def missing(self) -> int:
        """How many cases would have to be made."""
        return self.wanted - self.available

    def __str__(self) -> str:
        names = [FINDINGS[key].name.lower() for key in self.findings]
        kind = "normal cases" if names == ["normal"] else f"cases of {_listed(names, 'or')}"
        have = f"Only {self.available}" if self.available else "No"
        if self.available == 1:
            kind = kind.replace("cases", "case", 1)
        return f"{have} accepted {kind}; order {self.missing}{' more' if self.available else ''}."


class PoolTooSmall(ValueError):
    """The pool cannot fill the blueprint; ``shortages`` says of what there is too little."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__(" ".join(map(str, shortages)))
        self.shortages = tuple(shortages)


@dataclass(frozen=True)
class Selection:
    """The picked cases, mixed, and ``notes``: what the pool did not allow, in words for the instructor."""

    keys: tuple[Hashable, ...]
    notes: tuple[str, ...] = ()


@dataclass
class _Tally:
    """What has been picked so far."""

    picked: list[Candidate] = field(default_factory=list)
    patients: Counter[str] = field(default_factory=Counter)
    stages: Counter[int] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, int]] = field(default_factory=Counter)

    def add(self, candidate: Candidate) -> None:
        self.picked.append(candidate)
        self.patients[candidate.patient_key] += 1
        self.stages[candidate.stage] += 1
        self.findings[candidate.finding] += 1
        self.pairs[candidate.finding, candidate.stage] += 1

    def burden(self, candidate: Candidate) -> tuple[int, ...]:
        """How much one more of this kind would tilt the quiz: patient first, then stage, then finding."""
        return (
            self.patients[candidate.patient_key],
            self.stages[candidate.stage],
            self.findings[candidate.finding],
            self.pairs[candidate.finding, candidate.stage],
        )


def pick(pool: Iterable[Candidate], blueprint: Blueprint, seed: int) -> Selection:
    """Cases from ``pool`` as the blueprint asks.

    A patient is shown twice only when there are fewer patients than cases; within that, stages and then
    findings are mixed evenly. Raises PoolTooSmall.
    """
    shuffled = sorted(pool, key=lambda candidate: str(candidate.key))
    chance("blueprint", seed).shuffle(shuffled)
    normal = [candidate for candidate in shuffled if candidate.is_normal]
    abnormal = [candidate for candidate in shuffled if candidate.finding in blueprint.findings]
    _check_pool(normal, abnormal, blueprint)

    # Normal films first, from patients who can fill no other place, so that none is used up needlessly.
    needed_elsewhere = {candidate.patient_key for candidate in abnormal}
    tally = _Tally()
    normal.sort(key=lambda candidate: candidate.patient_key in needed_elsewhere)
    _fill(tally, normal, blueprint.normal)
    _fill(tally, abnormal, blueprint.abnormal)
    chance("order", seed).shuffle(tally.picked)
    return Selection(tuple(candidate.key for candidate in tally.picked), tuple(_notes(tally, blueprint)))


def _check_pool(normal: Sequence[Candidate], abnormal: Sequence[Candidate], blueprint: Blueprint) -> None:
    shortages = [
        Shortage(findings, wanted, len(available))
        for findings, wanted, available in (
            (("normal",), blueprint.normal, normal),
            (blueprint.findings, blueprint.abnormal, abnormal),
        )
        if len(available) < wanted
    ]
    if shortages:
        raise PoolTooSmall(shortages)


def _fill(tally: _Tally, candidates: Sequence[Candidate], count: int) -> None:
    left = list(candidates)
    for _ in range(count):
        best = min(left, key=tally.burden)  # the first of equals: the pool is shuffled
        left.remove(best)
        tally.add(best)


def _notes(tally: _Tally, blueprint: Blueprint) -> Iterable[str]:
    levels = sorted({stage.level for key in blueprint.findings for stage in FINDINGS[key].stages})
    counts = [tally.stages[level] for level in levels]
    if blueprint.abnormal and max(counts) - min(counts) > 1:
        found = _listed([f"{count} × stage {level}" for level, count in zip(levels, counts, strict=True)], "and")
        rarest = levels[counts.index(min(counts))]
        yield f"The stages are not even: {found}. Order more of stage {rarest}."
    repeated = sum(count > 1 for count in tally.patients.values())
    if repeated:
        who = "1 patient appears" if repeated == 1 else f"{repeated} patients appear"
        yield f"{who} more than once, because there are fewer patients than cases."


def _listed(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
