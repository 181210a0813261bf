"""Write the referral card that comes with a film: history, examination, vital signs and laboratory values.

The card fits the patient and the finding without ever naming the finding. It is drawn from published
frequencies (``complaints``, ``measurements``); a patient model learned from data can take their place behind
``write_vignette``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from random import Random

from generation.chance import chance, draw
from generation.patients.background import Background, background_of
from generation.patients.card import Measurement, Vignette
from generation.patients.complaints import (
    DENIALS,
    SIGNS,
    SUDDEN_WORDS,
    SYMPTOMS,
    Complaint,
)
from generation.patients.measurements import Visit, at_stage, laboratory, vital_signs
from generation.patients.phrases import (
    CLEAR,
    QUESTIONS,
    ROUTINE,
    ROUTINE_QUESTIONS,
    capitalised,
    duration_words,
    listed,
)
from generation.patients.presentations import FOUND_BY_CHANCE, PRESENTATIONS, SUDDEN, SUSPECTED_STAGE
from generation.spec import CaseSpec
from generation.vocabulary import FINDINGS

__all__ = ["SPOILERS", "Measurement", "Vignette", "write_vignette"]

SPOILERS = re.compile(
    r"(heart|cardiac|ventric\w+) failure|congesti|decompensat|o?edema|overload|kerley|cardiothoracic|redistribution"
    r"|pneumoni|consolidat|infiltrat|opaci|lobar|chest infection|airspace"
    r"|effusion|fluid|hydrothorax|empyema|pleur|meniscus|costophrenic"
    r"|pneumothora|collapse|air leak|\btension\b|deflated"
    r"|\bnormal|abnormal",
    re.IGNORECASE,
)
"""Words that would give a finding away. No card holds any of them, whatever its own finding is."""

MOST_SYMPTOMS = (1, 2, 2, 3, 3)
MOST_SIGNS = (0, 0, 1, 1, 2)
"""How much a referring doctor writes down, from the terse to the thorough; each as often as the others."""


ONSET_TOLD = 0.6
"""How often a sudden onset is written down."""


def write_vignette(spec: CaseSpec) -> Vignette:
    """The card of ``spec``: equal specs give equal cards; the person is the same at every stage."""
    background = background_of(spec)
    presentation, stage = _presentation(spec)
    visit = Visit(spec, background, presentation, stage)
    symptoms = _symptoms(visit)
    signs = _drawn(SIGNS, visit)
    told, seen = (_written(*pair, visit) for pair in ((symptoms, MOST_SYMPTOMS), (signs, MOST_SIGNS)))
    present = {complaint.key for complaint in (*symptoms, *signs)}
    luck = chance("wording", spec.patient_key, spec.finding, spec.stage, spec.side, spec.lobe)
    words = _places(spec, luck)
    return Vignette(
        history=f"{_person(spec, background, luck)} {_story(visit, told, present, words, luck)}",
        examination=_examination(seen, words, luck) if seen or not signs else "",
        question=_question(presentation, told, luck),
        vitals=vital_signs(visit),
        laboratory=laboratory(visit, {complaint.family for complaint in told}),
    )


def _presentation(spec: CaseSpec) -> tuple[str, float]:
    """Why the patient was sent, and how far along its scale: 1 where the presentation has no stages."""
    luck = draw("presentation", spec.patient_key)
    if spec.finding != "normal":
        by_chance = luck < _by_chance(spec)
        return ("routine", 1) if by_chance else (spec.finding, spec.stage)
    for presentation in PRESENTATIONS.values():
        if luck < presentation.share:
            return presentation.key, SUSPECTED_STAGE if presentation.key in FINDINGS else 1
        luck -= presentation.share
    return "routine", 1


def _by_chance(spec: CaseSpec) -> float:
    levels = FOUND_BY_CHANCE.get(spec.finding, (0.0,))
    return at_stage((levels[0], *levels), spec.stage + 1)


def _drawn(complaints: Iterable[Complaint], visit: Visit) -> list[Complaint]:
    """The complaints of this visit. A patient's luck stays, so complaints come and stay as the stage grows."""
    drawn: list[Complaint] = []
    for complaint in complaints:
        likely = visit.level(complaint.chance)
        luck = draw("complaint", complaint.key, visit.patient_key)
        fits_age = complaint.ages[0] <= visit.spec.age <= complaint.ages[1]
        taken = complaint.group and complaint.group in {other.group for other in drawn}
        if fits_age and luck < likely and not taken:
            drawn.append(complaint)
    return drawn


def _written(complaints: Sequence[Complaint], numbers: Sequence[int], visit: Visit) -> Sequence[Complaint]:
    """Those that the referring doctor mentions: always the first ones, as many as this doctor writes down."""
    return complaints[: numbers[int(draw("written", numbers, visit.patient_key) * len(numbers))]]


