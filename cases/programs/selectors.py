"""What the start pages and the people page show."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from cases.library.models import Case, Job
from cases.library.selectors.cases import REVIEW_ORDER
from cases.programs.models import Cohort, Membership, Program, Role, User
from cases.scores.selectors import assignments_at_a_glance, cohorts_at_a_glance, trainee_count

SHOWN = 6
"""How many of a kind a start page shows before it links to the whole list."""


def memberships_of(user: User) -> QuerySet[Membership]:
    """The programs a person is in, by name."""
    return user.memberships.select_related("program").order_by("program__name")


def instructor_start(program: Program) -> dict[str, Any]:
    """What waits for an instructor: cases to review, jobs, quizzes and how many have finished them."""
    to_review = program.cases.filter(curation=Case.Curation.NEW)
    return {
        "to_review_count": to_review.count(),
        "to_review": to_review.order_by(*REVIEW_ORDER)[:SHOWN],
        "accepted_count": program.cases.filter(curation=Case.Curation.ACCEPTED).count(),
        "jobs": program.jobs.filter(state__in=Job.OPEN_STATES).select_related("request")[:SHOWN],
        "failed_jobs": program.jobs.filter(state=Job.State.FAILED).select_related("request")[:3],
        "quiz_count": program.quizzes.count(),
        "assignments": assignments_at_a_glance(program)[:SHOWN],
    }


def director_start(program: Program) -> dict[str, Any]:
    """Cohorts at a glance, what closes next, and how many people there are."""
    return {
        "cohorts": cohorts_at_a_glance(program),
        "assignments": assignments_at_a_glance(program)
        .filter(closes_at__gt=timezone.now())
        .order_by("closes_at")[:SHOWN],
        "trainee_count": trainee_count(program),
        "accepted_count": program.cases.filter(curation=Case.Curation.ACCEPTED).count(),
    }


def members_of(program: Program) -> QuerySet[Membership]:
    """The program's people with their cohorts."""
    return program.memberships.select_related("user").prefetch_related("cohorts")


def cohorts_of(program: Program) -> QuerySet[Cohort]:
    """The program's cohorts with their trainees."""
    trainees = Membership.objects.filter(role=Role.TRAINEE).select_related("user")
    return program.cohorts.prefetch_related(Prefetch("trainees", queryset=trainees))
