"""Specs to learn from: every finding, stage, place, age, sex and comorbidity in fair shares."""

from __future__ import annotations

import numpy as np

from generation.spec import MAX_SEED, CaseSpec
from generation.vocabulary import COMORBIDITIES, FINDINGS, MAX_AGE, MIN_AGE, SEXES

BETWEEN_STAGES = 0.3
"""Share of specs whose stage lies between two whole stages."""
COMORBIDITY_COUNTS = (0.5, 0.33, 0.17)
"""Shares of patients with none, one and two comorbidities."""


def draw_specs(rng: np.random.Generator, count: int) -> list[CaseSpec]:
    """``count`` specs drawn at random, evenly over findings and within each over places and stages."""
    return [_draw(rng) for _ in range(count)]


def _draw(rng: np.random.Generator) -> CaseSpec:
    finding = FINDINGS[str(rng.choice(list(FINDINGS)))]
    side, lobe = finding.places[int(rng.integers(len(finding.places)))]
    stage: float = int(rng.integers(1, finding.max_stage + 1)) if finding.max_stage else 0
    if stage and rng.random() < BETWEEN_STAGES:
        stage = round(float(rng.uniform(0.3, finding.max_stage)), 2)
    number = int(rng.choice(len(COMORBIDITY_COUNTS), p=COMORBIDITY_COUNTS))
    return CaseSpec(
        finding=finding.key,
        stage=stage,
        side=side,
        lobe=lobe,
        age=int(rng.integers(MIN_AGE, MAX_AGE + 1)),
        sex=str(rng.choice(list(SEXES))),
        comorbidities=tuple(str(key) for key in rng.choice(list(COMORBIDITIES), number, replace=False)),
        seed=int(rng.integers(MAX_SEED)),
    )
