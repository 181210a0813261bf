"""From an archive's labels to the vocabulary's findings and comorbidities: present, absent or unknown.

A label is three-valued: True, False, or None where the archive is uncertain or was never asked. What a label does not
settle stays unknown; an unknown label never becomes an absent finding. "Edema" is read as heart failure, of which it is
the film's sign from stage 2 on: archives do not tell oedema of the heart from other kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Said = Mapping[str, bool | None]


@dataclass(frozen=True)
class Rule:
    """``present``: any of these labels says it is there. ``possible``: any of these leaves it open."""

    present: frozenset[str]
    possible: frozenset[str] = frozenset()

    def read(self, said: Said, normal: bool) -> bool | None:
        """Whether it is there; None where the labels leave it open."""
        if any(said.get(label) for label in self.present):
            return True
        if normal and self.present:
            return False
        if any(said.get(label) is None for label in self.present):
            return None
        if any(said[label] is not False for label in self.possible if label in said):
            return None
        asked = self.present or (self.possible & said.keys())
        return False if asked else None


@dataclass(frozen=True)
class Labels:
    """What the labels of one film come to."""

    findings: dict[str, bool]
    comorbidities: dict[str, bool]
    others: tuple[str, ...]


@dataclass(frozen=True)
class LabelMap:
    """The rules of one archive. ``normal`` is its label for a film without findings; ``harmless`` labels go with it."""

    normal: str
    findings: Mapping[str, Rule]
    comorbidities: Mapping[str, Rule] = field(default_factory=dict)
    harmless: frozenset[str] = frozenset()

    def read(self, said: Said) -> Labels:
        """Findings, comorbidities and what the vocabulary has no word for."""
        clear = bool(said.get(self.normal))
        findings = _known({key: rule.read(said, clear) for key, rule in self.findings.items()})
        comorbidities = _known({key: rule.read(said, clear) for key, rule in self.comorbidities.items()})
        normal = self._normal(said, findings)
        if normal is not None:
            findings["normal"] = normal
        mapped = {self.normal}.union(
            *(rule.present for rule in [*self.findings.values(), *self.comorbidities.values()])
        )
        others = tuple(label for label, there in said.items() if there and label not in mapped)
        return Labels(findings, comorbidities, others)

    def key_of(self, label: str) -> str:
        """The finding that a label stands for, or ""."""
        return next((key for key, rule in self.findings.items() if label in rule.present), "")

    def _normal(self, said: Said, findings: Mapping[str, bool]) -> bool | None:
        """In the vocabulary's sense: nothing beyond the patient's age and comorbidities."""
        if said.get(self.normal):
            return True
        harmless = self.harmless.union(*(rule.present for rule in self.comorbidities.values()))
        if any(there for label, there in said.items() if label not in harmless):
            return False
        everything_denied = all(findings.get(key) is False for key in self.findings)
        only_harmless = all(there is False for label, there in said.items() if label not in {*harmless, self.normal})
        return True if said and everything_denied and only_harmless else None


def rule(*present: str, possible: tuple[str, ...] = ()) -> Rule:
    """A Rule from words."""
    return Rule(frozenset(present), frozenset(possible))


def _known(values: Mapping[str, bool | None]) -> dict[str, bool]:
    return {key: there for key, there in values.items() if there is not None}
