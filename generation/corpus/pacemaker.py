"""A dual-chamber pacemaker: generator in the left chest wall, leads to the right atrium and ventricle."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from scipy.interpolate import make_interp_spline
from torch import Tensor

from generation.corpus.chest import Chest
from generation.corpus.layers import APEX_Z

CAN = (15.0, 12.0, 8.5)
"""Half width and half height of the generator's straight part, and the radius of its rounding, in mm."""
CAN_CM = 4.2
LEAD_CM = 2.6
STEP_MM = 0.8


def implant(chest: Chest) -> Tensor:
    """Metal of the patients' pacemakers as cm of bone, (B, N, N); zero where there is none."""
    metal = torch.zeros_like(chest.x)
    for i in torch.nonzero(chest.anatomy.value("pacemaker") > 0.5).flatten().tolist():
        centre = _centre(chest, i)
        metal[i] = _generator(chest, i, centre)
        for points, tip in _leads(chest, i, centre):
            metal[i] = torch.maximum(metal[i], LEAD_CM * _stroke(chest, i, points, tip))
    return metal


def _centre(chest: Chest, i: int) -> tuple[float, float]:
    lateral = float(chest.marks["lateral_L"][i])
    shift = [float(chest.anatomy.value(name)[i]) for name in ("pacemaker_x", "pacemaker_z")]
    return lateral - 38 + shift[0], APEX_Z - 66 + shift[1]


def _generator(chest: Chest, i: int, centre: tuple[float, float]) -> Tensor:
    turn = chest.anatomy.value("pacemaker_turn")[i] + 0.2
    x, z = chest.x[i] - centre[0], chest.z[i] - centre[1]
    x, z = x * torch.cos(turn) + z * torch.sin(turn), z * torch.cos(turn) - x * torch.sin(turn)
    across, up, rounding = CAN
    corner = ((x.abs() - across).clamp(min=0) ** 2 + (z.abs() - up).clamp(min=0) ** 2 + 1e-4).sqrt()
    soft = 0.45 * chest.pixel_mm()
    can = torch.sigmoid((rounding - corner) / soft)
    header = torch.sigmoid((z - up + 1) / soft)
    battery = torch.sigmoid((11 - ((x + 5) ** 2 + ((z + 5) * 1.2) ** 2 + 1e-4).sqrt()) / (2 * soft))
    ports = torch.exp(-(((z - up - 4) / 1.1) ** 2)) * torch.sigmoid((9 - (x + 4).abs()) / soft)
    return CAN_CM * can * ((1 - header) * (0.75 + 0.35 * battery) + header * (0.22 + 0.5 * ports))


def _leads(chest: Chest, i: int, centre: tuple[float, float]) -> list[tuple[np.ndarray, int]]:
    """Each lead as points (P, 2) in the atlas frame, and how many at its end are the thicker electrode."""
    x, z = centre
    play = float(chest.anatomy.value("lead")[i])
    bottom = float(chest.marks["heart_bottom"][i])
    hilum = float(chest.marks["hilum_z_R"][i])
    left = float(chest.marks["heart_left"][i])
    vein = [(x - 12, z + 20), (x - 34, z + 28 + 0.4 * play), (30, hilum + 76), (-4, hilum + 58), (-20, hilum + 22)]
    loop = [(x + 10, z + 17), (x + 4, z + 26), (x - 10, z + 25)]
    ventricle = [
        *loop,
        *vein[1:],
        (-26, hilum - 18),
        (-18, bottom + 24 + play),
        (14, bottom + 10),
        (0.62 * left, bottom + 12 + play),
    ]
    atrium = [(x + 4, z + 17), (x - 8, z + 23), (vein[1][0] - 3, vein[1][1] - 4)]
    atrium += [
        (28, hilum + 72),
        (-7, hilum + 54),
        (-24, hilum + 18),
        (-33, hilum - 12 + play),
        (-28, hilum - 30),
        (-17, hilum - 20),
    ]
    return [(_curve(ventricle), 12), (_curve(atrium), 10)]


def _curve(knots: list[tuple[float, float]]) -> np.ndarray:
    points = np.array(knots)
    along = np.concatenate([[0], np.linalg.norm(np.diff(points, axis=0), axis=1).cumsum()])
    return make_interp_spline(along, points, k=3)(np.arange(0, along[-1], STEP_MM))


def _stroke(chest: Chest, i: int, points: np.ndarray, tip: int) -> Tensor:
    """A wire through ``points`` of the atlas frame drawn on the film, 0 to 1, (N, N)."""
    size, pixel = chest.size, chest.pixel_mm()
    target = torch.from_numpy(points).float().to(chest.x.device)
    columns, rows = _to_film(chest, i, target)
    radius = torch.full_like(columns, 0.6)
    radius[-tip:] = 1.1
    reach = max(2, round(2.5 / pixel))
    step = torch.arange(-reach, reach + 1, device=columns.device)
    cx, cy = columns.round().long(), rows.round().long()
    px, py = (cx[:, None, None] + step[None, None, :]), (cy[:, None, None] + step[None, :, None])
    distance = torch.hypot(px - columns[:, None, None], py - rows[:, None, None]) * pixel
    sigma = (radius**2 + (0.45 * pixel) ** 2).sqrt()[:, None, None]
    ink = torch.exp(-0.5 * (distance / sigma) ** 2) * (radius[:, None, None] / sigma)
    px, py = px.expand_as(ink), py.expand_as(ink)
    inside = (px >= 0) & (px < size) & (py >= 0) & (py < size)
    film = torch.zeros(size * size, device=columns.device)
    return film.scatter_reduce(0, (py * size + px)[inside], ink[inside], "amax").view(size, size)


def _to_film(chest: Chest, i: int, target: Tensor) -> tuple[Tensor, Tensor]:
    """Pixel columns and rows (fractional) that show atlas positions ``target`` (P, 2), by fixed-point iteration."""
    size, pixel = chest.size, chest.pixel_mm()
    film_x, film_z = chest.film()
    place = torch.stack([chest.x[i], chest.z[i]])[None]
    guess = target.clone()
    for _ in range(6):
        columns = (guess[:, 0] - film_x[0, 0, 0]) / pixel
        rows = (film_z[0, 0, 0] - guess[:, 1]) / pixel
        grid = torch.stack([(columns + 0.5) / size * 2 - 1, (rows + 0.5) / size * 2 - 1], -1)[None, None]
        found = F.grid_sample(place, grid, padding_mode="border", align_corners=False)[0, :, 0].T
        guess = guess + target - found
    return columns, rows