def _symptoms(visit: Visit) -> list[Complaint]:
    """At least one, unless the patient was sent for a routine reason."""
    drawn = _drawn(SYMPTOMS, visit)
    if drawn or visit.presentation == "routine":
        return drawn
    return [max(SYMPTOMS, key=lambda complaint: visit.level(complaint.chance))]


def _places(spec: CaseSpec, luck: Random) -> Mapping[str, str]:
    """Words for {side}, {other}, {place} and {him}. Cards without a one-sided finding get a side by luck."""
    side = spec.side if spec.side in ("right", "left") else luck.choice(("right", "left"))
    zone = {"upper": "upper zone", "middle": "mid-zone", "lower": "base"}.get(spec.lobe, "base")
    if spec.finding in ("pneumothorax", "normal"):
        zone = luck.choice(("base", "side", "upper zone"))
    return {
        "side": side,
        "other": "left" if side == "right" else "right",
        "place": f"{side} {zone}",
        "him": "her" if spec.sex == "F" else "him",
    }


def _person(spec: CaseSpec, background: Background, luck: Random) -> str:
    who = "woman" if spec.sex == "F" else "man"
    earlier = [*background.comorbidities, *background.illnesses]
    medicines = f" Takes {listed(background.medicines)}." if background.medicines else ""
    if luck.random() < 0.5:
        well = luck.choice(("Previously well", "No past illness of note"))
        past = f"{capitalised(listed(earlier)) or well}. {capitalised(background.smoking)}."
        return f"{spec.age}-year-old {who}, {background.occupation}. {past}{medicines}"
    past = f"Past history: {listed(earlier)}." if earlier else luck.choice(("Usually fit.", "No regular medication."))
    return f"{capitalised(who)}, {spec.age}, {background.occupation}; {background.smoking}. {past}{medicines}"


def _story(
    visit: Visit, symptoms: Sequence[Complaint], present: Collection[str], words: Mapping[str, str], luck: Random
) -> str:
    phrases = [_say(complaint, words, luck) for complaint in symptoms]
    if visit.presentation == "routine":
        reason = luck.choice(_routine_reasons(visit.spec))
        return f"{reason} Mentions {listed(phrases)}." if phrases else reason
    since = duration_words(_days(visit))
    told = luck.choice(
        (
            f"{capitalised(since)} of {listed(phrases)}.",
            f"Complains of {listed(phrases)} for {since}.",
            f"Comes with {listed(phrases)}, for {since} now.",
        )
    )
    return " ".join(filter(None, (told, _onset(visit, luck), _denied(present, luck))))


def _days(visit: Visit) -> float:
    ranges = PRESENTATIONS[visit.presentation].days
    low, high = ranges[min(len(ranges), max(1, round(visit.stage))) - 1]
    return low * (high / low) ** draw("duration", visit.patient_key)


def _routine_reasons(spec: CaseSpec) -> list[str]:
    return [reason.words for reason in ROUTINE if reason.fits(spec.age, spec.sex, spec.comorbidities)]


def _onset(visit: Visit, luck: Random) -> str:
    sudden = draw("sudden", visit.patient_key) < visit.level(SUDDEN)
    sudden = sudden and luck.random() < ONSET_TOLD
    return luck.choice(SUDDEN_WORDS) if sudden else ""


def _denied(present: Collection[str], luck: Random) -> str:
    absent = [words for words, keys in DENIALS.items() if not set(present) & set(keys)]
    number = min(len(absent), luck.choice((0, 1, 1, 2)))
    return f"No {listed(luck.sample(absent, number), 'or')}." if number else ""


def _examination(signs: Sequence[Complaint], words: Mapping[str, str], luck: Random) -> str:
    if not signs:
        return luck.choice(CLEAR)
    looks = [f"{capitalised(_say(sign, words, luck))}." for sign in signs if sign.key == "unwell"]
    found = listed([_say(sign, words, luck) for sign in signs if sign.key != "unwell"])
    form = luck.choice(("On examination: {}.", "{}.", "Examination: {}."))
    return " ".join([*looks, capitalised(form.format(found))] if found else looks)


def _question(presentation: str, symptoms: Sequence[Complaint], luck: Random) -> str:
    if presentation == "routine":
        return luck.choice(ROUTINE_QUESTIONS)
    family = next((complaint.family for complaint in symptoms if complaint.family), "general")
    return luck.choice(QUESTIONS[family])


def _say(complaint: Complaint, words: Mapping[str, str], luck: Random) -> str:
    return luck.choice(complaint.words).format_map(words)
