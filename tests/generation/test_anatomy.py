"""The patient latent: chance, body and posture that stay when the disease changes."""

from dataclasses import replace

import pytest
import torch

from generation.patients.anatomy import (
    ANATOMY_DIM,
    ANATOMY_NAMES,
    CONDITION_DIM,
    CONDITION_NAMES,
    POSE_NAMES,
    WARP_GRID,
    Anatomy,
    condition_vector,
    draw_anatomy,
    geometry,
)
from generation.spec import CaseSpec
from generation.vocabulary import FINDINGS, MAX_AGE, MIN_AGE

PATIENT = CaseSpec(age=67, sex="M", comorbidities=("emphysema", "pacemaker"), seed=4)


def neutral(**values: float) -> Anatomy:
    vector = torch.zeros(1, ANATOMY_DIM)
    vector[0, 0] = 1
    for name, value in values.items():
        vector[0, ANATOMY_NAMES.index(name)] = value
    return Anatomy(vector, torch.zeros(1, 2, WARP_GRID, WARP_GRID), torch.zeros(1, 6, 16, 16))


def same(one: Anatomy, other: Anatomy) -> bool:
    return all(torch.equal(getattr(one, part), getattr(other, part)) for part in ("vector", "warp", "texture"))


def test_no_finding_stage_or_place_changes_the_patient():
    healthy = draw_anatomy([PATIENT])
    for finding in FINDINGS.values():
        for side, lobe in finding.places:
            for stage in finding.stages:
                ill = replace(PATIENT, finding=finding.key, stage=stage.level, side=side, lobe=lobe)
                assert same(draw_anatomy([ill]), healthy), ill.sentence()


@pytest.mark.parametrize("change", [{"seed": 5}, {"age": 30}, {"sex": "F"}, {"comorbidities": ()}])
def test_another_patient_has_another_anatomy(change):
    assert not torch.equal(draw_anatomy([replace(PATIENT, **change)]).vector, draw_anatomy([PATIENT]).vector)


def test_a_patient_does_not_depend_on_the_batch_around_them():
    others = [CaseSpec(seed=seed) for seed in range(3)]
    assert same(draw_anatomy([*others, PATIENT])[3:4], draw_anatomy([PATIENT]))


def test_the_same_seed_gives_the_same_person_on_every_machine():
    anatomy = draw_anatomy([CaseSpec(age=50, sex="F", seed=2024)])
    assert POSE_NAMES[int(anatomy.pose)] == "turned_right"
    assert anatomy.value("heart").item() == pytest.approx(0.462853, abs=1e-5)
    assert anatomy.texture[0, 0, 0, :3].tolist() == pytest.approx([-0.022275, 0.068979, 0.467330], abs=1e-5)


def test_every_patient_has_one_posture_and_moderate_components():
    specs = [CaseSpec(age=18 + i % 78, sex="FM"[i % 2], seed=i) for i in range(400)]
    anatomy = draw_anatomy(specs)
    assert torch.equal(anatomy.vector[:, : len(POSE_NAMES)].sum(1), torch.ones(400))
    body = anatomy.vector[:, len(POSE_NAMES) :]
    assert body.abs().max() < 4
    assert body.mean(0).abs().max() < 1.2
    assert anatomy.texture.mean().abs() < 0.01
    assert anatomy.texture.std() == pytest.approx(1, abs=0.01)


def test_a_plain_patient_has_a_heart_below_half_of_the_thorax_at_any_age():
    specs = [CaseSpec(age=age, seed=seed) for age in (MIN_AGE, 60, MAX_AGE) for seed in range(100)]
    assert draw_anatomy(specs).value("heart").max() < 0.485


def test_comorbidities_show_in_their_own_components():
    def value(name: str, *comorbidities: str) -> float:
        return draw_anatomy([CaseSpec(age=60, seed=8, comorbidities=comorbidities)]).value(name).item()

    assert value("heart", "cardiomegaly") > 0.5 > value("heart")
    assert abs(value("scoliosis", "scoliosis")) > 10 > abs(value("scoliosis"))
    assert value("bulk", "obesity") > 30 > value("bulk")
    assert (value("pacemaker", "pacemaker"), value("pacemaker")) == (pytest.approx(1), pytest.approx(0))
    assert value("emphysema", "emphysema") > 0.6
    assert draw_anatomy([CaseSpec(seed=8, comorbidities=("emphysema",))]).pose.item() == POSE_NAMES.index("deep")


def test_geometry_of_a_neutral_patient_keeps_left_and_up():
    grid = geometry(neutral(), 32)
    assert grid.shape == (1, 32, 32, 2)
    assert bool((grid[0, :, 1:, 0] > grid[0, :, :-1, 0]).all())
    assert bool((grid[0, 1:, :, 1] > grid[0, :-1, :, 1]).all())


def test_geometry_never_folds_the_patient_over():
    grid = geometry(draw_anatomy([CaseSpec(seed=s, comorbidities=("scoliosis",)) for s in range(60)]), 64)
    assert bool((grid[:, :, 1:, 0] > grid[:, :, :-1, 0]).all())
    assert bool((grid[:, 1:, :, 1] > grid[:, :-1, :, 1]).all())


def test_geometry_moves_the_picture_by_the_offset():
    moved = geometry(neutral(offset_x=1.0), 32) - geometry(neutral(), 32)
    scale = neutral().value("scale_x").item()
    assert moved[0, 10, 10, 0].item() == pytest.approx(-5.0 / scale / (345 / 2), rel=0.05)


def test_geometry_can_be_differentiated_even_after_inference():
    with torch.inference_mode():
        geometry(neutral(), 24)
    anatomy = neutral()
    anatomy.vector.requires_grad_()
    anatomy.warp.requires_grad_()
    geometry(anatomy, 24).square().sum().backward()
    assert anatomy.warp.grad is not None
    assert anatomy.vector.grad is not None
    assert anatomy.warp.grad.abs().min() > 0
    assert anatomy.vector.grad[0, ANATOMY_NAMES.index("scoliosis")] != 0


def test_the_condition_is_a_thermometer_of_the_ordered_place_alone():
    row = condition_vector([CaseSpec("pneumonia", 2.5, "left", "lower", age=75, sex="M", comorbidities=("obesity",))])[
        0
    ]
    assert row.shape == (CONDITION_DIM,)
    named = {name: value for name, value in zip(CONDITION_NAMES, row.tolist(), strict=True) if value}
    assert named == {
        "pneumonia:left:lower:1": 1.0,
        "pneumonia:left:lower:2": 1.0,
        "pneumonia:left:lower:3": 0.5,
        "age": 1.0,
        "sex": 1.0,
        "obesity": 1.0,
    }


def test_a_normal_film_has_no_stage_in_its_condition():
    row = condition_vector([CaseSpec(age=55, sex="F")])[0]
    assert row.abs().sum() == 1
    assert row[CONDITION_NAMES.index("sex")] == -1
