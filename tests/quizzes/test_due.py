"""A trainee sees what is due, what is coming and what is done."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.quizzes.selectors.due import Standing, assignments_for
from cases.quizzes.services import taking
from tests.factories import AssignmentFactory, CohortFactory, QuestionFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)


def standings(membership):
    due = assignments_for(membership, NOW)
    return [[item.standing for item in group] for group in (due.now, due.upcoming, due.past)]


@pytest.fixture
def assign(program, cohort):
    def make(opens, closes, **parts):
        quiz = parts.pop("quiz", None) or QuestionFactory(quiz__program=program, quiz__mode="exam").quiz
        return AssignmentFactory(quiz=quiz, cohort=cohort, opens_at=NOW + opens * DAY, closes_at=NOW + closes * DAY)

    return make


def test_nothing_is_due_at_first(trainee, sign_in, program):
    assert not assignments_for(trainee, NOW)
    html = sign_in(trainee).get(reverse("quizzes:due", args=[program.slug])).content.decode()
    assert "Nothing is due" in html


def test_assignments_are_sorted_by_what_can_be_done_with_them(assign, trainee):
    assign(-3, -1)
    assign(1, 2)
    later, sooner = assign(-1, 5), assign(-1, 2)
    assert standings(trainee) == [[Standing.DUE, Standing.DUE], [Standing.UPCOMING], [Standing.CLOSED]]
    due = assignments_for(trainee, NOW)
    assert [item.assignment for item in due.now] == [sooner, later]
    assert due.now[0].days_left == 2


def test_a_started_quiz_tells_its_progress_but_no_score(assign, trainee):
    assignment = assign(-1, 1)
    QuestionFactory(quiz=assignment.quiz, position=2)
    attempt = taking.start_attempt(assignment, trainee.user, NOW)
    taking.save_answer(attempt.responses.first(), {"finding": "pneumothorax"}, 3, NOW)
    (item,) = assignments_for(trainee, NOW).now
    assert (item.standing, item.answered, item.total, item.score) == (Standing.STARTED, 1, 2, None)


def test_a_submitted_or_closed_attempt_is_done_and_tells_its_score(assign, trainee):
    submitted, closed = assign(-1, 1), assign(-1, 1)
    for assignment in (submitted, closed):
        attempt = taking.start_attempt(assignment, trainee.user, NOW)
        taking.save_answer(attempt.responses.first(), {"finding": "pneumothorax"}, 3, NOW)
        if assignment == submitted:
            taking.submit_attempt(attempt, NOW)
    past = assignments_for(trainee, NOW + DAY).past
    assert [(item.standing, item.percent) for item in past] == [(Standing.DONE, 100)] * 2
    assert {item.finished_at for item in past} == {NOW, closed.closes_at}


def test_another_cohorts_and_another_programs_assignments_are_not_shown(assign, trainee, program):
    AssignmentFactory(quiz=assign(-1, 1).quiz, cohort=CohortFactory(program=program))
    AssignmentFactory(cohort=CohortFactory(trainees=[trainee]))
    assert standings(trainee) == [[Standing.DUE], [], []]


def test_what_was_begun_stays_when_the_trainee_leaves_the_cohort(assign, trainee, cohort):
    taking.start_attempt(assign(-1, 1), trainee.user, NOW)
    cohort.trainees.clear()
    assert standings(trainee) == [[Standing.STARTED], [], []]


def test_the_number_of_queries_does_not_grow_with_the_assignments(assign, trainee, django_assert_max_num_queries):
    for _ in range(6):
        taking.start_attempt(assign(-1, 1), trainee.user, NOW)
    with django_assert_max_num_queries(4):
        assignments_for(trainee, NOW)


def test_the_page_offers_what_can_be_done(assign, trainee, sign_in, program):
    assign(-1, 1)
    taking.start_attempt(assign(-1, 2), trainee.user, NOW)
    html = sign_in(trainee).get(reverse("quizzes:due", args=[program.slug])).content.decode()
    assert html.count("Start<span") == 1
    assert html.count("Go on<span") == 1
