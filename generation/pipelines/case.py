"""From a CaseSpec to everything that is kept of a case: image file, pictures, truth, card, provenance."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from generation.dicom.dx import write_dx
from generation.dicom.identity import Identity
from generation.dicom.modules import Provenance
from generation.marks.preview import mask_png, preview_png, truth_png
from generation.patients.vignette import Vignette, write_vignette
from generation.spec import CaseSpec


class Film(Protocol):
    """What a pipeline gives for one spec: ``generation.pipelines``' GeneratedFilm, or anything of its shape.

    ``pixels``: uint16 (rows, columns), 0–4095, white is bone. ``mask``: bool of the same shape, True on the lesion.
    ``pixel_spacing_mm``: side of a pixel in the plane of the patient's middle.
    """

    @property
    def spec(self) -> CaseSpec: ...
    @property
    def pixels(self) -> NDArray[np.uint16]: ...
    @property
    def mask(self) -> NDArray[np.bool_]: ...
    @property
    def pixel_spacing_mm(self) -> float: ...
    @property
    def model_name(self) -> str: ...
    @property
    def model_version(self) -> str: ...
    @property
    def weights_sha256(self) -> str: ...


Pipeline = Callable[[Sequence[CaseSpec]], Sequence[Film]]


@dataclass(frozen=True)
class CaseFiles:
    """A finished case, ready to be stored. All pictures show the same field; row 0 is the top.

    ``dicom``: a Digital X-Ray file, with the truth in its tags: never send it to a quiz.
    ``preview``: 8-bit grey PNG with the visible label. ``overlay``: RGBA PNG of the preview's size.
    ``pixels``: rows × columns uint16, little-endian, row by row, 0–4095, no header.
    ``mask``: 8-bit PNG of rows × columns, 255 on the lesion and 0 elsewhere.
    ``pixel_spacing_mm`` and ``lesion_area_mm2`` are measured in the plane of the patient's middle.
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


def make_case(spec: CaseSpec, pipeline: Pipeline, case_id: UUID, made_at: datetime) -> CaseFiles:
    """Generate the film of ``spec`` and everything around it. Takes as long as the pipeline; stores nothing."""
    start = perf_counter()
    film = pipeline([spec])[0]
    return case_files(film, case_id, made_at, perf_counter() - start)


def case_files(film: Film, case_id: UUID, made_at: datetime, seconds: float = 0.0) -> CaseFiles:
    """Everything that is kept of a film; ``seconds`` is how long it took, for the record.

    Equal arguments give equal bytes. Raises FilmError for pixels that are not a 12-bit film and
    ValueError when ``made_at`` has no time zone.
    """
    spec = film.spec
    provenance = Provenance(film.model_name, film.model_version, film.weights_sha256, made_at)
    vignette = write_vignette(spec)
    pixels = film.pixels.astype("<u2").tobytes()
    rows, columns = film.pixels.shape
    return CaseFiles(
        dicom=write_dx(
            film.pixels,
            spec=spec,
            identity=Identity.of(spec, case_id),
            vignette=vignette,
            provenance=provenance,
            pixel_spacing_mm=film.pixel_spacing_mm,
        ),
        preview=preview_png(film.pixels),
        overlay=mask_png(film.mask),
        pixels=pixels,
        mask=truth_png(film.mask),
        rows=rows,
        columns=columns,
        pixel_spacing_mm=film.pixel_spacing_mm,
        vignette=vignette,
        lesion_area_mm2=float(film.mask.sum()) * film.pixel_spacing_mm**2,
        lesion_centroid=centroid(film.mask),
        provenance={
            "spec": spec.to_dict(),
            "seed": spec.seed,
            "model_name": film.model_name,
            "model_version": film.model_version,
            "weights_sha256": film.weights_sha256,
            "made_at": made_at.isoformat(),
            "seconds": round(seconds, 3),
            "pixels_sha256": hashlib.sha256(pixels).hexdigest(),
        },
    )


def centroid(mask: NDArray[np.bool_]) -> tuple[float, float] | None:
    """The mean (row, column) of the True pixels, None where there are none."""
    points = np.argwhere(mask)
    if not len(points):
        return None
    row, column = points.mean(axis=0)
    return float(row), float(column)
