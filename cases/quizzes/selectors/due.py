"""What is due for a trainee, and what is done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from cases.programs.models import Membership
from cases.quizzes.models import Assignment, Attempt, Quiz
from cases.quizzes.policies import finished_at
from cases.quizzes.scoring import final_score


class Standing(StrEnum):
    """How a trainee stands with an assignment. The words are those of ``components/status_badge.html``."""

    DUE = "due"
    STARTED = "started"
    UPCOMING = "upcoming"
    DONE = "done"
    CLOSED = "closed"
    """Closed, and never started."""


STANDING_WORDS = {
    Standing.DUE: "Open",
    Standing.STARTED: "In progress",
    Standing.UPCOMING: "Upcoming",
    Standing.DONE: "Done",
    Standing.CLOSED: "Missed",
}


@dataclass(frozen=True)
class Due:
    """One assignment as one trainee sees it. ``score`` (0 to 1) is None until the attempt is over."""

    assignment: Assignment
    attempt: Attempt | None
    standing: Standing
    answered: int
    total: int
    days_left: int
    finished_at: datetime | None = None
    score: float | None = None

    @property
    def quiz(self) -> Quiz:
        """The assigned quiz."""
        return self.assignment.quiz

    @property
    def words(self) -> str:
        """The standing in words."""
        return STANDING_WORDS[self.standing]

    @property
    def percent(self) -> int | None:
        """The score in whole percent, None until the attempt is over."""
        return None if self.score is None else round(100 * self.score)


@dataclass(frozen=True)
class DueList:
    """A trainee's assignments: to do now (the first to close first), to come, and past (the latest first)."""

    now: Sequence[Due]
    upcoming: Sequence[Due]
    past: Sequence[Due]

    def __bool__(self) -> bool:
        return bool(self.now or self.upcoming or self.past)


def assignments_for(membership: Membership, now: datetime | None = None) -> DueList:
    """Everything assigned to the trainee's cohorts, and what they have begun, sorted by what can be done with it."""
    now = now or timezone.now()
    dues = [_due(assignment, now) for assignment in _assignments(membership)]
    past = [due for due in dues if due.standing in (Standing.DONE, Standing.CLOSED)]
    return DueList(
        now=[due for due in dues if due.standing in (Standing.DUE, Standing.STARTED)],
        upcoming=sorted(
            (due for due in dues if due.standing == Standing.UPCOMING), key=lambda due: due.assignment.opens_at
        ),
        past=sorted(past, key=lambda due: due.finished_at or due.assignment.closes_at, reverse=True),
    )


def _assignments(membership: Membership) -> Iterable[Any]:
    own = Attempt.objects.filter(trainee=membership.user).prefetch_related("responses")
    mine = Q(cohort__trainees=membership) | Q(attempts__trainee=membership.user)
    ids = Assignment.objects.filter(mine, quiz__program=membership.program).values("pk")
    return (
        Assignment.objects.filter(pk__in=ids)
        .select_related("quiz", "cohort")
        .annotate(question_count=Count("quiz__questions"))
        .prefetch_related(Prefetch("attempts", queryset=own, to_attr="own_attempts"))
        .order_by("closes_at")  # a grouped query forgets the model's own order
    )


def _due(assignment: Any, now: datetime) -> Due:
    attempts: list[Attempt] = assignment.own_attempts
    days_left = (timezone.localdate(assignment.closes_at) - timezone.localdate(now)).days
    if not attempts:
        if now < assignment.opens_at:
            standing = Standing.UPCOMING
        else:
            standing = Standing.DUE if now < assignment.closes_at else Standing.CLOSED
        total: int = assignment.question_count
        return Due(assignment, None, standing, 0, total, days_left)
    attempt = attempts[0]
    attempt.assignment = assignment
    responses = list(attempt.responses.all())
    finished = finished_at(attempt, now)
    return Due(
        assignment=assignment,
        attempt=attempt,
        standing=Standing.DONE if finished else Standing.STARTED,
        answered=sum(response.is_answered for response in responses),
        total=len(responses),
        days_left=days_left,
        finished_at=finished,
        score=final_score(responses) if finished else None,
    )
