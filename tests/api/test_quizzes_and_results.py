"""Quizzes by blueprint, assignments, results; and how little a trainee is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.programs.models import Role
from cases.quizzes.models import Assignment, Quiz
from generation.spec import CaseSpec
from tests.api.conftest import is_problem
from tests.factories import (
    AssignmentFactory,
    AttemptFactory,
    CaseFactory,
    CohortFactory,
    MembershipFactory,
    QuestionFactory,
    QuizFactory,
    ResponseFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, instructor):
    return api(instructor)


@pytest.fixture
def finished(program, trainee):
    """A trainee's finished attempt with one answered question."""
    cohort = CohortFactory(program=program, trainees=[trainee])
    question = QuestionFactory(quiz__program=program)
    assignment = AssignmentFactory(quiz=question.quiz, cohort=cohort)
    attempt = AttemptFactory(assignment=assignment, trainee=trainee.user, submitted_at=timezone.now())
    return ResponseFactory(
        attempt=attempt,
        question=question,
        answer={"finding": "normal"},
        score=0,
        seconds=12,
        confidence=4,
        answered_at=timezone.now(),
    )


def test_a_quiz_is_built_by_blueprint(client, at, program):
    for seed in range(3):
        CaseFactory(program=program, case_spec=CaseSpec(seed=seed))
        CaseFactory(program=program)
    answer = client.post(at("quizzes/"), {"title": "Basics", "total": 4, "normal": 1, "mode": "exam"})
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert [question["finding"] for question in body["questions"]].count("normal") == 1
    assert body["question_count"] == 4
    assert client.get(at(f"quizzes/{body['id']}/")).json() == body
    assert client.get(at("quizzes/")).json()["count"] == 1


def test_too_few_cases_are_a_conflict_and_leave_no_quiz_behind(client, at):
    body = is_problem(client.post(at("quizzes/"), {"title": "Basics", "total": 4}), 409)
    assert "order 4" in body["detail"]
    assert not Quiz.objects.exists()


def test_counts_that_contradict_each_other_are_refused(client, at):
    is_problem(client.post(at("quizzes/"), {"title": "Basics", "total": 2, "normal": 3}), 400)


def test_a_quiz_is_assigned_to_a_cohort_of_the_program(client, at, program):
    quiz = QuestionFactory(quiz__program=program).quiz
    cohort = CohortFactory(program=program)
    assert client.get(at("cohorts/")).json()["results"] == [{"id": cohort.pk, "name": cohort.name, "size": 0}]
    dates = {"opens_at": "2030-01-01T08:00:00Z", "closes_at": "2030-01-08T08:00:00Z"}
    answer = client.post(at(f"quizzes/{quiz.pk}/assignments/"), {"cohort": cohort.pk, **dates})
    assert answer.status_code == 201, answer.content
    assert Assignment.objects.get().cohort == cohort
    [row] = client.get(at("assignments/")).json()["results"]
    assert (row["cohort_name"], row["finished"], row["mean_score"]) == (cohort.name, 0, None)
    other = CohortFactory()
    is_problem(client.post(at(f"quizzes/{quiz.pk}/assignments/"), {"cohort": other.pk, **dates}), 400)


def test_an_empty_quiz_is_not_assigned(client, at, program):
    quiz, cohort = QuizFactory(program=program), CohortFactory(program=program)
    dates = {"opens_at": "2030-01-01T08:00:00Z", "closes_at": "2030-01-08T08:00:00Z"}
    is_problem(client.post(at(f"quizzes/{quiz.pk}/assignments/"), {"cohort": cohort.pk, **dates}), 409)


def test_results_are_listed_with_the_truth_and_filtered(client, at, finished, trainee):
    [row] = client.get(at("results/")).json()["results"]
    assert row["trainee"] == trainee.user.email
    assert (row["finding"], row["answer"], row["score"], row["seconds"]) == (
        "pneumothorax",
        {"finding": "normal"},
        0,
        12,
    )
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    expected = {
        f"assignment={finished.attempt.assignment_id}": 1,
        f"assignment={finished.question_id}": 0,
        f"trainee={trainee.user.email.upper()}": 1,
        "trainee=nobody@hospital.example": 0,
        "since=2020-01-01T00:00:00Z": 1,
        f"since={later.replace('+', '%2B')}": 0,
    }
    assert {query: client.get(at(f"results/?{query}")).json()["count"] for query in expected} == expected


def test_an_attempt_that_still_runs_gives_no_results(client, at, api, finished, trainee):
    finished.attempt.submitted_at = None
    finished.attempt.save()
    assert client.get(at("results/")).json()["count"] == 0
    assert api(trainee).get(at("results/mine/")).json()["count"] == 0


def test_a_trainee_sees_own_results_and_nothing_of_the_case(api, at, program, finished, trainee):
    [row] = api(trainee).get(at("results/mine/")).json()["results"]
    assert row["score"] == 0
    assert not {"case", "finding", "stage", "question"} & set(row)
    assert "pneumothorax" not in str(row)
    other = MembershipFactory(program=program, role=Role.TRAINEE)
    assert api(other).get(at("results/mine/")).json()["count"] == 0


def test_a_trainee_sees_what_is_due_without_a_word_on_the_cases(api, at, program, trainee):
    cohort = CohortFactory(program=program, trainees=[trainee])
    assignment = AssignmentFactory(quiz__program=program, cohort=cohort)
    QuestionFactory(quiz=assignment.quiz)
    answer = api(trainee).get(at("due/"))
    [row] = answer.json()["results"]
    assert (row["assignment"], row["standing"], row["total"], row["score"]) == (str(assignment.pk), "due", 1, None)
    assert "pneumothorax" not in answer.content.decode()


@pytest.mark.parametrize("path", ["results/", "assignments/", "cohorts/", "quizzes/", "cases/", "requests/"])
def test_everything_else_is_closed_to_a_trainee(api, at, trainee, path):
    is_problem(api(trainee).get(at(path)), 403)


def test_an_instructor_has_no_due_list(client, at):
    is_problem(client.get(at("due/")), 403)


def test_another_programs_quiz_does_not_exist(client, at):
    quiz = QuizFactory()
    is_problem(client.get(at(f"quizzes/{quiz.pk}/")), 404)
    is_problem(client.post(at(f"quizzes/{quiz.pk}/assignments/"), {}), 404)


def test_lists_ask_the_database_a_bounded_number_of_questions(client, at, finished, django_assert_max_num_queries):
    for number in range(5):
        question = QuestionFactory(quiz=finished.question.quiz)
        ResponseFactory(attempt=finished.attempt, question=question, position=number + 100)
    for path in ("results/", "quizzes/", "assignments/", f"quizzes/{finished.question.quiz_id}/"):
        with django_assert_max_num_queries(7):
            assert client.get(at(path)).status_code == 200
