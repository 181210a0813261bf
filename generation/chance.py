"""Chance that repeats itself: equal words give equal draws, on every machine."""

import random


def chance(*words: object) -> random.Random:
    """A generator of pseudo-random numbers decided by ``words`` alone. For variety, never for secrets."""
    return random.Random(" ".join(map(str, words)))  # noqa: S311
