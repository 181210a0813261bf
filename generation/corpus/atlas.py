"""The atlas: layers of line integrals in a few postures, with the landmarks findings are placed by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generation.corpus.layers import LAYERS
from generation.patients.anatomy import POSE_NAMES

BUNDLED = Path(__file__).parent / "data" / "atlas.npz"
STEP_CM = 0.004
"""Quantum of the stored layers: a ninth of the quantum noise of one pixel behind the mediastinum."""


@dataclass(frozen=True)
class Atlas:
    """``layers`` (poses, layers, size, size) float32 in cm of water equivalent, ordered as POSE_NAMES and LAYERS.

    ``landmarks``: name → (poses,) float32 in mm of the atlas frame (areas in mm²); see ``dressing.landmarks``.
    """

    layers: Tensor
    landmarks: Mapping[str, Tensor]

    def to(self, device: torch.device | str) -> Atlas:
        """The same atlas on another device."""
        return Atlas(self.layers.to(device), {name: value.to(device) for name, value in self.landmarks.items()})


def save(path: Path, poses: Mapping[str, tuple[Mapping[str, NDArray], Mapping[str, float]]]) -> None:
    """Write layers and landmarks, by pose. Layers are stored in steps of STEP_CM as differences along each row."""
    stack = np.stack([np.stack([poses[pose][0][layer] for layer in LAYERS]) for pose in POSE_NAMES])
    steps = np.round(stack / STEP_CM).astype(np.int32)
    differences = np.diff(steps, axis=-1, prepend=0).astype(np.int16)
    stored: dict[str, Any] = {
        f"landmark_{name}": np.array([poses[pose][1][name] for pose in POSE_NAMES], np.float32)
        for name in poses[POSE_NAMES[0]][1]
    }
    # Low and high bytes apart compress far better than interleaved.
    low, high = (differences & 0xFF).astype(np.uint8), (differences >> 8).astype(np.int8)
    path.parent.mkdir(parents=True, exist_ok=True)
    stored |= {"low": low, "high": high, "layers": np.array(LAYERS), "poses": np.array(POSE_NAMES)}
    np.savez_compressed(path, **stored)


@lru_cache(maxsize=2)
def load_atlas(path: Path = BUNDLED) -> Atlas:
    """Read an atlas. Raises FileNotFoundError where there is none and ValueError for one of another version."""
    if not path.exists():
        raise FileNotFoundError(f"There is no atlas at {path}. Build it with `make atlas`.")
    with np.load(path) as stored:
        if tuple(stored["layers"]) != LAYERS or tuple(stored["poses"]) != POSE_NAMES:
            raise ValueError(f"The atlas at {path} belongs to another version. Build it again with `make atlas`.")
        steps = (stored["high"].astype(np.int32) << 8 | stored["low"]).cumsum(-1)
        marks = {
            n.removeprefix("landmark_"): torch.from_numpy(stored[n]) for n in stored.files if n.startswith("landmark_")
        }
    return Atlas(torch.from_numpy((steps * STEP_CM).astype(np.float32)), marks)
