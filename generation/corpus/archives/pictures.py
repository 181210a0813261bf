"""Pixels of a film as grey from 0 to 1, bright where X-rays were stopped, cut and scaled to a square."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.corpus.archives.errors import FilmError
from generation.corpus.archives.record import Picture

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"})
GREY_MODES = frozenset({"1", "L"})
DEEP_MODES = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
DEPTH_OF_8_BIT = 255.0
TAILS = (0.1, 99.9)
"""Percentiles that become black and white where a file does not say how it wants to be shown."""
FLAT = 1e-4


@dataclass(frozen=True)
class Film:
    """A decoded film: ``pixels`` (rows, columns) float32, 0 to 1; what was ``mended``.

    ``mirrored``: the file says that its columns run towards the patient's right, and the pixels have been turned
    about; boxes and outlines, which count in the file's pixels, still have to be.
    """

    pixels: Picture
    mended: tuple[str, ...] = ()
    mirrored: bool = False


def read_picture(path: Path) -> Film:
    """Read a PNG, JPEG, TIFF or BMP of any depth. Raises FilmError when it cannot be read or shows nothing."""
    try:
        with Image.open(path) as picture:
            picture.load()
            film = _grey(picture)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FilmError("picture that cannot be read (broken, cut short, or of another kind)") from error
    if film.pixels.size == 0 or float(np.ptp(film.pixels)) < FLAT:
        raise FilmError("picture without any contrast")
    return film


def _grey(picture: Image.Image) -> Film:
    if picture.mode in DEEP_MODES:
        return Film(stretch(np.asarray(picture, dtype=np.float32)), ("more than 8 bits stretched to the grey in use",))
    grey = np.asarray(picture.convert("L"), dtype=np.float32) / DEPTH_OF_8_BIT
    return Film(grey, () if picture.mode in GREY_MODES else ("colour turned into grey",))


def stretch(values: Picture, counted: NDArray[np.bool_] | None = None) -> Picture:
    """Grey values so that their tails become 0 and 1; only pixels that are ``counted`` decide where those lie."""
    inside = values if counted is None else values[counted]
    if inside.size == 0:
        return np.zeros_like(values, dtype=np.float32)
    low, high = np.percentile(inside, TAILS)
    if high <= low:
        low, high = float(inside.min()), float(inside.max())
    return np.clip((values - low) / max(float(high - low), 1e-12), 0, 1).astype(np.float32)


def cut(pixels: NDArray, part: str) -> NDArray:
    """The asked half of a picture ("left", "right"), or all of it ("")."""
    middle = pixels.shape[1] // 2
    return {"": pixels, "left": pixels[:, :middle], "right": pixels[:, middle:]}[part]


def square(pixels: NDArray, size: int, smooth: bool = True) -> Picture:
    """The middle square of a picture, (size, size) float32; the longer side loses both ends evenly.

    ``smooth`` is for grey; a mask is averaged over each pixel's area instead, so that it keeps its size.
    """
    rows, columns = pixels.shape
    side = min(rows, columns)
    top, left = (rows - side) // 2, (columns - side) // 2
    middle = Image.fromarray(np.ascontiguousarray(pixels[top : top + side, left : left + side], dtype=np.float32))
    method = Image.Resampling.BICUBIC if smooth else Image.Resampling.BOX
    return np.clip(np.asarray(middle.resize((size, size), method), dtype=np.float32), 0, 1)
