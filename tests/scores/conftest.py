"""A cohort of two, one of whom has read two cases."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from cases.programs.models import Role
from generation.spec import CaseSpec
from tests.factories import (
    AssignmentFactory,
    AttemptFactory,
    CaseFactory,
    CohortFactory,
    MembershipFactory,
    QuestionFactory,
    ResponseFactory,
)


def answered(attempt, question, answer, score, seconds=10, confidence=3):
    """A marked response."""
    return ResponseFactory(
        attempt=attempt,
        question=question,
        answer=answer,
        score=score,
        seconds=seconds,
        confidence=confidence,
        answered_at=timezone.now(),
    )


@pytest.fixture
def world(program, trainee):
    """``trainee`` has finished the quiz (pneumothorax right, normal wrong); ``idle`` has not started it."""
    idle = MembershipFactory(program=program, role=Role.TRAINEE)
    cohort = CohortFactory(program=program, name="Year 1", trainees=[trainee, idle])
    assignment = AssignmentFactory(quiz__program=program, quiz__title="Chest basics", cohort=cohort)
    first = QuestionFactory(
        quiz=assignment.quiz,
        position=1,
        case=CaseFactory(
            program=program, case_spec=CaseSpec(finding="pneumothorax", stage=2, side="right", age=60, sex="F", seed=1)
        ),
    )
    second = QuestionFactory(
        quiz=assignment.quiz, position=2, case=CaseFactory(program=program, case_spec=CaseSpec(seed=2))
    )
    attempt = AttemptFactory(assignment=assignment, trainee=trainee.user, submitted_at=timezone.now())
    answered(attempt, first, {"finding": "pneumothorax"}, 1, seconds=20, confidence=5)
    answered(attempt, second, {"finding": "pneumonia"}, 0, seconds=40, confidence=2)
    return SimpleNamespace(
        program=program,
        cohort=cohort,
        assignment=assignment,
        first=first,
        second=second,
        attempt=attempt,
        trainee=trainee,
        idle=idle,
        yesterday=timezone.now() - timedelta(days=1),
    )
