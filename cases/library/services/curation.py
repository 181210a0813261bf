"""An instructor's judgement of cases: which may be taught with, and what to say about them."""

from django.db.models import QuerySet
from django.utils import timezone

from cases.library.models import Case
from cases.programs.models import User

MAX_TEACHING_POINT = 2000


class CurationError(Exception):
    """The judgement cannot be made. ``message`` tells the person why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def accept(cases: QuerySet[Case], user: User) -> int:
    """The cases may be used in quizzes. Returns how many there were."""
    return _judge(cases, Case.Curation.ACCEPTED, user)


def reject(cases: QuerySet[Case], user: User) -> int:
    """The cases are kept, but enter no quiz. Returns how many there were.

    Raises CurationError, and rejects none, when one of them is a question in a quiz.
    """
    used = cases.filter(questions__isnull=False).distinct().count()
    if used:
        which = "This case is" if cases.count() == 1 else f"{used} of these cases {'is' if used == 1 else 'are'}"
        raise CurationError(f"{which} in a quiz. Take it out of the quiz first.")
    return _judge(cases, Case.Curation.REJECTED, user)


def _judge(cases: QuerySet[Case], curation: Case.Curation, user: User) -> int:
    return cases.update(curation=curation, curated_by=user, curated_at=timezone.now())


def set_teaching_point(case: Case, text: str) -> None:
    """What a trainee reads with the truth, beside the finding's own teaching. Empty takes it away."""
    case.teaching_point = text.strip()
    case.save(update_fields=["teaching_point"])
