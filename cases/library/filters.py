"""Finding cases in the gallery."""

import django_filters
from django import forms
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from cases.library.models import Case
from generation.vocabulary import AGE_GROUPS, COMORBIDITIES, FINDINGS, SEXES

STAGES = sorted({stage.level for finding in FINDINGS.values() for stage in finding.stages})


class CaseFilter(django_filters.FilterSet):
    """By finding, stage, sex, age group, comorbidity, curation, request and patient.

    ``request`` and ``patient`` have no control of their own: they come from links.
    """

    finding = django_filters.ChoiceFilter(
        choices=[(key, finding.name) for key, finding in FINDINGS.items()], empty_label="Any finding"
    )
    stage = django_filters.ChoiceFilter(
        choices=[(level, f"Stage {level}" if level else "No stage") for level in STAGES],
        method="at_stage",
        empty_label="Any stage",
    )
    sex = django_filters.ChoiceFilter(choices=list(SEXES.items()), empty_label="Any sex")
    age_group = django_filters.ChoiceFilter(
        label="Age",
        choices=[(key, group.name) for key, group in AGE_GROUPS.items() if key != "any"],
        method="of_age",
        empty_label="Any age",
    )
    comorbidity = django_filters.ChoiceFilter(
        label="Comorbidity",
        choices=[("none", "None"), *((key, item.name) for key, item in COMORBIDITIES.items())],
        method="with_comorbidity",
        empty_label="Any comorbidity",
    )
    curation = django_filters.ChoiceFilter(label="Review", choices=Case.Curation.choices, empty_label="Reviewed or not")
    request = django_filters.UUIDFilter(field_name="request_id", widget=forms.HiddenInput)
    patient = django_filters.CharFilter(field_name="patient_key", widget=forms.HiddenInput)

    class Meta:
        model = Case
        fields: list[str] = []

    @property
    def form(self) -> forms.Form:
        """The controls, in Bootstrap's dress."""
        form: forms.Form = super().form
        for field in form.visible_fields():
            field.field.widget.attrs["class"] = "form-select"
        return form

    def at_stage(self, cases: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        level = int(value)
        return cases.filter(stage__gte=level - 0.5, stage__lt=level + 0.5)

    def of_age(self, cases: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        group = AGE_GROUPS[value]
        return cases.filter(age__range=(group.low, group.high))

    def with_comorbidity(self, cases: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        if value == "none":
            return cases.filter(comorbidities=[])
        # SQLite cannot look into a JSON list, so look for the quoted key in its text.
        listed = cases.annotate(listed=Cast("comorbidities", TextField()))
        return listed.filter(listed__contains=f'"{value}"')

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(1 for name in self.filters if self.data.get(name))
