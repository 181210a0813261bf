"""The pictures that show what a model can and cannot do, drawn for patients it never saw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from generation.evaluation.sheets import grey, outlined, specs_by_stage, tile
from generation.pipelines.chest import ChestPipeline
from generation.spec import CaseSpec
from generation.vocabulary import COMORBIDITIES, FINDINGS

PATIENT = 1009
"""A held-out patient, shown through every finding."""


def draw_gallery(folder: Path, out: Path) -> Iterator[Path]:
    """Draw every sheet of the model in ``folder`` into ``out``; yields the files as they are written."""
    out.mkdir(parents=True, exist_ok=True)
    pipeline = ChestPipeline.from_pretrained(folder)
    for name, sheet in (
        ("beside-simulator", beside_simulator(pipeline)),
        ("progression", progression(pipeline)),
        ("comorbidities", comorbidities(pipeline)),
        ("sixty-four-patients", many_patients(pipeline)),
    ):
        path = out / f"{name}.jpg"
        tile(sheet).save(path, quality=88)
        yield path


def beside_simulator(pipeline: ChestPipeline) -> list[list[np.ndarray]]:
    """Every finding and stage: the simulator's film, the model's, and the model's with its mask outlined."""
    from generation.corpus.detector import add_detector_noise
    from generation.corpus.simulator import Simulator
    from generation.pipelines.chest import noise_seed

    specs = specs_by_stage()
    clean = Simulator().render(specs, size=pipeline.model.size).image
    real = add_detector_noise(clean, [noise_seed(spec) for spec in specs])[:, 0].numpy()
    films = pipeline(specs)
    rows = []
    for start in range(0, len(specs), 7):
        part = range(start, min(start + 7, len(specs)))
        rows += [[grey(real[i]) for i in part], [grey(films[i].pixels) for i in part]]
        rows += [[outlined(films[i].pixels, films[i].mask) for i in part]]
    return rows


def progression(pipeline: ChestPipeline) -> list[list[np.ndarray]]:
    """One patient healthy and at every stage of every finding, a finding a row."""
    healthy = CaseSpec(age=64, sex="M", seed=PATIENT)
    rows = []
    for key, finding in FINDINGS.items():
        if key == "normal":
            continue
        for side, lobe in finding.places[-1:]:
            ill = [CaseSpec(key, stage.level, side, lobe, 64, "M", seed=PATIENT) for stage in finding.stages]
            rows.append([grey(film.pixels) for film in pipeline([healthy, *ill])])
    return rows


def comorbidities(pipeline: ChestPipeline) -> list[list[np.ndarray]]:
    """Patients with none and with each of the comorbidities."""
    rows = []
    for seed, sex, age in ((19, "F", 44), (29, "M", 76)):
        sets = [(), *((key,) for key in COMORBIDITIES)]
        rows.append(
            [grey(f.pixels) for f in pipeline([CaseSpec(age=age, sex=sex, comorbidities=s, seed=seed) for s in sets])]
        )
    return rows


def many_patients(pipeline: ChestPipeline) -> list[list[np.ndarray]]:
    """64 patients with one order: heart failure, stage 2."""
    specs = [
        CaseSpec("heart_failure", 2, "both", age=40 + (7 * i) % 50, sex="FM"[i % 2], seed=9 + 10 * i) for i in range(64)
    ]
    tiles = [grey(film.pixels)[::2, ::2] for film in pipeline.stream(specs)]
    return [tiles[start : start + 16] for start in range(0, 64, 16)]
