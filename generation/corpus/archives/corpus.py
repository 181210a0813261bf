"""Archive films as batches for the training loop: what is known of each film, and what is not.

One loop can serve the simulated corpus and an archive. From the simulator everything is known: picture, healthy twin,
mask, condition, the patient's anatomy. A film of an archive has a picture and some labels; it has neither twin nor
anatomy, so no paired loss applies to it. It can take the simulator's place on the discriminator's real side: give the
discriminator ``known_condition`` of the film, and the same numbers with the drawn picture, so that nothing unknown
tells the two apart; weight whatever compares masks by ``mask_known``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from generation.corpus.archives.archive import Archive
from generation.corpus.archives.errors import ArchiveError
from generation.corpus.archives.record import ArchiveRecord, ArchiveSample
from generation.patients.anatomy import CONDITION_NAMES
from generation.vocabulary import FINDINGS

TRIES = 20
"""So many unreadable films in a row mean that the archive is broken."""
UNKNOWN = (0.0, False)
ABSENT = (0.0, True)


@dataclass
class ArchiveBatch:
    """B films of N × N pixels; float32 unless said otherwise.

    ``image`` (B, 1, N, N), 0 to 1. ``mask`` (B, 1, N, N), 0 or 1, zero where ``mask_known`` (B,) bool is False.
    ``condition`` (B, CONDITION_DIM) as ``condition_vector`` gives it, zero where ``condition_known`` (same shape, bool)
    is False. ``grade`` (B,) int64, -1 where there is none.
    """

    image: Tensor
    mask: Tensor
    mask_known: Tensor
    condition: Tensor
    condition_known: Tensor
    grade: Tensor

    @property
    def known_condition(self) -> Tensor:
        """Values and whether they are known, side by side, (B, 2 · CONDITION_DIM)."""
        return torch.cat([self.condition, self.condition_known.float()], dim=1)

    def to(self, device: torch.device | str) -> ArchiveBatch:
        """The same batch on another device."""
        return ArchiveBatch(*(getattr(self, field.name).to(device) for field in fields(self)))


def collate(samples: Sequence[ArchiveSample]) -> ArchiveBatch:
    """Samples of one size as a batch."""
    blank = np.zeros_like(samples[0].image)
    rows = [condition_of(sample.record) for sample in samples]
    grades = [sample.record.grade for sample in samples]
    return ArchiveBatch(
        image=torch.from_numpy(np.stack([sample.image for sample in samples])),
        mask=torch.from_numpy(np.stack([blank if sample.mask is None else sample.mask for sample in samples])),
        mask_known=torch.tensor([sample.mask is not None for sample in samples]),
        condition=torch.tensor([[value for value, _ in row] for row in rows], dtype=torch.float32),
        condition_known=torch.tensor([[known for _, known in row] for row in rows]),
        grade=torch.tensor([-1 if grade is None else grade for grade in grades]),
    )


def condition_of(record: ArchiveRecord) -> list[tuple[float, bool]]:
    """Value and whether it is known, for each of CONDITION_NAMES."""
    return [_component(record, name) for name in CONDITION_NAMES]


def _component(record: ArchiveRecord, name: str) -> tuple[float, bool]:
    if name == "age":
        return UNKNOWN if record.age is None else ((record.age - 55) / 20, True)
    if name == "sex":
        return UNKNOWN if not record.sex else (1.0 if record.sex == "M" else -1.0, True)
    if ":" not in name:
        there = record.comorbidities.get(name)
        return UNKNOWN if there is None else (float(there), True)
    finding, side, lobe, level = name.split(":")
    return _step(record, finding, (side, lobe), int(level))


def _step(record: ArchiveRecord, finding: str, place: tuple[str, str], level: int) -> tuple[float, bool]:
    """One step of a finding's thermometer at one place."""
    there = record.findings.get(finding)
    if there is None:
        return UNKNOWN
    if not there:
        return ABSENT
    places = [known for known in FINDINGS[finding].places if _fits(record, known)]
    if place not in places:
        return ABSENT if places else UNKNOWN
    if len(places) > 1:
        return UNKNOWN
    if record.stage is None:
        return (1.0, True) if level == 1 else UNKNOWN
    return min(1.0, max(0.0, record.stage - level + 1)), True


def _fits(record: ArchiveRecord, place: tuple[str, str]) -> bool:
    """Whether the lesion may be there as far as the record says; only one finding can own the record's place."""
    if len(record.present) != 1:
        return True
    side, lobe = place
    return record.side in (None, side) and record.lobe in (None, lobe)


class ArchiveCorpus:
    """Batches of an archive's films, drawn evenly with repeats. Raises ArchiveError when ``records`` is empty."""

    def __init__(self, archive: Archive, records: Sequence[ArchiveRecord], size: int) -> None:
        if not records:
            raise ArchiveError(f"{archive.root} has no film to learn from. See its report.")
        self.archive, self.records, self.size = archive, list(records), size

    def batch(self, rng: np.random.Generator, count: int) -> ArchiveBatch:
        """``count`` films; an unreadable one is counted in the archive's report and another takes its place.

        Raises ArchiveError when one after the other is unreadable.
        """
        return collate([self._draw(rng) for _ in range(count)])

    def _draw(self, rng: np.random.Generator) -> ArchiveSample:
        for _ in range(TRIES):
            sample = self.archive.try_load(self.records[int(rng.integers(len(self.records)))], self.size)
            if sample is not None:
                return sample
        raise ArchiveError(f"{TRIES} films in a row cannot be read. See the report of {self.archive.root}.")
