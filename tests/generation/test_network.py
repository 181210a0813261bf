"""What the networks promise."""

import pytest
import torch

from generation.networks.discriminator import Discriminator, gradient_penalty, relativistic_loss
from generation.networks.generator import sample_groups
from generation.networks.inputs import Inputs, new_generator
from generation.networks.losses import lesion_weight, mask_loss, picture_loss
from generation.patients.anatomy import CONDITION_DIM
from generation.spec import CaseSpec

SIZE = 32
ILL = CaseSpec("pneumonia", 2, "right", "lower", seed=4)


@pytest.fixture(scope="module")
def generator():
    torch.manual_seed(0)
    return new_generator(SIZE, width=8, low_channels=8, high_channels=4, style_dim=16)


def lesion() -> torch.Tensor:
    mask = torch.zeros(1, 1, SIZE, SIZE)
    mask[:, :, 8:16, 8:16] = 1
    return mask


def test_a_film_and_a_mask_are_drawn_at_full_size(generator):
    drawn = Inputs.of([ILL, ILL.healthy_twin()], SIZE).draw(generator)
    assert drawn.image.shape == drawn.mask.shape == (2, 1, SIZE, SIZE)


def test_every_weight_learns(generator):
    drawn = Inputs.of([ILL, CaseSpec(seed=5)], SIZE).draw(generator)
    (drawn.image.square().sum() + drawn.mask.square().sum()).backward()
    still = [name for name, weight in generator.named_parameters() if weight.grad is None]
    assert still == []


def test_the_healthy_twin_differs_in_what_was_ordered_alone():
    both = Inputs.of([ILL, ILL.healthy_twin()], SIZE)
    for part in ("vector", "warp", "fields", "grid"):
        first, second = getattr(both, part)
        assert torch.equal(first, second)
    assert not torch.equal(*both.condition)


def test_the_atlas_moves_with_the_patient():
    maps = torch.zeros(1, 2, SIZE, SIZE)
    maps[:, :, :, 10] = 1
    steps = (torch.arange(SIZE) + 0.5) / SIZE * 2 - 1
    grid = torch.stack(torch.meshgrid(steps, steps, indexing="xy"), -1)[None]
    shifted = grid.clone()
    shifted[..., 0] += 3 * 2 / SIZE
    still, moved = sample_groups(maps, [grid, shifted])[0]
    assert still[16].argmax() == 10
    assert moved[16].argmax() == 7


def test_disease_weighs_more_than_its_surroundings_and_a_twin_weighs_evenly():
    normal = torch.full((1, 1, SIZE, SIZE), 0.5)
    mask = lesion()
    weight = lesion_weight(normal + 0.2 * mask, normal, mask)
    assert weight[0, 0, 12, 12] > 3 * weight[0, 0, 28, 28]
    assert torch.equal(lesion_weight(normal, normal, torch.zeros_like(mask)), torch.ones_like(mask))


def test_an_empty_mask_costs_more_than_the_right_one():
    mask = lesion()
    empty, right = mask_loss(torch.full_like(mask, -6), mask), mask_loss(mask * 12 - 6, mask)
    assert empty > 1.0
    assert right < 0.05


def test_a_blurred_picture_costs_more_than_the_sharp_one():
    torch.manual_seed(1)
    sharp = torch.rand(1, 1, SIZE, SIZE)
    blurred = torch.nn.functional.avg_pool2d(sharp, 3, stride=1, padding=1)
    assert picture_loss(blurred, sharp, torch.ones_like(sharp)) > picture_loss(sharp, sharp, torch.ones_like(sharp))


def test_the_discriminator_answers_for_every_place_and_hears_the_condition():
    torch.manual_seed(2)
    judge = Discriminator(CONDITION_DIM, width=4)
    torch.nn.init.normal_(judge.condition.weight)
    picture, mask = torch.rand(1, 1, 64, 64), torch.zeros(1, 1, 64, 64)
    first = judge(picture, mask, torch.zeros(1, CONDITION_DIM))
    second = judge(picture, mask, torch.ones(1, CONDITION_DIM))
    assert first.shape == (1, 1, 4, 4)
    assert not torch.allclose(first, second)


def test_the_relativistic_loss_rewards_scoring_the_better_one_higher():
    high, low = torch.full((1, 1, 4, 4), 3.0), torch.zeros(1, 1, 4, 4)
    assert relativistic_loss(high, low) < relativistic_loss(low, high)


def test_the_gradient_penalty_is_the_squared_slope():
    picture = torch.rand(2, 1, 8, 8, requires_grad=True)
    scores = picture * 3
    assert gradient_penalty(scores, picture).item() == pytest.approx(9 * 64 / 64**2)
