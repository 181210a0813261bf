"""The discriminator: looks at crops at full resolution, at the picture and at its amplified detail.

Fed the plain picture alone it stays blind to texture; the middle and high frequency bands are therefore
shown beside it, amplified. It answers for every place of the crop, and is told the condition by projection.
"""

from itertools import pairwise

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from generation.networks.layers import activate, conv3, halve, upsample

MIDDLE_GAIN, HIGH_GAIN = 4.0, 8.0


def bands(image: Tensor) -> Tensor:
    """(B, 1, H, W) radiographs to (B, 3, H, W): the picture, its middle and its high band, amplified."""
    half = halve(image)
    eighth = halve(halve(half))
    smooth = upsample(half)
    smoother = upsample(eighth, 8)
    return torch.cat([2 * image - 1, MIDDLE_GAIN * (smooth - smoother), HIGH_GAIN * (image - smooth)], dim=1)


class Discriminator(nn.Module):
    """``forward`` takes radiographs and masks (B, 1, H, W), 0 to 1, and conditions (B, condition_dim).

    Returns one score per patch, (B, 1, H/16, W/16): larger where the picture looks real for its condition.
    """

    def __init__(self, condition_dim: int, width: int = 24) -> None:
        super().__init__()
        widths = (width, 2 * width, 3 * width, 4 * width, 4 * width)
        self.enter = conv3(4, widths[0])
        self.steps = nn.ModuleList(conv3(before, after, stride=2) for before, after in pairwise(widths))
        self.refine = nn.ModuleList((conv3(widths[2], widths[2]), conv3(widths[4], widths[4])))
        self.score = nn.Conv2d(widths[-1], 1, 1)
        self.condition = nn.Linear(condition_dim, widths[-1], bias=False)
        nn.init.normal_(self.condition.weight, std=0.02)

    def forward(self, image: Tensor, mask: Tensor, condition: Tensor) -> Tensor:
        x = activate(self.enter(torch.cat([bands(image), mask], dim=1)))
        for position, step in enumerate(self.steps):
            x = activate(step(x))
            if position in (1, 3):
                x = x + 0.5 * activate(self.refine[position // 2](x))
        projection = (x * self.condition(condition)[:, :, None, None]).mean(dim=1, keepdim=True)
        return self.score(x) + projection


def crop(image: Tensor, top: int, left: int, size: int) -> Tensor:
    """The square (B, C, size, size) at (top, left) of (B, C, H, W)."""
    return image[:, :, top : top + size, left : left + size]


def relativistic_loss(better: Tensor, worse: Tensor) -> Tensor:
    """Relativistic pairing loss: small where ``better`` scores above ``worse`` at the same place of the same case."""
    return functional.softplus(worse - better).mean()


def gradient_penalty(scores: Tensor, image: Tensor) -> Tensor:
    """Mean squared gradient norm of the scores with respect to the picture (R1 on real, R2 on generated)."""
    (gradient,) = torch.autograd.grad(scores.mean(dim=(1, 2, 3)).sum(), image, create_graph=True)
    return gradient.square().sum(dim=(1, 2, 3)).mean()
