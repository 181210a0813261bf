"""Forms of this room: they read and check words; what is done with them is in ``services``."""

from typing import Any

from django import forms
from django.utils import timezone

from cases.library.models import Case
from cases.programs.models import Cohort, Program
from cases.quizzes import asking
from cases.quizzes.blueprint import ABNORMAL_FINDINGS, Blueprint
from cases.quizzes.models import Assignment, Question, Quiz
from generation.vocabulary import AGE_GROUPS, FINDINGS, SEXES

FINDING_CHOICES = [(key, finding.name) for key, finding in FINDINGS.items()]
KIND_CHOICES = list(asking.KINDS.items())
STAGE_LEVELS = sorted({stage.level for finding in FINDINGS.values() for stage in finding.stages if stage.level})
MAX_BLUEPRINT = 100


class QuizForm(forms.ModelForm):
    """Title, mode and instructions."""

    class Meta:
        model = Quiz
        fields = ["title", "mode", "instructions"]
        widgets = {"mode": forms.RadioSelect, "instructions": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"instructions": "Shown to trainees before they start. May be left empty."}


class QuestionForm(forms.Form):
    """Prompt, options (choice only) and tolerance (locate only) of one question."""

    prompt = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    options = forms.MultipleChoiceField(
        choices=FINDING_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        help_text="Shuffled for the trainee. The right answer must be among them. A set of options that differs from "
        "the other questions' can give the answer away.",
    )
    tolerance_mm = forms.FloatField(
        label="Tolerance in millimetres",
        min_value=0,
        max_value=100,
        help_text="How far outside the lesion's edge a mark still counts.",
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        kwargs["initial"] = {field: getattr(question, field) for field in ("prompt", "options", "tolerance_mm")}
        super().__init__(*args, **kwargs)
        if question.kind != Question.Kind.CHOICE:
            del self.fields["options"]
        if question.kind != Question.Kind.LOCATE:
            del self.fields["tolerance_mm"]


class PickerFilterForm(forms.Form):
    """Which accepted cases the picker shows. Everything may be left open."""

    finding = forms.ChoiceField(required=False, choices=[("", "Any finding"), *FINDING_CHOICES])
    stage = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any stage"), *((level, f"Stage {level}") for level in STAGE_LEVELS)],
    )
    sex = forms.ChoiceField(required=False, choices=[("", "Any sex"), *SEXES.items()])
    age_group = forms.ChoiceField(
        required=False,
        label="Age",
        choices=[("", "Any age"), *((key, group.name) for key, group in AGE_GROUPS.items() if key != "any")],
    )


class AddQuestionsForm(forms.Form):
    """The chosen cases and the kinds of question to ask about them."""

    cases = forms.ModelMultipleChoiceField(
        queryset=Case.objects.none(), error_messages={"required": "Choose at least one case."}
    )
    kinds = forms.MultipleChoiceField(
        choices=KIND_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of question."},
    )

    def __init__(self, *args: Any, addable: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].queryset = addable  # type: ignore[attr-defined]


class BlueprintForm(forms.Form):
    """Counts by which cases are picked."""

    total = forms.IntegerField(label="Cases in all", min_value=1, max_value=MAX_BLUEPRINT, initial=10)
    normal = forms.IntegerField(label="Normal cases among them", min_value=0, max_value=MAX_BLUEPRINT, initial=3)
    findings = forms.MultipleChoiceField(
        label="Findings of the others",
        required=False,
        choices=[(key, FINDINGS[key].name) for key in ABNORMAL_FINDINGS],
        initial=list(ABNORMAL_FINDINGS),
        widget=forms.CheckboxSelectMultiple,
        help_text="Stages and findings are mixed evenly. No patient appears twice where that can be avoided.",
    )
    kinds = forms.MultipleChoiceField(
        label="Kinds of question",
        choices=KIND_CHOICES,
        initial=["choice"],
        widget=forms.CheckboxSelectMultiple,
        help_text="Several kinds take turns. A case is asked about only once in a quiz.",
    )

    def clean(self) -> dict[str, Any]:
        """Add ``blueprint``, or say what contradicts what."""
        data = super().clean() or {}
        if "total" in data and "normal" in data:
            try:
                data["blueprint"] = Blueprint(data["total"], data["normal"], tuple(data.get("findings", ())))
            except ValueError as error:
                raise forms.ValidationError(str(error)) from error
        if data.get("kinds") == [asking.STAGE] and data.get("normal"):
            self.add_error("kinds", "A normal film has no stage. Add another kind of question for the normal cases.")
        return data


class DateTimeLocalInput(forms.DateTimeInput):
    """The browser's own date and time picker."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class DatesForm(forms.Form):
    """Opening and closing, read in the site's time zone."""

    opens_at = forms.DateTimeField(label="Opens", widget=DateTimeLocalInput)
    closes_at = forms.DateTimeField(label="Closes", widget=DateTimeLocalInput)

    def __init__(self, *args: Any, assignment: Assignment | None = None, **kwargs: Any) -> None:
        if assignment:
            kwargs["initial"] = {"opens_at": assignment.opens_at, "closes_at": assignment.closes_at}
        super().__init__(*args, **kwargs)
        self.fields["closes_at"].help_text = f"Times are in {timezone.get_current_timezone_name()}."

    def clean(self) -> dict[str, Any]:
        """The closing date must be after the opening date."""
        data = super().clean() or {}
        if data.get("opens_at") and data.get("closes_at") and data["closes_at"] <= data["opens_at"]:
            self.add_error("closes_at", "The closing date must be after the opening date.")
        return data


class AssignForm(DatesForm):
    """Who gets the quiz, and when."""

    cohort = forms.ModelChoiceField(queryset=Cohort.objects.none(), empty_label=None)
    field_order = ["cohort", "opens_at", "closes_at"]

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = program.cohorts.all()  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """An answer as the page sends it. Which fields matter depends on the question's kind."""

    choice = forms.CharField(required=False)
    absent = forms.BooleanField(required=False)
    row = forms.FloatField(required=False)
    column = forms.FloatField(required=False)
    confidence = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, choices=list(asking.CONFIDENCES.items())
    )

    def answer(self, kind: str) -> dict[str, Any]:
        """The answer in the shape of ``Response.answer``, empty for none, not yet checked against the question."""
        data = self.cleaned_data
        choice = data["choice"]
        if kind == Question.Kind.CHOICE:
            return {"finding": choice} if choice else {}
        if kind == Question.Kind.STAGE:
            return {"stage": int(choice)} if choice.isdecimal() else {}
        if data["absent"]:
            return {"absent": True}
        if data["row"] is None or data["column"] is None:
            return {}
        return {"row": data["row"], "column": data["column"]}
