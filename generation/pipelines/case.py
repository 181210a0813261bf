"""From a CaseSpec to everything that is kept of a case: image file, pictures, truth, card, provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generation.patients.vignette import Vignette


@dataclass(frozen=True)
class CaseFiles:
    """A finished case, ready to be stored. All pictures show the same field; row 0 is the top.

    ``dicom``: a Digital X-Ray file, with the truth in its tags: never send it to a quiz.
    ``preview``: 8-bit grey PNG with the visible label. ``overlay``: RGBA PNG of the preview's size.
    ``pixels``: rows × columns uint16, little-endian, row by row, 0–4095, no header.
    ``mask``: 8-bit PNG of rows × columns, 255 on the lesion and 0 elsewhere.
    ``lesion_centroid``: (row, column) in film pixels, None when nothing is marked.
    ``provenance``: JSON-ready: spec, seed, model name and version, weights_sha256, made_at (ISO 8601),
    seconds, pixels_sha256.
    """

    dicom: bytes
    preview: bytes
    overlay: bytes
    pixels: bytes
    mask: bytes
    rows: int
    columns: int
    pixel_spacing_mm: float
    vignette: Vignette
    lesion_area_mm2: float
    lesion_centroid: tuple[float, float] | None
    provenance: dict[str, Any]
