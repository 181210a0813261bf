"""The referral card: fits the case, belongs to the patient, and never gives the answer away."""

import json
import re
from collections.abc import Iterator
from functools import cache
from statistics import mean, median

import pytest

from generation.orders import Order
from generation.patients.complaints import SIGNS, SYMPTOMS
from generation.patients.presentations import PRESENTATIONS
from generation.patients.vignette import SPOILERS, Measurement, Vignette, write_vignette
from generation.spec import CaseSpec
from generation.vocabulary import COMORBIDITIES, FINDINGS

# Written without looking at the module's own list, so that a slip there shows here.
FORBIDDEN = """
heart failure|cardiac failure|congestive|decompensated|oedema|edema|fluid|overload|kerley|bat.wing
pneumonia|consolidation|consolidated|infiltrate|bronchopneumonia|lobar|chest infection|opacity|opacities
effusion|hydrothorax|empyema|pleural|water on the lung|meniscus
pneumothorax|collapsed|collapse|air leak|tension|punctured
normal|abnormal|stage [123] of|synthetic
"""
FORBIDDEN_WORDS = re.compile("|".join(rf"\b({line})" for line in FORBIDDEN.strip().splitlines()), re.IGNORECASE)
STABLE_FACTS = re.compile(r"retired \w+|\d+ pack-years|never smoked|non-smoker|bmi \d+")
card_of = cache(write_vignette)


def many(finding: str, count: int = 200, **order) -> Iterator[CaseSpec]:
    for start in range(0, count, 100):
        yield from Order(finding=finding, count=min(count, 100), seed=start, **order).specs()


def values(name: str, specs: Iterator[CaseSpec]) -> list[float]:
    found = []
    for spec in specs:
        card = card_of(spec)
        found += [value.value for value in (*card.vitals, *card.laboratory) if value.name == name]
    return found


@pytest.mark.parametrize("finding", FINDINGS)
def test_no_card_names_any_finding(finding: str) -> None:
    specs = list(many(finding, 300)) + [
        spec for key in COMORBIDITIES for spec in many(finding, 60, comorbidities=(key,))
    ]
    for spec in specs:
        card = card_of(spec)
        words = json.dumps(card.to_dict(), ensure_ascii=False)
        assert not FORBIDDEN_WORDS.search(words), words
        assert not SPOILERS.search(words), words


def test_every_word_that_a_card_can_say_is_free_of_spoilers() -> None:
    for complaint in (*SYMPTOMS, *SIGNS):
        for words in complaint.words:
            assert not FORBIDDEN_WORDS.search(words)


@pytest.mark.parametrize("complaint", [*SYMPTOMS, *SIGNS], ids=lambda complaint: complaint.key)
def test_no_complaint_belongs_to_one_finding_alone(complaint) -> None:
    assert set(complaint.chance) <= set(PRESENTATIONS)
    answers = {key if key in FINDINGS else "normal" for key in complaint.chance}
    assert len(answers) >= 2


@pytest.mark.parametrize("finding", FINDINGS)
def test_presentations_have_numbers_for_every_stage(finding: str) -> None:
    top = FINDINGS[finding].max_stage
    for complaint in (*SYMPTOMS, *SIGNS):
        if finding in complaint.chance:
            assert len(complaint.chance[finding]) == top
    if finding != "normal":
        assert len(PRESENTATIONS[finding].days) == top


def test_equal_specs_give_equal_cards() -> None:
    spec = CaseSpec(finding="pneumonia", stage=2, side="right", lobe="lower", seed=9)
    assert write_vignette(spec) == write_vignette(CaseSpec.from_dict(spec.to_dict()))


@pytest.mark.parametrize("finding", FINDINGS)
def test_cards_differ_from_patient_to_patient(finding: str) -> None:
    cards = {card_of(spec).referral for spec in many(finding, 200)}
    assert len(cards) > 195


@pytest.mark.parametrize("finding", FINDINGS)
def test_cards_are_complete_sentences_without_gaps(finding: str) -> None:
    for spec in many(finding, 200, comorbidities=("emphysema", "obesity")):
        text = card_of(spec).referral
        assert str(spec.age) in text
        assert re.search(r"\bwoman\b" if spec.sex == "F" else r"\bman\b", text, re.IGNORECASE)
        assert not re.search(r"[{}]|  | ,|\.\.|,\.|None|\b(and|or|of) [.,]", text), text
        assert text[0].isupper() or text[0].isdigit()
        assert text.endswith(("?", ".", "please."))
        assert 60 < len(text) < 700


def test_a_card_survives_json() -> None:
    card = card_of(CaseSpec(finding="pneumothorax", stage=1, side="left"))
    assert Vignette.from_dict(json.loads(json.dumps(card.to_dict()))) == card


def test_the_side_on_the_card_is_the_side_of_the_finding() -> None:
    for finding in ("pleural_effusion", "pneumothorax", "pneumonia"):
        for spec in many(finding, 100, stages=(3,)):
            other = "left" if spec.side == "right" else "right"
            text = card_of(spec).referral.replace(f"to the {other}", "")
            assert other not in text


def test_a_patient_stays_the_same_person_while_the_disease_grows() -> None:
    for seed in range(30):
        cards = [card_of(spec) for spec in Order(finding="heart_failure", series=True, seed=seed).specs()]
        found = [value.value for card in cards for value in card.laboratory if value.name == "Haemoglobin"]
        assert max(found) - min(found) <= 20
        assert len({frozenset(STABLE_FACTS.findall(card.history.lower())) for card in cards}) == 1


