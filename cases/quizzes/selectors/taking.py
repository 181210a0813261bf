"""What a trainee sees while taking a quiz and after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from cases.library.models import Case
from cases.programs.models import Membership
from cases.quizzes import marking
from cases.quizzes.asking import Option, options_in_words
from cases.quizzes.explaining import Explanation, answer_in_words, explain
from cases.quizzes.models import Attempt, Question, Response
from cases.quizzes.policies import finished_at, may_see_truth
from cases.quizzes.scoring import final_score
from cases.quizzes.selectors.masks import lesion_mask
from generation.vocabulary import FINDINGS


@dataclass(frozen=True)
class Step:
    """One place in the navigator. ``verdict`` is empty as long as the key is secret."""

    position: int
    is_answered: bool
    verdict: str


@dataclass(frozen=True)
class Standing:
    """How far an attempt has come."""

    steps: Sequence[Step]
    finished_at: datetime | None
    score: float | None
    """0 to 1; None until the attempt is over."""

    @property
    def total(self) -> int:
        """The number of questions."""
        return len(self.steps)

    @property
    def answered(self) -> int:
        """The number of answered questions."""
        return self.total - len(self.unanswered)

    @property
    def unanswered(self) -> list[int]:
        """Positions without an answer."""
        return [step.position for step in self.steps if not step.is_answered]

    @property
    def percent(self) -> int | None:
        """The score in whole percent, None until the attempt is over."""
        return None if self.score is None else round(100 * self.score)

    def after(self, position: int) -> int | None:
        """The next position without an answer, going round; None when all are answered."""
        left = self.unanswered
        return next((other for other in left if other > position), left[0] if left else None)


@dataclass(frozen=True)
class Truth:
    """The key of one question and why. Made only where ``policies.may_see_truth`` says so."""

    verdict: str
    percent: int
    key: str | int | None
    """The right option; None for locate."""
    explanation: Explanation
    answer: str
    has_overlay: bool

    @property
    def credit(self) -> str:
        """The score in words: "50 %"."""
        return f"{self.percent} %"


def attempts_of(membership: Membership) -> QuerySet[Attempt]:
    """The trainee's own attempts in this program, and no others."""
    own = Attempt.objects.filter(trainee=membership.user, assignment__quiz__program=membership.program)
    return own.select_related("assignment__quiz")


def responses_of(membership: Membership) -> QuerySet[Response]:
    """The trainee's own responses in this program, with what is needed to show and mark them."""
    own = Response.objects.filter(attempt__in=attempts_of(membership))
    return own.select_related("attempt__assignment__quiz", "question__case")


def standing_of(attempt: Attempt, now: datetime) -> Standing:
    """The attempt's navigator, and its score when it is over."""
    responses = list(attempt.responses.select_related("attempt__assignment__quiz"))
    finished = finished_at(attempt, now)
    steps = [
        Step(
            response.position,
            response.is_answered,
            verdict(response.score) if may_see_truth(response, now) else "",
        )
        for response in responses
    ]
    return Standing(steps, finished, final_score(responses) if finished else None)


def verdict(score: float | None) -> str:
    """ "correct", "partial" or "wrong"; no answer is wrong."""
    if not score:
        return "wrong"
    return "correct" if score >= 1 else "partial"


def options_of(question: Question) -> list[Option]:
    """The question's options in words, in the order in which they are shown."""
    return options_in_words(question.kind, question.case.finding, question.options)


@dataclass(frozen=True)
class Film:
    """What the viewer has to know of a film."""

    rows: int
    columns: int
    spacing: float


@dataclass(frozen=True)
class ReviewRow:
    """One line of the review. ``truth`` is None as long as the key is secret."""

    position: int
    prompt: str
    answer: str
    confidence: int | None
    truth: Truth | None


def film_facts(case: Case) -> Film:
    """Rows, columns and pixel spacing (mm) of a film."""
    return Film(case.rows, case.columns, case.pixel_spacing_mm)


def chosen_key(response: Response) -> str | int | None:
    """The key of the chosen option; None where there is none."""
    answer = response.answer or {}
    return answer.get("finding", answer.get("stage"))


def review_rows(attempt: Attempt, now: datetime) -> list[ReviewRow]:
    """Every question of the attempt, in its order."""
    responses = attempt.responses.select_related("attempt__assignment__quiz", "question__case")
    return [
        ReviewRow(
            position=response.position,
            prompt=response.question.prompt,
            answer=answer_in_words(response.question.kind, response.question.case.finding, response.answer),
            confidence=response.confidence,
            truth=truth_of(response, now),
        )
        for response in responses
    ]


def key_of(question: Question) -> str | int | None:
    """The right option: a finding or a stage's level; None for locate, whose key is the mask."""
    if question.kind == Question.Kind.CHOICE:
        return question.case.finding
    if question.kind == Question.Kind.STAGE:
        return FINDINGS[question.case.finding].stage(question.case.stage).level
    return None


def distance_mm_of(response: Response, now: datetime) -> int | None:
    """Whole millimetres from the reader's mark to the lesion's edge; None without either, or while it is secret."""
    answer, case = response.answer or {}, response.question.case
    if "row" not in answer or not may_see_truth(response, now):
        return None
    point = (answer["row"], answer["column"])
    distance = marking.distance_to_lesion_mm(point, lesion_mask(case), case.pixel_spacing_mm)
    return None if distance is None else round(distance)


def truth_of(response: Response, now: datetime) -> Truth | None:
    """The key of the question, or None as long as it is secret."""
    if not may_see_truth(response, now):
        return None
    question, case = response.question, response.question.case
    return Truth(
        verdict=verdict(response.score),
        percent=round(100 * (response.score or 0)),
        key=key_of(question),
        explanation=explain(question.kind, case.to_spec(), response.answer, case.teaching_point),
        answer=answer_in_words(question.kind, case.finding, response.answer),
        has_overlay=case.lesion_area_mm2 > 0,
    )
