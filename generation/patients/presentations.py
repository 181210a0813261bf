"""Why people are sent for a chest film, for how long they have had it, and how often a finding is met by chance.

A presentation is a finding, or one of the reasons for which people with a normal film are sent; a finding's own
share is the patients in whom it was suspected and the film is clear. Durations and shares are judgement; what comes
with a presentation, and its sources, is in ``complaints``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Levels = tuple[float, ...]
"""Values at stage 1, 2, 3 …; one value where the presentation has no stages."""


@dataclass(frozen=True)
class Presentation:
    """Why somebody is sent. ``days``: shortest and longest time since it began, by stage."""

    key: str
    days: tuple[tuple[float, float], ...]
    share: float = 0.0
    """The part of normal films that are taken for this reason."""


PRESENTATIONS = {
    presentation.key: presentation
    for presentation in (
        Presentation("routine", ((1, 1),), 0.26),
        Presentation("heart_failure", ((14, 90), (4, 28), (0.3, 5)), 0.09),
        Presentation("pneumonia", ((3, 12), (3, 9), (2, 7)), 0.11),
        Presentation("pleural_effusion", ((5, 40), (7, 45), (10, 60)), 0.06),
        Presentation("pneumothorax", ((0.3, 5), (0.2, 3), (0.1, 0.6)), 0.09),
        Presentation("cold", ((3, 21),), 0.12),
        Presentation("chest_wall", ((0.3, 10),), 0.10),
        Presentation("anxious", ((0.3, 45),), 0.08),
        Presentation("tired", ((14, 100),), 0.09),
    )
}

SUSPECTED_STAGE = 0.8
"""How far along its scale the suspicion is that the film does not confirm: such patients resemble mild disease."""

FOUND_BY_CHANCE: Mapping[str, Levels] = {
    "heart_failure": (0.12, 0.02, 0.0),
    "pneumonia": (0.05, 0.0, 0.0),
    "pleural_effusion": (0.22, 0.04, 0.0),
    "pneumothorax": (0.08, 0.0, 0.0),
}
"""How often a finding turns up on a film that was taken for a routine reason."""


SUDDEN: Mapping[str, Levels] = {
    "pneumothorax": (0.7, 0.75, 0.9),
    "chest_wall": (0.5,),
    "anxious": (0.4,),
    "pneumonia": (0.06, 0.06, 0.1),
    "pleural_effusion": (0.04, 0.03, 0.02),
    "heart_failure": (0.03, 0.06, 0.25),
}
"""How often it began from one moment to the next."""
