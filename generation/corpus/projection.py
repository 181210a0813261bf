"""Project the CT's channels into layers: a cone beam through the chest, posed and breathed in as asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import ndimage as ndi
from torch import Tensor

from generation.corpus.ct import CHANNEL_SPACING, MEDIASTINUM_X
from generation.corpus.layers import APEX_BELOW_TOP, FIELD, LOBES

SOURCE_TO_PATIENT = 1650.0
"""Distance in mm from the tube to the middle of the patient on a PA film."""
DEPTH = (6.0, 352.0)
"""Range along the rays in mm."""


@dataclass(frozen=True)
class Pose:
    """How the patient stood and breathed: rotation in degrees, diaphragm drop in mm and its flattening."""

    name: str
    yaw: float = 0.0
    pitch: float = 0.0
    inspiration: float = 22.0
    flattening: float = 0.34
    stretch: float = 1.07
    """Height of the standing chest over that of the lying one."""


POSES = (
    Pose("rest"),
    Pose("turned_left", yaw=4.0, inspiration=20.0),
    Pose("turned_right", yaw=-4.0, inspiration=24.0),
    Pose("shallow", inspiration=8.0, flattening=0.20),
    Pose("lordotic", pitch=5.0, inspiration=18.0),
    Pose("deep", inspiration=30.0, flattening=0.40),
)


@dataclass(frozen=True)
class Floor:
    """The diaphragm of the CT seen from above (mm), and where the lung stands on it (0 to 1)."""

    height: NDArray[np.float32]
    domes: NDArray[np.float32]
    footprint: NDArray[np.float32]
    apex: float
    centre_y: float

    @classmethod
    def of(cls, parts: dict[str, NDArray[np.float32]]) -> Floor:
        """Measure the lung's floor in the channels."""
        dx, dy, dz = CHANNEL_SPACING
        air = reduce(np.add, [parts[name] for name in LOBES]) > 0.4
        has = air.any(2)
        height = np.where(has, air.argmax(2) * dz, np.nan)
        nearest = ndi.distance_transform_edt(~has, return_distances=False, return_indices=True)
        height = height[tuple(nearest)]
        height = ndi.zoom(ndi.percentile_filter(height[::4, ::2], 35, size=(9, 7)), (4, 2), order=1)
        height = ndi.gaussian_filter(height, (26, 9)).astype(np.float32)
        domes = ndi.zoom(ndi.percentile_filter(height[::8, ::4], 70, size=(15, 9)), (8, 4), order=1)[:, : has.shape[1]]
        domes = np.pad(domes, ((0, 0), (0, has.shape[1] - domes.shape[1])), mode="edge")
        near_heart = np.exp(-((((np.arange(has.shape[0]) - MEDIASTINUM_X) * dx - 22) / 62) ** 4))[:, None]
        domes = height + (ndi.gaussian_filter(domes, (26, 9)) - height) * near_heart
        stands = ndi.gaussian_filter(ndi.binary_erosion(has, iterations=2).astype(np.float32), (15, 5))
        apex = float(np.where(air.any((0, 1)))[0].max() * dz)
        return cls(height, domes.astype(np.float32), stands, apex, float(np.mean(np.where(has)[1]) * dy))


def project(
    parts: dict[str, NDArray[np.float32]],
    floor: Floor,
    pose: Pose,
    size: int,
    steps: int = 100,
    report: Callable[[float], None] = lambda share: None,
) -> dict[str, NDArray[np.float32]]:
    """Line integrals (size, size) in cm of water equivalent for every channel."""
    volumes = {name: torch.from_numpy(part.astype(np.float32))[None, None] for name, part in parts.items()}
    layers = {name: np.zeros((size, size), np.float32) for name in parts}
    step_cm = (DEPTH[1] - DEPTH[0]) / steps / 10
    for first in range(0, size, 32):
        rows = torch.arange(first, min(size, first + 32)).float()
        grid = _rays(floor, pose, rows, size, steps)
        for name, volume in volumes.items():
            ray = F.grid_sample(volume, grid, align_corners=True, padding_mode="border")[0, 0].sum(-1) * step_cm
            layers[name][first : first + len(rows)] = ray.numpy()
        report(min(1.0, (first + 32) / size))
    return layers


def _rays(floor: Floor, pose: Pose, rows: Tensor, size: int, steps: int) -> Tensor:
    """Sampling positions (1, rows, size, steps, 3) in the channels' normalised coordinates."""
    pixel = FIELD / size
    across = (torch.arange(size) + 0.5) * pixel - FIELD / 2
    top = floor.apex + APEX_BELOW_TOP
    depth = torch.linspace(*DEPTH, steps) - floor.centre_y
    z, x, y = torch.meshgrid(top - (rows + 0.5) * pixel, across, depth, indexing="ij")
    centre = top - FIELD / 2
    spread = (SOURCE_TO_PATIENT + y) / SOURCE_TO_PATIENT
    x, z = x * spread, centre + (z - centre) * spread
    turn = np.deg2rad(pose.yaw)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    tilt = np.deg2rad(pose.pitch)
    x, z, y = x, centre + (z - centre) * np.cos(tilt) - y * np.sin(tilt), y * np.cos(tilt) + (z - centre) * np.sin(tilt)
    z = floor.apex + (z - floor.apex) / pose.stretch
    x, y = x + MEDIASTINUM_X * CHANNEL_SPACING[0], y + floor.centre_y
    z = _breathe_out(floor, pose, x, y, z)
    (nx, ny), nz = floor.height.shape, 266
    ends = (
        x / ((nx - 1) * CHANNEL_SPACING[0]),
        y / ((ny - 1) * CHANNEL_SPACING[1]),
        z / ((nz - 1) * CHANNEL_SPACING[2]),
    )
    return torch.stack([end * 2 - 1 for end in reversed(ends)], -1)[None].float()


def _breathe_out(floor: Floor, pose: Pose, x: Tensor, y: Tensor, z: Tensor) -> Tensor:
    """Where a point of the breathed-in chest was in the CT; the drop fades from the diaphragm to the apex."""
    ix = (x / CHANNEL_SPACING[0]).clamp(0, floor.height.shape[0] - 1).long()
    iy = (y / CHANNEL_SPACING[1]).clamp(0, floor.height.shape[1] - 1).long()
    height, domes, stands = (torch.from_numpy(a)[ix, iy] for a in (floor.height, floor.domes, floor.footprint))
    low = float(np.percentile(floor.height, 8))
    drop = (pose.inspiration + pose.flattening * (domes - low).clamp(min=0)) * stands
    t = ((floor.apex - z) / (floor.apex - (height - drop)).clamp(min=30)).clamp(0, 1)
    return z + drop * t * t * (3 - 2 * t)
