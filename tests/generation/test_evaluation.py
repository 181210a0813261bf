"""What the figures on a model mean: each must tell a good model from a bad one."""

import io
import json

import numpy as np
import pytest
import torch

from generation.evaluation.cli import run as run_command
from generation.evaluation.evaluate import band_ratios, fidelity, mask_figures, stage_figures
from generation.evaluation.metrics import band_powers, dice, psnr, rises, ssim
from generation.evaluation.reader import CLASSES, labels
from generation.evaluation.sheets import outlined, specs_by_stage, tile
from generation.networks.inputs import new_generator
from generation.spec import CaseSpec
from generation.training.cache import is_held_out
from generation.training.package import package

SIZE = 64
RNG = np.random.default_rng(0)
FILMS = RNG.random((4, SIZE, SIZE)).astype(np.float32)


def square(width: int) -> np.ndarray:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[10 : 10 + width, 10 : 10 + width] = True
    return mask


def honest(spec: CaseSpec) -> tuple[np.ndarray, np.ndarray]:
    """A model that does as it is told: another patient looks otherwise, disease grows in its place."""
    lesion = square(int(4 * spec.stage)).astype(np.float32)
    return FILMS[spec.seed % 4] * 0.5 + 0.4 * lesion, lesion


def forgetful(spec: CaseSpec) -> tuple[np.ndarray, np.ndarray]:
    """A model that draws another patient for every stage and ignores the order."""
    return FILMS[(spec.seed + int(spec.stage)) % 4], square(8).astype(np.float32)


def test_likeness_is_highest_for_the_same_picture():
    near = FILMS[0] + 0.01
    assert psnr(FILMS[0], FILMS[0]) == float("inf")
    assert psnr(near, FILMS[0]) == pytest.approx(40)
    assert ssim(FILMS[0], FILMS[0]) == pytest.approx(1)
    assert ssim(near, FILMS[0]) > 0.9 > ssim(FILMS[1], FILMS[0])
    figures = fidelity(FILMS + 0.01, FILMS)
    assert figures["psnr_db"] > figures["psnr_db_between_patients"]


def test_masks_are_compared_by_overlap():
    assert dice(square(10), square(10)) == 1
    assert dice(square(10), ~square(10)) == 0
    assert dice(square(0), square(0)) == 1
    assert dice(square(10), square(5)) == pytest.approx(2 * 25 / 125)


def test_blur_shows_as_lost_power_in_the_high_bands():
    wave = np.sin(np.arange(256) * 2 * np.pi * 40 / 256)[None].repeat(256, 0)
    powers = band_powers(wave)
    assert powers["32-64"] > 100 * powers["64-128"]
    assert band_ratios(0.5 * wave[None], wave[None])["32-64"] == pytest.approx(0.25, abs=0.01)


def test_a_falling_series_does_not_rise():
    assert rises([1, 2, 2, 5])
    assert not rises([1, 3, 2])


def test_a_model_that_grows_disease_in_one_person_is_told_from_one_that_does_not():
    good, bad = stage_figures(honest, [1, 2, 3]), stage_figures(forgetful, [1, 2, 3])
    assert good["area_rises"] == good["change_rises"] == 1
    assert good["outside_mask"] == 0 < good["between_patients"]
    assert bad["change_rises"] < 1
    assert bad["outside_mask"] > 0.5 * bad["between_patients"]


def test_an_empty_mask_is_counted_against_the_model():
    specs = [CaseSpec("pneumothorax", 1, "left"), CaseSpec("pneumonia", 1, "right", "upper"), CaseSpec()]
    figures = mask_figures(specs, [square(8), square(0), square(0)], [square(8), square(8), square(0)])
    assert figures["not_empty"] == 0.5
    assert figures["dice_pneumothorax"] == 1
    assert figures["dice_pneumonia"] == 0


def test_a_reader_calls_what_is_closer_to_healthy_normal():
    classes, stages = labels([CaseSpec("pneumothorax", 0.4, "left"), CaseSpec("pneumothorax", 2, "left")])
    assert [CLASSES[index] for index in classes.tolist()] == ["normal", "pneumothorax"]
    assert stages.tolist() == [0, 2]


def test_sheets_show_every_stage_of_patients_held_out():
    specs = specs_by_stage()
    assert {(spec.finding, spec.stage) for spec in specs if spec.finding != "normal"} == {
        (key, stage)
        for key in ("heart_failure", "pneumonia", "pleural_effusion", "pneumothorax")
        for stage in (1, 2, 3)
    }
    assert all(is_held_out(spec) for spec in specs)


def test_an_outline_leaves_the_inside_of_the_lesion_grey():
    shown = outlined(FILMS[0], square(10))
    assert tuple(shown[10, 10]) == (255, 96, 64)
    assert len(set(shown[15, 15].tolist())) == 1
    assert tile([[shown, shown], [shown]]).size == (2 * SIZE + 3, 2 * SIZE + 3)


def test_the_command_measures_a_model_and_prints_json_alone(tmp_path):
    torch.manual_seed(0)
    tiny = new_generator(SIZE, width=8, low_channels=8, high_channels=4, style_dim=16)
    folder = package(tiny, tmp_path / "tiny", version="9.9", card="")
    options = {"model": folder, "count": 4, "seed": 7, "reader": None, "sheets": None, "json": True}
    out = io.StringIO()
    result = run_command(options, out)
    assert json.loads(out.getvalue()) == result
    assert result["fidelity"]["psnr_db"] < 25
    assert result["stages_simulated"]["area_rises"] == 1
