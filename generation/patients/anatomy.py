"""The patient behind a radiograph: body, posture and chance, as numbers that a simulator and a network share.

An anatomy depends on the patient alone (seed, age, sex, comorbidities, view), never on the finding or its stage,
so the same patient stays the same person while a disease grows. It holds all the chance there is: a picture is a
deterministic function of spec and anatomy; only the detector's noise comes on top.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from generation.spec import CaseSpec
from generation.vocabulary import COMORBIDITIES, FINDINGS

POSE_NAMES = ("rest", "turned_left", "turned_right", "shallow", "lordotic", "deep")
"""Postures in the atlas's order; every patient has exactly one."""

SCALES: dict[str, tuple[float, float]] = {
    "scale_x": (1.03, 0.04),
    "scale_z": (1.0, 0.04),
    "taper": (0.0, 0.03),
    "rotation": (0.0, 1.5),
    "offset_x": (0.0, 5.0),
    "offset_z": (0.0, 5.0),
    "diaphragm_right": (0.0, 6.0),
    "diaphragm_left": (0.0, 6.0),
    "scoliosis": (0.0, 8.0),
    "heart": (0.45, 0.05),
    "heart_shape": (0.0, 0.06),
    "aorta": (0.2, 0.3),
    "breast": (0.5, 0.5),
    "bone": (1.0, 0.18),
    "cartilage": (0.5, 0.5),
    "clavicle_tilt": (0.0, 3.0),
    "clavicle_height": (0.0, 5.0),
    "shoulder": (0.0, 6.0),
    "bulk": (26.0, 5.0),
    "gut_gas": (0.9, 0.4),
    "vessels": (1.0, 0.15),
    "mirrored": (0.5, 0.5),
    "contrast": (0.0, 1.0),
    "brightness": (0.0, 1.0),
    "emphysema": (0.0, 1.0),
    "pacemaker": (0.0, 1.0),
    "pacemaker_x": (0.0, 6.0),
    "pacemaker_z": (0.0, 6.0),
    "pacemaker_turn": (0.0, 0.25),
    "lead": (0.0, 5.0),
}
"""Offset and unit of each continuous component: value = offset + unit · vector. Lengths are in mm, rotation in
degrees, ``heart`` is the patient's own cardiothoracic ratio, ``bulk`` the body mass index, ``aorta`` widening (0 none),
``mirrored`` 1 where the vessels of the two lungs are exchanged, ``emphysema`` its severity (0 to about 1.3)."""

ANATOMY_NAMES: tuple[str, ...] = (*(f"pose_{name}" for name in POSE_NAMES), *SCALES)
ANATOMY_DIM = len(ANATOMY_NAMES)
WARP_GRID = 6
WARP_MM = 4.5
"""One unit of ``warp`` moves the anatomy by this many mm."""
TEXTURE_SHAPE = (6, 16, 16)

FIELD_MM = 345.0
"""Side of the atlas frame that ``geometry`` points into."""
FILM_MM = 306.0
"""Side of the film in mm, in the plane of the patient's middle."""
FILM_CENTRE_Z = 12.5
"""Height of the film's centre in the atlas frame, mm above the frame's centre."""
APEX_Z = 145.5
"""Height of the lung apices in the atlas frame, mm above its centre."""


@dataclass
class Anatomy:
    """Patients, batched.

    ``vector`` (B, ANATOMY_DIM) float32, named by ANATOMY_NAMES, about zero mean and unit scale.
    ``warp`` (B, 2, 6, 6) float32: displacement of control points over the film in x (to the patient's left) and z
    (upwards), standard normal, times WARP_MM.
    ``texture`` (B, 6, 16, 16) float32: white standard normal noise laid over the film, first row at the top; decides
    where in its place a lesion sits and how it is shaped.
    """

    vector: Tensor
    warp: Tensor
    texture: Tensor

    def __len__(self) -> int:
        return self.vector.shape[0]

    def __getitem__(self, index: slice | Tensor) -> Anatomy:
        """The patients at ``index`` (a slice, or a tensor of positions or flags)."""
        return Anatomy(*(getattr(self, field.name)[index] for field in fields(self)))

    def to(self, device: torch.device | str) -> Anatomy:
        """The same patients on another device."""
        return Anatomy(*(getattr(self, field.name).to(device) for field in fields(self)))

    @property
    def pose(self) -> Tensor:
        """Index into POSE_NAMES, shape (B,)."""
        return self.vector[:, : len(POSE_NAMES)].argmax(1)

    def value(self, name: str) -> Tensor:
        """A component in its own unit (see SCALES), shape (B,). Raises KeyError for an unknown name."""
        offset, unit = SCALES[name]
        return offset + unit * self.vector[:, ANATOMY_NAMES.index(name)]


