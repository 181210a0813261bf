"""What a trainee is told of a patient beside the film."""

from dataclasses import dataclass

from cases.library.models import Case
from generation.patients.vignette import Vignette
from generation.vocabulary import SEXES


@dataclass(frozen=True)
class Card:
    """The patient and the referral card, without any name."""

    patient: str
    vignette: Vignette


def vignette_of(case: Case) -> Card:
    """The case's referral card. It never names the finding."""
    return Card(f"{SEXES[case.sex]}, {case.age} years", Vignette.from_dict(case.vignette))
