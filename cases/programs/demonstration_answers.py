"""Answers of the demonstration's trainees: right as often as their skill says, else plausibly wrong."""

from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
from django.utils import timezone

from cases.programs.models import User
from cases.quizzes.models import Assignment, Attempt, Question
from cases.quizzes.services.taking import lesion_mask, save_answer, show_question, start_attempt, submit_attempt

STARTED = timedelta(hours=20)
"""How long ago the trainees took their quizzes."""


def take_quiz(
    assignment: Assignment, trainee: User, skill: float, chance: Random, questions: int | None = None
) -> Attempt:
    """Answer the first ``questions`` questions (None: all, and submit) of the trainee's attempt.

    ``skill`` (0 to 1) is the chance of a right answer.
    """
    now = timezone.now() - STARTED
    attempt = start_attempt(assignment, trainee, now)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=now)
    responses = attempt.responses.select_related("question__case", "attempt__assignment__quiz")
    for response in responses[:questions]:
        right = chance.random() < skill
        show_question(response, now)
        now += timedelta(seconds=round(chance.lognormvariate(3.4, 0.5), 1))
        confidence = min(5, max(1, round(chance.gauss(4 if right else 2.8, 0.8))))
        save_answer(response, answer(response.question, right, chance), confidence, now)
    if questions is None:
        submit_attempt(attempt, now)
    return attempt


def answer(question: Question, right: bool, chance: Random) -> dict[str, Any]:
    """A right or a wrong answer to the question."""
    case = question.case
    if question.kind == Question.Kind.LOCATE:
        return _mark(question, right, chance)
    truth: Any = case.finding if question.kind == Question.Kind.CHOICE else round(case.stage)
    key = "finding" if question.kind == Question.Kind.CHOICE else "stage"
    return {key: truth if right else chance.choice([option for option in question.options if option != truth])}


def _mark(question: Question, right: bool, chance: Random) -> dict[str, Any]:
    """A place inside or outside the lesion; on a film without one, "no lesion" or some place."""
    mask = lesion_mask(question.case) > 0
    if right and not mask.any():
        return {"absent": True}
    inside = np.argwhere(mask if right else ~mask)
    row, column = inside[chance.randrange(len(inside))]
    return {"row": float(row), "column": float(column)}
