"""Add up a chest's layers to what the X-rays meet on their way."""

from __future__ import annotations

import torch
from torch import Tensor

from generation.corpus.chest import Chest
from generation.corpus.layers import SIDES

MU_WATER = 0.185
"""Attenuation of water per cm at about 70 keV."""
MU_BONE = 0.25
"""Attenuation of bone's excess per cm, higher for its photoelectric share."""
AIR_PER_TISSUE = 0.86
"""Air that a cm of organ takes the place of, in cm of water equivalent."""


def attenuation(chest: Chest) -> Tensor:
    """Line integral of attenuation (B, N, N), without unit."""
    layers = chest.layers
    air = _air_beside(chest, chest.aorta() - layers["aorta"])
    upper = torch.sigmoid((chest.z - chest.marks["hilum_z_R"] - 5) / 12)
    vessels = torch.zeros_like(chest.x)
    for side in SIDES:
        clear = 1 - 0.9 * chest.fluid[side]
        own = layers[f"vessels_{side}"] * chest.vessel_gain * chest.column("vessels")
        vessels = vessels + clear * (own + layers[f"dilated_{side}"] * chest.upper_dilation * upper)
    body = chest.shoulders()
    soft = _soft(chest) * body
    water = soft + layers["heart"] + layers["aorta"] - air["R"] - air["L"] + vessels + chest.added
    water = water - layers["trachea"] - layers["gut"] * chest.column("gut_gas")
    return MU_WATER * water.clamp(min=0) + MU_BONE * (_bones(chest, body) + chest.dense)


def _air_beside(chest: Chest, grown: Tensor) -> dict[str, Tensor]:
    """Air of both lungs after fluid, and after the aorta took ``grown`` cm of their place or left it."""
    whole = {side: chest.air(side) for side in SIDES}
    total = whole["R"] + whole["L"]
    taken = torch.minimum(grown.clamp(min=0) * AIR_PER_TISSUE, 0.93 * total)
    left_over = (total - taken) / total.clamp(min=1e-3) * (1 - _under_heart(chest))
    given = 1.1 * (-grown).clamp(min=0) * AIR_PER_TISSUE * (total / 1.2).clamp(0, 1)
    to_left = torch.sigmoid(chest.x / 10)
    shares = {"R": 1 - to_left, "L": to_left}
    return {
        side: (whole[side] * left_over + given * shares[side]) * chest.air_gain[side] * (1 - chest.fluid[side])
        for side in SIDES
    }


def _under_heart(chest: Chest) -> Tensor:
    """Where the heart rests on the diaphragm, 0 to 0.85: the standing chest has no lung between the two."""
    x, z = chest.x - chest.push[0], chest.z - chest.push[1]
    middle = 0.45 * chest.marks["heart_top"] + 0.55 * chest.marks["heart_bottom"]
    inside = torch.sigmoid((chest.heart_left() - 9 - x + 0.12 * (z - middle)) / 4) * torch.sigmoid((x - 2) / 6)
    return 0.85 * inside * torch.sigmoid((middle - 10 - z) / 8)


def _soft(chest: Chest) -> Tensor:
    """Soft tissue of trunk and breasts in cm."""
    bulk = chest.column("bulk")
    soft = chest.layers["soft"] * (0.80 + 0.010 * (bulk - 18)) + 0.22 * (bulk - 28).clamp(min=0)
    soft = soft + 1.3 * torch.sigmoid((-15 - chest.z) / 18)
    size = chest.column("breast")
    tallness = chest.column("scale_z")
    for sign in (-1, 1):
        x = (chest.x - sign * 74) * sign
        z = chest.z + 28 + 10 * size * tallness
        across = 58 * (0.88 + 0.14 * size)
        below = torch.sigmoid(-z / 10)
        down = (52 + 8 * size) * (1.5 - 0.72 * below)
        x = x - 0.18 * z.clamp(max=0).abs() * 0.6
        inside = (1 - (x / across) ** 2 - (z / down) ** 2).clamp(min=0)
        soft = soft + 3.4 * size * inside ** (1.15 - 0.4 * below)
    return soft


def _bones(chest: Chest, body: Tensor) -> Tensor:
    layers, strength = chest.layers, chest.column("bone")
    living = 1.55 * layers["ribs"] + 0.52 * layers["spine"] + 0.75 * layers["scapulae"] + 0.5 * layers["sternum"]
    return body * (
        strength * (living + 1.05 * layers["clavicles"]) + (0.2 + chest.column("cartilage")) * layers["cartilage"]
    )
