"""Call a model with specs and get films: ``default_pipeline()(specs)``.

torch and the networks are imported when a pipeline is loaded, not with this module.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from generation.pipelines.models import InstalledModel, default_model, describe
from generation.spec import MAX_SEED, CaseSpec

if TYPE_CHECKING:
    from generation.networks.generator import ChestGenerator

GREY_LEVELS = 4095
MASK_THRESHOLD = 0.5
SPECK_MM2 = 12.0
"""Parts of a mask smaller than this are dropped, unless nothing larger is there."""


@dataclass(frozen=True, eq=False)
class GeneratedFilm:
    """One synthetic radiograph and its truth.

    ``pixels`` (N, N) uint16, 0 to 4095, bright where X-rays were stopped, with detector noise; row 0 is the top,
    column 0 the patient's right. ``mask`` (N, N) bool, True on the lesion; all False for a normal film.
    ``pixel_spacing_mm`` is the side of a pixel in the patient's plane.
    """

    spec: CaseSpec
    pixels: np.ndarray
    mask: np.ndarray
    pixel_spacing_mm: float
    model_name: str
    model_version: str
    weights_sha256: str


class ChestPipeline:
    """A loaded model. The same spec gives the same film, whatever else is in the call."""

    def __init__(self, generator: ChestGenerator, model: InstalledModel) -> None:
        self.generator = generator
        self.model = model

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> ChestPipeline:
        """Load a model folder. Raises ModelError when it is missing or damaged."""
        from generation.networks.generator import ChestGenerator

        model = describe(Path(folder))
        generator = ChestGenerator.from_pretrained(str(model.folder), use_safetensors=True, low_cpu_mem_usage=False)
        return cls(generator.float().eval().requires_grad_(False), model)

    def __call__(self, specs: Sequence[CaseSpec]) -> list[GeneratedFilm]:
        """The films of ``specs``, in their order."""
        return list(self.stream(specs))

    def stream(self, specs: Sequence[CaseSpec]) -> Iterator[GeneratedFilm]:
        """The films of ``specs`` one by one, as they are made."""
        for spec in specs:
            yield self._film(spec)

    def draw(self, spec: CaseSpec) -> tuple[np.ndarray, np.ndarray]:
        """What the network draws: the picture without noise, float32 0 to 1, and the lesion's probability; (N, N)."""
        import torch

        from generation.networks.inputs import Inputs

        with torch.inference_mode(), one_thread():
            # One spec at a time: the arithmetic of a batch depends on its size.
            drawn = Inputs.of([spec], self.model.size).draw(self.generator)
            return drawn.image[0, 0].clamp(0, 1).numpy(), torch.sigmoid(drawn.mask[0, 0]).numpy()

    def _film(self, spec: CaseSpec) -> GeneratedFilm:
        import torch

        from generation.corpus.detector import add_detector_noise
        from generation.patients.anatomy import FILM_MM

        image, probability = self.draw(spec)
        with torch.inference_mode(), one_thread():
            noisy = add_detector_noise(torch.from_numpy(image)[None, None], [noise_seed(spec)])[0, 0].numpy()
        spacing = FILM_MM / self.model.size
        return GeneratedFilm(
            spec=spec,
            pixels=np.round(noisy.clip(0, 1) * GREY_LEVELS).astype(np.uint16),
            mask=clean_mask(probability, spacing) if spec.finding != "normal" else np.zeros(image.shape, bool),
            pixel_spacing_mm=spacing,
            model_name=self.model.name,
            model_version=self.model.version,
            weights_sha256=self.model.weights_sha256,
        )


@lru_cache(maxsize=1)
def default_pipeline() -> ChestPipeline:
    """The bundled model, loaded once per process. Raises ModelError when there is none."""
    return ChestPipeline.from_pretrained(default_model().folder)


def noise_seed(spec: CaseSpec) -> int:
    """Seed of the detector's noise: another for every spec, the same on every machine."""
    words = json.dumps(spec.to_dict(), sort_keys=True)
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:4], "big") % MAX_SEED


def clean_mask(probability: np.ndarray, pixel_spacing_mm: float) -> np.ndarray:
    """The lesion (N, N) bool from its probability: holes of a pixel closed, specks dropped.

    When nothing reaches the threshold, what stands out most is kept: the film does show what was ordered,
    so that an empty truth would be wrong.
    """
    marked = probability > MASK_THRESHOLD
    if not marked.any():
        marked = probability > 0.5 * probability.max()
    marked = ndimage.binary_closing(np.pad(marked, 1), iterations=1)[1:-1, 1:-1]
    parts, count = ndimage.label(marked)
    if count == 0:
        return marked
    areas = np.bincount(parts.ravel())[1:] * pixel_spacing_mm**2
    kept = np.flatnonzero(areas >= min(SPECK_MM2, areas.max())) + 1
    return np.isin(parts, kept)


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one thread: the order of its sums, and so the last bit, must not depend on the machine's load."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
