"""What may be done with a quiz, an attempt or an answer as they stand. Roles are in ``programs.policies``."""

from datetime import datetime

from cases.quizzes.models import Assignment, Attempt, Question, Quiz, Response


def finished_at(attempt: Attempt, now: datetime) -> datetime | None:
    """When the attempt ended: at submission, or when the assignment closed; None while answers are taken."""
    if attempt.submitted_at:
        return attempt.submitted_at
    closes_at = attempt.assignment.closes_at
    return closes_at if closes_at <= now else None


def may_see_truth(response: Response, now: datetime) -> bool:
    """Whether the key of this question may leave the server.

    In a tutor quiz after the answer; in an exam, and for what was left unanswered, when the attempt is over.
    """
    if finished_at(response.attempt, now):
        return True
    return response.attempt.assignment.quiz.mode == Quiz.Mode.TUTOR and response.is_answered


def may_answer(response: Response, now: datetime) -> bool:
    """Whether an answer would still be taken: in a tutor quiz the first one counts, in an exam the last."""
    if finished_at(response.attempt, now):
        return False
    return response.attempt.assignment.quiz.mode == Quiz.Mode.EXAM or not response.is_answered


def why_locked(quiz: Quiz) -> str:
    """Why the quiz cannot be changed any more; empty when it can."""
    if Attempt.objects.filter(assignment__quiz=quiz).exists():
        return (
            "Trainees have started this quiz, so it can no longer be changed: their results would not mean "
            "what they meant. Duplicate it and change the copy."
        )
    return ""


def why_not_assignable(quiz: Quiz) -> str:
    """Why the quiz cannot be given to a cohort as it stands; empty when it can."""
    questions = list(quiz.questions.select_related("case"))
    if not questions:
        return "This quiz has no questions yet. Add at least one before you assign it."
    withdrawn = [str(question.position) for question in questions if not is_on_accepted_case(question)]
    if withdrawn:
        which = f"question {withdrawn[0]}" if len(withdrawn) == 1 else f"questions {', '.join(withdrawn)}"
        return f"The case of {which} is no longer accepted. Remove the question or accept the case again."
    return ""


def is_on_accepted_case(question: Question) -> bool:
    """Whether the question's case still has an instructor's acceptance."""
    return question.case.curation == question.case.Curation.ACCEPTED


def why_not_unassignable(assignment: Assignment) -> str:
    """Why the assignment cannot be taken back; empty when it can."""
    if assignment.attempts.exists():
        return "Trainees have started it already; taking it back would delete their answers. Change its dates instead."
    return ""
