"""Marking is right, fair and bounded, whatever is answered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.quizzes import marking
from cases.quizzes.scoring import final_score
from generation.vocabulary import FINDINGS

findings = st.sampled_from(sorted(FINDINGS))
scales = st.integers(1, 7).map(lambda count: list(range(1, count + 1)))
SIDE = 24


@st.composite
def answers_on_a_scale(draw):
    scale = draw(scales)
    return draw(st.sampled_from(scale)), draw(st.sampled_from(scale)), scale


@st.composite
def lesions(draw):
    """A rectangle somewhere on a film, and its borders (top, bottom, left, right), all included."""
    top, left = draw(st.integers(0, SIDE - 1)), draw(st.integers(0, SIDE - 1))
    bottom, right = draw(st.integers(top, SIDE - 1)), draw(st.integers(left, SIDE - 1))
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[top : bottom + 1, left : right + 1] = 255
    return mask, (top, bottom, left, right)


points = st.tuples(st.floats(-0.5, SIDE - 0.5), st.floats(-0.5, SIDE - 0.5))
spacings = st.floats(0.1, 4)
tolerances = st.floats(0, 50)


@given(findings, findings)
def test_a_choice_is_right_or_not(answer, truth):
    assert marking.mark_choice(answer, truth) == (1 if answer == truth else 0)


@given(answers_on_a_scale())
def test_the_exact_stage_alone_earns_everything(case):
    answer, truth, scale = case
    score = marking.mark_stage(answer, truth, scale)
    assert 0 <= score <= 1
    assert (score == 1) == (answer == truth)


@given(answers_on_a_scale())
def test_a_stage_loses_the_same_for_every_step_and_in_both_directions(case):
    answer, truth, scale = case
    score = marking.mark_stage(answer, truth, scale)
    assert score == marking.mark_stage(truth, answer, scale)
    assert score == pytest.approx(1 - abs(answer - truth) / max(len(scale) - 1, 1))


def test_opposite_ends_of_a_scale_earn_nothing_and_the_middle_half():
    assert marking.mark_stage(1, 3, [1, 2, 3]) == 0
    assert marking.mark_stage(2, 3, [1, 2, 3]) == 0.5


def test_a_stage_outside_the_scale_is_refused():
    with pytest.raises(ValueError, match="4"):
        marking.mark_stage(4, 3, [1, 2, 3])


@given(lesions(), spacings, tolerances)
def test_no_lesion_is_wrong_where_there_is_one(lesion, spacing, tolerance):
    assert marking.mark_locate(None, lesion[0], spacing, tolerance) == 0


@given(points, spacings, tolerances)
def test_on_a_film_without_a_lesion_only_no_lesion_is_right(point, spacing, tolerance):
    empty = np.zeros((SIDE, SIDE), np.uint8)
    assert marking.mark_locate(point, empty, spacing, tolerance) == 0
    assert marking.mark_locate(None, empty, spacing, tolerance) == 1


@given(lesions(), st.data(), spacings)
def test_a_mark_inside_the_lesion_is_right_without_tolerance(lesion, data, spacing):
    mask, (top, bottom, left, right) = lesion
    point = data.draw(st.tuples(st.floats(top - 0.5, bottom + 0.5), st.floats(left - 0.5, right + 0.5)))
    assert marking.mark_locate(point, mask, spacing, 0) == 1


@given(lesions(), points, spacings, tolerances)
def test_a_mark_is_right_when_it_is_within_the_tolerance_of_the_edge(lesion, point, spacing, tolerance):
    mask, (top, bottom, left, right) = lesion
    beyond_rows = max(top - 0.5 - point[0], point[0] - bottom - 0.5, 0)
    beyond_columns = max(left - 0.5 - point[1], point[1] - right - 0.5, 0)
    millimetres = float(np.hypot(beyond_rows, beyond_columns)) * spacing
    assert marking.distance_to_lesion_mm(point, mask, spacing) == pytest.approx(millimetres, abs=1e-9)
    if abs(millimetres - tolerance) > 1e-9:
        assert marking.mark_locate(point, mask, spacing, tolerance) == (1 if millimetres <= tolerance else 0)


@given(lesions(), points, spacings, tolerances, st.floats(0, 20))
def test_more_tolerance_never_costs_a_point(lesion, point, spacing, tolerance, more):
    strict = marking.mark_locate(point, lesion[0], spacing, tolerance)
    assert marking.mark_locate(point, lesion[0], spacing, tolerance + more) >= strict


def test_a_mark_outside_the_film_is_refused():
    with pytest.raises(ValueError, match="outside"):
        marking.mark_locate((SIDE, 3), np.ones((SIDE, SIDE)), 1, 10)


@pytest.mark.parametrize(("spacing", "tolerance"), [(0, 10), (-1, 10), (1, -1)])
def test_impossible_measures_are_refused(spacing, tolerance):
    with pytest.raises(ValueError, match="positive"):
        marking.mark_locate((1, 1), np.ones((4, 4)), spacing, tolerance)


class Marked:
    def __init__(self, score):
        self.score = score


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1))
def test_an_unanswered_question_counts_nothing_and_is_not_left_out(scores):
    expected = sum(score or 0 for score in scores) / len(scores)
    assert final_score(Marked(score) for score in scores) == pytest.approx(expected)


def test_without_questions_there_is_no_score():
    assert final_score([]) is None
