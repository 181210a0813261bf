"""Fluid in the airspaces of one lobe: patchy, then dense with air bronchograms, then the whole lobe and beyond."""

from __future__ import annotations

import torch
from torch import Tensor

from generation.corpus.chest import Chest
from generation.corpus.findings import pleural_effusion
from generation.corpus.findings.base import Lesion, Order
from generation.corpus.layers import LOBES
from generation.corpus.signal import blur, steps

REACH = (0.25, 0.58, 0.98, 1.9)
"""Radius of the opacity over the lobe's own at stages 0 to 3."""
SHARE = (0.0, 0.40, 0.62, 0.90)
"""Share of the lobe's air that turned to fluid."""
GRAIN = (0.0, 0.09, 0.09, 0.05)
BRONCHOGRAM = (0.0, 0.4, 0.95, 0.95)
SPILL = {"air_RUL": "air_RML", "air_RML": "air_RLL", "air_RLL": "air_RML", "air_LUL": "air_LLL", "air_LLL": "air_LUL"}
_KEYS = {"upper": "UL", "middle": "ML", "lower": "LL"}


def apply(chest: Chest, order: Order) -> Lesion:
    """Consolidate the ordered lobe. Measures: ``lobe_share`` of the lobe's film area that is opaque."""
    stage = order.stage
    lobe = _of_lobes(chest, order, {name: chest.layers[name] for name in LOBES})
    next_lobe = _of_lobes(chest, order, {name: chest.layers[SPILL[name]] for name in LOBES})
    centre_x, centre_z, area = (
        _of_lobes(chest, order, {name: chest.marks[f"{name}_{what}"] for name in LOBES}) for what in ("x", "z", "area")
    )
    whole = order.pick(chest.air("R"), chest.air("L")).clamp(min=0.3)
    radius = (area / torch.pi).sqrt()
    x, z = centre_x + 0.16 * radius * chest.chance(0), centre_z + 0.16 * radius * chest.chance(1)
    distance = ((chest.x - x) ** 2 + (chest.z - z) ** 2 + 1e-3).sqrt()
    rough = 0.8 * chest.noise(0) + 0.3 * chest.noise(1, 2)
    patch = torch.sigmoid((radius * steps(stage, REACH) - distance + 8 * rough) / 7)
    dense = (steps(stage, SHARE) + steps(stage, GRAIN) * (0.75 * chest.noise(2) + 0.45 * chest.noise(3, 2))).clamp(
        0.03, 0.95
    )
    filled = blur(patch * dense, 1.1 / chest.pixel_mm())
    spread = (stage - 2).clamp(0, 1)
    beyond = blur(0.42 * spread * torch.sigmoid(2.4 * (rough - 0.35)), 1.2 / chest.pixel_mm())
    share = (filled * lobe + beyond * next_lobe) / whole
    order.fill(chest, share)
    vessels = order.pick(chest.layers["vessels_R"], chest.layers["vessels_L"])
    chest.added = chest.added - vessels * filled * lobe / whole * steps(stage, BRONCHOGRAM)
    opaque = (filled * lobe > 0.9) & (lobe > 1.5)
    covered = opaque.float().sum((1, 2)) / (lobe > 1.5).float().sum((1, 2)).clamp(min=1)
    opaque = opaque | ((beyond * next_lobe > 1.1) & (next_lobe > 1.5))
    fluid = pleural_effusion.pool(chest, order, 0.13 * spread)
    return Lesion(opaque | fluid, {"lobe_share": covered})


def _of_lobes(chest: Chest, order: Order, by_name: dict[str, Tensor]) -> Tensor:
    """Per patient the entry of the ordered lobe."""
    sides = ["R" if right else "L" for right in order.right.flatten().tolist()]
    names = [f"air_{side}{_KEYS[lobe]}" for side, lobe in zip(sides, order.lobes, strict=True)]
    return torch.stack([by_name[name][i] for i, name in enumerate(names)])
