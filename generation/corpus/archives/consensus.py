"""What several readers of one film agree on: labels by majority, boxes where they overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generation.corpus.archives.record import Box

OVERLAP = 0.4
"""Boxes of two readers mean the same lesion from this intersection over union on (as usual for VinDr-CXR)."""


def majority(readers: int) -> int:
    """How many of the readers are more than half of them."""
    return readers // 2 + 1


def agreed_label(votes: int, readers: int) -> bool | None:
    """True when most readers saw it, False when none did, None in between."""
    if votes >= majority(readers):
        return True
    return False if votes == 0 else None


def overlap(first: Box, second: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width = min(first.right, second.right) - max(first.left, second.left)
    height = min(first.bottom, second.bottom) - max(first.top, second.top)
    shared = max(0.0, width) * max(0.0, height)
    union = first.area + second.area - shared
    return shared / union if union > 0 else 0.0


@dataclass
class _Lesion:
    boxes: dict[str, Box]

    @property
    def mean(self) -> Box:
        boxes = list(self.boxes.values())
        sides = (sum(getattr(box, side) for box in boxes) / len(boxes) for side in ("left", "top", "right", "bottom"))
        return Box(boxes[0].label, boxes[0].finding, *sides)


def agreed_boxes(drawn: Mapping[str, Sequence[Box]], readers: int) -> tuple[Box, ...]:
    """The lesions that most readers drew, each as the mean of their boxes. ``drawn``: reader → boxes."""
    lesions: list[_Lesion] = []
    queue = [(reader, box) for reader, boxes in sorted(drawn.items()) for box in boxes]
    for reader, box in sorted(queue, key=lambda item: -item[1].area):
        best = _best(lesions, reader, box)
        if best is None:
            lesions.append(_Lesion({reader: box}))
        else:
            best.boxes[reader] = box
    return tuple(lesion.mean for lesion in lesions if len(lesion.boxes) >= majority(readers))


def _best(lesions: Sequence[_Lesion], reader: str, box: Box) -> _Lesion | None:
    """The lesion that this reader has not drawn yet and that the box overlaps most."""
    free = [lesion for lesion in lesions if reader not in lesion.boxes and lesion.mean.label == box.label]
    best = max(free, key=lambda lesion: overlap(lesion.mean, box), default=None)
    return best if best is not None and overlap(best.mean, box) >= OVERLAP else None
