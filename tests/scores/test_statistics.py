"""Item analysis, by hand-made numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.scores.statistics import Answer, item_statistics, mean_of, median_of, share, weighted_mean


def test_what_is_unknown_does_not_count():
    assert mean_of([1, None, 3]) == 2
    assert median_of([1, None, 9, 2]) == 2


def test_nothing_has_no_mean_rather_than_zero():
    assert mean_of([]) is None
    assert median_of([None]) is None
    assert share(0, 0) is None


def test_a_weighted_mean_counts_each_value_as_often_as_it_stands_for():
    assert weighted_mean([(1.0, 3), (0.0, 1), (None, 5)]) == 0.75
    assert weighted_mean([(None, 2), (1.0, 0)]) is None


def test_facility_is_the_mean_score_with_partial_credit():
    statistics = item_statistics([Answer("a", 1), Answer("b", 0.5), Answer("c", 0)])
    assert statistics.facility == pytest.approx(0.5)
    assert statistics.answers == 3


def test_confidence_is_told_apart_for_right_and_other_answers():
    statistics = item_statistics(
        [Answer("a", 1, confidence=5), Answer("a", 1, confidence=4), Answer("b", 0.5, confidence=2), Answer("c", 0)]
    )
    assert statistics.confidence_when_right == 4.5
    assert statistics.confidence_when_wrong == 2


def test_the_most_frequent_answer_comes_first():
    statistics = item_statistics([Answer("a", 1), Answer("b", 0), Answer("b", 0)])
    assert statistics.distribution == (("b", 2), ("a", 1))


def test_times_have_a_mean_and_a_median():
    statistics = item_statistics([Answer("a", 1, seconds=seconds) for seconds in (10, 20, 90)])
    assert statistics.mean_seconds == 40
    assert statistics.median_seconds == 20


def test_a_question_without_answers_has_empty_statistics():
    statistics = item_statistics([])
    assert statistics.answers == 0
    assert statistics.facility is None
    assert statistics.distribution == ()


@given(st.lists(st.floats(0, 1), min_size=1))
def test_facility_lies_between_the_worst_and_the_best_answer(scores):
    facility = item_statistics(Answer("x", score) for score in scores).facility
    assert min(scores) - 1e-9 <= facility <= max(scores) + 1e-9
