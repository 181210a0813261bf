"""A program with accepted cases, a cohort, and quizzes that its trainee can take."""

from collections.abc import Callable

import pytest

from cases.programs.models import Cohort
from cases.quizzes.models import Assignment, Quiz
from cases.quizzes.services import authoring
from generation.spec import CaseSpec
from tests.factories import AssignmentFactory, CaseFactory, CohortFactory, QuizFactory

SPECS = [
    CaseSpec(finding="pneumothorax", stage=2, side="right", age=60, sex="F", seed=700001),
    CaseSpec(finding="heart_failure", stage=3, side="both", age=71, sex="M", seed=700002),
    CaseSpec(finding="normal", age=33, sex="M", seed=700003),
    CaseSpec(finding="pneumonia", stage=1, side="left", lobe="lower", age=45, sex="F", seed=700004),
    CaseSpec(finding="normal", age=52, sex="F", seed=700005),
]
KINDS = ["choice", "stage", "locate", "locate", "choice"]


@pytest.fixture
def cohort(program, trainee) -> Cohort:
    return CohortFactory(program=program, trainees=[trainee])


@pytest.fixture
def make_quiz(program) -> Callable[..., Quiz]:
    """``make_quiz("exam")``: five questions of every kind, on five patients."""

    def make(mode: str = "tutor") -> Quiz:
        quiz = QuizFactory(program=program, mode=mode, title="Monday round")
        for spec, kind in zip(SPECS, KINDS, strict=True):
            case = CaseFactory(program=program, case_spec=spec)
            authoring.add_questions(quiz, [case], [kind])
        return quiz

    return make


@pytest.fixture
def make_assignment(make_quiz, cohort) -> Callable[..., Assignment]:
    def make(mode: str = "tutor", **dates) -> Assignment:
        return AssignmentFactory(quiz=make_quiz(mode), cohort=cohort, **dates)

    return make
