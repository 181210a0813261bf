"""Air in the pleural space: a rim without vessels outside a fine pleural line; under tension a collapsed lung."""

from __future__ import annotations

import torch
from torch import Tensor

from generation.corpus.chest import Chest
from generation.corpus.findings.base import Lesion, Order
from generation.corpus.signal import blur, steps

RIM_MM = (0.0, 14.0, 29.0, 52.0)
"""Width of the rim at the level of the hilum at stages 0 to 3."""
SPREAD_MM = (0.0, 2.2, 3.0, 4.0)
DENSITY = (0.0, 0.05, 0.13, 0.42)
"""Share of its air that the shrunken lung has lost."""
PUSH_MM = (0.0, 0.0, 4.0, 24.0)
DROP_MM = (0.0, 0.0, 3.0, 20.0)


def apply(chest: Chest, order: Order) -> Lesion:
    """Let air into the ordered side. Measures: ``rim_mm`` at the level of the hilum."""
    stage, right = order.stage, order.right
    wall = 10 * order.pick(chest.layers["wall_R"], chest.layers["wall_L"])
    drop = steps(stage, DROP_MM)
    chest.push_mediastinum(steps(stage, PUSH_MM) * -order.outward, drop * right, drop * (1 - right))
    lung = order.pick(chest.lung("R"), chest.lung("L"))
    rim = steps(stage, RIM_MM) + steps(stage, SPREAD_MM) * chest.chance(0)
    inwards = _inside(chest, order, wall, rim)
    kept = torch.sigmoid(inwards / (0.9 + 1.6 * (stage - 2).clamp(0, 1)))
    _shrink_vessels(chest, order, rim, kept)
    gas = (1 - kept) * lung
    density = blur(kept, 1.2 / chest.pixel_mm()) * steps(stage, DENSITY) * (1 + 0.10 * chest.noise(1))
    for side, here in (("R", right), ("L", 1 - right)):
        chest.air_gain[side] = chest.air_gain[side] * (1 + here * 0.20 * gas) * (1 - here * density.clamp(0, 0.9))
    line = torch.exp(-((inwards / max(0.8, 0.7 * chest.pixel_mm())) ** 2)) * torch.sigmoid((wall - 2.5) / 1.5) * lung
    chest.added = chest.added + 0.6 * line * (1 - 0.7 * (stage - 2).clamp(0, 1)) * (stage > 0)
    return Lesion((gas > 0.5) & (wall > 0), {"rim_mm": rim.flatten()})


def _inside(chest: Chest, order: Order, wall: Tensor, rim: Tensor) -> Tensor:
    """Distance in mm of each pixel from the lung's edge, positive inside the lung."""
    x0, z0 = order.mark(chest, "hilum_x"), order.mark(chest, "hilum_z")
    width = rim * (0.72 + 0.62 * torch.sigmoid((chest.z - z0 - 4) / 22)) + 0.05 * rim * chest.noise(0)
    by_wall = wall - width
    x = (chest.x - x0 + order.outward * 19) / 42
    z = (chest.z - z0 + 14) / 62
    ball = 42 * (1 - (x * x + z * z + 1e-4).sqrt()) + 2.2 * chest.noise(0)
    collapse = (order.stage - 2).clamp(0, 1)
    return (1 - collapse) * by_wall + collapse * ball


def _shrink_vessels(chest: Chest, order: Order, rim: Tensor, kept: Tensor) -> None:
    """Draw the ordered lung's vessels together towards the hilum and end them at the lung's edge."""
    x0, z0 = order.mark(chest, "hilum_x"), order.mark(chest, "hilum_z")
    width = (order.mark(chest, "lateral") - order.mark(chest, "medial")).abs()
    k = (1 - 0.75 * rim / width).clamp(min=0.45)
    dx, dz = chest.push
    x, z = x0 + (chest.x - dx - x0) / k, z0 + (chest.z - dz - z0) / (k + 0.12).clamp(max=1)
    for side, here in (("R", order.right), ("L", 1 - order.right)):
        names = (f"vessels_{side}", f"dilated_{side}")
        drawn = chest.sample(names, x, z)
        for name, layer in zip(names, drawn.unbind(1), strict=True):
            gathered = layer * kept * (1 / k).clamp(max=1.25)
            chest.layers[name] = torch.where(here > 0.5, gathered, chest.layers[name])
