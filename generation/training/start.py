"""What a generator may know before it learns: where lungs and chest wall are, from the corpus's own anatomy."""

from __future__ import annotations

import torch
import torch.nn.functional as functional

from generation.networks.generator import ChestGenerator


@torch.no_grad()
def start_from_simulator(generator: ChestGenerator) -> None:
    """Lay the simulator's lungs and their distance to the chest wall, averaged over postures, into the generator."""
    from generation.corpus.atlas import load_atlas
    from generation.corpus.chest import LUNG_CM
    from generation.corpus.layers import LAYERS

    def layer(prefix: str) -> torch.Tensor:
        return load_atlas().layers[:, [LAYERS.index(name) for name in LAYERS if name.startswith(prefix)]].float().sum(1)

    walls = [layer(f"wall_{side}") for side in "RL"]
    lungs = [(layer(f"air_{side}") > LUNG_CM).float() for side in "RL"]
    maps = torch.stack([*walls, *lungs], dim=1).mean(0, keepdim=True)
    kept = generator.lung_edge.wall_atlas
    kept.copy_(functional.interpolate(maps, size=kept.shape[-2:], mode="bilinear", antialias=True))
