"""The training loop, to be read in one sitting.

Paired from the first step: the simulator's picture of the same patient and order is known, and losses weighted
towards the lesion make conditions and identity exact. From a share of the run on, a discriminator that looks at
crops adds the texture that averages lack.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from generation.networks.discriminator import crop, gradient_penalty, relativistic_loss
from generation.networks.generator import ChestGenerator
from generation.networks.losses import lesion_weight, mask_loss, picture_loss
from generation.training.cache import Batch, Corpus
from generation.training.config import TrainingConfig
from generation.training.run import Run, git_revision

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class Progress:
    """Where a run is: step, share done (0 to 1), seconds used, the latest losses."""

    step: int
    share: float
    seconds: float
    losses: dict[str, float]


def train(
    config: TrainingConfig,
    corpus: Corpus,
    out_dir: Path,
    minutes: float,
    device: str = "cpu",
    resume: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
    on_sheet: Callable[[Run, Path], None] | None = None,
    on_start: Callable[[ChestGenerator], None] | None = None,
) -> Run:
    """Train a generator for ``minutes`` (or ``config.steps``, whichever ends first) and return the run.

    ``out_dir`` receives config.json, losses.jsonl, sheets/ and a checkpoint; with ``resume`` a checkpoint found
    there is continued exactly. ``on_sheet`` is called with the run and a path to draw sample pictures to.
    Raises FileExistsError when a run is already in ``out_dir`` and ``resume`` is off.
    """
    run = Run(config, torch.device(device), minutes)
    checkpoint = _open_folder(config, out_dir, resume)
    if checkpoint.exists():
        run.load(checkpoint)
    elif on_start is not None:
        on_start(run.generator)
        run.average.load_state_dict(run.generator.state_dict())
    while not run.finished:
        batch = corpus.batch(run.rng, config.patients, config.twins).to(device)
        losses = train_step(run, batch)
        run.step += 1
        run.tick()
        if run.step % config.log_every == 0:
            _log(run, losses, out_dir, on_progress)
        if on_sheet is not None and run.step % config.sheet_every == 0:
            on_sheet(run, out_dir / "sheets" / f"{run.step:06d}.png")
        if run.step % config.checkpoint_every == 0:
            run.save(checkpoint)
    run.save(checkpoint)
    return run


def train_step(run: Run, batch: Batch) -> dict[str, float]:
    """One step of the generator and, once the adversarial part has begun, of the discriminator."""
    config = run.config
    run.set_rates()
    drawn = batch.inputs.draw(run.generator)
    weight = lesion_weight(batch.image, batch.normal, batch.mask)
    picture = picture_loss(drawn.image, batch.image, weight)
    outlines = mask_loss(drawn.mask, batch.mask)
    losses = {"picture": picture.item(), "mask": outlines.item()}
    paired = picture + config.mask_weight * outlines
    gradients = list(torch.autograd.grad(paired, [drawn.image, drawn.mask], retain_graph=True))
    if run.share >= config.adversarial_from:
        window = _window(run.rng, config)
        losses["discriminator"] = _discriminator_step(run, batch, drawn.image.detach(), window)
        adversarial, gradient = _adversarial(run, batch, drawn.image.detach(), window)
        losses["adversarial"] = adversarial
        gradients[0] = gradients[0] + _balance(run, gradients[0], gradient) * gradient
    run.generator_optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward([drawn.image, drawn.mask], gradients)
    torch.nn.utils.clip_grad_norm_(run.generator.parameters(), 5.0)
    run.generator_optimiser.step()
    run.update_average()
    return losses


def _window(rng: np.random.Generator, config: TrainingConfig) -> tuple[int, int, int]:
    side = min(config.crop, config.size)
    top, left = (int(rng.integers(0, config.size - side + 1)) for _ in range(2))
    return top, left, side


def _discriminator_step(run: Run, batch: Batch, drawn: Tensor, window: tuple[int, int, int]) -> float:
    """Teach the discriminator to score the truth above what was drawn, at every place; now and then flatten it."""
    config, mask, condition = run.config, crop(batch.mask, *window), batch.inputs.condition
    penalise = run.step % config.penalty_every == 0
    real = crop(batch.image, *window).detach().requires_grad_(penalise)
    fake = crop(drawn, *window).detach().requires_grad_(penalise)
    scores_real = run.discriminator(real, mask, condition)
    scores_fake = run.discriminator(fake, mask, condition)
    loss = relativistic_loss(scores_real, scores_fake)
    value = loss.item()
    if penalise:
        slopes = gradient_penalty(scores_real, real) + gradient_penalty(scores_fake, fake)
        loss = loss + 0.5 * config.penalty * config.penalty_every * slopes
    run.discriminator_optimiser.zero_grad(set_to_none=True)
    loss.backward()
    run.discriminator_optimiser.step()
    return value


def _adversarial(run: Run, batch: Batch, drawn: Tensor, window: tuple[int, int, int]) -> tuple[float, Tensor]:
    """The generator's adversarial loss, and its gradient with respect to the picture."""
    mask, condition = crop(batch.mask, *window), batch.inputs.condition
    leaf = drawn.requires_grad_(True)
    with torch.no_grad():
        real = run.discriminator(crop(batch.image, *window), mask, condition)
    loss = relativistic_loss(run.discriminator(crop(leaf, *window), mask, condition), real)
    (gradient,) = torch.autograd.grad(loss, leaf)
    return loss.item(), gradient


def _balance(run: Run, paired: Tensor, adversarial: Tensor) -> float:
    """Factor that brings the adversarial gradient to its share of the paired one; smoothed over steps."""
    wanted = run.config.adversarial_share * float(paired.norm() / adversarial.norm().clamp(min=1e-9))
    run.gradient_scale = wanted if run.gradient_scale == 0 else 0.98 * run.gradient_scale + 0.02 * wanted
    return min(run.gradient_scale, wanted)


def _open_folder(config: TrainingConfig, out_dir: Path, resume: bool) -> Path:
    checkpoint = out_dir / CHECKPOINT
    if checkpoint.exists() and not resume:
        raise FileExistsError(f"{out_dir} already holds a run. Resume it, or choose another folder.")
    (out_dir / "sheets").mkdir(parents=True, exist_ok=True)
    config.save(out_dir / "config.json")
    (out_dir / "revision.txt").write_text(git_revision() + "\n")
    return checkpoint


def _log(run: Run, losses: dict[str, float], out_dir: Path, on_progress: Callable[[Progress], None] | None) -> None:
    with (out_dir / "losses.jsonl").open("a") as file:
        file.write(json.dumps({"step": run.step, "seconds": round(run.seconds, 1), **losses}) + "\n")
    if on_progress is not None:
        on_progress(Progress(run.step, run.share, run.seconds, losses))
