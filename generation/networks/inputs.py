"""From specs to the generator's inputs: the anatomy's numbers, the condition, the sampling grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from generation.networks.generator import ChestGenerator, GeneratorOutput
from generation.patients.anatomy import (
    ANATOMY_DIM,
    ANATOMY_NAMES,
    CONDITION_DIM,
    TEXTURE_SHAPE,
    Anatomy,
    condition_vector,
    draw_anatomy,
    geometry,
)
from generation.spec import CaseSpec


@dataclass
class Inputs:
    """A batch for ``ChestGenerator``; shapes as in its docstring."""

    vector: Tensor
    warp: Tensor
    texture: Tensor
    condition: Tensor
    grid: Tensor

    @classmethod
    def of(cls, specs: Sequence[CaseSpec], size: int, anatomy: Anatomy | None = None) -> Inputs:
        """The inputs for films of ``size`` pixels; the anatomy is drawn from the specs unless given."""
        anatomy = draw_anatomy(specs) if anatomy is None else anatomy
        grid = geometry(anatomy, size // 2)
        return cls(anatomy.vector, anatomy.warp, anatomy.texture, condition_vector(specs), grid)

    def to(self, device: torch.device | str) -> Inputs:
        """The same batch on another device."""
        return Inputs(*(getattr(self, field.name).to(device) for field in fields(self)))

    def draw(self, generator: ChestGenerator) -> GeneratorOutput:
        """Run the generator on this batch."""
        return generator.forward(self.vector, self.warp, self.texture, self.condition, self.grid)


def new_generator(size: int, **options: Any) -> ChestGenerator:
    """An untrained generator that fits today's anatomy and vocabulary."""
    gates = [
        position
        for position, name in enumerate(ANATOMY_NAMES)
        if (name.startswith("pose_") and position > 0) or name == "mirrored"
    ]
    return ChestGenerator(
        vector_dim=ANATOMY_DIM,
        condition_dim=CONDITION_DIM,
        gate_components=gates,
        texture_channels=TEXTURE_SHAPE[0],
        size=size,
        **options,
    )
