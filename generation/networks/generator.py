"""The conditional generator: a learned atlas of the chest, moved by the patient's geometry.

Every patient is one atlas seen through a warp. The generator therefore keeps feature maps of the chest in
canonical coordinates as parameters, and moves them into the patient's frame with the sampling grid of the
anatomy plus learned residual flows (several groups of maps, each with a flow of its own, so that heart,
diaphragm, mediastinum and vessels can move apart from the ribs). Every part of the condition has maps of its own
in the same coordinates: the places where it shows. A small modulated U-Net then decides what the condition does
to the chest, and draws the radiograph and the mask of the lesion. Ribs and vessels need not
be invented from a vector: they are sharp within minutes of training, on a processor without accelerator.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as functional
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn

from generation.networks.layers import SLOPE, ModulatedBlock, Modulation, activate, conv3, halve, silence, upsample
from generation.patients.anatomy import FIELD_MM

WARP_DIM = 2 * 6 * 6
HALF_FIELD_MM = FIELD_MM / 2


class GeneratorOutput(NamedTuple):
    """``image`` (B, 1, N, N), without noise, 0 to 1 (training may overshoot a little); ``mask`` logits (B, 1, N, N)."""

    image: Tensor
    mask: Tensor


class Atlas(nn.Module):
    """Learned canonical feature maps: a common one, and a correction for each gate.

    ``forward`` takes gates (B, gates) and returns (B, channels, size, size) in canonical coordinates.
    """

    def __init__(self, gates: int, channels: int, size: int, spread: float = 0.1) -> None:
        super().__init__()
        self.channels, self.size = channels, size
        self.common = nn.Parameter(torch.randn(channels * size * size) * spread)
        self.corrections = nn.Parameter(torch.zeros(gates, channels * size * size))

    def forward(self, gates: Tensor) -> Tensor:
        return torch.addmm(self.common, gates, self.corrections).view(-1, self.channels, self.size, self.size)


class ResidualFlows(nn.Module):
    """Displacements in canonical coordinates, one field per group, from control points read from the style."""

    CONTROL = 8
    FINE = 32

    def __init__(self, style_dim: int, groups: int) -> None:
        super().__init__()
        self.groups = groups
        self.project = nn.Linear(style_dim, groups * 2 * self.CONTROL**2)
        nn.init.zeros_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(self, style: Tensor, grid: Tensor) -> list[Tensor]:
        """The sampling grid (B, H, W, 2) of each group, displaced."""
        moved = functional.grid_sample(
            self._fields(style), grid, mode="bilinear", padding_mode="border", align_corners=False
        )
        return [grid + field.permute(0, 2, 3, 1) for field in moved.chunk(self.groups, dim=1)]

    def each(self, style: Tensor, grids: Tensor) -> list[Tensor]:
        """The grids (B, groups, H, W, 2), each displaced by the field of its own group."""
        pairs = zip(self._fields(style).chunk(self.groups, dim=1), grids.unbind(1), strict=True)
        return [
            grid + functional.grid_sample(field, grid, padding_mode="border", align_corners=False).permute(0, 2, 3, 1)
            for field, grid in pairs
        ]

    def _fields(self, style: Tensor) -> Tensor:
        control = self.project(style).view(-1, 2 * self.groups, self.CONTROL, self.CONTROL) * 0.1
        return functional.interpolate(control, size=self.FINE, mode="bicubic", align_corners=True)


class Grain(nn.Module):
    """Random fields multiplied by the places where the condition shows: the patchiness of a lesion."""

    PRODUCTS = 24
    GAIN = 3.0
    """Makes what few samples show learn faster than what all show, under Adam's equal steps."""

    def __init__(self, place_channels: int, field_channels: int, channels: int) -> None:
        super().__init__()
        self.places = nn.Conv2d(place_channels, self.PRODUCTS, 1)
        self.fields = nn.Conv2d(field_channels, self.PRODUCTS, 1)
        self.spread = conv3(self.PRODUCTS, channels)
        silence(self.spread)

    def forward(self, places: Tensor, fields: Tensor) -> Tensor:
        """(B, place_channels, H, W) and (B, field_channels, H, W) to (B, channels, H, W)."""
        return self.spread(self.GAIN * self.places(places) * self.fields(fields))


