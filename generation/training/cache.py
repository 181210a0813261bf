"""Samples rendered ahead, on disk: so that training never waits for the simulator and shuffles freely.

A cache is a folder with ``samples.bin`` (image, healthy twin and mask of every sample, memory-mapped),
``anatomies.bin`` (the patient's numbers, as they were when the sample was rendered) and ``specs.jsonl``. It may
still be growing while a training reads it. Some patients are held out for evaluation: ``is_held_out`` decides by
the patient's seed, so that no cache can leak them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from generation.networks.inputs import Inputs
from generation.patients.anatomy import ANATOMY_DIM, TEXTURE_SHAPE, WARP_GRID, Anatomy
from generation.spec import CaseSpec

LAYERS = 3
GREYS = 65535
ANATOMY_PARTS = (("vector", (ANATOMY_DIM,)), ("warp", (2, WARP_GRID, WARP_GRID)), ("texture", TEXTURE_SHAPE))
ANATOMY_NUMBERS = sum(math.prod(shape) for _, shape in ANATOMY_PARTS)


def is_held_out(spec: CaseSpec) -> bool:
    """Whether this patient belongs to evaluation alone: one in ten."""
    return spec.seed % 10 == 9


@dataclass
class Batch:
    """Inputs and the truth (B, 1, N, N): picture, the patient without the finding, mask; float32, 0 to 1."""

    inputs: Inputs
    image: Tensor
    normal: Tensor
    mask: Tensor

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on another device."""
        return Batch(self.inputs.to(device), self.image.to(device), self.normal.to(device), self.mask.to(device))


class Corpus(Protocol):
    """Anything that gives batches: ``count`` patients, and ``twins`` of them once more as their healthy twins."""

    def batch(self, rng: np.random.Generator, count: int, twins: int) -> Batch: ...


class CachedCorpus:
    """Batches from a cache folder. Raises FileNotFoundError when there is none, ValueError when it is empty."""

    def __init__(self, folder: Path, size: int, newest: int | None = None) -> None:
        self.folder, self.size, self.newest = folder, size, newest
        self.specs: list[CaseSpec] = []
        self._read_specs()
        if not self.specs:
            raise ValueError(f"The corpus cache {folder} is empty. Render samples into it first.")

    def __len__(self) -> int:
        return len(self.specs)

    def batch(self, rng: np.random.Generator, count: int, twins: int) -> Batch:
        """Patients at random; the first ``twins`` of those that are ill are shown healthy once more."""
        if rng.random() < 0.02:
            self._read_specs()
        chosen = [int(position) for position in rng.integers(len(self.specs), size=count)]
        return self.load(chosen, twins)

    def load(self, positions: Sequence[int], twins: int = 0) -> Batch:
        """The samples at ``positions``, with healthy twins of the first ``twins`` patients who are ill."""
        specs = [self.specs[position] for position in positions]
        samples, anatomies = self._stored()
        stored = torch.from_numpy(samples[list(positions)].astype(np.float32) / GREYS)
        image, normal, mask = stored[:, 0:1], stored[:, 1:2], stored[:, 2:3]
        ill = [index for index, spec in enumerate(specs) if spec.finding != "normal"][:twins]
        patients = unpack(torch.from_numpy(anatomies[[*positions, *(positions[index] for index in ill)]]))
        return Batch(
            inputs=Inputs.of(specs + [specs[index].healthy_twin() for index in ill], self.size, patients),
            image=torch.cat([image, normal[ill]]),
            normal=torch.cat([normal, normal[ill]]),
            mask=torch.cat([mask, torch.zeros_like(mask[ill])]),
        )

    def _stored(self) -> tuple[np.ndarray, np.ndarray]:
        count = len(self.specs)
        samples = np.memmap(self.folder / "samples.bin", np.uint16, "r", shape=(count, LAYERS, self.size, self.size))
        return samples, np.memmap(self.folder / "anatomies.bin", np.float32, "r", shape=(count, ANATOMY_NUMBERS))

    def _read_specs(self) -> None:
        lines = (self.folder / "specs.jsonl").read_text().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        self.specs.extend(CaseSpec.from_dict(json.loads(line)) for line in whole[len(self.specs) :])


def simulated_specs(rng: np.random.Generator, held_out: bool = False) -> Iterator[CaseSpec]:
    """Endless specs of the simulated corpus: either patients to learn from, or those held out."""
    from generation.corpus.sampling import draw_specs

    while True:
        yield from (spec for spec in draw_specs(rng, 16) if is_held_out(spec) == held_out)


def grow_cache(folder: Path, size: int, count: int, seed: int = 0, chunk: int = 8) -> Iterator[int]:
    """Render simulated samples until the cache holds ``count``; yields how many it holds, after every chunk.

    Can be interrupted and called again: it goes on after the last whole chunk.
    """
    from generation.corpus.simulator import Simulator

    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / "specs.jsonl"
    held = len(listed.read_text().splitlines()) if listed.exists() else 0
    simulator = Simulator() if held < count else None
    specs = simulated_specs(np.random.default_rng([seed, held]))
    while simulator is not None and held < count:
        group = [next(specs) for _ in range(min(chunk, count - held))]
        samples = simulator.render(group, size=size)
        stored = torch.cat([samples.image, samples.normal, samples.mask], dim=1).clamp(0, 1)
        _write(folder / "samples.bin", held, (stored.numpy() * GREYS).round().astype(np.uint16))
        _write(folder / "anatomies.bin", held, pack(samples.anatomy).numpy())
        with listed.open("a") as file:
            file.writelines(json.dumps(spec.to_dict()) + "\n" for spec in group)
        held += len(group)
        yield held


def pack(anatomy: Anatomy) -> Tensor:
    """Anatomies as rows of numbers, (B, ANATOMY_NUMBERS) float32."""
    return torch.cat([getattr(anatomy, name).flatten(1) for name, _ in ANATOMY_PARTS], dim=1).float()


def unpack(rows: Tensor) -> Anatomy:
    """The anatomies that ``pack`` made into rows."""
    parts = rows.split([math.prod(shape) for _, shape in ANATOMY_PARTS], dim=1)
    return Anatomy(*(part.unflatten(1, shape) for part, (_, shape) in zip(parts, ANATOMY_PARTS, strict=True)))


def _write(path: Path, position: int, rows: np.ndarray) -> None:
    with path.open("r+b" if position else "wb") as file:
        file.seek(position * rows[0].nbytes)
        file.write(rows.tobytes())
