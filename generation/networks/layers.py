"""Small building blocks of the networks: modulated convolutions, resampling, upsampled control grids."""

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

SLOPE = 0.2
"""Negative slope of every LeakyReLU."""


def activate(x: Tensor) -> Tensor:
    """LeakyReLU with the project's slope."""
    return functional.leaky_relu(x, SLOPE)


def conv3(channels_in: int, channels_out: int, stride: int = 1) -> nn.Conv2d:
    """A dense 3×3 convolution that keeps the size (or halves it with ``stride`` 2)."""
    return nn.Conv2d(channels_in, channels_out, 3, stride=stride, padding=1)


def silence(layer: nn.Conv2d) -> None:
    """Let a convolution start by adding nothing."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


def upsample(x: Tensor, factor: int = 2) -> Tensor:
    """Bilinear enlargement of (B, C, H, W)."""
    return functional.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)


def halve(x: Tensor) -> Tensor:
    """(B, C, H, W) averaged over 2×2 blocks."""
    return functional.avg_pool2d(x, 2)


class Modulation(nn.Module):
    """FiLM: a scale and a shift per channel, read from the style vector. Starts as the identity."""

    def __init__(self, style_dim: int, channels: int) -> None:
        super().__init__()
        self.project = nn.Linear(style_dim, 2 * channels)
        nn.init.normal_(self.project.weight, std=0.01)
        nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """Modulate (B, C, H, W) by (B, style_dim)."""
        scale, shift = self.project(style)[:, :, None, None].chunk(2, dim=1)
        return torch.addcmul(shift, x, 1 + scale)


class ModulatedBlock(nn.Module):
    """Residual block: two 3×3 convolutions, the first one modulated by the style."""

    def __init__(self, channels: int, style_dim: int) -> None:
        super().__init__()
        self.first = conv3(channels, channels)
        self.modulation = Modulation(style_dim, channels)
        self.second = conv3(channels, channels)
        nn.init.normal_(self.second.weight, std=0.01)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(B, C, H, W) and (B, style_dim) to (B, C, H, W)."""
        return activate(x + self.second(activate(self.modulation(self.first(x), style))))
