"""What a recipe is given and what it gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.corpus.chest import Chest
from generation.spec import CaseSpec


@dataclass
class Order:
    """What is to be seen. ``stage`` and ``right`` (1 right, 0 left or both) are (B, 1, 1); ``lobes`` one key each,
    "" where the whole side is meant."""

    stage: Tensor
    right: Tensor
    lobes: tuple[str, ...]

    @classmethod
    def of(cls, specs: Sequence[CaseSpec], device: torch.device) -> Order:
        """The orders of ``specs``, which share one finding."""

        def column(values: list[float]) -> Tensor:
            return torch.tensor(values, dtype=torch.float32, device=device)[:, None, None]

        stage = column([float(spec.stage) for spec in specs])
        return cls(stage, column([float(spec.side == "right") for spec in specs]), tuple(spec.lobe for spec in specs))

    def mark(self, chest: Chest, name: str) -> Tensor:
        """The landmark ``name`` on the ordered side, (B, 1, 1)."""
        return torch.where(self.right > 0.5, chest.marks[f"{name}_R"], chest.marks[f"{name}_L"])

    def pick(self, right: Tensor, left: Tensor) -> Tensor:
        """Per patient the picture of the ordered side, (B, N, N)."""
        return torch.where(self.right > 0.5, right, left)

    def fill(self, chest: Chest, share: Tensor) -> None:
        """Fill ``share`` of the ordered lung's air with fluid."""
        chest.fill("R", share * self.right)
        chest.fill("L", share * (1 - self.right))

    @property
    def outward(self) -> Tensor:
        """-1 on the right side (x falls towards the wall), 1 on the left, (B, 1, 1)."""
        return 1 - 2 * self.right


@dataclass
class Lesion:
    """``mask`` (B, N, N) bool marks the lesion; ``measures`` name → (B,) what the stage's rule is about."""

    mask: Tensor
    measures: dict[str, Tensor]
