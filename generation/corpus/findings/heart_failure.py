"""Congestion: wide upper vessels and a wide heart, then interstitial fluid, then alveolar fluid and effusions."""

from __future__ import annotations

import torch
from torch import Tensor

from generation.corpus.chest import Chest
from generation.corpus.findings import pleural_effusion
from generation.corpus.findings.base import Lesion, Order
from generation.corpus.layers import SIDES
from generation.corpus.signal import blur, steps

RATIOS = (0.525, 0.56, 0.60)
"""Cardiothoracic ratio aimed at in stages 1 to 3, before the patient's own size is added."""
DILATION = (0.0, 1.6, 2.0, 1.7)
LOWER_LOSS = (0.0, 0.22, 0.27, 0.32)
HAZE = (0.0, 0.09, 0.17, 0.22)
RETICULATION = (0.0, 0.0, 0.075, 0.055)
BASAL = (0.0, 0.0, 0.09, 0.12)
KERLEY = (0.0, 0.0, 1.0, 0.8)
ALVEOLAR = (0.0, 0.0, 0.0, 0.50)
EFFUSION = (0.0, 0.0, 0.0, 1.0)


def apply(chest: Chest, order: Order) -> Lesion:
    """Congest both lungs and widen the heart. Measures: ``heart_aim``, the cardiothoracic ratio aimed at."""
    stage = order.stage
    aim = _ratio(chest, stage)
    chest.set_heart(aim)
    low = torch.sigmoid((chest.marks["hilum_z_R"] - 5 - chest.z) / 12)
    chest.vessel_gain = chest.vessel_gain * (1 - low * steps(stage, LOWER_LOSS))
    chest.upper_dilation = chest.upper_dilation + steps(stage, DILATION)
    mask = torch.zeros_like(low, dtype=torch.bool)
    for side in SIDES:
        mask = mask | _congest(chest, stage, side, low)
    return Lesion(mask, {"heart_aim": aim})


def _ratio(chest: Chest, stage: Tensor) -> Tensor:
    own = chest.anatomy.value("heart")
    lean = 0.010 * ((own - 0.43) / 0.025).clamp(-1.2, 1.2)
    aims = [own, *(torch.maximum(base + lean, own + 0.008 * level) for level, base in enumerate(RATIOS, start=1))]
    return steps(stage.flatten(), aims)


def _congest(chest: Chest, stage: Tensor, side: str, low: Tensor) -> Tensor:
    """Fill one lung and return where fluid lies in it, (B, N, N) bool."""
    x0, z0 = chest.marks[f"hilum_x_{side}"], chest.marks[f"hilum_z_{side}"]
    air, lung = chest.air(side), chest.lung(side)
    wall = 10 * chest.layers[f"wall_{side}"]
    reach = 30 + 10 * stage
    distance = ((chest.x - x0) ** 2 + ((chest.z - z0 + 5) / 1.25) ** 2 + 1e-3).sqrt()
    haze = torch.exp(-((distance / reach) ** 2))
    net = (0.5 + 0.27 * chest.noise(1, 6) + 0.27 * chest.noise(3, 7)).clamp(0, 1.3)
    net = net * (0.65 + 0.35 * chest.noise(2)).clamp(0.15, 1.4) * (0.4 + 0.6 * low)
    basal = torch.sigmoid((z0 - 10 - chest.z) / 20)
    share = haze * steps(stage, HAZE) + basal * steps(stage, BASAL) + net * steps(stage, RETICULATION)
    wings = torch.sigmoid((reach * 0.95 - distance + 7 * chest.noise(0) + 3 * chest.noise(2, 2)) / 12)
    wings = wings * torch.sigmoid((wall - 17) / 5)
    patchy = (1 + 0.13 * chest.noise(3) + 0.07 * chest.noise(1, 2)).clamp(0.5, 1.4)
    alveolar = blur(steps(stage, ALVEOLAR) * wings * patchy, 1.0 / chest.pixel_mm())
    chest.fill(side, (share + alveolar).clamp(0, 0.9) * ((air - 1) / 5).clamp(0, 1))
    chest.added = chest.added - chest.layers[f"vessels_{side}"] * alveolar * 0.7
    chest.added = chest.added + 0.30 * steps(stage, KERLEY) * _kerley_lines(chest, side, wall) * lung
    here = torch.full_like(stage, float(side == "R"))
    level = 0.17 if side == "R" else 0.145
    fluid = pleural_effusion.pool(chest, Order(stage, here, ()), level * steps(stage, EFFUSION))
    wide = (chest.layers[f"dilated_{side}"] * (1 - low) > 0.05) & (distance < 62)
    hazy = (haze * (1 + 0.10 * chest.noise(0)) > 0.46 - 0.02 * stage) & (stage >= 0.3)
    interstitial = (basal * (0.6 + 0.1 * chest.noise(2)) > 0.55 - 0.08 * stage) & (stage > 1.3)
    return ((wide | hazy | interstitial | (alveolar > 0.1)) & (air > 1.5)) | fluid


def _kerley_lines(chest: Chest, side: str, wall: Tensor) -> Tensor:
    """Short horizontal lines that reach the pleura above the costophrenic angle, 0 to 1."""
    spacing, first, count = 6.5, 16.0, 10
    height = (chest.z + 0.06 * wall - chest.marks[f"floor_{side}"] - first) / spacing
    index = height.floor().clamp(0, count - 1).long()
    row = 4 if side == "R" else 5
    table = chest.anatomy.texture[:, 4, row, :count]
    batch = torch.arange(len(table), device=table.device)[:, None, None]
    draw = table[batch, index]
    offset = (height - index - 0.5 - 0.18 * draw.clamp(-1.5, 1.5)) * spacing
    length = 12 + 3 * draw.clamp(-1.5, 1.5)
    inside = torch.sigmoid((wall - 0.5) / 0.7) * torch.sigmoid((length - wall) / 1.2)
    width = max(0.7, 0.55 * chest.pixel_mm())
    return torch.exp(-0.5 * (offset / width) ** 2) * inside * (draw > -0.6) * (height >= 0) * (height < count)