class LungEdge(nn.Module):
    """Where a lung with air around it ends: its pleural line and the gas outside it.

    Keeps maps in canonical coordinates, (1, 4, H, W): the distance to the chest wall in cm for the right and the left
    lung, and where these lungs are (0 to 1). The edge runs at the rim's width from the wall, wider towards the apex.
    """

    LINE_MM = 0.9
    GAIN = 8.0
    HILUM_MM = (9.0, 41.0)

    def __init__(self, size: int, channels_half: int, channels_full: int) -> None:
        super().__init__()
        self.wall_atlas = nn.Parameter(torch.zeros(1, 4, size, size))
        self.to_half = conv3(2, channels_half)
        self.to_full = nn.Conv2d(2, channels_full, 1)
        silence(self.to_half)
        silence(self.to_full)

    def forward(self, rims: Tensor, grid: Tensor, rough: Tensor) -> tuple[Tensor, Tensor]:
        """Rims (B, 2) in mm, the geometry's grid (B, H, W, 2) and smooth noise (B, 1, h, w) to two feature maps.

        The first is (B, channels_half, H, W), the second (B, channels_full, 2 H, 2 W); both zero without a rim.
        """
        maps = functional.grid_sample(
            self.wall_atlas.expand(len(grid), -1, -1, -1), grid, padding_mode="zeros", align_corners=False
        )
        height = -grid[:, None, :, :, 1] * HALF_FIELD_MM - grid.new_tensor(self.HILUM_MM)[None, :, None, None]
        share = 0.72 + 0.62 * torch.sigmoid((height - 4) / 22) + 0.06 * upsample(rough)
        edge = upsample(10 * maps[:, :2] - rims[:, :, None, None] * share)
        there = upsample(maps[:, 2:]) * (rims > 0)[:, :, None, None]
        gas = (1 - torch.sigmoid(edge / self.LINE_MM)) * there
        line = torch.exp(-((edge / self.LINE_MM) ** 2)) * there
        features = self.GAIN * torch.stack([gas.sum(dim=1), line.sum(dim=1)], dim=1)
        return self.to_half(halve(features)), self.to_full(features)


def sample_groups(maps: Tensor, grids: list[Tensor]) -> Tensor:
    """Sample (B, C, H, W) maps, split into equal groups of channels, each through its own grid."""
    parts = [
        functional.grid_sample(part, grid, mode="bilinear", padding_mode="border", align_corners=False)
        for part, grid in zip(maps.chunk(len(grids), dim=1), grids, strict=True)
    ]
    return torch.cat(parts, dim=1)


def enlarge_grid(grid: Tensor, factor: int = 2) -> Tensor:
    """A sampling grid (B, H, W, 2) at a higher resolution."""
    return upsample(grid.permute(0, 3, 1, 2), factor).permute(0, 2, 3, 1)


