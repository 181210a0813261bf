"""Labelled radiographs from specs: the picture, its healthy twin, the lesion's mask and what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.corpus import comorbidities
from generation.corpus.atlas import Atlas, load_atlas
from generation.corpus.chest import Chest
from generation.corpus.composition import attenuation
from generation.corpus.detector import display, processed, window
from generation.corpus.findings import RECIPES, Lesion, Order
from generation.patients.anatomy import Anatomy, draw_anatomy
from generation.spec import CaseSpec

AT_ONCE = 6
"""Patients drawn together: more would not fit the processor's cache."""


@dataclass
class Samples:
    """A batch of labelled radiographs.

    ``image`` and ``normal`` (the same patients without the finding) are (B, 1, N, N) grey, 0 to 1, free of noise,
    bright where X-rays were stopped. ``mask`` (B, 1, N, N) is 1 on the lesion, else 0. ``landmarks``: name → (B,),
    ``cardiothoracic_ratio`` measured on every film, and the stage's measure (``rim_mm``, ``level_share``,
    ``lobe_share``), NaN where it does not apply.
    """

    image: Tensor
    normal: Tensor
    mask: Tensor
    landmarks: dict[str, Tensor]
    anatomy: Anatomy


class Simulator:
    """Draws radiographs from an atlas. A picture is a function of spec and anatomy alone."""

    def __init__(self, atlas: Atlas | None = None) -> None:
        self.atlas = atlas if atlas is not None else load_atlas()

    @torch.no_grad()
    def render(self, specs: Sequence[CaseSpec], anatomy: Anatomy | None = None, size: int = 256) -> Samples:
        """Radiographs of ``specs`` at ``size`` × ``size`` pixels; ``anatomy`` is drawn from them when not given.

        Raises ValueError when specs and anatomy differ in number.
        """
        anatomy = draw_anatomy(specs).to(self.atlas.layers.device) if anatomy is None else anatomy
        if len(specs) != len(anatomy):
            raise ValueError(f"{len(specs)} specs need as many anatomies, not {len(anatomy)}.")
        device, count = anatomy.vector.device, len(specs)
        image = torch.zeros(count, 1, size, size, device=device)
        normal, mask = torch.zeros_like(image), torch.zeros_like(image)
        landmarks: dict[str, Tensor] = {}
        for finding, members in _groups(specs):
            at = torch.tensor(members, device=device)
            group = [specs[i] for i in members]
            part, twin, lesion, ratio = self._group(finding, group, anatomy[at], size)
            image[at, 0], normal[at, 0], mask[at, 0] = part, twin, lesion.mask.float()
            for name, values in {**lesion.measures, "cardiothoracic_ratio": ratio}.items():
                landmarks.setdefault(name, torch.full((count,), float("nan"), device=device))[at] = values
        return Samples(image, normal, mask, landmarks, anatomy)

    def _group(
        self, finding: str, specs: Sequence[CaseSpec], anatomy: Anatomy, size: int
    ) -> tuple[Tensor, Tensor, Lesion, Tensor]:
        """Picture, healthy twin, lesion and cardiothoracic ratio of patients who share one finding."""
        chest = Chest.of(self.atlas, anatomy, size)
        comorbidities.apply(chest)
        lungs = chest.lung("R") | chest.lung("L")
        healthy = attenuation(chest)
        signal = processed(healthy)
        shown = window(signal, lungs, healthy > 0.6, chest.column("contrast"), chest.column("brightness"))
        twin = display(signal, healthy, shown)
        if finding == "normal":
            return twin, twin, Lesion(torch.zeros_like(lungs), {}), chest.heart_ratio()
        order = Order.of(specs, anatomy.vector.device)
        lesion = RECIPES[finding](chest, order)
        ill = attenuation(chest)
        return display(processed(ill), ill, shown), twin, lesion, chest.heart_ratio()


def _groups(specs: Sequence[CaseSpec]) -> Iterator[tuple[str, list[int]]]:
    """Findings and the positions of at most AT_ONCE specs that share them."""
    for finding in sorted({spec.finding for spec in specs}):
        members = [i for i, spec in enumerate(specs) if spec.finding == finding]
        for first in range(0, len(members), AT_ONCE):
            yield finding, members[first : first + AT_ONCE]
