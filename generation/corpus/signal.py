"""Small image operations on batches (B, N, N) that the simulator's parts share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.patients.anatomy import TEXTURE_SHAPE


@lru_cache(maxsize=64)
def _kernel(sigma: float, device: torch.device) -> Tensor:
    reach = max(1, round(3 * sigma))
    steps = torch.arange(-reach, reach + 1, device=device, dtype=torch.float32)
    weights = torch.exp(-0.5 * (steps / sigma) ** 2)
    return weights / weights.sum()


def blur(image: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of (B, N, N); ``sigma`` in pixels, edges repeated. Wide blurs work on a smaller copy."""
    if sigma < 0.2:
        return image
    if sigma > 6:
        small = F.avg_pool2d(image[:, None], 4)[:, 0]
        return F.interpolate(
            blur(small, sigma / 4)[:, None], size=image.shape[-2:], mode="bilinear", align_corners=False
        )[:, 0]
    kernel = _kernel(round(sigma, 3), image.device)
    reach = kernel.numel() // 2
    padded = F.pad(image[:, None], (reach,) * 4, mode="replicate")
    rows = F.conv2d(padded, kernel.view(1, 1, 1, -1))
    return F.conv2d(rows, kernel.view(1, 1, -1, 1))[:, 0]


def steps(stage: Tensor, values: Sequence[float | Tensor]) -> Tensor:
    """The value at ``stage`` from those at whole stages 0, 1, 2 …, linear in between; shaped like ``stage``."""
    result = torch.zeros_like(stage)
    for level, value in enumerate(values):
        result = result + (1 - (stage - level).abs()).clamp(min=0) * value
    return result


def rise(t: Tensor) -> Tensor:
    """Smooth step from 0 to 1 around t = 0."""
    return torch.sigmoid(t)


def extent(columns: Tensor) -> Tensor:
    """Distance between the first and last true entry of (B, N), at least 1."""
    count = columns.shape[1]
    index = torch.arange(count, device=columns.device)
    last = torch.where(columns, index, -1).amax(1)
    first = torch.where(columns, index, count).amin(1)
    return (last - first + 1).clamp(min=1).float()


@lru_cache(maxsize=16)
def noise_spline(size: int, repeat: int, device: torch.device) -> Tensor:
    """Weights (size, 16) that lay a row of 16 texture cells ``repeat`` times over the film, bicubically."""
    cells = torch.eye(TEXTURE_SHAPE[-1], device=device).repeat(repeat, 1)
    return F.interpolate(cells[None, None], size=(size, TEXTURE_SHAPE[-1]), mode="bicubic", align_corners=False)[0, 0]
