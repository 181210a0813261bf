"""Quizzes, their questions, assignments, and what is due."""

from typing import Any

from rest_framework import serializers

from cases.api.serializers.library import FINDING_CHOICES
from cases.quizzes import asking
from cases.quizzes.blueprint import ABNORMAL_FINDINGS, Blueprint
from cases.quizzes.forms import MAX_BLUEPRINT
from cases.quizzes.models import Assignment, Question, Quiz
from cases.quizzes.selectors.due import Standing


class QuizSerializer(serializers.ModelSerializer):
    """A quiz at a glance."""

    question_count = serializers.IntegerField()
    assignment_count = serializers.IntegerField()

    class Meta:
        model = Quiz
        fields: tuple[str, ...] = (
            "id",
            "title",
            "instructions",
            "mode",
            "created_at",
            "question_count",
            "assignment_count",
        )
        read_only_fields = fields


class QuestionSerializer(serializers.ModelSerializer):
    """A question with its case: the key is the case's."""

    case = serializers.UUIDField(source="case_id")
    finding = serializers.ChoiceField(source="case.finding", choices=FINDING_CHOICES)
    stage = serializers.FloatField(source="case.stage")
    options = serializers.ListField(
        child=serializers.JSONField(), help_text="Findings, or stage levels, in the order in which they are shown."
    )

    class Meta:
        model = Question
        fields = ("id", "position", "kind", "prompt", "options", "tolerance_mm", "case", "finding", "stage")
        read_only_fields = fields


class QuizDetailSerializer(QuizSerializer):
    """A quiz with its questions."""

    questions = QuestionSerializer(many=True)

    class Meta(QuizSerializer.Meta):
        fields = (*QuizSerializer.Meta.fields, "questions")
        read_only_fields = fields


class BlueprintQuizSerializer(serializers.Serializer):
    """A new quiz whose cases are picked from the accepted ones by counts."""

    title = serializers.CharField(max_length=120)
    instructions = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)
    mode = serializers.ChoiceField(choices=Quiz.Mode.choices, default=Quiz.Mode.TUTOR)
    total = serializers.IntegerField(min_value=1, max_value=MAX_BLUEPRINT, help_text="Cases in all.")
    normal = serializers.IntegerField(min_value=0, max_value=MAX_BLUEPRINT, default=0, help_text="Normal ones of them.")
    findings = serializers.ListField(
        child=serializers.ChoiceField(choices=[choice for choice in FINDING_CHOICES if choice[0] in ABNORMAL_FINDINGS]),
        required=False,
        help_text="Findings of the others; left out, all of them.",
    )
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=list(asking.KINDS.items())),
        required=False,
        min_length=1,
        help_text="Kinds of question, which take turns; left out, choice alone.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Adds ``blueprint``, or says which counts contradict each other."""
        findings = tuple(attrs.get("findings", ABNORMAL_FINDINGS))
        try:
            attrs["blueprint"] = Blueprint(attrs["total"], attrs["normal"], findings)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
        return attrs


class AssignmentSerializer(serializers.ModelSerializer):
    """A quiz given to a cohort."""

    quiz = serializers.UUIDField(source="quiz_id", read_only=True)
    title = serializers.CharField(source="quiz.title", read_only=True)
    cohort = serializers.IntegerField(source="cohort_id", min_value=1, max_value=2**31 - 1)
    cohort_name = serializers.CharField(source="cohort.name", read_only=True)

    class Meta:
        model = Assignment
        fields: tuple[str, ...] = ("id", "quiz", "title", "cohort", "cohort_name", "opens_at", "closes_at")


class AssignmentProgressSerializer(AssignmentSerializer):
    """An assignment with how many have finished it. ``mean_score`` is 0 to 1, null while nobody has."""

    expected = serializers.IntegerField()
    finished = serializers.IntegerField()
    mean_score = serializers.FloatField(allow_null=True)

    class Meta(AssignmentSerializer.Meta):
        fields = (*AssignmentSerializer.Meta.fields, "expected", "finished", "mean_score")
        read_only_fields = fields


class DueSerializer(serializers.Serializer):
    """An assignment as its trainee sees it. ``score`` is 0 to 1, null until the attempt is over."""

    assignment = serializers.UUIDField(source="assignment.id")
    title = serializers.CharField(source="quiz.title")
    mode = serializers.ChoiceField(source="quiz.mode", choices=Quiz.Mode.choices)
    standing = serializers.ChoiceField(choices=[(each.value, each.name.capitalize()) for each in Standing])
    opens_at = serializers.DateTimeField(source="assignment.opens_at")
    closes_at = serializers.DateTimeField(source="assignment.closes_at")
    answered = serializers.IntegerField()
    total = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
