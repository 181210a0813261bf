"""Lesion masks from what archives give: runs of pixels, picture files, rectangles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.corpus.archives.errors import FilmError
from generation.corpus.archives.record import ArchiveRecord, Box, Outline

Mask = NDArray[np.bool_]


def read_runs(text: str, height: int, width: int) -> NDArray[np.int64]:
    """Runs (n, 2) of start and length from "start length start length …".

    Each start counts from the end of the run before, down the columns of a picture of ``height`` × ``width`` pixels
    (the coding of the SIIM-ACR pneumothorax challenge). Raises FilmError when the numbers do not fit the picture.
    """
    try:
        numbers = np.array([int(word) for word in text.split()], dtype=np.int64).reshape(-1, 2)
    except (ValueError, OverflowError) as error:
        raise FilmError("outline that cannot be read") from error
    if (numbers < 0).any():
        raise FilmError("outline that cannot be read")
    ends = numbers.sum(axis=1).cumsum()
    if ends.size and ends[-1] > height * width:
        raise FilmError("outline that leaves the picture")
    return np.stack([ends - numbers[:, 1], numbers[:, 1]], axis=1)


def draw_runs(outline: Outline) -> Mask:
    """The outline's runs as a mask of ``height`` × ``width``."""
    flat = np.zeros(outline.height * outline.width, dtype=bool)
    for start, length in outline.runs if outline.runs is not None else ():
        flat[start : start + length] = True
    return flat.reshape(outline.width, outline.height).T


def runs_centre(runs: NDArray[np.int64], height: int, width: int) -> float:
    """Where the lesion lies across the picture, 0 (left) to 1 (right)."""
    columns = (runs[:, 0] + runs[:, 1] / 2) / height
    return float(np.average(columns, weights=runs[:, 1]) / width)


def draw_boxes(boxes: tuple[Box, ...], shape: tuple[int, int]) -> Mask:
    """The union of rectangles as a mask of ``shape`` (rows, columns)."""
    rows, columns = shape
    mask = np.zeros(shape, dtype=bool)
    for box in boxes:
        top, bottom = round(max(0.0, box.top) * rows), round(box.bottom * rows)
        left, right = round(max(0.0, box.left) * columns), round(box.right * columns)
        mask[top : max(bottom, top + 1), left : max(right, left + 1)] = True
    return mask


def mask_of(record: ArchiveRecord, shape: tuple[int, int]) -> tuple[Mask | None, str, tuple[str, ...]]:
    """The mask at the film's own ``shape``, its kind and the findings for which it is the whole truth.

    Raises FilmError when a mask file is missing or cannot be read.
    """
    if record.outline is not None:
        mask = _outlined(record.outline, shape)
        return mask, "outline" if mask.any() else "empty", (record.outline.finding,)
    boxes = tuple(box for box in record.boxes if box.finding)
    if boxes:
        return draw_boxes(boxes, shape), "box", tuple(sorted({box.finding for box in boxes}))
    if record.findings.get("normal"):
        absent = tuple(sorted(key for key, there in record.findings.items() if key != "normal" and not there))
        return np.zeros(shape, dtype=bool), "empty", absent
    return None, "", ()


def _outlined(outline: Outline, shape: tuple[int, int]) -> Mask:
    if outline.path is not None:
        return _resized(_read_mask(outline.path), shape)
    if outline.runs is None:
        return np.zeros(shape, dtype=bool)
    return _resized(draw_runs(outline), shape)


def _read_mask(path: Path) -> Mask:
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("L")) > 127
    except (OSError, SyntaxError, ValueError) as error:
        raise FilmError("mask that is missing or cannot be read") from error


def _resized(mask: Mask, shape: tuple[int, int]) -> Mask:
    if mask.shape == shape:
        return mask
    picture = Image.fromarray(mask.astype(np.float32))
    return np.asarray(picture.resize((shape[1], shape[0]), Image.Resampling.BOX)) >= 0.5
