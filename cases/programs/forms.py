"""Forms of the people page."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from cases.programs.models import Cohort, Membership, Program, Role


def helper(submit: str) -> FormHelper:
    """A posted form with one button."""
    made = FormHelper()
    made.form_method = "post"
    made.add_input(Submit("submit", submit))
    return made


class AddMemberForm(forms.Form):
    """Who is to join, and as what."""

    email = forms.EmailField(label="E-mail address", max_length=150)
    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)
    role = forms.ChoiceField(choices=Role.choices, initial=Role.TRAINEE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("Add member")


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(choices=Role.choices)


class CohortNameForm(forms.ModelForm):
    """A new cohort."""

    class Meta:
        model = Cohort
        fields = ("name",)
        labels = {"name": "New cohort"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("Add cohort")


class TraineesField(forms.ModelMultipleChoiceField):
    """Trainees by name and address."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} ({obj.user.email})"


class CohortForm(forms.Form):
    """A cohort's name and trainees."""

    name = forms.CharField(max_length=120)
    trainees = TraineesField(queryset=Membership.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("Save cohort")
        field = cast(TraineesField, self.fields["trainees"])
        field.queryset = program.memberships.filter(role=Role.TRAINEE).select_related("user")
