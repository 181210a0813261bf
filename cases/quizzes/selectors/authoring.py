"""What an instructor sees of quizzes and of the cases that could go into them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, QuerySet

from cases.library.models import Case
from cases.programs.models import Program
from cases.quizzes.blueprint import Candidate
from cases.quizzes.models import Assignment, Question, Quiz
from generation.vocabulary import AGE_GROUPS, FINDINGS


def quizzes_of(program: Program) -> QuerySet[Quiz]:
    """The program's quizzes, newest first, each with ``question_count``, ``assignment_count``, ``attempt_count``."""
    quizzes = program.quizzes.select_related("author").annotate(
        question_count=Count("questions", distinct=True),
        assignment_count=Count("assignments", distinct=True),
        attempt_count=Count("assignments__attempts", distinct=True),
    )
    return quizzes.order_by("-created_at")  # a grouped query forgets the model's own order


def questions_of(quiz: Quiz) -> QuerySet[Question]:
    """The quiz's questions in order, with their cases."""
    return quiz.questions.select_related("case")


def assignments_of(quiz: Quiz) -> QuerySet[Assignment]:
    """To whom the quiz was given, each with ``trainee_count`` and ``attempt_count``."""
    assignments = quiz.assignments.select_related("cohort").annotate(
        trainee_count=Count("cohort__trainees", distinct=True), attempt_count=Count("attempts", distinct=True)
    )
    return assignments.order_by("closes_at")


def addable_cases(quiz: Quiz, filters: Mapping[str, Any] | None = None) -> QuerySet[Case]:
    """Accepted cases of the program that the quiz does not hold yet.

    ``filters`` may hold ``finding``, ``stage`` (whole), ``sex``, ``age_group`` (keys of the vocabulary).
    """
    chosen = filters or {}
    cases = quiz.program.cases.filter(curation=Case.Curation.ACCEPTED).exclude(questions__quiz=quiz)
    if finding := chosen.get("finding"):
        cases = cases.filter(finding=finding)
    if stage := chosen.get("stage"):
        cases = cases.filter(stage__gt=int(stage) - 0.5, stage__lte=int(stage) + 0.5)
    if sex := chosen.get("sex"):
        cases = cases.filter(sex=sex)
    if key := chosen.get("age_group"):
        cases = cases.filter(age__range=(AGE_GROUPS[key].low, AGE_GROUPS[key].high))
    return cases


def blueprint_pool(quiz: Quiz) -> list[Candidate]:
    """The addable cases as the blueprint knows them."""
    rows = addable_cases(quiz).values_list("pk", "finding", "stage", "patient_key")
    return [
        Candidate(pk, finding, FINDINGS[finding].stage(stage).level, patient_key)
        for pk, finding, stage, patient_key in rows
    ]


def supply(pool: Iterable[Candidate]) -> list[tuple[str, int]]:
    """How many cases of each finding the pool holds: (name, count), also where there is none."""
    counts = Counter(candidate.finding for candidate in pool)
    return [(finding.name, counts[key]) for key, finding in FINDINGS.items()]
