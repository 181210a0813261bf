"""Chance that repeats itself: equal words give equal draws, on every machine. For variety, never for secrets."""

import hashlib
import random
from statistics import NormalDist

NORMAL = NormalDist()


def chance(*words: object) -> random.Random:
    """A generator of pseudo-random numbers decided by ``words`` alone."""
    return random.Random(" ".join(map(str, words)))  # noqa: S311  # nosec B311: not a secret


def draw(*words: object) -> float:
    """One number, even between 0 and 1 (both excluded), decided by ``words`` alone. Much faster than ``chance``."""
    digest = hashlib.blake2b(" ".join(map(str, words)).encode(), digest_size=6).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2**48


def normal_draw(*words: object) -> float:
    """One number from the standard normal distribution, decided by ``words`` alone."""
    return NORMAL.inv_cdf(draw(*words))
