"""What a training run is made of: everything that is needed to repeat it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class TrainingConfig:
    """Settings of a run.

    A batch holds ``patients`` and healthy twins of ``twins`` of them. ``steps`` ends the run and shapes the
    learning rate (cosine from ``rate`` to ``final_rate`` of it); 0 leaves both to the time limit. ``fast_rate``
    multiplies the rate of the atlas's maps and of what only few samples show. The adversarial loss starts at
    ``adversarial_from`` (share of the run), and its gradient is scaled to ``adversarial_share`` of that of the
    paired loss.
    """

    size: int = 256
    seed: int = 0
    patients: int = 3
    twins: int = 1
    steps: int = 0
    width: int = 32
    rate: float = 1.5e-3
    final_rate: float = 0.08
    fast_rate: float = 5.0
    generator_betas: tuple[float, float] = (0.5, 0.99)
    discriminator_rate: float = 1e-3
    discriminator_betas: tuple[float, float] = (0.0, 0.99)
    discriminator_width: int = 24
    crop: int = 128
    adversarial_from: float = 0.2
    adversarial_share: float = 0.35
    penalty: float = 0.02
    penalty_every: int = 16
    mask_weight: float = 0.15
    average_decay: float = 0.995
    log_every: int = 20
    sheet_every: int = 100
    checkpoint_every: int = 200

    def save(self, path: Path) -> None:
        """Write the settings as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> TrainingConfig:
        """Read settings that ``save`` wrote. Raises TypeError for settings that are not known."""
        data = json.loads(path.read_text())
        for field in fields(cls):
            if isinstance(data.get(field.name), list):
                data[field.name] = tuple(data[field.name])
        return cls(**data)
