"""From attenuation to the display's grey: exposure, scatter, detail, window; and the detector's noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from generation.corpus.signal import blur
from generation.patients.anatomy import FILM_MM

PHOTONS = 1.2e5
"""Photons per square millimetre in air; noise is scaled from it."""
SHADES = 2.6
"""Span of attenuation that the grey scale covers, as used to place noise."""


@dataclass
class Window:
    """Grey scale of one exposure, set on the healthy lungs so that disease does not change it; each (B, 1, 1)."""

    low: Tensor
    high: Tensor
    contrast: Tensor
    brightness: Tensor


def processed(attenuation: Tensor) -> Tensor:
    """What the console shows before windowing (B, N, N): logarithmic signal with wide contrasts reduced."""
    px = FILM_MM / attenuation.shape[-1]
    exposure = torch.exp(-attenuation)
    exposure = blur(exposure, 0.5 / px) + 0.06 * blur(exposure, 30 / px) + 0.0006
    signal = -torch.log(exposure)
    fine = blur(signal, 1.3 / px)
    middle, wide = blur(fine, 8 / px), blur(signal.clamp(max=5.2), 24 / px)
    return signal + 0.75 * (signal - fine) + 0.25 * (fine - middle) + 0.1 * (middle - wide) - 0.42 * (wide - 2.6)


def window(signal: Tensor, lungs: Tensor, body: Tensor, contrast: Tensor, brightness: Tensor) -> Window:
    """Automatic window of ``signal`` from its lungs and body (bool, (B, N, N)); contrast and brightness (B, 1, 1)."""
    thin = (slice(None), slice(None, None, 3), slice(None, None, 3))
    nan = torch.tensor(float("nan"), device=signal.device)
    low = torch.nanquantile(torch.where(lungs, signal, nan)[thin].flatten(1), 0.04, dim=1)
    high = torch.nanquantile(torch.where(body, signal, nan)[thin].flatten(1), 0.94, dim=1)
    return Window(low[:, None, None], high[:, None, None], contrast, brightness)


def display(signal: Tensor, attenuation: Tensor, shown: Window) -> Tensor:
    """Grey (B, N, N) in 0 to 1, bright where X-rays were stopped."""
    t = (signal - shown.low) / (shown.high - shown.low)
    slope, middle = 2.9 + 0.25 * shown.contrast, 0.26 + 0.02 * shown.brightness

    def curve(value: Tensor | float) -> Tensor:
        return torch.sigmoid((value - middle) * slope)

    bottom, top = curve(0.0), curve(1.0)
    grey = 0.30 + 0.62 * (curve(t) - bottom) / (top - bottom)
    return (grey * torch.sigmoid((attenuation - 0.32) / 0.07)).clamp(0, 1)


def add_detector_noise(image: Tensor, seeds: Sequence[int], dose: float = 1.0) -> Tensor:
    """Quantum noise, seen through the detector's point spread, on ``image`` (B, 1, N, N) in 0 to 1.

    Bright pixels got few photons and are noisier, by the square root; ``dose`` scales the photons. The same seed
    gives the same noise. Raises ValueError when there are not as many seeds as images.
    """
    if len(seeds) != image.shape[0]:
        raise ValueError(f"{image.shape[0]} images need as many seeds, not {len(seeds)}.")
    size = image.shape[-1]
    drawn = [
        np.random.Generator(np.random.PCG64([seed, 1])).standard_normal((size, size), np.float32) for seed in seeds
    ]
    grain = torch.from_numpy(np.stack(drawn)).to(image.device)
    grain = 0.6 * grain + 0.4 * blur(grain, 0.8)
    pixel_area = (FILM_MM / size) ** 2
    counts = dose * PHOTONS * pixel_area * torch.exp(-SHADES * (0.4 + image[:, 0]))
    return (image + (grain / counts.sqrt() * 1.8 / SHADES)[:, None]).clamp(0, 1)
