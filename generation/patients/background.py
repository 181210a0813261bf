"""The person behind the card: work, smoking, earlier illness, medicines. The same at every stage of a disease.

Shares follow: hypertension 22 %, 55 % and 75 % at 18–39, 40–59 and 60+ (Ostchega et al., NCHS Data Brief 364, 2020,
scaled to known disease); diabetes, atrial fibrillation, coronary and chronic kidney disease by age from NHANES
2015–2018 tables, rounded; smoking 15 % current, 25 % former (Cornelius et al., MMWR 2022;71:397), and nearly all
of those with emphysema.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np

from generation.chance import chance
from generation.spec import CaseSpec

WORKING_AGE = (22, 66)
OCCUPATIONS = (
    "teacher",
    "bus driver",
    "nurse",
    "electrician",
    "accountant",
    "farmer",
    "cook",
    "shop assistant",
    "carpenter",
    "librarian",
    "office worker",
    "cleaner",
    "engineer",
    "postal worker",
    "hairdresser",
    "gardener",
    "baker",
    "plumber",
    "warehouse worker",
    "translator",
)


@dataclass(frozen=True)
class Illness:
    """An earlier illness. ``share``: how many have it at 30, 50, 70 and 85 years. ``medicines``: any one of them."""

    key: str
    words: tuple[str, ...]
    share: tuple[float, float, float, float]
    medicines: tuple[str, ...] = ()
    sex: str = ""


ILLNESSES = (
    Illness(
        "hypertension",
        ("hypertension", "high blood pressure"),
        (0.06, 0.28, 0.55, 0.62),
        ("amlodipine", "ramipril", "losartan"),
    ),
    Illness(
        "diabetes", ("type 2 diabetes", "diabetes"), (0.02, 0.1, 0.2, 0.2), ("metformin", "metformin and gliclazide")
    ),
    Illness(
        "coronary", ("a coronary stent", "angina"), (0.0, 0.04, 0.15, 0.2), ("aspirin and bisoprolol", "clopidogrel")
    ),
    Illness("fibrillation", ("atrial fibrillation",), (0.0, 0.01, 0.07, 0.15), ("apixaban", "bisoprolol and apixaban")),
    Illness("kidney", ("chronic kidney disease stage 3",), (0.0, 0.02, 0.14, 0.28)),
    Illness("asthma", ("asthma since childhood", "mild asthma"), (0.09, 0.08, 0.06, 0.05), ("a steroid inhaler",)),
    Illness("arthritis", ("osteoarthritis of the knees", "osteoarthritis"), (0.0, 0.1, 0.3, 0.4), ("paracetamol",)),
    Illness("thyroid", ("an underactive thyroid",), (0.03, 0.07, 0.12, 0.14), ("levothyroxine",), sex="F"),
    Illness("prostate", ("an enlarged prostate",), (0.0, 0.06, 0.3, 0.4), ("tamsulosin",), sex="M"),
    Illness("reflux", ("reflux",), (0.06, 0.12, 0.16, 0.16), ("omeprazole",)),
    Illness("migraine", ("migraine",), (0.12, 0.08, 0.03, 0.01)),
)
SHARE_AGES = (30, 50, 70, 85)
MOST_ILLNESSES = 3


@dataclass(frozen=True)
class Background:
    """Who the patient is, in phrases. ``pack_years`` is 0 for those who never smoked."""

    occupation: str
    smoking: str
    pack_years: int
    illnesses: tuple[str, ...]
    comorbidities: tuple[str, ...]
    medicines: tuple[str, ...]
    keys: frozenset[str]
    """Keys of the illnesses, for whoever draws laboratory values."""


def background_of(spec: CaseSpec) -> Background:
    """The person of ``spec``; depends on its ``patient_key``, age, sex and comorbidities alone."""
    luck = chance("background", spec.patient_key)
    occupation = _occupation(spec.age, luck)
    smoking, pack_years = _smoking(spec, luck)
    illnesses = _illnesses(spec, luck)
    words = tuple(luck.choice(illness.words) for illness in illnesses)
    chosen = [luck.choice(illness.medicines) for illness in illnesses if illness.medicines]
    medicines = [medicine for words in chosen for medicine in words.split(" and ")]
    if "emphysema" in spec.comorbidities:
        medicines.insert(0, luck.choice(("a tiotropium inhaler", "two inhalers", "a long-acting inhaler")))
    return Background(
        occupation=occupation,
        smoking=smoking,
        pack_years=pack_years,
        illnesses=words,
        comorbidities=tuple(_comorbidity(key, spec, luck) for key in spec.comorbidities),
        medicines=tuple(dict.fromkeys(medicines)),
        keys=frozenset(illness.key for illness in illnesses),
    )


def _occupation(age: int, luck: Random) -> str:
    occupation = luck.choice(OCCUPATIONS)
    if age < WORKING_AGE[0]:
        return "student"
    return f"retired {occupation}" if age > WORKING_AGE[1] else occupation


def _smoking(spec: CaseSpec, luck: Random) -> tuple[str, int]:
    draw, years = luck.random(), max(1, spec.age - 17)
    heavy = "emphysema" in spec.comorbidities
    never, former = (0.06, 0.62) if heavy else (0.6, 0.85)
    pack_years = max(2, round(min(years * luck.uniform(0.7, 1.2) if heavy else years * luck.uniform(0.1, 0.7), 70)))
    stopped = luck.randint(1, max(1, min(25, years - 1)))
    if draw < never:
        return luck.choice(("never smoked", "lifelong non-smoker")), 0
    if draw < former:
        return f"stopped smoking {_years(stopped)} ago ({pack_years} pack-years)", pack_years
    return f"smokes, {pack_years} pack-years", pack_years


def _illnesses(spec: CaseSpec, luck: Random) -> list[Illness]:
    found = []
    for illness in ILLNESSES:
        drawn = luck.random() < np.interp(spec.age, SHARE_AGES, illness.share)
        if drawn and illness.sex in ("", spec.sex):
            found.append(illness)
    return found[:MOST_ILLNESSES]


def _comorbidity(key: str, spec: CaseSpec, luck: Random) -> str:
    years = luck.randint(1, max(1, min(15, spec.age - 18)))
    words = {
        "emphysema": ("known emphysema", f"emphysema, diagnosed {_years(years)} ago", "emphysema on CT"),
        "cardiomegaly": ("heart known to be large", "large heart on earlier films"),
        "scoliosis": ("scoliosis since youth", "long-standing scoliosis"),
        "obesity": (f"BMI {luck.randint(32, 44)}", f"obesity (BMI {luck.randint(32, 44)})"),
        "pacemaker": (f"pacemaker for {_years(years)}", f"pacemaker fitted {_years(years)} ago"),
    }
    return luck.choice(words.get(key, (key.replace("_", " "),)))


def _years(number: int) -> str:
    return "one year" if number == 1 else f"{number} years"
