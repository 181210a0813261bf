"""Item analysis: what the answers to a question say about the question. Pure functions.

Scores are 0 (wrong) to 1 (right), with partial credit between. Times are seconds. Where there is nothing
to average the answer is None, never 0.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median

RIGHT = 1.0
"""From this score on an answer counts as right; what is below got partial credit or none."""


def mean_of(values: Iterable[float | None]) -> float | None:
    """The mean of what is known."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def weighted_mean(pairs: Iterable[tuple[float | None, int]]) -> float | None:
    """The mean of values that stand for so many each; None when they stand for nothing."""
    known = [(value, weight) for value, weight in pairs if value is not None]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None


def median_of(values: Iterable[float | None]) -> float | None:
    """The median of what is known."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def share(part: int, whole: int) -> float | None:
    """``part`` of ``whole`` as 0 to 1; None of nothing."""
    return part / whole if whole else None


@dataclass(frozen=True)
class Answer:
    """One marked answer. ``label`` says what was answered, in words; ``confidence`` is 1 to 5."""

    label: str
    score: float
    seconds: float | None = None
    confidence: int | None = None


@dataclass(frozen=True)
class ItemStatistics:
    """What a group made of one question.

    ``facility`` is the mean score (0 to 1): the item's facility index. ``distribution`` counts the answers
    by label, the most frequent first. The two confidences are means (1 to 5) over right and other answers.
    """

    answers: int
    facility: float | None
    mean_seconds: float | None
    median_seconds: float | None
    confidence_when_right: float | None
    confidence_when_wrong: float | None
    distribution: tuple[tuple[str, int], ...]


def item_statistics(answers: Iterable[Answer]) -> ItemStatistics:
    """Item analysis of the answers that a group gave to one question."""
    given = list(answers)
    return ItemStatistics(
        answers=len(given),
        facility=mean_of(answer.score for answer in given),
        mean_seconds=mean_of(answer.seconds for answer in given),
        median_seconds=median_of(answer.seconds for answer in given),
        confidence_when_right=mean_of(answer.confidence for answer in given if answer.score >= RIGHT),
        confidence_when_wrong=mean_of(answer.confidence for answer in given if answer.score < RIGHT),
        distribution=tuple(Counter(answer.label for answer in given).most_common()),
    )
