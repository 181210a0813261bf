"""The forms of this room. What may be ordered is decided by ``generation.orders``; a form only asks."""

import secrets
from dataclasses import dataclass
from typing import Any

from django import forms

from cases.library.models import Case, CaseRequest
from cases.library.services.curation import MAX_TEACHING_POINT
from generation.orders import ANY, Order
from generation.spec import MAX_SEED, SpecError
from generation.vocabulary import AGE_GROUPS, COMORBIDITIES, FINDINGS, MAX_AGE, MIN_AGE, SEXES, Finding, place_name

MAX_COUNT = 50
DEFAULT_FINDING = "heart_failure"
ANYWHERE = ANY
SINGLE, SERIES = "single", "series"
SEX_CHOICES = [(ANY, "Women and men"), *((key, {"F": "Women", "M": "Men"}[key]) for key in SEXES)]
HOW_MANY = f"Order 1 to {MAX_COUNT} at a time."
FORM_FIELD = {"stages": "stages", "side": "place", "lobe": "place"}
"""Where an order's complaint is shown, if not at the field of the same name."""


@dataclass(frozen=True)
class Tick:
    """A checkbox with the words that explain it."""

    box: forms.boundfield.BoundWidget
    help: str


class OrderForm(forms.Form):
    """Asks for an order. Stages and places are those of the chosen finding; a normal film has neither."""

    finding = forms.ChoiceField(
        choices=[(key, finding.name) for key, finding in FINDINGS.items()],
        initial=DEFAULT_FINDING,
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(
        label="Films",
        choices=[(SINGLE, "One film per patient"), (SERIES, "All stages of one patient")],
        initial=SINGLE,
        widget=forms.RadioSelect,
    )
    stages = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    place = forms.ChoiceField(required=False, initial=ANYWHERE)
    age_group = forms.ChoiceField(choices=[(key, group.name) for key, group in AGE_GROUPS.items()], initial=ANY)
    sex = forms.ChoiceField(choices=SEX_CHOICES, initial=ANY)
    comorbidities = forms.MultipleChoiceField(
        choices=[(key, comorbidity.name) for key, comorbidity in COMORBIDITIES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    count = forms.IntegerField(
        label="Number",
        min_value=1,
        max_value=MAX_COUNT,
        initial=8,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), HOW_MANY),
    )
    age = forms.IntegerField(label="Exact age", min_value=MIN_AGE, max_value=MAX_AGE, required=False)
    seed = forms.IntegerField(label="Seed of the first patient", min_value=0, max_value=MAX_SEED, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fit_to_finding()
        for field in self.fields.values():
            if isinstance(field.widget, forms.Select) and not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs["class"] = "form-select"
            elif isinstance(field, forms.IntegerField):
                field.widget.attrs |= {"class": "form-control", "inputmode": "numeric"}

    @property
    def chosen(self) -> Finding:
        """The finding that is asked for now; the default one when it is unknown."""
        return FINDINGS.get(str(self["finding"].value()), FINDINGS[DEFAULT_FINDING])

    @property
    def stage_ticks(self) -> list[Tick]:
        """The stages of the chosen finding, each with its rule; empty for a normal film."""
        boxes = self["stages"] if "stages" in self.fields else ()
        return [Tick(box, stage.rule) for box, stage in zip(boxes, self.chosen.stages, strict=False)]

    @property
    def comorbidity_ticks(self) -> list[Tick]:
        """The comorbidities, each with its sign on the film."""
        return [Tick(box, item.sign) for box, item in zip(self["comorbidities"], COMORBIDITIES.values(), strict=True)]

    @property
    def order(self) -> Order | None:
        """What is asked for, once it can be made. An untouched form asks for what it shows."""
        form = self if self.is_bound else OrderForm({name: self[name].value() for name in self.fields})
        return form.cleaned_data["order"] if form.is_valid() else None

    @property
    def complaint(self) -> str:
        """The first thing that is wrong, in one line; empty when nothing is."""
        for name, errors in self.errors.items():
            label = f"{self[name].label}: " if name in self.fields else ""
            return f"{label}{errors[0]}"
        return ""

    def _fit_to_finding(self) -> None:
        stages = [(stage.level, f"Stage {stage.level}: {stage.name}") for stage in self.chosen.stages]
        self.fields["stages"].choices = stages  # type: ignore[attr-defined]
        self.fields["place"].choices = [(ANYWHERE, "Anywhere"), *_places(self.chosen)]  # type: ignore[attr-defined]
        if self.chosen.max_stage == 0:
            del self.fields["stages"], self.fields["kind"]
        if len(self.chosen.places) == 1:
            del self.fields["place"]

    def clean(self) -> dict[str, Any]:
        """Adds ``order`` to the cleaned data, or what the order complains of to the field it is about."""
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            data["order"] = self._order(data)
        except SpecError as error:
            field = FORM_FIELD.get(error.field, error.field)
            self.add_error(field if field in self.fields else None, error.message)
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for name in self.errors:
            if name in self.fields:
                attrs = self.fields[name].widget.attrs
                attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()

    def _order(self, data: dict[str, Any]) -> Order:
        side, _, lobe = (data.get("place") or ANYWHERE).partition(":")
        series = data.get("kind") == SERIES
        seed = data["seed"]
        return Order(
            finding=data["finding"],
            stages=() if series else tuple(data.get("stages", ())),
            series=series,
            age_group=data["age_group"],
            age=data["age"],
            sex=data["sex"],
            comorbidities=tuple(data["comorbidities"]),
            side=side,
            lobe=ANY if side == ANYWHERE else lobe,
            count=data["count"],
            seed=secrets.randbelow(MAX_SEED - MAX_COUNT) if seed is None else seed,
        )


def _places(finding: Finding) -> list[tuple[str, str]]:
    return [(f"{side}:{lobe}", place_name(side, lobe).capitalize()) for side, lobe in finding.places]


def initial_like(request: CaseRequest) -> dict[str, Any]:
    """The form filled in as for an earlier request, for other patients."""
    order = request.to_order()
    every_stage = order.stages == tuple(stage.level for stage in order.definition.stages)
    return {
        "finding": order.finding,
        "kind": SERIES if order.series else SINGLE,
        "stages": [] if every_stage else order.stages,
        "place": ANYWHERE if order.side == ANY else f"{order.side}:{order.lobe}",
        "age_group": order.age_group,
        "age": order.age,
        "sex": order.sex,
        "comorbidities": order.comorbidities,
        "count": min(order.count, MAX_COUNT),
    }


class TeachingPointForm(forms.ModelForm):
    """What the instructor wants said with the truth."""

    teaching_point = forms.CharField(
        required=False,
        max_length=MAX_TEACHING_POINT,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )

    class Meta:
        model = Case
        fields = ["teaching_point"]
