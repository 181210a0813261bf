"""Make the projected CT, lying with raised arms, into a standing patient with arms down, and find its landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi
from scipy.interpolate import make_interp_spline

from generation.corpus.layers import APEX_Z, FIELD, LOBES, SIDES

Layer = NDArray[np.floating[Any]]

OUTWARD_TURN = np.deg2rad(14)
"""Turn of the scapulae when the shoulders are rolled forward, which clears them off the lungs."""
LUNG_CM = 1.2
HEART_CM = 1.0
ANGLE_CM = 3.0
"""The costophrenic angle is seen where the rays cross this much air; less shines through the liver unseen."""
"""Where the rays cross at least this much air, a pixel belongs to the lung."""


def frame(size: int) -> tuple[Layer, Layer]:
    """Positions x, z in mm of the atlas's pixels, each (size, size)."""
    steps = ((np.arange(size) + 0.5) / size - 0.5) * FIELD
    x, z = np.meshgrid(steps, -steps)
    return x.astype(np.float32), z.astype(np.float32)


def dress(raw: Mapping[str, Layer]) -> tuple[dict[str, Layer], dict[str, float]]:
    """Layers as the simulator uses them, and their landmarks, from the bare projections of one pose."""
    size = raw["soft"].shape[0]
    x, z = frame(size)
    pixel = FIELD / size
    layers = {name: np.maximum(layer, 0) for name, layer in raw.items()}
    for name in ("ribs", "vessels_R", "vessels_L", "dilated_R", "dilated_L"):
        layers[name] = _sharpen(layers[name], 0.8)
    layers["air_LLL"] = layers["air_LLL"] + _missing_base(air(layers, "L"), x, z, pixel)
    layers["gut"] = 0.8 * ndi.gaussian_filter(layers["gut"], 4 / pixel)
    layers["spine"] = _calm_spine(layers["spine"], pixel)
    layers["soft"] = _lower_arms(layers["soft"], x, z)
    layers["scapulae"] = _roll_shoulders(layers["scapulae"], x, z)
    layers["clavicles"] = _clavicles(x, z, pixel)
    marks = landmarks(layers, x, z)
    for side in SIDES:
        layers[f"wall_{side}"] = _from_wall(layers, marks, side, x, z, pixel)
    return {name: layer.astype(np.float32) for name, layer in layers.items()}, marks


def air(layers: Mapping[str, Layer], side: str) -> Layer:
    """Air of one lung in cm."""
    return reduce(np.add, [layers[name] for name in LOBES if name[4] == side])


def landmarks(layers: Mapping[str, Layer], x: Layer, z: Layer) -> dict[str, float]:
    """Per side: apex_, floor_ (costophrenic angle), lateral_, medial_, hilum_x_, hilum_z_; per lobe its centre and
    area; the heart's borders heart_right, heart_left, heart_top, heart_bottom. In mm, areas in mm²."""
    marks: dict[str, float] = {}
    for side in SIDES:
        lung = air(layers, side) > LUNG_CM
        rows, columns = z[lung.any(1), 0], x[0, lung.any(0)]
        angle = (air(layers, side) > ANGLE_CM) & (np.abs(x) > 70)
        marks[f"apex_{side}"], marks[f"floor_{side}"] = float(rows.max()), float(z[angle.any(1), 0].min())
        ends = (columns.min(), columns.max())
        marks[f"lateral_{side}"], marks[f"medial_{side}"] = map(float, ends if side == "R" else reversed(ends))
        near = np.exp(-(((z - rows.max() + 120) / 40) ** 2)) * np.exp(-(((np.abs(x) - 38) / 30) ** 2))
        busy = ndi.gaussian_filter(layers[f"vessels_{side}"], 8) * near
        at = np.unravel_index(busy.argmax(), busy.shape)
        marks[f"hilum_x_{side}"], marks[f"hilum_z_{side}"] = float(x[at]), float(z[at])
    for name in LOBES:
        lobe = layers[name] * (layers[name] > 2)
        marks[f"{name}_x"], marks[f"{name}_z"] = (float((p * lobe).sum() / lobe.sum()) for p in (x, z))
        marks[f"{name}_area"] = float((lobe > 0).sum() * (x[0, 1] - x[0, 0]) ** 2)
    heart = layers["heart"] > HEART_CM
    columns, rows = x[0, heart.any(0)], z[heart.any(1), 0]
    marks.update(heart_right=float(columns.min()), heart_left=float(columns.max()))
    marks.update(heart_bottom=float(rows.min()), heart_top=float(rows.max()))
    return marks


def _sharpen(layer: Layer, amount: float) -> Layer:
    return np.clip(layer + amount * (layer - ndi.gaussian_filter(layer, (2.0, 1.3))), 0, None)


