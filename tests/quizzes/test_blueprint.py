"""A blueprint gives exactly what was asked for, or says what is missing."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.quizzes.blueprint import ABNORMAL_FINDINGS, Blueprint, Candidate, PoolTooSmall, pick


def candidate(number, finding="pneumonia", stage=1, patient=None):
    return Candidate(number, finding, 0 if finding == "normal" else stage, patient or f"patient {number}")


def pool_of(normal=0, per_stage=0, findings=ABNORMAL_FINDINGS):
    pool = [candidate(f"n{number}", "normal") for number in range(normal)]
    for finding in findings:
        for stage in (1, 2, 3):
            pool += [candidate(f"{finding}{stage}-{number}", finding, stage) for number in range(per_stage)]
    return pool


def chosen(pool, selection):
    by_key = {candidate.key: candidate for candidate in pool}
    return [by_key[key] for key in selection.keys]


pools = st.lists(
    st.builds(
        lambda finding, stage, patient: (finding, stage, patient),
        st.sampled_from(["normal", *ABNORMAL_FINDINGS]),
        st.integers(1, 3),
        st.integers(0, 8),
    ),
    max_size=25,
).map(
    lambda rows: [
        candidate(number, finding, stage, f"patient {patient}") for number, (finding, stage, patient) in enumerate(rows)
    ]
)
blueprints = st.integers(1, 8).flatmap(lambda total: st.builds(Blueprint, st.just(total), st.integers(0, total)))


@given(pools, blueprints, st.integers(0, 1000))
def test_the_counts_are_exact_or_the_shortage_is(pool, blueprint, seed):
    normal = sum(case.is_normal for case in pool)
    enough = normal >= blueprint.normal and len(pool) - normal >= blueprint.abnormal
    if not enough:
        with pytest.raises(PoolTooSmall) as caught:
            pick(pool, blueprint, seed)
        missing = max(blueprint.normal - normal, 0) + max(blueprint.abnormal - (len(pool) - normal), 0)
        assert sum(shortage.missing for shortage in caught.value.shortages) == missing
        return
    cases = chosen(pool, pick(pool, blueprint, seed))
    assert len(set(cases)) == blueprint.total
    assert sum(case.is_normal for case in cases) == blueprint.normal


def most_patients(pool, blueprint):
    """The largest number of different patients that any selection can show."""
    normal = {case.patient_key for case in pool if case.is_normal}
    abnormal = {case.patient_key for case in pool if not case.is_normal}
    everybody = len(normal | abnormal)
    return min(blueprint.total, blueprint.normal + len(abnormal), blueprint.abnormal + len(normal), everybody)


@given(pools, blueprints, st.integers(0, 1000))
def test_a_patient_is_repeated_only_when_it_cannot_be_avoided(pool, blueprint, seed):
    try:
        selection = pick(pool, blueprint, seed)
    except PoolTooSmall:
        return
    patients = Counter(case.patient_key for case in chosen(pool, selection))
    assert len(patients) == most_patients(pool, blueprint)
    assert any("more than once" in note for note in selection.notes) == (max(patients.values()) > 1)


@given(st.integers(1, 12), st.integers(0, 3), st.integers(0, 1000))
def test_stages_and_findings_are_mixed_evenly_when_the_pool_allows_it(abnormal, normal, seed):
    pool = pool_of(normal=3, per_stage=4)
    selection = pick(pool, Blueprint(abnormal + normal, normal), seed)
    cases = [case for case in chosen(pool, selection) if not case.is_normal]
    for counts in (
        [sum(case.stage == stage for case in cases) for stage in (1, 2, 3)],
        [sum(case.finding == finding for case in cases) for finding in ABNORMAL_FINDINGS],
    ):
        assert max(counts) - min(counts) <= 1
    assert selection.notes == ()


def test_only_the_wanted_findings_are_picked():
    pool = pool_of(normal=2, per_stage=2)
    selection = pick(pool, Blueprint(4, 1, ("pneumothorax",)), seed=1)
    assert {case.finding for case in chosen(pool, selection)} == {"normal", "pneumothorax"}


def test_the_same_seed_gives_the_same_quiz_and_another_seed_another():
    pool = pool_of(normal=10, per_stage=5)
    blueprint = Blueprint(10, 3)
    assert pick(pool, blueprint, 7) == pick(list(reversed(pool)), blueprint, 7)
    assert pick(pool, blueprint, 7) != pick(pool, blueprint, 8)


def test_a_shortage_says_what_is_missing_and_how_many_to_order():
    with pytest.raises(PoolTooSmall, match=re.escape("Only 2 accepted normal cases; order 1 more.")):
        pick(pool_of(normal=2, per_stage=3), Blueprint(10, 3), seed=1)
    with pytest.raises(
        PoolTooSmall, match=re.escape("Only 1 accepted case of pneumonia or pneumothorax; order 3 more.")
    ):
        pick([candidate(1)], Blueprint(4, 0, ("pneumonia", "pneumothorax")), seed=1)
    with pytest.raises(
        PoolTooSmall, match=re.escape("No accepted normal cases; order 3. No accepted cases of pneumonia; order 2.")
    ):
        pick([], Blueprint(5, 3, ("pneumonia",)), seed=1)


def test_stages_that_cannot_be_even_are_said():
    pool = pool_of(per_stage=1, findings=("pneumonia",)) + [
        candidate(f"more{number}", "pneumonia", 1) for number in range(3)
    ]
    (note,) = pick(pool, Blueprint(6, 0, ("pneumonia",)), seed=1).notes
    assert note == "The stages are not even: 4 × stage 1, 1 × stage 2 and 1 × stage 3. Order more of stage 2."


@pytest.mark.parametrize(
    ("total", "normal", "findings", "message"),
    [
        (0, 0, ABNORMAL_FINDINGS, "at least 1"),
        (3, 4, ABNORMAL_FINDINGS, "between 0 and 3"),
        (3, -1, ABNORMAL_FINDINGS, "between 0 and 3"),
        (3, 1, (), "at least one finding"),
        (3, 1, ("measles",), "measles"),
    ],
)
def test_a_blueprint_that_contradicts_itself_is_refused(total, normal, findings, message):
    with pytest.raises(ValueError, match=message):
        Blueprint(total, normal, findings)
