"""Figures on pictures and masks: each a small pure function of arrays (N, N), float 0 to 1 or bool."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import ndimage

BANDS = {"16-32": (16, 32), "32-64": (32, 64), "64-128": (64, 128)}
"""Frequency bands in cycles per picture side."""


def psnr(drawn: np.ndarray, truth: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB for pictures of range 0 to 1; infinite for equal ones."""
    error = float(np.mean((drawn - truth) ** 2))
    return float("inf") if error == 0 else -10 * float(np.log10(error))


def ssim(drawn: np.ndarray, truth: np.ndarray) -> float:
    """Structural similarity (Wang 2004; Gaussian window of 1.5 pixels), -1 to 1."""
    c1, c2 = 0.01**2, 0.03**2
    mean_a, mean_b = (ndimage.gaussian_filter(x.astype(np.float64), 1.5) for x in (drawn, truth))
    var_a = ndimage.gaussian_filter(drawn.astype(np.float64) ** 2, 1.5) - mean_a**2
    var_b = ndimage.gaussian_filter(truth.astype(np.float64) ** 2, 1.5) - mean_b**2
    both = ndimage.gaussian_filter(drawn.astype(np.float64) * truth, 1.5) - mean_a * mean_b
    top = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    return float(np.mean(top / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))))


def dice(drawn: np.ndarray, truth: np.ndarray) -> float:
    """Overlap of two masks, 0 to 1; 1 when both are empty."""
    total = int(drawn.sum()) + int(truth.sum())
    return 1.0 if total == 0 else 2 * int((drawn & truth).sum()) / total


def band_powers(picture: np.ndarray) -> dict[str, float]:
    """Spectral power of a picture in those of BANDS that its size can hold, after a Hann window."""
    size = picture.shape[0]
    window = np.hanning(size)
    spectrum = np.abs(np.fft.fft2((picture - picture.mean()) * window[:, None] * window)) ** 2
    frequency = np.fft.fftfreq(size, 1 / size)
    radius = np.hypot(frequency[:, None], frequency)
    held = {name: band for name, band in BANDS.items() if band[0] < size / 2}
    return {name: float(spectrum[(radius >= low) & (radius < high)].mean()) for name, (low, high) in held.items()}


def rises(values: list[float], slack: float = 0.0) -> bool:
    """Whether every value is at least the one before (less ``slack``)."""
    return all(after >= before - slack for before, after in pairwise(values))
