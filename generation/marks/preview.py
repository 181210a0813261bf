"""PNG pictures of a film and of its truth."""

from __future__ import annotations

from io import BytesIO
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from generation.marks.label import burn_label, marked_png

SMALLEST_WIDTH = 512
"""Smaller films are enlarged by a whole factor to at least this width, so that the label can be read."""

MAX_VALUE = 4095
FILL = (255, 176, 0, 72)
CONTOUR = (255, 214, 92, 235)


def preview_png(pixels: NDArray[np.uint16]) -> bytes:
    """An 8-bit grey PNG of a film, uint16 (rows, columns) of 0–4095, over its whole range, with the label."""
    grey = (pixels.astype(np.float32) * (255 / MAX_VALUE)).round().clip(0, 255).astype(np.uint8)
    image = Image.fromarray(grey)
    factor = enlargement(image.width)
    if factor > 1:
        image = image.resize((image.width * factor, image.height * factor), Image.Resampling.BICUBIC)
    return marked_png(burn_label(image))


def mask_png(mask: NDArray[np.bool_]) -> bytes:
    """An RGBA PNG to lay over the preview, of its size: amber on the lesion, a brighter contour, else clear."""
    factor = enlargement(mask.shape[1])
    inside = _smoothly_enlarged(mask, factor)
    rim = inside & ~ndimage.binary_erosion(inside, iterations=max(2, round(inside.shape[1] / 256)), border_value=1)
    overlay = np.zeros((*inside.shape, 4), np.uint8)
    overlay[inside] = FILL
    overlay[rim] = CONTOUR
    return marked_png(Image.fromarray(overlay))


def truth_png(mask: NDArray[np.bool_]) -> bytes:
    """The mask itself: 8-bit PNG of rows × columns, 255 on the lesion and 0 elsewhere. ``read_truth`` reads it."""
    return marked_png(Image.fromarray(mask.astype(np.uint8) * 255))


def read_truth(png: bytes) -> NDArray[np.bool_]:
    """The mask that ``truth_png`` wrote: bool (rows, columns)."""
    with Image.open(BytesIO(png)) as image:
        return np.asarray(image.convert("L")) > 127


def enlargement(width: int) -> int:
    """The whole factor by which pictures of a film of ``width`` pixels are enlarged."""
    return ceil(SMALLEST_WIDTH / width)


def _smoothly_enlarged(mask: NDArray[np.bool_], factor: int) -> NDArray[np.bool_]:
    grey = Image.fromarray(mask.astype(np.uint8) * 255)
    enlarged = grey.resize((grey.width * factor, grey.height * factor), Image.Resampling.BILINEAR)
    return ndimage.gaussian_filter(np.asarray(enlarged, np.float32), (factor - 1) / 2) > 127
