"""Marking: from an answer and the truth to a score between 0 and 1. Pure: knows no database.

==========  ======================================================================================
question    score
==========  ======================================================================================
choice      1 for the right finding, else 0.
stage       1 − |distance| / (number of stages − 1): the linear agreement weights of Cicchetti and
            Allison (Am J EEG Technol 1971; 11:101–110), as in linearly weighted kappa. With three
            stages a neighbour earns ½ and the opposite end nothing.
locate      1 for a mark inside the lesion or no further than the tolerance from its edge, else 0.
            "No lesion" is right on a film without one and wrong on every other film.
==========  ======================================================================================

The tolerance is the acceptance radius of free-response observer studies (Chakraborty and Berbaum, Med Phys
2004; 31:2313–2330), measured from the lesion's edge, not its centre, because the extent is exactly known.
Haygood et al. (Br J Radiol 2013; 86:42313554) found nearly all true marks inside the lesion's border, so
the tolerance has only to forgive the pointing: ``DEFAULT_TOLERANCE_MM`` is half the width of a finger.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DEFAULT_TOLERANCE_MM = 10.0

Point = tuple[float, float]
"""(row, column) in film pixels; whole numbers are the centres of pixels, row 0 is the top."""


def mark_choice(answer: str, truth: str) -> float:
    """1.0 when ``answer`` names the same finding as ``truth``, else 0.0."""
    return float(answer == truth)


def mark_stage(answer: int, truth: int, levels: Sequence[int]) -> float:
    """Credit for stage ``answer`` where ``truth`` is right, on the scale ``levels`` (mild to severe, all different).

    Raises ValueError when either is not on the scale.
    """
    scale = list(levels)
    distance = abs(scale.index(answer) - scale.index(truth))
    return 1 - distance / max(len(scale) - 1, 1)


def distance_to_lesion_mm(point: Point, mask: NDArray[np.generic], spacing_mm: float) -> float | None:
    """Millimetres from ``point`` to the nearest edge of the lesion; 0 inside it, None where there is no lesion.

    ``mask`` is rows × columns, non-zero on the lesion; ``spacing_mm`` the width of a (square) pixel.
    """
    rows, columns = np.nonzero(mask)
    if not rows.size:
        return None
    # A pixel is a square, half a pixel to each side of its centre.
    down = np.maximum(np.abs(rows - point[0]) - 0.5, 0)
    across = np.maximum(np.abs(columns - point[1]) - 0.5, 0)
    return float(np.hypot(down, across).min() * spacing_mm)


def mark_locate(point: Point | None, mask: NDArray[np.generic], spacing_mm: float, tolerance_mm: float) -> float:
    """Score of a mark at ``point``, or of the answer "no lesion" (None). Arguments as in ``distance_to_lesion_mm``.

    Raises ValueError for a point outside the film, a negative tolerance or a spacing that is not positive.
    """
    if spacing_mm <= 0 or tolerance_mm < 0:
        raise ValueError("The pixel spacing must be positive and the tolerance not negative.")
    if point is None:
        return float(not np.any(mask))
    if not is_on_film(point, mask.shape[0], mask.shape[1]):
        raise ValueError("The mark is outside the film.")
    distance = distance_to_lesion_mm(point, mask, spacing_mm)
    return float(distance is not None and distance <= tolerance_mm)


def is_on_film(point: Point, rows: int, columns: int) -> bool:
    """Whether ``point`` lies on a film of rows × columns pixels, borders included."""
    return -0.5 <= point[0] <= rows - 0.5 and -0.5 <= point[1] <= columns - 0.5
