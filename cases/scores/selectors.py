"""Who has finished what, and how well: counts and means made by the database.

An attempt is over once it is handed in or its assignment has closed (``quizzes.policies.finished_at``). Its
score is the mean over all its questions; one left open counts 0. What is said of a finding or a question counts
answers alone, and only those of attempts that are over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Avg, Count, F, FloatField, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Round
from django.utils import timezone

from cases.programs.models import Cohort, Membership, Program, Role, User
from cases.quizzes.models import Assignment, Attempt, Response
from cases.scores.statistics import weighted_mean
from generation.vocabulary import FINDINGS, Finding

ATTEMPT_SCORE = Avg(Coalesce("responses__score", Value(0.0)))


def over(to_attempt: str = "") -> Q:
    """The condition that an attempt is over; ``to_attempt`` leads to it, e.g. "attempt__"."""
    closed = Q(**{f"{to_attempt}assignment__closes_at__lte": timezone.now()})
    return Q(**{f"{to_attempt}submitted_at__isnull": False}) | closed


def given_answers(**about: object) -> QuerySet[Response]:
    """Answered and marked responses of attempts that are over, narrowed by ``about``."""
    return Response.objects.filter(over("attempt__"), score__isnull=False, **about)


def _counted(rows: QuerySet, key: str) -> Coalesce:
    """How many of ``rows`` belong to the outer object, as a subquery, so that joins do not multiply."""
    counted = rows.order_by().filter(**{key: OuterRef("pk")}).values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _mean_score(key: str) -> Subquery:
    scores = (
        Response.objects.order_by()
        .filter(over("attempt__"), **{key: OuterRef("pk")})
        .values(key)
        .annotate(mean=Avg(Coalesce("score", Value(0.0))))
        .values("mean")
    )
    return Subquery(scores, output_field=FloatField())


def _finished_by_members() -> QuerySet[Attempt]:
    """Attempts that are over, of people who are (still) in the cohort."""
    return Attempt.objects.filter(over(), trainee__memberships__cohorts=F("assignment__cohort"))


def assignments_at_a_glance(program: Program) -> QuerySet[Assignment]:
    """Assignments with ``expected`` and ``finished`` trainees and the ``mean_score``, the last to close first."""
    return (
        Assignment.objects.filter(quiz__program=program)
        .select_related("quiz", "cohort")
        .annotate(
            expected=_counted(Cohort.trainees.through.objects.all(), "cohort__assignments"),
            finished=_counted(_finished_by_members(), "assignment"),
            mean_score=_mean_score("attempt__assignment"),
        )
        .order_by("-closes_at")
    )


def cohorts_at_a_glance(program: Program) -> QuerySet[Cohort]:
    """Cohorts with ``size``, ``assigned`` quizzes, ``expected`` and ``finished`` attempts and the ``mean_score``."""
    return program.cohorts.annotate(
        size=_counted(Cohort.trainees.through.objects.all(), "cohort"),
        assigned=_counted(Assignment.objects.all(), "cohort"),
        expected=F("size") * F("assigned"),
        finished=_counted(_finished_by_members(), "assignment__cohort"),
        mean_score=_mean_score("attempt__assignment__cohort"),
    )


# ----- who has finished what


@dataclass(frozen=True)
class Progress:
    """How far one trainee is with one assignment. ``state``: finished, started, due, missed or not open yet."""

    trainee: User
    assignment: Assignment
    state: str
    attempt: Attempt | None = None

    @property
    def score(self) -> float | None:
        """The attempt's score, 0 to 1, once it is over."""
        return self.attempt.score if self.attempt and self.state == "finished" else None  # type: ignore[attr-defined]

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return self.attempt.answered if self.attempt else 0  # type: ignore[attr-defined]

    @property
    def asked(self) -> int:
        """How many questions the attempt has; 0 before it starts."""
        return self.attempt.asked if self.attempt else 0  # type: ignore[attr-defined]

    @property
    def mean_seconds(self) -> float | None:
        """Mean time to an answer."""
        return self.attempt.mean_seconds if self.attempt else None  # type: ignore[attr-defined]


class Attempted(Protocol):
    """What an attempt with scores, or a trainee's progress, tells of itself."""

    @property
    def score(self) -> float | None: ...
    @property
    def asked(self) -> int: ...
    @property
    def answered(self) -> int: ...
    @property
    def mean_seconds(self) -> float | None: ...


