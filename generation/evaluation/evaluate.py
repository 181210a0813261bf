"""How good a model is, against the simulator it learned from, on patients it never saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generation.evaluation.metrics import band_powers, dice, psnr, rises, ssim
from generation.pipelines.chest import ChestPipeline, clean_mask
from generation.spec import CaseSpec
from generation.vocabulary import FINDINGS

if TYPE_CHECKING:
    from generation.corpus.simulator import Simulator

Tell = Callable[[str], None]
Draw = Callable[[CaseSpec], tuple[np.ndarray, np.ndarray]]


def evaluate(
    folder: Path, count: int = 60, seed: int = 7, reader: Path | None = None, tell: Tell | None = None
) -> dict[str, Any]:
    """Figures of the model in ``folder`` over ``count`` held-out specs; JSON-ready.

    ``reader`` is a saved reader (see ``generation.evaluation.reader``); without one its figures are left out.
    ``tell`` receives a line before each part.
    """
    from generation.corpus.simulator import Simulator
    from generation.patients.anatomy import FILM_MM
    from generation.training.cache import simulated_specs

    tell = tell or (lambda line: None)
    pipeline = ChestPipeline.from_pretrained(folder)
    size, spacing = pipeline.model.size, FILM_MM / pipeline.model.size
    endless = simulated_specs(np.random.default_rng(seed), held_out=True)
    specs = [next(endless) for _ in range(count)]
    tell(f"Drawing and rendering {count} held-out patients")
    drawn = [pipeline.draw(spec) for spec in specs]
    simulator = Simulator()
    truth = simulator.render(specs, size=size)
    real, masks = truth.image[:, 0].numpy(), truth.mask[:, 0].numpy() > 0.5
    found = [clean_mask(probability, spacing) for _, probability in drawn]
    pictures = np.stack([picture for picture, _ in drawn])
    result: dict[str, Any] = {"model": pipeline.model.name, "version": pipeline.model.version, "specs": count}
    result["fidelity"] = fidelity(pictures, real)
    result["band_power_ratio"] = band_ratios(pictures, real)
    result["band_power_floor"] = band_ratios(real[::2], real[1::2])
    result["masks"] = mask_figures(specs, found, list(masks))
    tell("Drawing patients stage by stage")
    seeds = [next(endless).seed for _ in range(max(2, count // 10))]
    result["stages"] = stage_figures(pipeline.draw, seeds)
    result["stages_simulated"] = stage_figures(lambda spec: _rendered(simulator, spec, size), seeds)
    if reader is not None:
        tell("Reading the films")
        result["reader"] = reader_figures(reader, specs, pictures, real)
    return result


def _rendered(simulator: Simulator, spec: CaseSpec, size: int) -> tuple[np.ndarray, np.ndarray]:
    samples = simulator.render([spec], size=size)
    return samples.image[0, 0].numpy(), samples.mask[0, 0].numpy()


def fidelity(drawn: np.ndarray, real: np.ndarray) -> dict[str, float]:
    """PSNR (dB) and SSIM against the simulator's picture of the same spec; and of two different patients (floor)."""
    pairs = list(zip(drawn, real, strict=True))
    other = list(zip(np.roll(real, 1, axis=0), real, strict=True))
    return {
        "psnr_db": _mean([psnr(a, b) for a, b in pairs]),
        "ssim": _mean([ssim(a, b) for a, b in pairs]),
        "psnr_db_between_patients": _mean([psnr(a, b) for a, b in other]),
        "ssim_between_patients": _mean([ssim(a, b) for a, b in other]),
    }


def band_ratios(drawn: np.ndarray, real: np.ndarray) -> dict[str, float]:
    """Median spectral power of one set of pictures over that of another; 1 is right."""
    powers = [[band_powers(picture) for picture in pictures] for pictures in (drawn, real)]
    return {
        name: round(float(np.median([p[name] for p in powers[0]]) / np.median([p[name] for p in powers[1]])), 3)
        for name in powers[0][0]
    }


def mask_figures(
    specs: Sequence[CaseSpec], found: Sequence[np.ndarray], truth: Sequence[np.ndarray]
) -> dict[str, float]:
    """Dice by finding, and the share of ill films whose mask is not empty."""
    figures = {}
    for key in FINDINGS:
        scores = [dice(a, b) for spec, a, b in zip(specs, found, truth, strict=True) if spec.finding == key != "normal"]
        if scores:
            figures[f"dice_{key}"] = _mean(scores)
    ill = [mask.any() for spec, mask in zip(specs, found, strict=True) if spec.finding != "normal"]
    return {**figures, "not_empty": _mean([float(any_) for any_ in ill])}


def stage_figures(draw: Draw, seeds: Sequence[int]) -> dict[str, float]:
    """Whether disease grows with its stage, and the patient stays the same person.

    ``draw`` gives the picture and the lesion's probability of a spec. ``outside_mask`` is the mean change of grey
    outside the mask from healthy to ill, the pushed mediastinum and the larger heart included; ``between_patients``
    that between two different healthy patients at the same pixels.
    """
    area_rises, change_rises, outside, between = [], [], [], []
    healthy = [draw(CaseSpec(seed=seed))[0] for seed in seeds]
    for number, seed in enumerate(seeds):
        base, other = healthy[number], healthy[number - 1]
        for key, finding in FINDINGS.items():
            if key == "normal":
                continue
            side, lobe = finding.places[number % len(finding.places)]
            drawn = [draw(CaseSpec(key, stage.level, side, lobe, seed=seed)) for stage in finding.stages]
            area_rises.append(rises([float((probability > 0.5).sum()) for _, probability in drawn]))
            change_rises.append(rises([float(np.abs(picture - base).mean()) for picture, _ in drawn]))
            for picture, probability in drawn:
                clear = probability < 0.1
                outside.append(float(np.abs(picture - base)[clear].mean()))
                between.append(float(np.abs(other - base)[clear].mean()))
    return {
        "area_rises": _mean([float(value) for value in area_rises]),
        "change_rises": _mean([float(value) for value in change_rises]),
        "outside_mask": _mean(outside),
        "between_patients": _mean(between),
    }


def reader_figures(path: Path, specs: Sequence[CaseSpec], drawn: np.ndarray, real: np.ndarray) -> dict[str, float]:
    """How often a reader trained on simulated films sees the finding, and its error of the stage; and its ceiling."""
    from generation.evaluation.reader import CLASSES, labels, load_reader, read

    reader = load_reader(path)
    classes, stages = labels(specs)
    wanted = [CLASSES[index] for index in classes.tolist()]
    figures = {}
    for name, films in (("generated", drawn), ("simulated", real)):
        said, at_stage = read(reader, films)
        right = np.array([a == b for a, b in zip(said, wanted, strict=True)])
        ill = np.array([key != "normal" for key in wanted])
        figures[f"finding_{name}"] = _mean(right.astype(float))
        figures[f"stage_error_{name}"] = _mean(np.abs(at_stage - stages.numpy())[ill])
    return figures


def _mean(values: Sequence[float] | np.ndarray) -> float:
    return round(float(np.mean(values)), 4)
