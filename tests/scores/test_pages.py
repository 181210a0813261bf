"""What directors, instructors and trainees see of scores."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.programs.models import Role
from cases.scores import analysis, selectors
from tests.factories import (
    AssignmentFactory,
    AttemptFactory,
    CohortFactory,
    MembershipFactory,
    QuestionFactory,
    ResponseFactory,
)
from tests.scores.conftest import answered

pytestmark = pytest.mark.django_db


def text_of(client, name, program, *args):
    answer = client.get(reverse(f"scores:{name}", args=[program.slug, *args]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def grid_of(cohort):
    rows = selectors.score_by_finding(selectors.given_answers(attempt__assignment__cohort=cohort))
    return {row.finding.key: row for row in rows}


def test_a_director_sees_cohorts_with_completion_and_score(sign_in, director, world):
    text = text_of(sign_in(director), "cohorts", world.program)
    assert "Year 1" in text
    assert "1 of 2" in text
    assert "50 %" in text


def test_the_matrix_tells_who_has_finished_what(sign_in, director, world):
    text = text_of(sign_in(director), "cohort", world.program, world.cohort.pk)
    assert str(world.trainee.user) in text
    assert str(world.idle.user) in text
    assert "Due" in text
    states = {
        trainee.pk: line[0].state
        for trainee, line in selectors.progress_of([world.trainee.user, world.idle.user], [world.assignment])
    }
    assert states == {world.trainee.user_id: "finished", world.idle.user_id: "due"}


def test_the_grid_counts_by_finding_and_stage(world):
    grid = grid_of(world.cohort)
    assert grid["pneumothorax"].stages[1].score == 1
    assert grid["pneumothorax"].stages[1].answers == 1
    assert grid["pneumothorax"].stages[0].answers == 0
    assert grid["pneumothorax"].stages[0].score is None
    assert grid["normal"].total.score == 0
    assert grid["normal"].total.seconds == 40
    assert grid["heart_failure"].total.score is None


def test_stages_are_weighed_by_their_answers(world):
    other = MembershipFactory(program=world.program, role=Role.TRAINEE)
    attempt = AttemptFactory(assignment=world.assignment, trainee=other.user, submitted_at=timezone.now())
    answered(attempt, world.first, {"finding": "normal"}, 0, seconds=60)
    total = grid_of(world.cohort)["pneumothorax"].total
    assert (total.answers, total.score, total.seconds) == (2, 0.5, 40)


def test_the_mean_score_is_the_same_on_every_page(sign_in, director, world):
    """Attempts of different lengths: a mean of means would differ."""
    other = AssignmentFactory(quiz__program=world.program, cohort=world.cohort)
    attempt = AttemptFactory(assignment=other, trainee=world.trainee.user, submitted_at=timezone.now())
    answered(attempt, QuestionFactory(quiz=other.quiz, case=world.first.case), {"finding": "pneumothorax"}, 1)
    client = sign_in(director)
    for name, args in (("cohorts", []), ("cohort", [world.cohort.pk])):
        assert "67 %" in text_of(client, name, world.program, *args)
    assert "67 %" in text_of(sign_in(world.trainee), "mine", world.program)


def test_an_attempt_that_still_runs_counts_nowhere(world):
    attempt = AttemptFactory(assignment=world.assignment, trainee=world.idle.user)
    answered(attempt, world.first, {"finding": "normal"}, 0)
    assert grid_of(world.cohort)["pneumothorax"].total.answers == 1
    assert selectors.assignments_at_a_glance(world.program).get().finished == 1
    [(_, [progress])] = selectors.progress_of([world.idle.user], [world.assignment])
    assert (progress.state, progress.answered, progress.score) == ("started", 1, None)


def test_closing_ends_an_attempt_and_what_was_left_open_counts_nothing(world):
    attempt = AttemptFactory(assignment=world.assignment, trainee=world.idle.user)
    answered(attempt, world.first, {"finding": "pneumothorax"}, 1)
    ResponseFactory(attempt=attempt, question=world.second)
    world.assignment.closes_at = timezone.now()
    world.assignment.save()
    [(_, [progress])] = selectors.progress_of([world.idle.user], [world.assignment])
    assert (progress.state, progress.score, progress.answered, progress.asked) == ("finished", 0.5, 1, 2)
    assert grid_of(world.cohort)["normal"].total.answers == 1


def test_who_never_started_before_the_closing_has_missed_it(world):
    world.assignment.closes_at = timezone.now()
    world.assignment.save()
    [(_, [progress])] = selectors.progress_of([world.idle.user], [world.assignment])
    assert progress.state == "missed"


def test_a_question_shows_facility_times_answers_and_confidence(sign_in, director, world):
    text = text_of(sign_in(director), "assignment", world.program, world.assignment.pk)
    assert "100 %" in text
    assert "Pneumonia" in text
    assert "mean time 20 s" in text
    assert reverse("library:case_preview", args=[world.program.slug, world.first.case_id]) in text
    first, second = analysis.items_of(world.assignment)
    assert first.statistics.facility == 1
    assert first.statistics.confidence_when_right == 5
    assert [(bar.label, bar.right) for bar in second.bars] == [("Pneumonia", False)]


def test_marks_on_the_film_are_told_apart_by_whether_they_hit(world):
    question = QuestionFactory(quiz=world.assignment.quiz, kind="locate", case=world.first.case, position=3)
    mark = {"row": 20.0, "column": 20.0}
    assert analysis.answer_label(question, mark, 1) == "Marked the lesion"
    assert analysis.answer_label(question, mark, 0) == "Marked another place"
    assert analysis.answer_label(question, {"absent": True}, 0) == "No lesion"


def test_pages_without_anything_say_what_is_missing(sign_in, program, director):
    client = sign_in(director)
    assert "No cohorts yet" in text_of(client, "cohorts", program)
    empty = CohortFactory(program=program)
    assert "Nobody is in this cohort" in text_of(client, "cohort", program, empty.pk)
    manned = CohortFactory(program=program, trainees=[MembershipFactory(program=program, role=Role.TRAINEE)])
    assert "Nothing has been assigned" in text_of(client, "cohort", program, manned.pk)
    assignment = AssignmentFactory(quiz__program=program, cohort=manned)
    QuestionFactory(quiz=assignment.quiz)
    assert "Nobody has finished a quiz yet" in text_of(client, "cohort", program, manned.pk)
    assert "No answers yet" in text_of(client, "assignment", program, assignment.pk)


def test_a_trainee_sees_own_scores_and_finished_quizzes_alone(sign_in, world):
    text = text_of(sign_in(world.trainee), "mine", world.program)
    assert reverse("quizzes:attempt_review", args=[world.program.slug, world.attempt.pk]) in text
    assert "50 %" in text
    assert "No finished quiz yet" in text_of(sign_in(world.idle), "mine", world.program)


def test_a_trainee_may_not_see_the_cohort(sign_in, world):
    client = sign_in(world.trainee)
    for name, args in (("cohorts", []), ("cohort", [world.cohort.pk]), ("assignment_csv", [world.assignment.pk])):
        assert client.get(reverse(f"scores:{name}", args=[world.program.slug, *args])).status_code == 403


def test_another_programs_cohort_and_assignment_do_not_exist(sign_in, director):
    client = sign_in(director)
    assignment = AssignmentFactory()
    for name, key in (
        ("cohort", assignment.cohort_id),
        ("cohort_csv", assignment.cohort_id),
        ("assignment", assignment.pk),
        ("assignment_csv", assignment.pk),
    ):
        assert client.get(reverse(f"scores:{name}", args=[director.program.slug, key])).status_code == 404


@pytest.mark.parametrize("name", ["cohorts", "cohort", "assignment", "cohort_csv", "assignment_csv"])
def test_more_people_and_answers_do_not_mean_more_queries(
    sign_in, director, world, name, django_assert_max_num_queries
):
    for _ in range(5):
        member = MembershipFactory(program=world.program, role=Role.TRAINEE)
        world.cohort.trainees.add(member)
        attempt = AttemptFactory(assignment=world.assignment, trainee=member.user, submitted_at=timezone.now())
        answered(attempt, world.first, {"finding": "normal"}, 0)
        CohortFactory(program=world.program)
    key = {"cohorts": [], "cohort": [world.cohort.pk], "cohort_csv": [world.cohort.pk]}.get(name, [world.assignment.pk])
    client = sign_in(director)
    with django_assert_max_num_queries(12):
        assert client.get(reverse(f"scores:{name}", args=[world.program.slug, *key])).status_code == 200
