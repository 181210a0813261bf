"""What calling a model promises."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from generation.networks.inputs import new_generator
from generation.pipelines import ChestPipeline, ModelError, default_model, installed_models
from generation.pipelines.chest import clean_mask, default_pipeline, noise_seed
from generation.pipelines.models import describe
from generation.spec import CaseSpec
from generation.training.package import package

ILL = CaseSpec("pleural_effusion", 2, "left", seed=19)
SPECS = [ILL, CaseSpec(seed=29), CaseSpec("heart_failure", 3, "both", age=71, comorbidities=("emphysema",), seed=39)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    torch.manual_seed(0)
    tiny = new_generator(64, width=8, low_channels=8, high_channels=4, style_dim=16)
    return package(tiny, tmp_path_factory.mktemp("weights") / "tiny", version="9.9", card="A tiny model.")


def test_the_same_spec_gives_the_same_film_alone_or_in_company(folder):
    pipeline = ChestPipeline.from_pretrained(folder)
    (alone,) = pipeline([SPECS[2]])
    together = pipeline(SPECS)
    assert np.array_equal(alone.pixels, together[2].pixels)
    assert np.array_equal(alone.mask, together[2].mask)


def test_the_same_spec_gives_the_same_film_whatever_the_number_of_threads(folder):
    pipeline = ChestPipeline.from_pretrained(folder)
    (first,) = pipeline([ILL])
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        (second,) = ChestPipeline.from_pretrained(folder)([ILL])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(first.pixels, second.pixels)


def test_a_film_is_twelve_bit_and_says_where_it_comes_from(folder):
    (film,) = ChestPipeline.from_pretrained(folder)([ILL])
    assert film.pixels.dtype == np.uint16
    assert film.pixels.shape == film.mask.shape == (64, 64)
    assert film.pixels.max() <= 4095
    assert film.mask.dtype == np.bool_
    assert (film.spec, film.model_name, film.model_version) == (ILL, "tiny", "9.9")
    assert film.weights_sha256 == describe(folder).weights_sha256
    assert film.pixel_spacing_mm == pytest.approx(306 / 64)


def test_a_normal_film_has_no_mask_and_an_ill_one_always_has(folder):
    films = ChestPipeline.from_pretrained(folder)(SPECS)
    assert [bool(film.mask.any()) for film in films] == [True, False, True]


def test_every_spec_has_noise_of_its_own():
    assert len({noise_seed(spec) for spec in (ILL, ILL.at_stage(3), ILL.healthy_twin())}) == 3


def test_specks_are_dropped_and_two_lesions_kept():
    probability = np.zeros((64, 64), np.float32)
    probability[5:15, 5:15] = probability[30:40, 40:55] = 0.9
    probability[60, 60] = 0.9
    mask = clean_mask(probability, 1.2)
    assert mask[10, 10]
    assert mask[35, 50]
    assert not mask[60, 60]


def test_a_faint_lesion_is_still_marked():
    probability = np.full((32, 32), 0.01, np.float32)
    probability[10:14, 10:14] = 0.3
    mask = clean_mask(probability, 1.2)
    assert mask[12, 12]
    assert mask.sum() <= 36


def test_a_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(ModelError, match="holds no"):
        ChestPipeline.from_pretrained(tmp_path)


def test_a_damaged_folder_is_refused(folder, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / "model.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        installed_models(tmp_path)


def test_models_are_listed_without_loading_them(folder):
    (model,) = installed_models(folder.parent)
    assert (model.name, model.version, model.size, model.card) == ("tiny", "9.9", 64, "A tiny model.")
    assert len(model.weights_sha256) == 64
    code = "import sys; from generation.pipelines import installed_models as f; f(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_default_model_is_explained(tmp_path):
    with pytest.raises(ModelError, match="No default model"):
        default_model(tmp_path)


def test_the_bundled_model_is_small_and_has_a_card():
    model = default_model()
    assert (model.folder / "diffusion_pytorch_model.safetensors").stat().st_size < 20 * 2**20
    assert "not for diagnosis" in model.card.lower()
    assert json.loads((model.folder / "config.json").read_text())["_class_name"] == "ChestGenerator"


def test_the_bundled_model_shows_and_marks_what_was_ordered_where_it_was_ordered():
    pipeline = default_pipeline()
    left, right = pipeline([CaseSpec("pleural_effusion", 2, side, seed=49) for side in ("left", "right")])
    centre = pipeline.model.size / 2
    assert left.mask.sum() > 500
    assert np.argwhere(left.mask)[:, 1].mean() > centre > np.argwhere(right.mask)[:, 1].mean()
    (healthy,) = pipeline([left.spec.healthy_twin()])
    change = left.pixels.astype(int) - healthy.pixels
    assert change[left.mask].mean() > 200
    assert abs(change[:, : int(centre * 0.6)].mean()) < 100