@dataclass(frozen=True)
class Summary:
    """Several attempts together: means over their questions (score, 0 to 1) and their answers (time)."""

    finished: int
    mean_score: float | None
    mean_seconds: float | None


def summary_of(finished: Iterable[Attempted]) -> Summary:
    """The attempts together; each question weighs the same."""
    attempts = list(finished)
    return Summary(
        finished=len(attempts),
        mean_score=weighted_mean((attempt.score, attempt.asked) for attempt in attempts),
        mean_seconds=weighted_mean((attempt.mean_seconds, attempt.answered) for attempt in attempts),
    )


def attempts_with_scores(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Attempts with ``score`` (0 to 1), ``answered``, ``asked`` and ``mean_seconds``."""
    return attempts.annotate(
        score=ATTEMPT_SCORE,
        answered=Count("responses", filter=Q(responses__answered_at__isnull=False)),
        asked=Count("responses"),
        mean_seconds=Avg("responses__seconds"),
    )


def _progress(trainee: User, assignment: Assignment, attempt: Attempt | None) -> Progress:
    now = timezone.now()
    closed = assignment.closes_at <= now
    if attempt:
        state = "finished" if attempt.submitted_at or closed else "started"
    elif closed:
        state = "missed"
    else:
        state = "due" if assignment.opens_at <= now else "not open yet"
    return Progress(trainee, assignment, state, attempt)


def progress_of(trainees: Iterable[User], assignments: Iterable[Assignment]) -> list[tuple[User, list[Progress]]]:
    """For each trainee, how far they are with each assignment, in the given order."""
    assignments = list(assignments)
    attempts = attempts_with_scores(Attempt.objects.filter(assignment__in=assignments))
    known = {(attempt.trainee_id, attempt.assignment_id): attempt for attempt in attempts}
    return [
        (trainee, [_progress(trainee, each, known.get((trainee.pk, each.pk))) for each in assignments])
        for trainee in trainees
    ]


def trainees_of(cohort: Cohort) -> list[User]:
    """The people in a cohort, by name."""
    return [membership.user for membership in cohort.trainees.select_related("user")]


def cohort_assignments(cohort: Cohort) -> QuerySet[Assignment]:
    """What a cohort has been given, in order of closing."""
    return cohort.assignments.select_related("quiz", "cohort").order_by("closes_at")


# ----- what is read well, and what is not


@dataclass(frozen=True)
class Cell:
    """Answers about one finding at one stage. ``score`` is a mean of 0 to 1, None without answers."""

    name: str
    answers: int = 0
    score: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class FindingRow:
    """One finding: all its answers together, and by stage. ``stages`` is padded with None to the widest scale."""

    finding: Finding
    total: Cell
    stages: tuple[Cell | None, ...]


def score_by_finding(responses: QuerySet[Response]) -> list[FindingRow]:
    """The grid of findings and stages over the whole vocabulary."""
    counted = (
        responses.order_by()
        .annotate(level=Round("question__case__stage"))
        .values_list("question__case__finding", "level")
        .annotate(answers=Count("pk"), score=Avg("score"), seconds=Avg("seconds"))
    )
    cells = {(finding, int(level)): (answers, score, seconds) for finding, level, answers, score, seconds in counted}
    widest = max(finding.max_stage for finding in FINDINGS.values())
    rows = []
    for finding in FINDINGS.values():
        own = [Cell(stage.name, *cells.get((finding.key, stage.level), ())) for stage in finding.stages]
        by_stage = own if finding.max_stage else []
        padding = (None,) * (widest - len(by_stage))
        rows.append(FindingRow(finding, _together(finding.name, own), (*by_stage, *padding)))
    return rows


def _together(name: str, cells: list[Cell]) -> Cell:
    return Cell(
        name,
        sum(cell.answers for cell in cells),
        weighted_mean((cell.score, cell.answers) for cell in cells),
        weighted_mean((cell.seconds, cell.answers) for cell in cells),
    )


# ----- one trainee


def finished_attempts(program: Program, trainee: User) -> QuerySet[Attempt]:
    """A trainee's finished attempts with their scores, the latest first."""
    mine = Attempt.objects.filter(over(), assignment__quiz__program=program, trainee=trainee)
    return attempts_with_scores(mine.select_related("assignment__quiz")).order_by("-started_at")


def trainee_count(program: Program) -> int:
    """How many trainees the program has."""
    return Membership.objects.filter(program=program, role=Role.TRAINEE).count()
