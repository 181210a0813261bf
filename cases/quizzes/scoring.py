"""From the scores of single responses to the score of an attempt. Pure: knows no database."""

from collections.abc import Iterable
from typing import Protocol


class Marked(Protocol):
    """Anything with a mark: a Response, for one."""

    @property
    def score(self) -> float | None: ...


def final_score(responses: Iterable[Marked]) -> float | None:
    """The mean score, 0 to 1, of an attempt that is over; None when there is nothing to score.

    A question left unanswered (``score`` None) counts 0: leaving it out would reward skipping what is hard.
    """
    scores = [response.score or 0.0 for response in responses]
    return sum(scores) / len(scores) if scores else None
