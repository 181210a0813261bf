"""Taking a quiz: start, look, answer, submit."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cases.library.models import Case
from cases.programs.models import User
from cases.quizzes import marking
from cases.quizzes.models import Assignment, Attempt, Question, Quiz, Response
from cases.quizzes.policies import finished_at
from cases.quizzes.selectors.masks import lesion_mask
from cases.quizzes.services.errors import Outdated, Refused, TooLate
from generation.chance import chance
from generation.vocabulary import FINDINGS

Answer = Mapping[str, Any]


@transaction.atomic
def start_attempt(assignment: Assignment, trainee: User, now: datetime) -> Attempt:
    """The trainee's attempt: begun now, or the one begun earlier. Its questions are shuffled by the attempt's id.

    Raises Refused before the opening and TooLate after the closing, unless there is an attempt already.
    """
    Quiz.objects.select_for_update().get(pk=assignment.quiz_id)
    if not Assignment.objects.filter(pk=assignment.pk).exists():
        raise Refused("This quiz is no longer assigned to you.")
    existing = Attempt.objects.filter(assignment=assignment, trainee=trainee).first()
    if existing:
        return existing
    if now < assignment.opens_at:
        raise Refused("This quiz has not opened yet.")
    if now >= assignment.closes_at:
        raise TooLate("This quiz has closed.")
    attempt, created = Attempt.objects.get_or_create(assignment=assignment, trainee=trainee)
    if created:
        questions = list(assignment.quiz.questions.all())
        chance("attempt", attempt.pk).shuffle(questions)
        Response.objects.bulk_create(
            Response(attempt=attempt, question=question, position=position)
            for position, question in enumerate(questions, start=1)
        )
    return attempt


def show_question(response: Response, now: datetime) -> None:
    """Note when the question was first seen: the time to answer counts from here."""
    if response.shown_at is None and not finished_at(response.attempt, now):
        Response.objects.filter(pk=response.pk, shown_at=None).update(shown_at=now)


@transaction.atomic
def save_answer(
    response: Response, answer: Answer, confidence: int | None, now: datetime, seen: str | None = None
) -> Response:
    """Save and mark an answer; returns the response as it then stands.

    ``answer`` is as in ``Response.answer``; ``seen`` is the ``revision`` that the page showed (None: not checked).
    Saying the same twice changes nothing. In a tutor quiz the first answer stays. In an exam the last counts, but
    one given elsewhere since the page was loaded is not overwritten: Outdated. Raises TooLate when the attempt is
    over and Refused for an answer that does not fit the question.
    """
    saved = _locked(response, now)
    cleaned = clean_answer(saved.question, answer)
    if saved.is_answered:
        same = saved.answer == cleaned and confidence in (saved.confidence, None)
        if same or _is_tutor(saved):
            return saved
        _refuse_outdated(saved, seen)
    else:
        saved.answered_at = now
    if saved.seconds is None:
        saved.seconds = max((now - (saved.shown_at or now)).total_seconds(), 0)
    saved.answer = cleaned
    saved.confidence = confidence if confidence is not None else saved.confidence
    saved.score = mark(saved.question, cleaned)
    saved.save()
    _submit_when_tutor_is_done(saved.attempt, now)
    return saved


@transaction.atomic
def save_draft(
    response: Response, answer: Answer, confidence: int | None, now: datetime, seen: str | None = None
) -> Response:
    """Save what stands on an exam's page while it is being filled in: as ``save_answer``, but may be incomplete.

    An empty answer takes an earlier one back. In a tutor quiz, where the first answer counts, nothing is drafted.
    """
    if answer:
        return save_answer(response, answer, confidence, now, seen)
    saved = _locked(response, now)
    if _is_tutor(saved):
        raise Refused("Choose one of the options.")
    if saved.is_answered:
        _refuse_outdated(saved, seen)
    saved.answer, saved.answered_at, saved.score = None, None, None
    saved.confidence = confidence if confidence is not None else saved.confidence
    saved.save()
    return saved


@transaction.atomic
def submit_attempt(attempt: Attempt, now: datetime) -> Attempt:
    """End the attempt. What is unanswered counts 0. Submitting twice changes nothing; raises TooLate after closing."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if attempt.submitted_at is None:
        refuse_if_over(attempt, now)
        attempt.submitted_at = now
        attempt.save()
    return attempt


def refuse_if_over(attempt: Attempt, now: datetime) -> None:
    """Raises TooLate, with the reason, when the attempt takes no more answers."""
    if attempt.submitted_at:
        raise TooLate("You have submitted this quiz, so answers can no longer be changed.")
    if finished_at(attempt, now):
        raise TooLate("This quiz has closed. What you had answered by then has been submitted; this answer was not.")


def revision(response: Response) -> str:
    """A word that changes whenever the saved answer does; the page sends it back with the next answer."""
    if response.answer is None:
        return ""
    said = json.dumps([response.answer, response.confidence], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def clean_answer(question: Question, answer: Answer) -> dict[str, Any]:
    """The answer in the form in which it is stored. Raises Refused when it does not fit the question."""
    if question.kind == Question.Kind.CHOICE and answer.get("finding") in question.options:
        return {"finding": answer["finding"]}
    if question.kind == Question.Kind.STAGE and answer.get("stage") in question.options:
        return {"stage": answer["stage"]}
    if question.kind == Question.Kind.LOCATE:
        return _clean_mark(question.case, answer)
    raise Refused("Choose one of the options.")


def _locked(response: Response, now: datetime) -> Response:
    """The response as it stands, held against changes from elsewhere. Raises TooLate when its attempt is over."""
    attempt = Attempt.objects.select_for_update().get(pk=response.attempt_id)
    refuse_if_over(attempt, now)
    return Response.objects.select_related("attempt__assignment__quiz", "question__case").get(pk=response.pk)


def _is_tutor(response: Response) -> bool:
    return response.attempt.assignment.quiz.mode == Quiz.Mode.TUTOR


def _refuse_outdated(saved: Response, seen: str | None) -> None:
    if seen is not None and seen != revision(saved):
        raise Outdated("You changed this answer in another window. That answer is kept; choose again to change it.")


def _clean_mark(case: Case, answer: Answer) -> dict[str, Any]:
    if answer.get("absent"):
        return {"absent": True}
    row, column = answer.get("row"), answer.get("column")
    if row is None or column is None:
        raise Refused("Mark the lesion on the film, or say that there is none.")
    if not marking.is_on_film((row, column), case.rows, case.columns):
        raise Refused("The mark is outside the film. Place it again.")
    return {"row": round(float(row), 2), "column": round(float(column), 2)}


def mark(question: Question, answer: Answer) -> float:
    """The score, 0 to 1, of a clean answer."""
    case = question.case
    if question.kind == Question.Kind.CHOICE:
        return marking.mark_choice(answer["finding"], case.finding)
    if question.kind == Question.Kind.STAGE:
        scale = FINDINGS[case.finding]
        return marking.mark_stage(
            answer["stage"], scale.stage(case.stage).level, [stage.level for stage in scale.stages]
        )
    point = None if answer.get("absent") else (answer["row"], answer["column"])
    return marking.mark_locate(point, lesion_mask(case), case.pixel_spacing_mm, question.tolerance_mm)


def _submit_when_tutor_is_done(attempt: Attempt, now: datetime) -> None:
    """In a tutor quiz nothing can change after the last answer, so it ends the attempt."""
    if attempt.assignment.quiz.mode == Quiz.Mode.TUTOR and not attempt.responses.filter(answered_at=None).exists():
        attempt.submitted_at = now
        attempt.save()
