"""From specs to the generator's inputs: the anatomy's numbers, the condition, the sampling grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor

from generation.networks.generator import ChestGenerator, GeneratorOutput
from generation.patients.anatomy import (
    ANATOMY_DIM,
    ANATOMY_NAMES,
    CONDITION_DIM,
    Anatomy,
    condition_vector,
    draw_anatomy,
    geometry,
)
from generation.spec import CaseSpec

FIELD_LAYERS = 4
FIELD_REPEATS = (1, 2, 4)
"""The first layers of the texture are spread over the film, whole and tiled, as lesions' grain."""
CHANCES = ((5, 0, 16), (5, 1, 16), (4, 4, 10), (4, 5, 10))
"""(layer, row, count) of the texture's numbers that are used one by one, as the places and sizes of lesions."""
FIELD_CHANNELS = FIELD_LAYERS * len(FIELD_REPEATS)
VECTOR_DIM = ANATOMY_DIM + sum(count for _, _, count in CHANCES)


@dataclass
class Inputs:
    """A batch for ``ChestGenerator``; shapes as in its docstring."""

    vector: Tensor
    warp: Tensor
    fields: Tensor
    condition: Tensor
    grid: Tensor

    @classmethod
    def of(cls, specs: Sequence[CaseSpec], size: int, anatomy: Anatomy | None = None) -> Inputs:
        """The inputs for films of ``size`` pixels; the anatomy is drawn from the specs unless given."""
        anatomy = draw_anatomy(specs) if anatomy is None else anatomy
        return cls(
            vector=torch.cat([anatomy.vector, _chances(anatomy.texture)], dim=1),
            warp=anatomy.warp,
            fields=_fields(anatomy.texture, size // 4),
            condition=condition_vector(specs),
            grid=geometry(anatomy, size // 2),
        )

    def to(self, device: torch.device | str) -> Inputs:
        """The same batch on another device."""
        return Inputs(*(getattr(self, field.name).to(device) for field in fields(self)))

    def draw(self, generator: ChestGenerator) -> GeneratorOutput:
        """Run the generator on this batch."""
        return generator.forward(self.vector, self.warp, self.fields, self.condition, self.grid)


def _fields(texture: Tensor, size: int) -> Tensor:
    layers = texture[:, :FIELD_LAYERS]
    spread = [
        functional.interpolate(
            layers.repeat(1, 1, repeat, repeat), size=(size, size), mode="bicubic", align_corners=False
        )
        for repeat in FIELD_REPEATS
    ]
    return torch.cat(spread, dim=1)


def _chances(texture: Tensor) -> Tensor:
    return torch.cat([texture[:, layer, row, :count] for layer, row, count in CHANCES], dim=1).clamp(-1.8, 1.8)


def new_generator(size: int, **options: Any) -> ChestGenerator:
    """An untrained generator that fits today's anatomy and vocabulary."""
    gates = [
        position
        for position, name in enumerate(ANATOMY_NAMES)
        if (name.startswith("pose_") and position > 0) or name == "mirrored"
    ]
    return ChestGenerator(
        vector_dim=VECTOR_DIM,
        condition_dim=CONDITION_DIM,
        gate_components=gates,
        field_channels=FIELD_CHANNELS,
        size=size,
        **options,
    )
