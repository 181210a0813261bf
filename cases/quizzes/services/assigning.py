"""Giving a quiz to a cohort, and taking it back."""

from datetime import datetime

from django.db import transaction

from cases.programs.models import Cohort, User
from cases.quizzes.models import Assignment, Quiz
from cases.quizzes.policies import why_not_assignable, why_not_unassignable
from cases.quizzes.services.errors import Refused


def assign_quiz(quiz: Quiz, cohort: Cohort, assigned_by: User, opens_at: datetime, closes_at: datetime) -> Assignment:
    """Give the quiz to the cohort between two moments. Raises Refused."""
    if reason := why_not_assignable(quiz):
        raise Refused(reason)
    if cohort.program_id != quiz.program_id:
        raise Refused("The cohort belongs to another program.")
    _check_dates(opens_at, closes_at)
    if quiz.assignments.filter(cohort=cohort, closes_at__gt=opens_at).exists():
        raise Refused(f"{cohort} has this quiz already at that time. Change the dates of that assignment instead.")
    return Assignment.objects.create(
        quiz=quiz, cohort=cohort, assigned_by=assigned_by, opens_at=opens_at, closes_at=closes_at
    )


def change_dates(assignment: Assignment, opens_at: datetime, closes_at: datetime) -> Assignment:
    """Open or close earlier or later. A later closing lets unsubmitted attempts go on. Raises Refused."""
    _check_dates(opens_at, closes_at)
    assignment.opens_at, assignment.closes_at = opens_at, closes_at
    assignment.save()
    return assignment


@transaction.atomic
def unassign(assignment: Assignment) -> None:
    """Take back an assignment that nobody has started. Raises Refused."""
    Quiz.objects.select_for_update().get(pk=assignment.quiz_id)  # a trainee who starts just now waits, or we refuse
    if reason := why_not_unassignable(assignment):
        raise Refused(reason)
    assignment.delete()


def _check_dates(opens_at: datetime, closes_at: datetime) -> None:
    if closes_at <= opens_at:
        raise Refused("The closing date must be after the opening date.")
