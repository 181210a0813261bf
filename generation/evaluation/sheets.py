"""Contact sheets: what a generator draws beside what the simulator renders for the same specs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from generation.spec import CaseSpec
from generation.vocabulary import FINDINGS

MASK_TINT = (255, 96, 64)


def grey(picture: np.ndarray) -> np.ndarray:
    """A picture (N, N), float 0 to 1 or 12-bit uint16, as 8-bit RGB (N, N, 3)."""
    scaled = picture / 4095 * 255 if picture.dtype == np.uint16 else np.clip(picture, 0, 1) * 255
    return np.repeat(scaled.round().astype(np.uint8)[..., None], 3, axis=-1)


def outlined(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The picture as RGB with the border of the mask (N, N) bool drawn in colour."""
    shown = grey(picture)
    inner = mask.copy()
    inner[1:-1, 1:-1] = mask[1:-1, 1:-1] & mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
    shown[mask & ~inner] = MASK_TINT
    return shown


def tile(rows: Sequence[Sequence[np.ndarray]], gap: int = 3) -> Image.Image:
    """RGB tiles of equal size as one picture, a row under the other."""
    height, width = rows[0][0].shape[:2]
    columns = max(len(row) for row in rows)
    sheet = np.full((len(rows) * (height + gap) - gap, columns * (width + gap) - gap, 3), 24, np.uint8)
    for i, row in enumerate(rows):
        for j, shown in enumerate(row):
            top, left = i * (height + gap), j * (width + gap)
            sheet[top : top + height, left : left + width] = shown
    return Image.fromarray(sheet)


def specs_by_stage(seed: int = 9, age: int = 58) -> list[CaseSpec]:
    """One spec of every finding, stage and a place of it, each of another patient held out from training."""
    specs = [CaseSpec(seed=seed, age=age)]
    for key, finding in FINDINGS.items():
        for number, stage in enumerate(finding.stages):
            if stage.level == 0:
                continue
            side, lobe = finding.places[number % len(finding.places)]
            sex = "FM"[len(specs) % 2]
            specs.append(
                CaseSpec(key, stage.level, side, lobe, age=30 + 4 * len(specs), sex=sex, seed=seed + 10 * len(specs))
            )
    return specs
