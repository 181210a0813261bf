"""Fluid in the pleural space: a meniscus that rises along the chest wall, a mediastinum pushed away when large."""

from __future__ import annotations

import torch
from torch import Tensor

from generation.corpus.chest import Chest
from generation.corpus.findings.base import Lesion, Order
from generation.corpus.signal import blur, steps

SHARES = (0.0, 0.18, 0.39, 0.70)
"""Level of the fluid as a share of the lung's height at stages 0 to 3."""
SPREAD = (0.0, 0.018, 0.04, 0.05)
PUSH_MM = (0.0, 0.0, 3.0, 16.0)
VISIBLE_CM = 0.5


def apply(chest: Chest, order: Order) -> Lesion:
    """Add an effusion to the ordered side. Measures: ``level_share`` of the lung's height."""
    away = steps(order.stage, PUSH_MM) * -order.outward
    zero = torch.zeros_like(away)
    chest.push_mediastinum(away, zero, zero)
    share = level_share(chest, order.stage)
    mask = pool(chest, order, share)
    return Lesion(mask, {"level_share": share.flatten()})


def level_share(chest: Chest, stage: Tensor) -> Tensor:
    """The fluid's level over the costophrenic angle as a share of the lung's height, (B, 1, 1)."""
    return steps(stage, SHARES) + steps(stage, SPREAD) * chest.chance(0)


def pool(chest: Chest, order: Order, share: Tensor) -> Tensor:
    """Fill the ordered side up to ``share`` of the lung's height; where fluid is seen, (B, N, N) bool."""
    floor, apex = order.mark(chest, "floor"), order.mark(chest, "apex")
    height = share * (apex - floor)
    air = order.pick(chest.air("R"), chest.air("L"))
    wall = 10 * order.pick(chest.layers["wall_R"], chest.layers["wall_L"])
    middle = (chest.x - order.mark(chest, "medial")).abs()
    meniscus = (14 + 0.16 * height) * torch.exp(-wall.clamp(min=0) / (13 + 0.12 * height))
    surface = floor + height + meniscus + 0.05 * height * torch.exp(-middle / 12) + 1.6 * chest.noise(0)
    depth = surface - chest.z
    below = torch.sigmoid(depth / (2.4 + 0.03 * height))
    veil = 0.25 * (height / 70).clamp(0, 1) * torch.exp(-(-depth).clamp(min=0) / 22) * (1 - below)
    veil = veil * (0.5 + 0.5 * torch.exp(-wall.clamp(min=0) / 25)) * (depth <= 0)
    present = (share / 0.02).clamp(0, 1)
    order.fill(chest, blur(0.99 * below + veil, 0.9 / chest.pixel_mm()) * present)
    return (depth > 0) & (air > VISIBLE_CM) & (share > 0.01)
