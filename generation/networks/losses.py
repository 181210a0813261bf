"""Paired losses: what the generator must match when the simulator's picture of the same case is known."""

import torch
import torch.nn.functional as functional
from torch import Tensor

from generation.networks.layers import halve, upsample

LESION_WEIGHT = 12.0
SCALES = 3
BAND_GAIN = 4.0


def lesion_weight(image: Tensor, normal: Tensor, mask: Tensor) -> Tensor:
    """Weight of each pixel, (B, 1, N, N), 1 or more: larger where disease changes the picture.

    Without it the mask stays empty and faint lesions are lost. Of a healthy twin (image equal to normal,
    mask empty) the weight is 1 everywhere.
    """
    change = (image - normal).abs()
    change = functional.max_pool2d(change, 5, stride=1, padding=2)
    return 1 + LESION_WEIGHT * torch.clamp(4 * change + 0.3 * mask, max=1)


def picture_loss(drawn: Tensor, image: Tensor, weight: Tensor) -> Tensor:
    """Weighted L1 on the picture and its coarser versions, plus L1 on amplified detail."""
    total = drawn.new_zeros(())
    for scale in range(SCALES):
        total = total + (weight * (drawn - image).abs()).mean()
        if scale < SCALES - 1:
            coarse_drawn, coarse_image = halve(drawn), halve(image)
            detail = (drawn - upsample(coarse_drawn)) - (image - upsample(coarse_image))
            total = total + BAND_GAIN * (weight * detail.abs()).mean() / (scale + 1)
            drawn, image, weight = coarse_drawn, coarse_image, halve(weight)
    return total


def mask_loss(logits: Tensor, mask: Tensor) -> Tensor:
    """Cross-entropy with lesion pixels counted more, plus Dice over the cases that have a lesion."""
    weight = 1 + 3 * mask
    entropy = functional.binary_cross_entropy_with_logits(logits, mask, weight=weight)
    area = mask.sum(dim=(1, 2, 3))
    probability = torch.sigmoid(logits)
    overlap = (probability * mask).sum(dim=(1, 2, 3))
    dice = 1 - (2 * overlap + 1) / (probability.sum(dim=(1, 2, 3)) + area + 1)
    return entropy + (dice * (area > 0)).sum() / (area > 0).sum().clamp(min=1)
