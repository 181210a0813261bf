"""From specs to the generator's inputs: the anatomy's numbers, the condition, the sampling grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor

from generation.networks.generator import ChestGenerator, GeneratorOutput
from generation.patients.anatomy import (
    ANATOMY_DIM,
    ANATOMY_NAMES,
    APEX_Z,
    CONDITION_DIM,
    FIELD_MM,
    Anatomy,
    condition_vector,
    draw_anatomy,
    geometry,
)
from generation.spec import CaseSpec

FIELD_LAYERS = 4
FIELD_REPEATS = (1, 2, 4)
"""The first layers of the texture are spread over the film, whole and tiled, as lesions' grain."""
FINE_FIELDS = ((1, 6), (3, 7))
"""(layer, repeat) of the fields whose grain is too fine for a quarter of the film's size: the reticular pattern."""
HALF_FIELD_MM = FIELD_MM / 2
POCKET_MM = (95.5, APEX_Z - 66)
"""Where a pacemaker's generator lies in canonical coordinates, mm to the patient's left and upwards."""
RIM_MM = (0.0, 14.0, 29.0, 52.0)
RIM_SPREAD_MM = (0.0, 2.2, 3.0, 4.0)
"""Air around the lung at pneumothorax stages 0 to 3, and how much it varies between patients, as in the corpus."""
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
    fine_fields: Tensor
    condition: Tensor
    grid: Tensor
    part_grids: Tensor
    part_gates: Tensor
    rims: Tensor

    @classmethod
    def of(cls, specs: Sequence[CaseSpec], size: int, anatomy: Anatomy | None = None) -> Inputs:
        """The inputs for films of ``size`` pixels; the anatomy is drawn from the specs unless given."""
        anatomy = draw_anatomy(specs) if anatomy is None else anatomy
        grid = geometry(anatomy, size // 2)
        return cls(
            vector=torch.cat([anatomy.vector, _chances(anatomy.texture)], dim=1),
            warp=anatomy.warp,
            fields=_fields(anatomy.texture, size // 4),
            fine_fields=_fine_fields(anatomy.texture, size // 2),
            condition=condition_vector(specs),
            grid=grid,
            part_grids=torch.stack([_clavicle_grid(anatomy, grid), _pacemaker_grid(anatomy, grid)], dim=1),
            part_gates=torch.stack([torch.ones(len(anatomy)), anatomy.value("pacemaker")], dim=1),
            rims=_rims(specs, anatomy.texture),
        )

    def to(self, device: torch.device | str) -> Inputs:
        """The same batch on another device."""
        return Inputs(*(getattr(self, field.name).to(device) for field in fields(self)))

    def draw(self, generator: ChestGenerator) -> GeneratorOutput:
        """Run the generator on this batch."""
        return generator.forward(**{field.name: getattr(self, field.name) for field in fields(self)})


def _rims(specs: Sequence[CaseSpec], texture: Tensor) -> Tensor:
    """Mean width of the air around each lung in mm, (B, 2); none beyond stage 2, where the lung collapses."""
    rims = torch.zeros(len(specs), 2)
    for row, spec in enumerate(specs):
        if spec.finding == "pneumothorax" and spec.stage <= 2.5:
            chance = float(texture[row, 5, 0, 0].clamp(-1.8, 1.8))
            stages = range(len(RIM_MM))
            width, spread = (float(np.interp(spec.stage, stages, table)) for table in (RIM_MM, RIM_SPREAD_MM))
            rims[row, int(spec.side == "left")] = width + spread * chance
    return rims


def _clavicle_grid(anatomy: Anatomy, grid: Tensor) -> Tensor:
    """The sampling grid of the clavicles: raised and tilted as in this patient."""
    height, tilt = (anatomy.value(name)[:, None, None] for name in ("clavicle_height", "clavicle_tilt"))
    rise = height + tilt * (grid[..., 0].abs() * HALF_FIELD_MM - 60) / 40
    return torch.stack([grid[..., 0], grid[..., 1] + rise / HALF_FIELD_MM], dim=-1)


def _pacemaker_grid(anatomy: Anatomy, grid: Tensor) -> Tensor:
    """The sampling grid of a pacemaker: shifted and turned as in this patient, its leads less with the distance."""
    x, z = grid[..., 0] * HALF_FIELD_MM - POCKET_MM[0], -grid[..., 1] * HALF_FIELD_MM - POCKET_MM[1]
    right, up, turn = (anatomy.value(name)[:, None, None] for name in ("pacemaker_x", "pacemaker_z", "pacemaker_turn"))
    near = torch.exp(-(x**2 + z**2) / 70**2)
    x, z = x - right * near, z - up * near
    turn = turn * torch.sigmoid((32 - torch.hypot(x, z)) / 4)
    x, z = x * torch.cos(turn) + z * torch.sin(turn), z * torch.cos(turn) - x * torch.sin(turn)
    return torch.stack([(x + POCKET_MM[0]) / HALF_FIELD_MM, -(z + POCKET_MM[1]) / HALF_FIELD_MM], dim=-1)


def _fine_fields(texture: Tensor, size: int) -> Tensor:
    spread = [
        functional.interpolate(
            texture[:, layer : layer + 1].repeat(1, 1, repeat, repeat),
            size=(size, size),
            mode="bicubic",
            align_corners=False,
        )
        for layer, repeat in FINE_FIELDS
    ]
    return torch.cat(spread, dim=1)


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
        fine_channels=len(FINE_FIELDS),
        parts=2,
        size=size,
        **options,
    )
