"""A small reader: tells finding and stage from a film. Learns from simulated films alone, never from drawn ones.

It judges whether the generator shows what was ordered. Its accuracy on simulated films of patients it never saw is
the ceiling that the generator is held against.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from generation.networks.layers import activate, conv3, halve
from generation.spec import CaseSpec
from generation.training.cache import CachedCorpus
from generation.vocabulary import FINDINGS

CLASSES = tuple(FINDINGS)
TOP_STAGE = max(finding.max_stage for finding in FINDINGS.values())
BATCH = 24
VISIBLE = 0.5
"""Between stages, what is closer to healthy than to stage 1 is read as normal."""


class Reader(nn.Module):
    """``forward`` takes films (B, 1, N, N), 0 to 1, and returns logits of CLASSES and then a stage."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        widths = (1, width, 2 * width, 3 * width, 4 * width, 6 * width)
        self.steps = nn.ModuleList(conv3(before, after, stride=2) for before, after in pairwise(widths))
        self.last = conv3(widths[-1], widths[-1])
        self.head = nn.Linear(2 * widths[-1], len(CLASSES) + 1)

    def forward(self, film: Tensor) -> Tensor:
        x = (halve(film) - 0.6) * 3
        for step in self.steps:
            x = activate(step(x))
        x = activate(self.last(x))
        return self.head(torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], dim=1))


def labels(specs: Sequence[CaseSpec]) -> tuple[Tensor, Tensor]:
    """What a reader should say: index into CLASSES (B,), and stage (B,)."""
    shown = [spec if spec.stage >= VISIBLE else spec.healthy_twin() for spec in specs]
    classes = torch.tensor([CLASSES.index(spec.finding) for spec in shown])
    return classes, torch.tensor([float(spec.stage) for spec in shown])


def with_grain(film: Tensor) -> Tensor:
    """Films with white noise of about the detector's strength, and a random exposure: what reading must ignore."""
    exposure = 1 + 0.04 * torch.randn(len(film), 1, 1, 1)
    return (film * exposure + 0.012 * torch.randn_like(film)).clamp(0, 1)


def train_reader(corpus: CachedCorpus, path: Path, minutes: float, seed: int = 0) -> Reader:
    """Train a reader on simulated films for ``minutes`` and save it to ``path``."""
    torch.manual_seed(seed)
    rng, reader = np.random.default_rng(seed), Reader()
    optimiser = torch.optim.Adam(reader.parameters(), lr=2e-3, fused=True)
    start = time.monotonic()
    while (share := (time.monotonic() - start) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * (1 - share) + 2e-5
        chosen = [int(position) for position in rng.integers(len(corpus), size=BATCH)]
        batch, specs = corpus.load(chosen), [corpus.specs[position] for position in chosen]
        said = reader(with_grain(batch.image))
        classes, stages = labels(specs)
        loss = functional.cross_entropy(said[:, :-1], classes) + 0.5 * functional.smooth_l1_loss(said[:, -1], stages)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    torch.save(reader.state_dict(), path)
    return reader.eval()


def load_reader(path: Path) -> Reader:
    """A reader that ``train_reader`` saved. Raises FileNotFoundError when there is none."""
    reader = Reader()
    reader.load_state_dict(torch.load(path, weights_only=True))
    return reader.eval()


@torch.inference_mode()
def read(reader: Reader, films: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Finding and stage that the reader sees on films (B, N, N), float 0 to 1."""
    said = reader(torch.from_numpy(films)[:, None].float())
    return [CLASSES[index] for index in said[:, :-1].argmax(1).tolist()], said[:, -1].clamp(0, TOP_STAGE).numpy()