def _missing_base(lung: Layer, x: Layer, z: Layer, pixel: float) -> Layer:
    """Air (cm) that the left costophrenic recess lacks: the patient lay on it, and a fat pad fills its front."""
    half = ndi.zoom(lung, 0.5, order=1)
    reach = round(26 / pixel / 2)
    across, down = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    closed = ndi.grey_closing(half, footprint=across**2 + down**2 <= reach**2)
    missing = ndi.zoom(closed, 2, order=1)[: lung.shape[0], : lung.shape[1]] - lung
    place = _step((x - 62) / 8) * _step((-45 - z) / 10)
    return np.clip(ndi.gaussian_filter(missing, 2.5 / pixel), 0, None) * place * 0.85


def _calm_spine(spine: Layer, pixel: float) -> Layer:
    """Vertebral bodies keep their outline; the streaks of the scan's slices go."""
    smooth = ndi.gaussian_filter(spine, (1.8 / pixel, 1.2 / pixel))
    return smooth + 0.5 * (smooth - ndi.gaussian_filter(smooth, 5 / pixel))


def _lower_arms(soft: Layer, x: Layer, z: Layer) -> Layer:
    """Replace the raised arms by shoulders and close the flanks up to the film's edge."""
    side = np.abs(x)
    soft = ndi.gaussian_filter(soft, 0.8)
    above = _step((z - APEX_Z - 4) / 6)
    cap = 16.5 - 0.028 * side - 3.5 * above
    high = _step((z - (APEX_Z - 50)) / 14) * _step((side - 50 + 45 * above) / 14)
    soft = soft * (1 - high) + np.minimum(soft, cap) * high
    arm = 12.0 * np.sqrt(np.clip(1 - ((side - 172) / 60) ** 2 - ((z - (APEX_Z - 75)) / 150) ** 2, 0, None))
    soft = np.maximum(soft, ndi.gaussian_filter(arm, 6))
    flank = 9.5 * np.sqrt(np.clip((190 - side) / 60, 0, 1)) * _step((APEX_Z - 60 - z) / 30)
    return np.maximum(soft, ndi.gaussian_filter(flank, 5))


def _roll_shoulders(scapulae: Layer, x: Layer, z: Layer) -> Layer:
    """Scapulae turned outwards about their upper ends."""
    pixel = float(x[0, 1] - x[0, 0])
    rolled = np.zeros_like(scapulae)
    for sign in (-1, 1):
        x0, z0 = sign * 112.0, APEX_Z - 60
        dx, dz = x - sign * 26 - x0, z + 4 - z0
        px = x0 + dx * np.cos(OUTWARD_TURN) + sign * dz * np.sin(OUTWARD_TURN)
        pz = z0 + dz * np.cos(OUTWARD_TURN) - sign * dx * np.sin(OUTWARD_TURN)
        at = [(FIELD / 2 - pz) / pixel - 0.5, (px + FIELD / 2) / pixel - 0.5]
        rolled += ndi.map_coordinates(scapulae, at, order=1, mode="nearest") * (x * sign > 45)
    return rolled


def _clavicles(x: Layer, z: Layer, pixel: float) -> Layer:
    """Two hollow bones, thick at the sternal end: the CT's own ones are raised with the arms."""
    cortex = np.zeros_like(x)
    for sign in (-1, 1):
        low = APEX_Z - 40
        knots = [(19, low - 10), (46, low - 2), (82, low + 9), (116, low + 20), (156, low + 23)]
        along = make_interp_spline(np.linspace(0, 1, 5), np.array(knots), k=3)(np.linspace(0, 1, 200))
        for t, (px, pz) in zip(np.linspace(0, 1, 200), along, strict=True):
            radius = 7.4 - 2.6 * np.sin(np.pi * min(1, t * 1.25)) ** 0.8 + 1.5 * max(0.0, t - 0.7)
            distance2 = (x - sign * px) ** 2 + (z - pz) ** 2
            whole = np.sqrt(np.clip(radius**2 - distance2, 0, None))
            marrow = np.sqrt(np.clip((radius - 1.5) ** 2 - distance2, 0, None))
            cortex = np.maximum(cortex, (2 * whole - 1.3 * marrow) / 10)
    return ndi.gaussian_filter(cortex, 0.5 / pixel)


def _from_wall(
    layers: Mapping[str, Layer], marks: Mapping[str, float], side: str, x: Layer, z: Layer, pixel: float
) -> Layer:
    """Distance in cm inwards from the costal and apical pleura, which the diaphragm and mediastinum are not."""
    sign = 1 if side == "L" else -1
    lung = air(layers, side) > LUNG_CM
    outside = ~lung & (((x - marks[f"hilum_x_{side}"]) * sign > 12) | (z > marks[f"apex_{side}"] - 14))
    outside &= z > marks[f"floor_{side}"] + 18
    distance = ndi.distance_transform_edt(~outside) * pixel
    return ndi.gaussian_filter(distance, 2.0 / pixel) / 10


def _step(t: Layer) -> Layer:
    return 1 / (1 + np.exp(-np.clip(t, -30, 30)))