def shrink_grid(grid: Tensor) -> Tensor:
    """A sampling grid (B, H, W, 2) at half of the resolution."""
    return halve(grid.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


class ChestGenerator(ModelMixin, ConfigMixin):
    """Draws a frontal chest radiograph and the mask of its lesion.

    ``forward`` takes the patient's ``vector`` (B, vector_dim) and ``warp`` (B, 2, 6, 6), random ``fields``
    (B, field_channels, N/4, N/4) over the film, the ``condition`` (B, condition_dim) and ``grid`` (B, N/2, N/2, 2):
    the sampling grid of the anatomy's geometry into canonical coordinates, -1 to 1, at half of the image's size N.
    ``fine_fields`` (B, fine_channels, N/2, N/2) are random fields of finer grain. ``part_grids``
    (B, parts, N/2, N/2, 2) are the sampling grids of what moves by itself in a known way, and ``part_gates``
    (B, parts) whether it is there: the clavicles, a pacemaker. ``rims`` (B, 2) is the width in mm of the air around
    the right and the left lung.
    ``gate_components`` are the positions in the vector that choose between atlases (posture, mirrored vessels).
    """

    @register_to_config
    def __init__(
        self,
        vector_dim: int,
        condition_dim: int,
        gate_components: tuple[int, ...] = (),
        field_channels: int = 12,
        fine_channels: int = 2,
        parts: int = 2,
        size: int = 256,
        groups: int = 4,
        low_channels: int = 24,
        high_channels: int = 8,
        place_channels: int = 12,
        width: int = 32,
        style_dim: int = 128,
    ) -> None:
        super().__init__()
        self.gate_components = list(gate_components)
        self.style = nn.Sequential(
            nn.Linear(vector_dim + WARP_DIM + condition_dim, style_dim),
            nn.LeakyReLU(SLOPE),
            nn.Linear(style_dim, style_dim),
            nn.LeakyReLU(SLOPE),
        )
        self.flows = ResidualFlows(style_dim, groups + 1)
        self.low_atlas = Atlas(len(gate_components), low_channels, size // 2)
        self.high_atlas = Atlas(len(gate_components), high_channels, size)
        self.place_atlas = Atlas(condition_dim, place_channels, size // 4, spread=0.0)
        deep = 2 * width
        self.enter = conv3(low_channels, width, stride=2)
        self.mix = conv3(width + field_channels + place_channels + 2, deep)
        self.middle = ModulatedBlock(deep, style_dim)
        self.sink = conv3(deep, deep, stride=2)
        self.deepest = ModulatedBlock(deep, style_dim)
        self.rise = conv3(deep, deep)
        self.middle_out = ModulatedBlock(deep, style_dim)
        self.narrow = nn.Conv2d(deep, width, 1)
        self.outline = conv3(low_channels, width)
        self.merge = Modulation(style_dim, width)
        self.detail = ModulatedBlock(width, style_dim)
        self.gain = nn.Conv2d(width, high_channels, 1)
        self.lift = nn.Conv2d(width, 4 * high_channels, 3, padding=1)
        self.fuse = conv3(high_channels, high_channels)
        self.draw = conv3(high_channels, 2)
        self.grain = Grain(place_channels, field_channels, deep)
        self.fine_grain = Grain(width, fine_channels, width)
        self.lung_edge = LungEdge(size // 2, width, high_channels)
        self.part_flows = ResidualFlows(style_dim, parts)
        self.part_atlas = nn.Parameter(torch.zeros(parts, high_channels, size, size))

    def forward(
        self,
        vector: Tensor,
        warp: Tensor,
        fields: Tensor,
        fine_fields: Tensor,
        condition: Tensor,
        grid: Tensor,
        part_grids: Tensor,
        part_gates: Tensor,
        rims: Tensor,
    ) -> GeneratorOutput:
        style = self.style(torch.cat([vector, warp.flatten(1), 2 * condition], dim=1))
        gates = vector[:, self.gate_components]
        *grids, place_grid = self.flows(style, grid)
        atlas = sample_groups(self.low_atlas(gates), grids)
        places = sample_groups(self.place_atlas(condition), [shrink_grid(place_grid)])
        where = halve(grid.permute(0, 3, 1, 2))
        grain = self.grain(places, fields)
        edge_half, edge = self.lung_edge(rims, grid, fields[:, :1])
        local = torch.cat([places, fields, where], dim=1)
        half = self._decode(atlas, local, grain, fine_fields, edge_half, style)
        fine = sample_groups(self.high_atlas(gates), [enlarge_grid(g) for g in grids])
        fine = fine + self._parts(style, part_grids, part_gates) + edge
        fine = fine * (1 + upsample(self.gain(half))) + functional.pixel_shuffle(self.lift(half), 2)
        out = self.draw(activate(fine + self.fuse(activate(fine))))
        return GeneratorOutput(image=out[:, :1] + 0.5, mask=out[:, 1:] * 4 - 2)

    def _parts(self, style: Tensor, part_grids: Tensor, part_gates: Tensor) -> Tensor:
        """The sum of the parts that are there, each moved by its own grid: (B, high_channels, N, N)."""
        total: Tensor | None = None
        for part, grid in enumerate(self.part_flows.each(style, part_grids)):
            maps = self.part_atlas[part].expand(len(grid), -1, -1, -1)
            drawn = sample_groups(maps, [enlarge_grid(grid)]) * part_gates[:, part, None, None, None]
            total = drawn if total is None else total + drawn
        return torch.zeros(()) if total is None else total

    def _decode(
        self, atlas: Tensor, local: Tensor, grain: Tensor, fine_fields: Tensor, edge: Tensor, style: Tensor
    ) -> Tensor:
        """A modulated U-Net over the moved atlas: (B, low_channels, N/2, N/2) to (B, width, N/2, N/2)."""
        middle = activate(self.mix(torch.cat([activate(self.enter(atlas)), local], dim=1)) + grain)
        middle = self.middle(middle, style)
        deep = self.deepest(activate(self.sink(middle)), style)
        middle = self.middle_out(middle + self.rise(upsample(deep)), style)
        context = upsample(self.narrow(middle))
        merged = context + self.outline(atlas) + self.fine_grain(context, fine_fields) + edge
        return self.detail(activate(self.merge(merged, style)), style)