@pytest.mark.parametrize(
    ("name", "finding", "stage", "low", "high"),
    [
        ("BNP", "heart_failure", 2, 200, 900),
        ("BNP", "normal", 0, 8, 60),
        ("CRP", "pneumonia", 3, 120, 300),
        ("CRP", "normal", 0, 1, 5),
        ("Temperature", "pneumonia", 2, 37.8, 39.0),
        ("Temperature", "pneumothorax", 2, 36.4, 37.0),
        ("Oxygen saturation", "heart_failure", 3, 83, 91),
        ("Oxygen saturation", "normal", 0, 96, 99),
        ("Heart rate", "pneumothorax", 3, 115, 140),
        ("Systolic blood pressure", "pneumothorax", 3, 75, 105),
        ("Systolic blood pressure", "heart_failure", 3, 145, 175),
        ("Leucocytes", "pneumonia", 2, 11, 15),
    ],
)
def test_the_middle_patient_has_the_values_of_the_literature(
    name: str, finding: str, stage: int, low: float, high: float
) -> None:
    assert low <= median(values(name, many(finding, stages=(stage,)))) <= high


@pytest.mark.parametrize(
    ("name", "finding", "rises"),
    [
        ("BNP", "heart_failure", True),
        ("CRP", "pneumonia", True),
        ("Respiratory rate", "pleural_effusion", True),
        ("Oxygen saturation", "pneumothorax", False),
    ],
)
def test_values_worsen_with_the_stage(name: str, finding: str, rises: bool) -> None:
    means = [mean(values(name, many(finding, 200, stages=(stage,)))) for stage in (1, 2, 3)]
    assert means == sorted(means, reverse=not rises)


def test_stages_in_between_lie_in_between() -> None:
    series = [
        mean(values("Heart rate", (CaseSpec("heart_failure", stage, "both", seed=seed) for seed in range(100))))
        for stage in (1, 1.5, 2, 2.5, 3)
    ]
    assert series == sorted(series)


def test_comorbidities_show_in_words_and_values() -> None:
    plain, heavy = (
        mean(values("Oxygen saturation", many("normal", 200, comorbidities=extra))) for extra in ((), ("emphysema",))
    )
    assert heavy < plain - 1.5
    thin, obese = (
        median(values("BNP", many("heart_failure", 200, stages=(2,), comorbidities=c))) for c in ((), ("obesity",))
    )
    assert obese < 0.8 * thin
    for key, word in {
        "emphysema": "emphysema",
        "obesity": "BMI",
        "pacemaker": "pacemaker",
        "scoliosis": "scoliosis",
        "cardiomegaly": "large",
    }.items():
        assert word.lower() in card_of(CaseSpec(comorbidities=(key,))).referral.lower()
    assert min(values("Heart rate", many("normal", 200, comorbidities=("pacemaker",)))) >= 60


def test_the_old_have_less_fever() -> None:
    young, old = (median(values("Temperature", many("pneumonia", 200, stages=(2,), age=age))) for age in (40, 88))
    assert old < young - 0.3


def test_normal_films_have_plausible_and_varied_reasons() -> None:
    routine = [spec for spec in many("normal") if "BNP" not in {m.name for m in card_of(spec).laboratory}]
    assert 0.15 < len(routine) / 200 < 0.4
    feverish = [value for value in values("Temperature", many("normal")) if value > 37.5]
    assert feverish


def test_some_early_disease_is_found_by_chance() -> None:
    cards = [card_of(spec) for spec in many("pleural_effusion", stages=(1,))]
    by_chance = [card for card in cards if "BNP" not in {m.name for m in card.laboratory}]
    assert 0.1 < len(by_chance) / len(cards) < 0.35


@pytest.mark.parametrize(
    ("measurement", "flag", "text", "reference"),
    [
        (Measurement("CRP", 38, "mg/L", None, 5), "high", "38 mg/L", "≤ 5"),
        (Measurement("Oxygen saturation", 91, "%", 96, 100), "low", "91 %", "96–100"),
        (Measurement("Temperature", 38.0, "°C", 36.1, 38.0, 1), "", "38.0 °C", "36.1–38.0"),
        (Measurement("Anything", 3, "", 2), "", "3 ", "≥ 2"),
    ],
)
def test_a_measurement_reads_as_on_a_report(measurement: Measurement, flag: str, text: str, reference: str) -> None:
    assert (measurement.flag, measurement.text, measurement.reference) == (flag, text, reference)


def test_values_stay_within_what_a_living_patient_can_have() -> None:
    limits = {
        "Heart rate": (45, 165),
        "Systolic blood pressure": (70, 220),
        "Diastolic blood pressure": (35, 120),
        "Respiratory rate": (10, 42),
        "Oxygen saturation": (74, 100),
        "Temperature": (35.5, 40.6),
        "BNP": (5, 5000),
        "CRP": (1, 420),
        "Leucocytes": (3, 32),
        "Haemoglobin": (80, 180),
        "Creatinine": (38, 420),
        "Troponin T": (3, 140),
        "D-dimer": (100, 9000),
    }
    for finding in FINDINGS:
        for spec in many(finding, 200, comorbidities=("emphysema", "obesity")):
            card = card_of(spec)
            found = {value.name: value.value for value in (*card.vitals, *card.laboratory)}
            for name, value in found.items():
                low, high = limits[name]
                assert low <= value <= high, (name, value)
            assert found["Systolic blood pressure"] - found["Diastolic blood pressure"] >= 15
