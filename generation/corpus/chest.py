"""One batch of patients' chests as layers on the film, ready to be changed by findings and composed into a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.corpus.atlas import Atlas
from generation.corpus.layers import APEX_Z, FIELD, FIXED, LAYERS, LOBES, MOVED, SIDES, VESSELS
from generation.corpus.signal import extent, noise_spline
from generation.patients.anatomy import FILM_MM, TEXTURE_SHAPE, Anatomy, film_mm, geometry

LUNG_CM = 1.2
HEART_CM = 1.0
HEART_ANCHOR_X = 4.0
"""Where in the atlas frame (mm) the heart stays when it grows."""
RIGHT_HEART = 1.12
"""The right atrium reaches further out than the scanned one, whose border the spine hides."""


@dataclass
class Chest:
    """Layers (B, N, N) in cm by name; ``x`` and ``z`` (B, N, N) are each pixel's place in the atlas frame in mm.

    ``fluid`` is the share of each lung's air that fluid has taken; ``added`` is water (cm) on top, ``dense`` is bone
    or metal (cm of bone). ``vessel_gain`` multiplies the vessels, ``upper_dilation`` adds dilated ones in the upper
    zones. ``marks`` are the atlas's landmarks per patient, each (B, 1, 1).
    """

    atlas: Atlas
    anatomy: Anatomy
    size: int
    x: Tensor
    z: Tensor
    marks: Mapping[str, Tensor]
    layers: dict[str, Tensor]
    heart_width: Tensor
    fluid: dict[str, Tensor]
    added: Tensor
    dense: Tensor
    air_gain: dict[str, Tensor]
    vessel_gain: Tensor
    upper_dilation: Tensor
    push: tuple[Tensor, Tensor]

    @classmethod
    def of(cls, atlas: Atlas, anatomy: Anatomy, size: int) -> Chest:
        """Healthy chests of ``anatomy`` (comorbidities of ``generation.corpus.comorbidities`` not yet applied)."""
        grid = geometry(anatomy, size)
        x, z = grid[..., 0] * (FIELD / 2), -grid[..., 1] * (FIELD / 2)
        marks = {name: values[anatomy.pose][:, None, None] for name, values in atlas.landmarks.items()}
        zero = torch.zeros_like(x)
        chest = cls(
            atlas, anatomy, size, x, z, marks, {}, zero, dict.fromkeys(SIDES, zero), zero, zero,
            {s: torch.ones_like(x) for s in SIDES}, torch.ones_like(x), zero, (zero, zero),
        )  # fmt: skip
        chest.layers = dict(zip(FIXED, chest.sample(FIXED, x, z).unbind(1), strict=True))
        chest.set_heart(anatomy.value("heart"))
        chest._place_clavicles()
        return chest

    def copy(self) -> Chest:
        """A chest that can be changed without changing this one."""
        return replace(self, layers=dict(self.layers), fluid=dict(self.fluid), air_gain=dict(self.air_gain))

    @property
    def poses(self) -> list[int]:
        """Each patient's posture, an index into the atlas."""
        return self.anatomy.pose.tolist()

    def column(self, name: str) -> Tensor:
        """A component of the anatomy as (B, 1, 1)."""
        return self.anatomy.value(name)[:, None, None]

    def sample(self, names: tuple[str, ...], x: Tensor, z: Tensor) -> Tensor:
        """Layers (B, len(names), N, N) at atlas positions ``x``, ``z`` in mm; ``names`` are neighbours in LAYERS."""
        grid = torch.stack([x / (FIELD / 2), -z / (FIELD / 2)], -1)
        first = LAYERS.index(names[0])
        banks = self.atlas.layers[:, first : first + len(names)]
        rows = [
            F.grid_sample(banks[pose][None], grid[i : i + 1], padding_mode="border", align_corners=False)
            for i, pose in enumerate(self.poses)
        ]
        return torch.cat(rows)

    def noise(self, channel: int, repeat: int = 1) -> Tensor:
        """Smooth noise (B, N, N) of unit scale from the patient's texture; grain is about 38 mm / ``repeat``."""
        spline = noise_spline(self.size, repeat, self.x.device)
        return 1.25 * (spline @ self.anatomy.texture[:, channel] @ spline.T)

    def chance(self, index: int) -> Tensor:
        """The patient's ``index``-th random number for lesions, standard normal within ±1.8, (B, 1, 1)."""
        row, column = divmod(index, TEXTURE_SHAPE[2])
        return self.anatomy.texture[:, 5, row, column].clamp(-1.8, 1.8)[:, None, None]

    def air(self, side: str) -> Tensor:
        """Air of one healthy lung in cm."""
        first, *others = (self.layers[name] for name in LOBES if name[4] == side)
        return sum(others, first)

    def lung(self, side: str) -> Tensor:
        """Where one lung is on the film, bool."""
        return self.air(side) > LUNG_CM

    def fill(self, side: str, share: Tensor) -> None:
        """Turn ``share`` (0 to 1) of what air is left in one lung into fluid."""
        self.fluid[side] = 1 - (1 - self.fluid[side]) * (1 - share.clamp(0, 0.99))

    def push_mediastinum(self, millimetres: Tensor, drop_right: Tensor, drop_left: Tensor) -> None:
        """Push the mediastinum to the patient's left by ``millimetres`` and hemidiaphragms down; each (B, 1, 1)."""
        window = (
            torch.exp(-((self.x / 82) ** 4)) * torch.sigmoid((150 - self.z) / 15) * torch.sigmoid((self.z + 105) / 14)
        )
        left = torch.sigmoid((self.x - 10) / 14)
        depth = ((60 - self.z) / 140).clamp(0, 1)
        drop = (drop_left * left + drop_right * (1 - left)) * depth * depth * (3 - 2 * depth)
        self.push = (millimetres * window, -drop)
        self._resample()

    def set_heart(self, ratio: Tensor) -> None:
        """Make the heart ``ratio`` (B,) of the thorax wide, as measured on the film; lungs give way or fill in."""
        thorax = self.marks["lateral_L"] - self.marks["lateral_R"]
        width = ratio[:, None, None] * thorax
        x, z = self._around_heart(width)
        seen = extent((self.sample(("heart",), x, z)[:, 0] > HEART_CM).any(1)) / self.thorax_px()
        self.heart_width = width * (ratio / seen).clamp(0.85, 1.18)[:, None, None]
        self._resample()

    def heart_ratio(self) -> Tensor:
        """Width of the heart over the inner width of the thorax, measured on the film, (B,)."""
        return extent((self.layers["heart"] > HEART_CM).any(1)) / self.thorax_px()

    def thorax_px(self) -> Tensor:
        """Widest inner width of the thorax on the film in pixels, (B,)."""
        floor = torch.minimum(self.marks["floor_R"], self.marks["floor_L"])
        inside = (self.layers["wall_R"] > 0.15) & (self.layers["wall_L"] > 0.15) & (self.z > floor + 24)
        return extent((inside & (self.z < APEX_Z - 40)).any(1))

    def heart_left(self) -> Tensor:
        """Place of the heart's left border in the atlas frame in mm, (B, 1, 1)."""
        return HEART_ANCHOR_X + self._borders(self.heart_width)[1]

    def _borders(self, width: Tensor) -> tuple[Tensor, Tensor]:
        """Distances of the heart's right and left border from the anchor for a heart ``width`` mm wide."""
        right, left = HEART_ANCHOR_X - self.marks["heart_right"], self.marks["heart_left"] - HEART_ANCHOR_X
        scale = width / (right * RIGHT_HEART + left)
        return scale * right * RIGHT_HEART, scale * left

    def _around_heart(self, width: Tensor) -> tuple[Tensor, Tensor]:
        """Where in the atlas each pixel comes from when the heart is ``width`` mm wide (B, 1, 1) and pushes are on.

        From the anchor to the border the picture is stretched evenly; the stretch ends at the chest wall.
        """
        x, z = self.x - self.push[0], self.z - self.push[1]
        u = x - HEART_ANCHOR_X
        right, left = self._borders(width)
        scanned = (HEART_ANCHOR_X - self.marks["heart_right"], self.marks["heart_left"] - HEART_ANCHOR_X)
        walls = (HEART_ANCHOR_X - self.marks["lateral_R"] - 4, self.marks["lateral_L"] - HEART_ANCHOR_X - 8)
        stretch = [
            (was / border - 1) / (1 - (border / wall) ** 2)
            for was, border, wall in zip(scanned, (right, left), walls, strict=True)
        ]
        k = torch.where(u < 0, stretch[0], stretch[1])
        t = u.abs() / (u.abs() + 10 * torch.where(u < 0, self.layers["wall_R"], self.layers["wall_L"]) + 0.1)
        base = 0.3 * self.marks["heart_bottom"] + 0.7 * self.marks["heart_top"]
        low = torch.sigmoid((base - z) / 16)
        shape = 1 + self.column("heart_shape") * torch.exp(-(((z - base + 30) / 60) ** 2) - (u / 90) ** 2)
        return HEART_ANCHOR_X + u * (1 + k * (1 - t * t).clamp(min=0) * low), base + (z - base) * shape

    def _resample(self) -> None:
        moved = self.sample(MOVED, *self._around_heart(self.heart_width))
        self.layers.update(zip(MOVED, moved.unbind(1), strict=True))
        self._mirror_vessels()

    def aorta(self) -> Tensor:
        """Aorta thickness (B, N, N) in cm, widened with age."""
        widening = 1 + 0.34 * self.column("aorta").clamp(0, 1.2)
        x, z = self._around_heart(self.heart_width)
        x, z = 8 + (x - 8) / widening, 62 + (z - 62) / (1 + 0.1 * (widening - 1))
        return self.sample(("aorta",), x, z)[:, 0]

    def _mirror_vessels(self) -> None:
        """Exchange the vessels of both lungs in those patients who have them mirrored."""
        if not bool((self.anatomy.value("mirrored") > 0.5).any()):
            return
        flags = self.column("mirrored") > 0.5
        x, z = self.x - self.push[0], self.z - self.push[1]
        swapped = dict(zip(VESSELS, self.sample(VESSELS, -x, z).unbind(1), strict=True))
        inside = {side: (self.air(side) / 3).clamp(0, 1) for side in SIDES}
        for name in VESSELS:
            side, other = name[-1], "RL"[name[-1] == "R"]
            mirrored = swapped[name[:-1] + other] * inside[side]
            self.layers[name] = torch.where(flags, mirrored, self.layers[name])

    def _place_clavicles(self) -> None:
        side = self.x.abs()
        rise = self.column("clavicle_height") + self.column("clavicle_tilt") * (side - 60) / 40
        self.layers["clavicles"] = self.sample(("clavicles",), self.x, self.z - rise)[:, 0]

    def shoulders(self) -> Tensor:
        """Weight (B, N, N) that ends the body at neck and shoulders: 1 inside, falling to 0 at the skin."""
        side = self.x.abs()
        fall = 0.16 * (side - 50).clamp(min=0) + 0.0021 * (side - 95).clamp(min=0) ** 2
        skin = APEX_Z + 24 + self.column("shoulder") + 110 * torch.exp(-((side / 58) ** 3)) - fall
        return ((skin - self.z) / 55).clamp(0, 1).sqrt()

    def pixel_mm(self) -> float:
        """Side of a pixel in mm."""
        return FILM_MM / self.size

    def film(self) -> tuple[Tensor, Tensor]:
        """Positions on the film in mm, see ``film_mm``."""
        return film_mm(self.anatomy, self.size)
