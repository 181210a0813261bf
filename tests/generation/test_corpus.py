"""The simulator as a whole: determinism, the same patient across stages, and what comorbidities do to the film."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from generation.corpus import comorbidities, sheet
from generation.corpus.chest import Chest
from generation.corpus.detector import add_detector_noise
from generation.corpus.findings import RECIPES
from generation.corpus.layers import SIDES
from generation.corpus.sampling import draw_specs
from generation.corpus.simulator import Samples, Simulator
from generation.patients.anatomy import draw_anatomy
from generation.spec import CaseSpec
from generation.vocabulary import COMORBIDITIES, FINDINGS

SIZE = 128


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    return Simulator()


@pytest.fixture(scope="module")
def mixed(simulator: Simulator) -> tuple[list[CaseSpec], Samples]:
    specs = draw_specs(np.random.default_rng(3), 60)
    return specs, simulator.render(specs, size=SIZE)


def test_every_finding_of_the_vocabulary_has_a_recipe():
    assert set(RECIPES) == set(FINDINGS) - {"normal"}


def test_the_same_specs_give_the_same_pixels(simulator, mixed):
    specs, samples = mixed
    again = simulator.render(specs[:8], size=SIZE)
    torch.testing.assert_close(again.image, samples.image[:8], atol=2e-5, rtol=0)
    assert torch.equal(simulator.render(specs[:8], size=SIZE).image, again.image)


def test_greys_are_like_those_of_a_film(mixed):
    _, samples = mixed
    assert samples.image.shape == samples.normal.shape == samples.mask.shape == (60, 1, SIZE, SIZE)
    assert samples.image.min() >= 0
    assert samples.image.max() <= 1
    quartiles = torch.quantile(samples.normal[:, 0, ::4, ::4].flatten(), torch.tensor([0.25, 0.5, 0.75]))
    assert quartiles.tolist() == pytest.approx([0.45, 0.66, 0.83], abs=0.06)
    assert (samples.image > 0.985).float().mean() < 0.01


def test_the_patient_fills_the_film(mixed):
    _, samples = mixed
    flanks = torch.cat(
        [samples.normal[:, 0, SIZE // 3 : -SIZE // 3, :3], samples.normal[:, 0, SIZE // 3 : -SIZE // 3, -3:]]
    )
    assert (flanks < 0.15).float().mean() < 0.02


def test_the_healthy_twin_is_the_film_of_the_patient_without_the_finding(simulator, mixed):
    specs, samples = mixed
    twins = simulator.render([spec.healthy_twin() for spec in specs[:12]], size=SIZE)
    torch.testing.assert_close(twins.image, samples.normal[:12], atol=2e-5, rtol=0)
    assert not twins.mask.any()
    assert torch.equal(twins.image, twins.normal)


def test_only_the_ill_have_a_lesion(mixed):
    specs, samples = mixed
    area = samples.mask.sum((1, 2, 3))
    for spec, pixels in zip(specs, area.tolist(), strict=True):
        assert (pixels > 0) == (spec.finding != "normal"), spec.sentence()


def test_plain_hearts_are_below_half_of_the_thorax(simulator):
    specs = [CaseSpec(age=18 + 3 * k, sex="FM"[k % 2], seed=500 + k) for k in range(24)]
    assert simulator.render(specs, size=SIZE).landmarks["cardiothoracic_ratio"].max() < 0.5


def test_enlarged_hearts_are_above_half_of_the_thorax_without_a_lesion(simulator):
    specs = [CaseSpec(age=40 + 2 * k, seed=500 + k, comorbidities=("cardiomegaly",)) for k in range(16)]
    samples = simulator.render(specs, size=SIZE)
    assert samples.landmarks["cardiothoracic_ratio"].min() > 0.5
    assert not samples.mask.any()


@pytest.mark.parametrize("key", list(COMORBIDITIES))
def test_every_comorbidity_changes_the_film(simulator, key):
    plain = CaseSpec(age=60, sex="M", seed=31)
    films = simulator.render([plain, replace(plain, comorbidities=(key,))], size=SIZE).image
    assert (films[0] - films[1]).abs().mean() > 0.004


def test_a_pacemaker_sits_in_the_upper_left_chest(simulator):
    plain = CaseSpec(age=70, sex="M", seed=12)
    with_pacemaker = replace(plain, comorbidities=("pacemaker",))
    films = simulator.render([plain, with_pacemaker], size=SIZE).image[:, 0]
    brighter = torch.nonzero(films[1] - films[0] > 0.15).float()
    row, column = brighter.median(0).values.tolist()
    assert row < SIZE * 0.4
    assert column > SIZE * 0.55


def test_lungs_with_emphysema_hold_more_air_and_fewer_vessels(simulator):
    plain = [CaseSpec(age=70, sex="M", seed=seed) for seed in range(12, 18)]
    ill = [replace(spec, comorbidities=("emphysema",)) for spec in plain]
    chest = Chest.of(simulator.atlas, draw_anatomy(plain + ill), 64)
    comorbidities.apply(chest)
    air = sum(chest.air(side) * chest.air_gain[side] for side in SIDES)
    vessels = sum(chest.layers[f"vessels_{side}"] for side in SIDES) * chest.vessel_gain
    healthy, inflated = air.mean((1, 2)).view(2, 6)
    assert bool((inflated > 1.03 * healthy).all())
    seen, lost = vessels.mean((1, 2)).view(2, 6)
    assert bool((lost < 0.8 * seen).all())


def test_specs_and_anatomy_must_match_in_number(simulator):
    specs = [CaseSpec(seed=1), CaseSpec(seed=2)]
    with pytest.raises(ValueError, match="2 specs"):
        simulator.render(specs, draw_anatomy(specs[:1]), size=32)


def test_drawn_specs_cover_findings_places_sexes_and_comorbidities_evenly():
    specs = draw_specs(np.random.default_rng(0), 2000)
    for finding in FINDINGS.values():
        own = [spec for spec in specs if spec.finding == finding.key]
        assert 0.16 < len(own) / 2000 < 0.24
        assert {(spec.side, spec.lobe) for spec in own} == set(finding.places)
        assert {round(spec.stage) for spec in own} >= {stage.level for stage in finding.stages}
    assert 0.45 < np.mean([spec.sex == "F" for spec in specs]) < 0.55
    assert {key for spec in specs for key in spec.comorbidities} == set(COMORBIDITIES)
    assert max(len(spec.comorbidities) for spec in specs) == 2


def test_drawn_specs_repeat_with_the_same_generator_seed():
    assert draw_specs(np.random.default_rng(9), 20) == draw_specs(np.random.default_rng(9), 20)


def test_detector_noise_repeats_with_its_seed_and_is_stronger_where_few_photons_arrive():
    image = torch.full((2, 1, 64, 64), 0.3)
    image[1] = 0.9
    noisy = add_detector_noise(image, [1, 1])
    assert torch.equal(noisy, add_detector_noise(image, [1, 1]))
    assert not torch.equal(noisy[:1], add_detector_noise(image[:1], [2]))
    spread = (noisy - image).std((1, 2, 3))
    assert 0.0005 < spread[0] < spread[1] < 0.03


def test_a_higher_dose_is_less_noisy():
    image = torch.full((1, 1, 64, 64), 0.6)
    plain, clear = (add_detector_noise(image, [5], dose) for dose in (1.0, 4.0))
    assert (clear - image).std() == pytest.approx((plain - image).std().item() / 2, rel=0.05)


def test_detector_noise_wants_a_seed_per_image():
    with pytest.raises(ValueError, match="seeds"):
        add_detector_noise(torch.zeros(2, 1, 8, 8), [1])


def test_the_sheet_has_a_tile_per_spec(simulator):
    rows = [row for section in sheet.SECTIONS.values() for row in section()[:1]]
    picture = sheet.draw_sheet(simulator, rows, size=32, masks=True)
    widest = max(len(specs) for _, specs in rows)
    assert picture.size == (widest * (32 + sheet.GAP), len(rows) * (32 + sheet.GAP))
