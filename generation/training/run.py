"""A training run's state: networks, optimisers, average, chance; saved so that it resumes exactly."""

from __future__ import annotations

import copy
import math
import subprocess  # nosec B404: only git, with fixed words
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from generation.networks.discriminator import Discriminator
from generation.networks.generator import ChestGenerator
from generation.networks.inputs import new_generator
from generation.patients.anatomy import CONDITION_DIM
from generation.training.config import TrainingConfig

FAST = ("_atlas", "lung_edge.to_", "grain.spread")


class Run:
    """Everything that changes while training. ``share`` is how much of the run is done, 0 to 1."""

    def __init__(self, config: TrainingConfig, device: torch.device, minutes: float) -> None:
        torch.manual_seed(config.seed)
        self.config, self.device, self.minutes = config, device, minutes
        self.rng = np.random.default_rng(config.seed)
        self.generator = new_generator(config.size, width=config.width).to(device)
        self.average: ChestGenerator = copy.deepcopy(self.generator).requires_grad_(False)
        self.discriminator = Discriminator(CONDITION_DIM, config.discriminator_width).to(device)
        fast = [parameter for name, parameter in self.generator.named_parameters() if learns_fast(name)]
        rest = [parameter for name, parameter in self.generator.named_parameters() if not learns_fast(name)]
        self.generator_optimiser = torch.optim.Adam(
            [{"params": rest, "factor": 1.0}, {"params": fast, "factor": config.fast_rate}],
            betas=config.generator_betas,
            fused=True,
        )
        self.discriminator_optimiser = torch.optim.Adam(
            self.discriminator.parameters(), lr=config.discriminator_rate, betas=config.discriminator_betas, fused=True
        )
        self.step = 0
        self.seconds = 0.0
        self.gradient_scale = 0.0
        self._clock = time.monotonic()

    def tick(self) -> None:
        """Count the time since the last tick."""
        now = time.monotonic()
        self.seconds += now - self._clock
        self._clock = now

    @property
    def share(self) -> float:
        if self.config.steps:
            return min(1.0, self.step / self.config.steps)
        return min(1.0, self.seconds / (60 * self.minutes))

    @property
    def finished(self) -> bool:
        """Whether the steps, or else the minutes, are used up."""
        return self.share >= 1 or self.seconds >= 60 * self.minutes

    def set_rates(self) -> None:
        """Cosine learning rate after a short warm-up."""
        final = self.config.final_rate
        rate = self.config.rate * (final + (1 - final) * 0.5 * (1 + math.cos(math.pi * self.share)))
        rate *= min(1.0, (self.step + 1) / 50)
        for group in self.generator_optimiser.param_groups:
            group["lr"] = rate * group["factor"]

    def update_average(self) -> None:
        """Move the averaged weights towards the present ones."""
        decay = min(self.config.average_decay, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            for kept, now in zip(self.average.parameters(), self.generator.parameters(), strict=True):
                kept.lerp_(now, 1 - decay)

    def save(self, path: Path) -> None:
        """Write a checkpoint in one move, so that an interruption leaves the previous one."""
        state = {name: part.state_dict() for name, part in self._parts().items()}
        state["chance"] = {"numpy": self.rng.bit_generator.state, "torch": torch.get_rng_state()}
        state["counters"] = {"step": self.step, "seconds": self.seconds, "gradient_scale": self.gradient_scale}
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint of the same settings."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.rng.bit_generator.state = state["chance"]["numpy"]
        torch.set_rng_state(state["chance"]["torch"].cpu())
        for name, value in state["counters"].items():
            setattr(self, name, value)
        self._clock = time.monotonic()

    def _parts(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        return {
            "generator": self.generator,
            "average": self.average,
            "discriminator": self.discriminator,
            "generator_optimiser": self.generator_optimiser,
            "discriminator_optimiser": self.discriminator_optimiser,
        }


def learns_fast(name: str) -> bool:
    """Whether a parameter gets the higher rate: maps, and what only few samples show."""
    return any(word in name for word in FAST)


def git_revision() -> str:
    """The revision of the code, or "unknown" outside a git checkout."""
    try:
        command = ["git", "rev-parse", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent)  # noqa: S603  # nosec B603
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
