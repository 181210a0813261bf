"""Item analysis of one assignment: what each question's answers say about it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from cases.quizzes.asking import LOCATE
from cases.quizzes.explaining import answer_in_words, truth_in_words
from cases.quizzes.models import Assignment, Question
from cases.scores.selectors import given_answers
from cases.scores.statistics import Answer, ItemStatistics, item_statistics, share


@dataclass(frozen=True)
class Bar:
    """One answer of a distribution: its words, how many gave it, their share (0 to 1), whether it is right."""

    label: str
    answers: int
    share: float
    right: bool


@dataclass(frozen=True)
class Item:
    """A question with its truth in words and its statistics."""

    question: Question
    truth: str
    statistics: ItemStatistics
    bars: tuple[Bar, ...]


def items_of(assignment: Assignment) -> list[Item]:
    """Every question of the assignment's quiz in order, with the statistics of the finished attempts."""
    given: dict[Any, list[Answer]] = defaultdict(list)
    questions = {question.pk: question for question in assignment.quiz.questions.select_related("case")}
    rows = given_answers(attempt__assignment=assignment).values_list(
        "question_id", "answer", "score", "seconds", "confidence"
    )
    for question_id, answer, score, seconds, confidence in rows:
        label = answer_label(questions[question_id], answer, score)
        given[question_id].append(Answer(label, score or 0, seconds, confidence))
    return [_item(question, given[key]) for key, question in questions.items()]


def answer_label(question: Question, answer: dict[str, Any] | None, score: float | None) -> str:
    """The answer in words; a mark on the film is told apart by whether it hit."""
    if question.kind == LOCATE and answer and not answer.get("absent"):
        return "Marked the lesion" if score else "Marked another place"
    return answer_in_words(question.kind, question.case.finding, answer)


def _item(question: Question, answers: list[Answer]) -> Item:
    statistics = item_statistics(answers)
    right = {answer.label for answer in answers if answer.score >= 1}
    bars = tuple(
        Bar(label, count, share(count, statistics.answers) or 0, label in right)
        for label, count in statistics.distribution
    )
    return Item(question, truth_in_words(question.case.to_spec()), statistics, bars)
