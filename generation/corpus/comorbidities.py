"""What accompanies the finding. Heart size, posture, scoliosis and body mass are in the anatomy already."""

from __future__ import annotations

import torch

from generation.corpus.chest import Chest
from generation.corpus.pacemaker import implant

BULLAE = ((-62.0, 50.0), (60.0, 58.0), (-48.0, 82.0), (70.0, 30.0))
"""Centres of bullae in mm from the middle, and under the apex: x, z of the atlas frame before chance moves them."""


def apply(chest: Chest) -> None:
    """Add emphysema and a pacemaker to those patients of the chest who have them."""
    if bool((chest.anatomy.value("emphysema") > 0).any()):
        _inflate(chest)
    if bool((chest.anatomy.value("pacemaker") > 0.5).any()):
        chest.dense = chest.dense + implant(chest)


def _inflate(chest: Chest) -> None:
    severity = chest.column("emphysema")
    for side in chest.air_gain:
        chest.air_gain[side] = chest.air_gain[side] * (1 + 0.045 * severity)
    chest.vessel_gain = chest.vessel_gain * (1 - 0.38 * severity * (1 + 0.25 * chest.noise(2))).clamp(0.15, 1)
    lung = (chest.lung("R") | chest.lung("L")).float()
    for number, (x0, z0) in enumerate(BULLAE):
        radius = (15 + 4 * chest.chance(16 + number)) * severity.clamp(max=1)
        x = chest.x - x0 - 8 * chest.chance(20 + number)
        z = chest.z - z0 - 10 * chest.chance(24 + number)
        distance = (x * x + z * z + 1e-3).sqrt()
        hole = torch.sigmoid((radius - distance) / 2) * (severity > 0) * lung
        chest.vessel_gain = chest.vessel_gain * (1 - 0.7 * hole)
        chest.added = (
            chest.added + 0.10 * torch.exp(-(((distance - radius) / 1.2) ** 2)) * lung * (severity > 0) - 0.35 * hole
        )
