"""A pipeline without a network: fast, deterministic pictures for tests of what surrounds the film."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generation.spec import CaseSpec

SIZE = 64


@dataclass(frozen=True, eq=False)
class StandInFilm:
    spec: CaseSpec
    pixels: np.ndarray
    mask: np.ndarray
    pixel_spacing_mm: float = 2.0
    model_name: str = "stand-in"
    model_version: str = "0.0"
    weights_sha256: str = "0" * 64


def stand_in_pipeline(specs: Sequence[CaseSpec]) -> list[StandInFilm]:
    """Noise that depends on patient and stage; the mask is a disc on the finding's side that grows with the stage."""
    return [film_of(spec) for spec in specs]


def film_of(spec: CaseSpec) -> StandInFilm:
    chance = np.random.default_rng([spec.seed, round(spec.stage * 100)])
    pixels = chance.integers(0, 4096, (SIZE, SIZE)).astype(np.uint16)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    column = {"right": 18, "left": 46}.get(spec.side, 32)
    radius = 4 * spec.stage
    return StandInFilm(spec, pixels, (rows - 30) ** 2 + (columns - column) ** 2 < radius**2)
