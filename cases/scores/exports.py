"""Scores as CSV that opens in a spreadsheet as it is."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from cases.programs.models import Cohort
from cases.quizzes.explaining import truth_in_words
from cases.quizzes.models import Assignment, Response
from cases.scores.analysis import answer_label
from cases.scores.selectors import cohort_assignments, over, progress_of, trainees_of

COHORT_HEADER = (
    "Trainee",
    "E-mail",
    "Quiz",
    "Mode",
    "Opens",
    "Closes",
    "State",
    "Answered",
    "Questions",
    "Score (%)",
    "Started",
    "Finished",
    "Mean time per case (s)",
)
ASSIGNMENT_HEADER = (
    "Trainee",
    "E-mail",
    "Question",
    "Kind",
    "Prompt",
    "Case",
    "Truth",
    "Answer",
    "Score (%)",
    "Confidence (1-5)",
    "Time (s)",
    "Answered",
    "Attempt finished",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> Any:
    """A cell's value; text that a spreadsheet would run as a formula is led by an apostrophe."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str) and value.lstrip().startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a byte order mark, by which Excel knows the encoding."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows([safe(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def csv_response(content: bytes, name: str) -> HttpResponse:
    """A download called after ``name``."""
    filename = f"{slugify(name) or 'scores'}.csv"
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-store"},
    )


def cohort_csv(cohort: Cohort) -> bytes:
    """One line for each trainee and assignment of the cohort."""
    rows = []
    for trainee, line in progress_of(trainees_of(cohort), cohort_assignments(cohort)):
        for each in line:
            assignment, attempt = each.assignment, each.attempt
            rows.append(
                (
                    str(trainee),
                    trainee.email,
                    assignment.quiz.title,
                    assignment.quiz.mode,
                    assignment.opens_at,
                    assignment.closes_at,
                    each.state,
                    each.answered,
                    each.asked,
                    _percent(each.score),
                    attempt.started_at if attempt else None,
                    attempt.submitted_at if attempt else None,
                    _rounded(each.mean_seconds),
                )
            )
    return as_csv(COHORT_HEADER, rows)


def assignment_csv(assignment: Assignment) -> bytes:
    """One line for each question of each finished attempt; a question left open has no answer and scores 0."""
    responses = (
        Response.objects.filter(over("attempt__"), attempt__assignment=assignment)
        .select_related("attempt__trainee", "question__case")
        .order_by("attempt__trainee__last_name", "attempt__trainee__email", "question__position")
    )
    return as_csv(ASSIGNMENT_HEADER, (_response_row(response) for response in responses))


def _response_row(response: Response) -> tuple[Any, ...]:
    question, trainee = response.question, response.attempt.trainee
    return (
        str(trainee),
        trainee.email,
        question.position,
        question.get_kind_display(),
        question.prompt,
        str(question.case_id),
        truth_in_words(question.case.to_spec()),
        answer_label(question, response.answer, response.score),
        _percent(response.score or 0),
        response.confidence,
        _rounded(response.seconds),
        response.answered_at,
        response.attempt.submitted_at,
    )


def _percent(score: float | None) -> float | None:
    return None if score is None else round(score * 100, 1)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
