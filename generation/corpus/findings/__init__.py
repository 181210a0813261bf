"""One recipe per finding. A new finding is a module with ``apply`` and a line in RECIPES."""

from __future__ import annotations

from collections.abc import Callable

from generation.corpus.chest import Chest
from generation.corpus.findings import heart_failure, pleural_effusion, pneumonia, pneumothorax
from generation.corpus.findings.base import Lesion, Order

Recipe = Callable[[Chest, Order], Lesion]

RECIPES: dict[str, Recipe] = {
    "heart_failure": heart_failure.apply,
    "pneumonia": pneumonia.apply,
    "pleural_effusion": pleural_effusion.apply,
    "pneumothorax": pneumothorax.apply,
}

__all__ = ["RECIPES", "Lesion", "Order", "Recipe"]
