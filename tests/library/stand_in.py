"""A pipeline without weights: small films that follow from the spec, so that jobs can be tried anywhere.

A worker process uses it with CASE_PIPELINE=tests.library.stand_in.pipeline; STAND_IN_SECONDS is the time
that each film takes.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.spec import CaseSpec

SIZE = 64


@dataclass(frozen=True)
class StandInFilm:
    """A field of noise with a bright square where the lesion is."""

    spec: CaseSpec
    pixels: NDArray[np.uint16]
    mask: NDArray[np.bool_]
    pixel_spacing_mm: float = 2.5
    model_name: str = "stand-in"
    model_version: str = "1"
    weights_sha256: str = "0" * 64
    seconds: float = 0.0


def film_of(spec: CaseSpec) -> StandInFilm:
    """The same film for the same spec, at once."""
    pixels = np.random.default_rng(spec.seed).integers(0, 3000, (SIZE, SIZE), dtype=np.uint16)
    mask = np.zeros((SIZE, SIZE), dtype=bool)
    if spec.finding != "normal":
        mask[20:40, 10:30] = True
        pixels[mask] += np.uint16(300 * spec.stage)
    return StandInFilm(spec, pixels, mask)


def films(specs: list[CaseSpec]) -> Sequence[StandInFilm]:
    """The films, after the time they are said to take."""
    time.sleep(float(os.environ.get("STAND_IN_SECONDS", "0")) * len(specs))
    return [film_of(spec) for spec in specs]


def pipeline():
    """What CASE_PIPELINE names: called once per worker."""
    return films


def broken_pipeline():
    """A generator that cannot be loaded."""
    raise RuntimeError("no weights here")
