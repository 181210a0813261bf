"""What a training run promises."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from generation.networks.inputs import Inputs
from generation.spec import CaseSpec
from generation.training.cache import Batch, CachedCorpus, grow_cache, is_held_out, simulated_specs
from generation.training.cli import run as run_command
from generation.training.config import TrainingConfig
from generation.training.loop import train
from generation.training.run import Run

SIZE = 32
CONFIG = TrainingConfig(
    size=SIZE,
    patients=2,
    steps=4,
    width=8,
    crop=32,
    discriminator_width=4,
    adversarial_from=0.5,
    penalty_every=2,
    log_every=1,
    checkpoint_every=2,
    sheet_every=2,
)


class Blobs:
    """A corpus of grey fields with a bright square on the ill."""

    def batch(self, rng: np.random.Generator, count: int, twins: int) -> Batch:
        specs = [CaseSpec("pneumothorax", 1, "left", seed=int(rng.integers(100))) for _ in range(count)]
        specs += [spec.healthy_twin() for spec in specs[:twins]]
        normal = torch.full((len(specs), 1, SIZE, SIZE), 0.6)
        mask = torch.zeros_like(normal)
        for position, spec in enumerate(specs):
            mask[position, :, 10:20, 4:12] = float(spec.finding != "normal")
        return Batch(Inputs.of(specs, SIZE), normal - 0.3 * mask, normal, mask)


def weights(run: Run) -> dict[str, torch.Tensor]:
    return {**run.generator.state_dict(), **{f"average.{k}": v for k, v in run.average.state_dict().items()}}


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache")
    assert list(grow_cache(folder, SIZE, 5, chunk=3)) == [3, 5]
    return folder


def test_an_interrupted_run_ends_where_an_uninterrupted_one_does(tmp_path):
    whole = train(CONFIG, Blobs(), tmp_path / "whole", minutes=5)

    def interrupt(progress):
        if progress.step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(CONFIG, Blobs(), tmp_path / "cut", minutes=5, on_progress=interrupt)
    resumed = train(CONFIG, Blobs(), tmp_path / "cut", minutes=5, resume=True)
    assert resumed.step == whole.step == CONFIG.steps
    for name, weight in weights(whole).items():
        assert torch.equal(weight, weights(resumed)[name]), name


def test_a_run_folder_says_how_to_repeat_it(tmp_path):
    drawn = []
    train(CONFIG, Blobs(), tmp_path, minutes=5, on_sheet=lambda run, path: drawn.append(path.name))
    assert TrainingConfig.load(tmp_path / "config.json") == CONFIG
    assert (tmp_path / "revision.txt").read_text().strip()
    lines = [json.loads(line) for line in (tmp_path / "losses.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    assert "discriminator" not in lines[0]
    assert lines[-1]["discriminator"] > 0
    assert drawn == ["000002.png", "000004.png"]


def test_a_run_is_not_overwritten_unasked(tmp_path):
    train(replace(CONFIG, steps=1), Blobs(), tmp_path, minutes=5)
    with pytest.raises(FileExistsError, match="already holds a run"):
        train(CONFIG, Blobs(), tmp_path, minutes=5)


@pytest.mark.slow
def test_training_learns_the_picture_and_marks_the_lesion(tmp_path):
    config = replace(CONFIG, steps=120, width=16, mask_weight=0.6, adversarial_from=1.0, average_decay=0.9)
    run = train(config, Blobs(), tmp_path, minutes=5)
    batch = Blobs().batch(np.random.default_rng(3), 2, 2)
    with torch.no_grad():
        drawn = batch.inputs.draw(run.average)
    marked = drawn.mask > 0
    assert marked[:2].sum() > 0.8 * batch.mask[:2].sum()
    assert marked[2:].sum() < 0.5 * marked[:2].sum()
    assert (drawn.image - batch.image).abs().mean() < 0.05


def test_a_cache_holds_only_patients_to_learn_from_and_goes_on_where_it_stopped(cache):
    assert list(grow_cache(cache, SIZE, 7, chunk=8)) == [7]
    specs = CachedCorpus(cache, SIZE).specs
    assert len(specs) == len({spec.seed for spec in specs}) == 7
    assert not any(is_held_out(spec) for spec in specs)


def test_held_out_patients_can_be_drawn_for_evaluation():
    endless = simulated_specs(np.random.default_rng(0), held_out=True)
    assert all(is_held_out(next(endless)) for _ in range(5))


def test_a_cached_batch_is_what_the_simulator_renders_with_healthy_twins_behind(cache):
    from generation.corpus.simulator import Simulator

    corpus = CachedCorpus(cache, SIZE)
    ill = [position for position, spec in enumerate(corpus.specs) if spec.finding != "normal"][:2]
    batch = corpus.load(ill, twins=1)
    truth = Simulator().render([corpus.specs[position] for position in ill], size=SIZE)
    assert torch.allclose(batch.image[:2], truth.image, atol=1e-4)
    assert torch.equal(batch.image[2], batch.normal[0])
    assert batch.mask[2].sum() == 0
    assert torch.equal(batch.inputs.vector[2], batch.inputs.vector[0])


def test_an_empty_cache_is_refused(tmp_path):
    (tmp_path / "specs.jsonl").write_text("")
    with pytest.raises(ValueError, match="is empty"):
        CachedCorpus(tmp_path, SIZE)


def test_an_impossible_size_is_refused_before_any_work(tmp_path):
    options = {"size": 100, "threads": 0, "out": tmp_path, "cache": tmp_path}
    with pytest.raises(ValueError, match="not a multiple of 16"):
        run_command(options)


def test_the_command_renders_trains_and_packs_a_model_that_can_be_called(tmp_path):
    from generation.pipelines import ChestPipeline

    out = io.StringIO()
    options = {
        "size": SIZE,
        "threads": 1,
        "seed": 0,
        "cache": tmp_path / "cache",
        "samples": 4,
        "minutes": 0.03,
        "device": "cpu",
        "resume": False,
        "render_only": False,
        "name": "mine",
        "out": tmp_path / "run",
    }
    run_command(options, out)
    pipeline = ChestPipeline.from_pretrained(tmp_path / "run" / "mine")
    assert "not for diagnosis" in pipeline.model.card.lower()
    (film,) = pipeline([CaseSpec("pneumothorax", 1, "left", seed=9)])
    assert film.pixels.shape == (SIZE, SIZE)
    assert "Packed the model" in out.getvalue()