def draw_anatomy(specs: Sequence[CaseSpec]) -> Anatomy:
    """The patients of ``specs``; the same patient gives the same numbers on every machine."""
    patients = [_draw_patient(spec) for spec in specs]
    vectors, warps, textures = (torch.from_numpy(np.stack(parts)).float() for parts in zip(*patients, strict=True))
    return Anatomy(vectors, warps, textures)


def _draw_patient(spec: CaseSpec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.Generator(np.random.PCG64(spec.seed))
    pose_draw, mirror_draw, curve_draw = rng.random(3)
    severity = rng.uniform(0.7, 1.3)
    extra_weight = rng.uniform(9.0, 15.0)
    enlargement = rng.uniform(0.53, 0.59)
    z = dict(zip(SCALES, np.clip(rng.standard_normal(len(SCALES)), -2.2, 2.2), strict=True))
    warp = np.clip(rng.standard_normal((2, WARP_GRID, WARP_GRID)), -2, 2)
    texture = rng.standard_normal(TEXTURE_SHAPE)
    has = dict.fromkeys(COMORBIDITIES, False) | dict.fromkeys(spec.comorbidities, True)
    female = spec.sex == "F"
    bulk = float(np.clip(25.5 + 3.2 * z["bulk"], 18.5, 29.5)) + (extra_weight if has["obesity"] else 0.0)
    heart = float(np.clip(0.442 + 0.0006 * (spec.age - 45) + 0.022 * z["heart"], 0.375, 0.480))
    if has["emphysema"]:
        heart = max(0.35, heart - 0.035)
    if has["cardiomegaly"]:
        heart = float(enlargement)
    curve = 2.5 * z["scoliosis"]
    if has["scoliosis"]:
        curve = math.copysign(17.0 + 2.0 * z["scoliosis"], curve_draw - 0.35)
    raised = 9.0 * has["obesity"]
    smaller = 0.06 * has["obesity"]
    paced = float(has["pacemaker"])
    values = {
        "scale_x": (1.01 if female else 1.05) - smaller + 0.022 * z["scale_x"],
        "scale_z": (0.975 if female else 1.01) - smaller + 0.03 * z["scale_z"],
        "taper": 0.03 * z["taper"],
        "rotation": 1.1 * z["rotation"],
        "offset_x": 4.0 * z["offset_x"],
        "offset_z": 4.0 * z["offset_z"],
        "diaphragm_right": raised + 4.5 * z["diaphragm_right"],
        "diaphragm_left": raised + 4.5 * z["diaphragm_left"],
        "scoliosis": curve,
        "heart": heart,
        "heart_shape": 0.06 * z["heart_shape"],
        "aorta": max(0.0, (spec.age - 45) / 80 + 0.12 * z["aorta"]),
        "breast": _breast(female, bulk, z["breast"]),
        "bone": float(
            np.clip(1.18 - 0.0065 * (spec.age - 25) - 0.06 * (female and spec.age > 55) + 0.08 * z["bone"], 0.55, 1.35)
        ),
        "cartilage": float(np.clip((spec.age - 35) / 45 + 0.2 * z["cartilage"], 0, 1.6)),
        "clavicle_tilt": 3.0 * z["clavicle_tilt"],
        "clavicle_height": 5.0 * z["clavicle_height"],
        "shoulder": 6.0 * z["shoulder"],
        "bulk": bulk,
        "gut_gas": float(np.clip(0.9 + 0.4 * z["gut_gas"], 0.1, 1.8)),
        "vessels": 1.0 + 0.12 * z["vessels"],
        "mirrored": float(mirror_draw < 0.4),
        "contrast": z["contrast"] - 1.6 * has["obesity"],
        "brightness": z["brightness"],
        "emphysema": float(severity) if has["emphysema"] else 0.0,
        "pacemaker": paced,
        "pacemaker_x": paced * 6.0 * z["pacemaker_x"],
        "pacemaker_z": paced * 5.0 * z["pacemaker_z"],
        "pacemaker_turn": paced * 0.2 * z["pacemaker_turn"],
        "lead": paced * 5.0 * z["lead"],
    }
    pose = np.zeros(len(POSE_NAMES))
    pose[_pose(pose_draw, has["emphysema"], has["obesity"])] = 1.0
    scaled = [(values[name] - offset) / unit for name, (offset, unit) in SCALES.items()]
    return np.concatenate([pose, scaled]), warp, texture


def _pose(draw: float, emphysema: bool, obesity: bool) -> int:
    if emphysema:
        return POSE_NAMES.index("deep")
    if obesity and draw < 0.8:
        return POSE_NAMES.index("shallow")
    shares = np.cumsum([0.36, 0.18, 0.18, 0.14])
    return int(np.searchsorted(shares, draw, side="right"))


def _breast(female: bool, bulk: float, z: float) -> float:
    if not female:
        return max(0.0, (bulk - 29) / 30)
    return float(np.clip((0.75 + 0.25 * z) * (1 + (bulk - 25) / 28), 0.1, 2.0))


def geometry(anatomy: Anatomy, size: int) -> Tensor:
    """Where in the atlas every pixel of the film lies: a sampling grid (B, size, size, 2) for ``F.grid_sample``.

    Coordinates are the atlas's normalised ones, -1 to 1, x to the patient's left and y downwards, for
    ``align_corners=False``. Differentiable in the anatomy; scoliosis, posture and size are in it, disease is not.
    """
    x, z = film_mm(anatomy, size)

    def column(name: str) -> Tensor:
        return anatomy.value(name)[:, None, None]

    turn = torch.deg2rad(column("rotation"))
    x, z = x - column("offset_x"), z - column("offset_z") - 40.0
    x, z = x * torch.cos(turn) - z * torch.sin(turn), x * torch.sin(turn) + z * torch.cos(turn) + 40.0
    x = x / (column("scale_x") * (1 - column("taper") * (z / 100)))
    z = APEX_Z + (z - APEX_Z) / column("scale_z")
    spline = _spline(size, anatomy.warp.device)
    bend = WARP_MM * (spline @ anatomy.warp @ spline.T)
    x, z = x + bend[:, 0], z + 0.7 * bend[:, 1]
    left = torch.sigmoid(x / 18)
    lift = column("diaphragm_left") * left + column("diaphragm_right") * (1 - left)
    depth = ((70 - z) / 150).clamp(0, 1)
    z = z - lift * depth * depth * (3 - 2 * depth)
    curve = column("scoliosis") * torch.sin((z + 40) / 150 * math.pi) * torch.exp(-((x / 105) ** 2))
    return torch.stack([(x - curve) / (FIELD_MM / 2), -z / (FIELD_MM / 2)], -1)


@lru_cache(maxsize=16)
def _spline(size: int, device: torch.device) -> Tensor:
    """Weights (size, WARP_GRID) of the control points at each pixel: bicubic interpolation along one axis."""
    with torch.inference_mode(False):  # a cached inference tensor would break a later backward pass
        points = torch.eye(WARP_GRID, device=device)[None, None]
        return F.interpolate(points, size=(size, WARP_GRID), mode="bicubic", align_corners=True)[0, 0]


def film_mm(anatomy: Anatomy, size: int) -> tuple[Tensor, Tensor]:
    """Positions on the film in mm, each (1, size, size): x to the patient's left, z upwards in the atlas frame."""
    steps = ((torch.arange(size, device=anatomy.vector.device, dtype=torch.float32) + 0.5) / size - 0.5) * FILM_MM
    z, x = torch.meshgrid(FILM_CENTRE_Z - steps, steps, indexing="ij")
    return x[None], z[None]


_STAGED = [
    (finding.key, place, level)
    for finding in FINDINGS.values()
    for place in finding.places
    for level in range(1, finding.max_stage + 1)
]
CONDITION_NAMES: tuple[str, ...] = (
    *(f"{key}:{side}:{lobe}:{level}" for key, (side, lobe), level in _STAGED),
    "age",
    "sex",
    *COMORBIDITIES,
)
CONDITION_DIM = len(CONDITION_NAMES)


def condition_vector(specs: Sequence[CaseSpec]) -> Tensor:
    """What was ordered, (B, CONDITION_DIM) float32, named by CONDITION_NAMES.

    One thermometer per finding and place: level k holds clamp(stage - k + 1, 0, 1), so 2.5 of 3 is (1, 1, 0.5).
    Age is (age - 55) / 20, sex -1 (F) or 1 (M), comorbidities 0 or 1.
    """
    rows = []
    for spec in specs:
        steps = [
            min(1.0, max(0.0, spec.stage - level + 1))
            if (key, place) == (spec.finding, (spec.side, spec.lobe))
            else 0.0
            for key, place, level in _STAGED
        ]
        person = [(spec.age - 55) / 20, 1.0 if spec.sex == "M" else -1.0]
        rows.append(steps + person + [float(key in spec.comorbidities) for key in COMORBIDITIES])
    return torch.tensor(rows, dtype=torch.float32)
