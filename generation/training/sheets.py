"""Sample pictures during training: the averaged generator beside the simulator, for patients held out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from generation.evaluation.sheets import grey, outlined, specs_by_stage, tile
from generation.networks.inputs import Inputs
from generation.training.run import Run


def simulator_sheets(size: int) -> Callable[[Run, Path], None]:
    """A drawer of sheets for ``train``: a row of the simulator's pictures, one drawn, one with masks; and again."""
    from generation.corpus.simulator import Simulator

    specs = specs_by_stage()
    truth = Simulator().render(specs, size=size)

    def draw(run: Run, path: Path) -> None:
        with torch.no_grad():
            drawn = Inputs.of(specs, size).to(run.device).draw(run.average)
        images = drawn.image[:, 0].cpu().numpy()
        masks = (drawn.mask[:, 0] > 0).cpu().numpy()
        real = truth.image[:, 0].numpy()
        rows = []
        for start in range(0, len(specs), 7):
            part = range(start, min(start + 7, len(specs)))
            rows += [[grey(real[i]) for i in part], [grey(images[i]) for i in part]]
            rows += [[outlined(images[i], masks[i]) for i in part]]
        tile(rows).save(path)

    return draw
