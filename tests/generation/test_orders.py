"""What an order expands to, and what it refuses."""

from collections import Counter

import pytest

from generation.orders import Order
from generation.spec import MAX_SEED, CaseSpec, SpecError
from generation.vocabulary import AGE_GROUPS, FINDINGS


def test_an_order_gives_as_many_cases_as_asked_each_another_patient() -> None:
    specs = Order(finding="heart_failure", stages=(2,), age=71, sex="F", comorbidities=("emphysema",), count=4).specs()
    assert [spec.seed for spec in specs] == [0, 1, 2, 3]
    assert len({spec.patient_key for spec in specs}) == 4
    assert {(s.finding, s.stage, s.age, s.sex, s.comorbidities) for s in specs} == {
        ("heart_failure", 2, 71, "F", ("emphysema",))
    }


def test_several_stages_are_mixed_evenly_and_not_in_a_fixed_order() -> None:
    stages = [spec.stage for spec in Order(finding="pneumonia", stages=(1, 2, 3), count=30, seed=7).specs()]
    assert Counter(stages) == {1: 10, 2: 10, 3: 10}
    assert stages != [1, 2, 3] * 10


def test_no_stage_means_every_stage() -> None:
    assert Order(finding="pneumothorax").stages == (1, 2, 3)
    assert Order(finding="normal").stages == (0,)


def test_a_longer_order_starts_with_the_shorter_one() -> None:
    short = Order(finding="pneumonia", stages=(1, 3), count=5, seed=3).specs()
    assert Order(finding="pneumonia", stages=(1, 3), count=50, seed=3).specs()[:5] == short


@pytest.mark.parametrize("finding", [key for key in FINDINGS if key != "normal"])
def test_a_series_shows_each_patient_healthy_and_at_every_stage(finding: str) -> None:
    order = Order(finding=finding, series=True, count=3, seed=11)
    specs = order.specs()
    assert len(specs) == order.size == 12
    for start in range(0, 12, 4):
        patient = specs[start : start + 4]
        assert [spec.stage for spec in patient] == [0, 1, 2, 3]
        assert len({spec.patient_key for spec in patient}) == 1
        assert len({(spec.side, spec.lobe) for spec in patient[1:]}) == 1


@pytest.mark.parametrize("group", AGE_GROUPS.values(), ids=lambda group: group.key)
def test_ages_stay_in_the_group_and_vary(group) -> None:
    ages = [spec.age for spec in Order(age_group=group.key, count=100).specs()]
    assert group.low <= min(ages) <= max(ages) <= group.high
    assert len(set(ages)) > 5


def test_open_sex_and_place_are_mixed_independently_of_the_stage() -> None:
    specs = Order(finding="pneumonia", count=100, seed=5).specs()
    assert Counter(spec.sex for spec in specs) == {"F": 50, "M": 50}
    assert all(count == 20 for count in Counter((s.side, s.lobe) for s in specs).values())
    assert len({(s.sex, s.stage, s.side) for s in specs}) == 2 * 3 * 2


def test_a_patient_is_the_same_whichever_order_reaches_the_seed() -> None:
    later = Order(finding="pneumonia", stages=(2,), count=5, seed=10).specs()[3]
    assert Order(finding="pneumonia", stages=(2,), seed=13).specs() == [later]


def test_a_side_alone_leaves_the_lobe_open() -> None:
    specs = Order(finding="pneumonia", side="left", count=10).specs()
    assert {(spec.side, spec.lobe) for spec in specs} == {("left", "upper"), ("left", "lower")}


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("finding", {"finding": "tuberculosis"}),
        ("finding", {"finding": None}),
        ("stages", {"finding": "pneumonia", "stages": [4]}),
        ("stages", {"finding": "pneumonia", "stages": [0]}),
        ("stages", {"finding": "pneumonia", "stages": [True]}),
        ("stages", {"finding": "pneumonia", "stages": 2}),
        ("stages", {"finding": "normal", "stages": [1]}),
        ("series", {"finding": "normal", "series": True}),
        ("series", {"finding": "pneumonia", "series": "yes"}),
        ("age_group", {"age_group": "children"}),
        ("age", {"age": 17}),
        ("age", {"age": "71"}),
        ("age", {"age": 30, "age_group": "80-95"}),
        ("sex", {"sex": "X"}),
        ("comorbidities", {"comorbidities": ["gout"]}),
        ("comorbidities", {"comorbidities": "emphysema"}),
        ("comorbidities", {"comorbidities": [["emphysema"]]}),
        ("side", {"finding": "heart_failure", "side": "left"}),
        ("side", {"side": "up"}),
        ("lobe", {"finding": "pneumonia", "side": "left", "lobe": "middle"}),
        ("lobe", {"finding": "pneumothorax", "lobe": "upper"}),
        ("count", {"count": 0}),
        ("count", {"count": 101}),
        ("count", {"count": 1.5}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": MAX_SEED, "count": 2}),
        ("colour", {"colour": "red"}),
    ],
)
def test_an_impossible_order_names_the_field_that_is_wrong(field: str, data: dict) -> None:
    with pytest.raises(SpecError) as error:
        Order.from_dict(data)
    assert error.value.field == field
    assert error.value.message.endswith(".")


def test_an_order_survives_json() -> None:
    order = Order(finding="pneumonia", stages=(1, 2), sex="M", comorbidities=("obesity", "emphysema"), count=9, seed=4)
    assert Order.from_dict(order.to_dict()) == order


def test_an_order_reads_as_a_sentence() -> None:
    order = Order(finding="heart_failure", stages=(1, 2), age_group="65-79", sex="F", count=4)
    assert order.sentence() == "4 cases: heart failure, stages 1 and 2, women of 65 to 79"


def test_a_stage_just_above_healthy_is_called_by_the_first_name():
    spec = CaseSpec(finding="pneumothorax", stage=0.3, side="left")
    assert spec.sentence() == "Pneumothorax, stage 0.3 of 3 (small), left side, woman of 50"
