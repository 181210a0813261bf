"""Results: one row per question of an attempt that is over."""

from rest_framework import serializers

from cases.api.serializers.library import FINDING_CHOICES, ObjectField
from cases.quizzes.asking import KINDS
from cases.quizzes.models import Response


class OwnResultSerializer(serializers.ModelSerializer):
    """A trainee's own answer and its mark. It says nothing of the case."""

    assignment = serializers.UUIDField(source="attempt.assignment_id")
    quiz = serializers.CharField(source="attempt.assignment.quiz.title")
    kind = serializers.ChoiceField(source="question.kind", choices=list(KINDS.items()))
    answer = ObjectField(
        allow_null=True,
        help_text='choice: {"finding": key}; stage: {"stage": level}; locate: {"row": r, "column": c} in film pixels '
        'or {"absent": true}; null when left open.',
    )
    score = serializers.FloatField(allow_null=True, help_text="0 to 1; null when left open, which counts 0.")
    confidence = serializers.IntegerField(allow_null=True, help_text="1 (guess) to 5 (certain).")
    seconds = serializers.FloatField(allow_null=True, help_text="From the first showing to the answer.")
    submitted_at = serializers.DateTimeField(
        source="attempt.submitted_at", allow_null=True, help_text="Null when the assignment closed before."
    )

    class Meta:
        model = Response
        fields: tuple[str, ...] = (
            "id",
            "assignment",
            "quiz",
            "position",
            "kind",
            "answer",
            "score",
            "confidence",
            "seconds",
            "answered_at",
            "submitted_at",
        )
        read_only_fields = fields


class ResultSerializer(OwnResultSerializer):
    """An answer with who gave it and the truth."""

    trainee = serializers.EmailField(source="attempt.trainee.email")
    trainee_name = serializers.CharField(source="attempt.trainee.__str__")
    question = serializers.UUIDField(source="question_id")
    case = serializers.UUIDField(source="question.case_id")
    finding = serializers.ChoiceField(source="question.case.finding", choices=FINDING_CHOICES)
    stage = serializers.FloatField(source="question.case.stage")

    class Meta(OwnResultSerializer.Meta):
        fields = (
            *OwnResultSerializer.Meta.fields,
            "trainee",
            "trainee_name",
            "question",
            "case",
            "finding",
            "stage",
        )
        read_only_fields = fields
