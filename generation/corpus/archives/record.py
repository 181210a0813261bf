"""What an archive says of one film, and the film itself, ready to learn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.vocabulary import FINDINGS

Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Box:
    """A rectangle on the film, in shares of its width and height (0 to 1, from the top left corner).

    ``label`` is the archive's own word, ``finding`` the vocabulary's key or "" where it has none.
    """

    label: str
    finding: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    @property
    def sound(self) -> bool:
        """Whether the rectangle has an area and lies on the film."""
        inside = -0.01 <= self.left < self.right <= 1.01 and -0.01 <= self.top < self.bottom <= 1.01
        return inside and self.area > 0


@dataclass(frozen=True)
class Outline:
    """A lesion's exact outline: a picture file, or runs of pixels.

    ``runs`` (n, 2) int64 holds start and length of each run, counted down the columns of a picture of
    ``height`` × ``width`` pixels. No runs and no ``path``: the lesion is known to be absent.
    """

    finding: str
    path: Path | None = None
    runs: NDArray[np.int64] | None = None
    height: int = 0
    width: int = 0


@dataclass(frozen=True)
class ArchiveRecord:
    """One film of an archive.

    Labels that are not known are left out: ``findings`` and ``comorbidities`` hold vocabulary keys, True where
    present, False where known to be absent. ``stage`` is None, ``side`` and ``lobe`` are None, ``sex`` and ``view``
    are "" and ``age`` (years) is None where unknown; the film's stage and place belong to its one present finding.
    ``grade`` is a step of ``grade_scale``, an ordinal scale of its own outside the chest vocabulary. ``others`` are
    the archive's labels that the vocabulary does not have. ``part`` cuts the picture: "" (all of it), "left" or
    "right" (that half of the picture). ``inverted``: the file shows air bright. ``split`` is the archive's own part
    ("train", "test", …), ``source`` says where the record was read, ``mended`` what had to be put right.
    """

    path: Path
    patient_id: str
    source: str
    findings: Mapping[str, bool] = field(default_factory=dict)
    comorbidities: Mapping[str, bool] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    stage: float | None = None
    side: str | None = None
    lobe: str | None = None
    grade: int | None = None
    grade_scale: str = ""
    age: int | None = None
    sex: str = ""
    view: str = ""
    boxes: tuple[Box, ...] = ()
    outline: Outline | None = None
    part: str = ""
    inverted: bool = False
    split: str = ""
    mended: tuple[str, ...] = ()

    @property
    def present(self) -> tuple[str, ...]:
        """Keys of the findings the film shows, "normal" left out."""
        return tuple(key for key, there in self.findings.items() if there and key != "normal")


@dataclass(frozen=True)
class ArchiveSample:
    """A film at N × N pixels.

    ``image`` (1, N, N) float32, 0 to 1, bright where X-rays were stopped. ``mask`` (1, N, N) float32, 1 on the lesion,
    or None where the archive says nothing of the place. ``mask_kind``: "outline" (exact), "box" (rectangles around),
    "empty" (nothing to mark), or "". The mask is the whole truth for ``mask_findings`` and says nothing of others.
    ``mended`` names what had to be done to the pixels.
    """

    record: ArchiveRecord
    image: Picture
    mask: Picture | None = None
    mask_kind: str = ""
    mask_findings: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()


def sound_boxes(boxes: Iterable[Box]) -> tuple[tuple[Box, ...], tuple[str, ...]]:
    """The boxes that can be drawn, and what was mended."""
    all_boxes = tuple(boxes)
    sound = tuple(box for box in all_boxes if box.sound)
    return sound, (() if len(sound) == len(all_boxes) else ("box without area or off the film left out",))


def side_of(boxes: tuple[Box, ...], finding: str) -> str | None:
    """The patient's side that the finding's boxes lie on; None without boxes or where the finding has no sides.

    On a frontal film as it is hung, the patient's right is on the left of the picture.
    """
    centres = [(box.left + box.right) / 2 for box in boxes if box.finding == finding]
    return side_at(centres, finding)


def side_at(centres: list[float], finding: str) -> str | None:
    """The patient's side of lesions at these shares of the picture's width; None where sides do not apply."""
    sides = {side for side, _ in FINDINGS[finding].places} if finding in FINDINGS else set()
    if not centres or not {"right", "left"} <= sides:
        return None
    hit = {"right" if centre < 0.5 else "left" for centre in centres}
    return hit.pop() if len(hit) == 1 else "both"
