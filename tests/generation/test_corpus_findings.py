"""Each finding on the film: where it is marked, how it grows, and what its stage's rule says."""

import pytest
import torch

from generation.corpus.chest import Chest
from generation.corpus.findings import RECIPES, Order
from generation.corpus.simulator import Samples, Simulator
from generation.patients.anatomy import draw_anatomy
from generation.spec import CaseSpec
from generation.vocabulary import FINDINGS

SIZE = 128
STAGES = (0.5, 1, 1.5, 2, 2.5, 3)
PLACES = [(key, *place) for key, finding in FINDINGS.items() if finding.max_stage for place in finding.places]
SEEDS = (77, 902)


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    return Simulator()


def series(simulator: Simulator, key: str, side: str, lobe: str, seed: int) -> Samples:
    specs = [CaseSpec(key, stage, side, lobe, age=30 + seed % 50, sex="FM"[seed % 2], seed=seed) for stage in STAGES]
    return simulator.render(specs, size=SIZE)


@pytest.mark.parametrize(("key", "side", "lobe"), PLACES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_lesion_grows_with_its_stage(simulator, key, side, lobe, seed):
    area = series(simulator, key, side, lobe, seed).mask.sum((1, 2, 3)).tolist()
    assert area[0] > 10
    assert area == sorted(area)
    assert area[-1] > 1.5 * area[0]


@pytest.mark.parametrize(("key", "side", "lobe"), PLACES)
def test_the_film_changes_at_the_lesion_far_more_than_elsewhere(simulator, key, side, lobe):
    samples = series(simulator, key, side, lobe, SEEDS[0])
    change = (samples.image - samples.normal).abs()
    inside = (change * samples.mask).sum((1, 2, 3)) / samples.mask.sum((1, 2, 3))
    outside = (change * (1 - samples.mask)).sum((1, 2, 3)) / (1 - samples.mask).sum((1, 2, 3))
    # A wider heart and a pushed mediastinum are meant to change the film outside the mask.
    assert bool((inside > 1.5 * outside).all())
    assert bool((outside[:4] < 0.045).all())


@pytest.mark.parametrize(("key", "side", "lobe"), [place for place in PLACES if place[1] != "both"])
def test_the_lesion_is_on_the_ordered_side(simulator, key, side, lobe):
    mask = series(simulator, key, side, lobe, SEEDS[1]).mask[:, 0]
    patients_right = mask[:, :, : SIZE // 2].sum() / mask.sum()
    assert patients_right > 0.8 if side == "right" else patients_right < 0.2


def test_upper_lobe_pneumonia_lies_above_lower_lobe_pneumonia(simulator):
    for side in ("right", "left"):
        specs = [CaseSpec("pneumonia", 2, side, lobe, seed=5) for lobe in ("upper", "lower")]
        mask = simulator.render(specs, size=SIZE).mask[:, 0]
        rows = [torch.nonzero(m)[:, 0].float().mean() for m in mask]
        assert rows[0] + SIZE * 0.15 < rows[1]


@pytest.mark.parametrize("key", ["pneumonia", "pleural_effusion", "heart_failure"])
def test_fluid_is_brighter_than_the_healthy_twin(simulator, key):
    side, lobe = FINDINGS[key].places[0]
    samples = series(simulator, key, side, lobe, 40)
    difference = ((samples.image - samples.normal) * samples.mask).sum((1, 2, 3)) / samples.mask.sum((1, 2, 3))
    assert bool((difference[1:] > 0.015).all())
    assert difference[-1] > 0.1


def test_pleural_gas_is_darker_than_the_healthy_twin(simulator):
    samples = series(simulator, "pneumothorax", "right", "", 40)
    difference = ((samples.image - samples.normal) * samples.mask).sum((1, 2, 3)) / samples.mask.sum((1, 2, 3))
    assert bool((difference[1:] < -0.01).all())


def measured(simulator: Simulator, key: str, name: str, size: int = SIZE) -> list[torch.Tensor]:
    """The stage's measure of twelve patients at each whole stage."""
    side, lobe = FINDINGS[key].places[0]
    specs = [CaseSpec(key, stage, side, lobe, age=20 + 5 * s, seed=s) for stage in (1, 2, 3) for s in range(12)]
    return list(simulator.render(specs, size=size).landmarks[name].view(3, 12))


def test_effusions_keep_to_their_stages_levels(simulator):
    small, moderate, large = measured(simulator, "pleural_effusion", "level_share")
    assert small.max() < 0.25 <= moderate.min()
    assert moderate.max() <= 0.5 < large.min()


def test_pneumothorax_rims_keep_to_their_stages_widths(simulator):
    small, moderate, large = measured(simulator, "pneumothorax", "rim_mm")
    assert small.max() < 20 <= moderate.min()
    assert moderate.max() < large.min()


def test_pneumonia_covers_more_of_the_lobe_at_every_stage(simulator):
    mild, moderate, severe = measured(simulator, "pneumonia", "lobe_share")
    assert bool((mild < moderate).all())
    assert bool((moderate < severe).all())
    assert severe.min() > 0.9


def test_hearts_in_failure_are_wider_than_half_of_the_thorax_and_widen(simulator):
    one, two, three = measured(simulator, "heart_failure", "cardiothoracic_ratio", size=256)
    assert one.min() > 0.5
    assert bool((one < two).all())
    assert bool((two < three).all())


def test_a_large_effusion_and_a_tension_pneumothorax_push_the_mediastinum_away(simulator):
    for key in ("pleural_effusion", "pneumothorax"):
        specs = [CaseSpec(key, 3, side, seed=3) for side in ("right", "left")]
        chest = Chest.of(simulator.atlas, draw_anatomy(specs), SIZE)
        before = _middle(chest.layers["trachea"])
        RECIPES[key](chest, Order.of(specs, torch.device("cpu")))
        moved = (_middle(chest.layers["trachea"]) - before) * chest.pixel_mm()
        assert moved[0] > 4, "a lesion on the right pushes to the patient's left"
        assert moved[1] < -4


def _middle(layer: torch.Tensor) -> torch.Tensor:
    columns = torch.arange(SIZE, dtype=torch.float32)
    upper = layer[:, : SIZE // 3]
    return (upper * columns).sum((1, 2)) / upper.sum((1, 2))
