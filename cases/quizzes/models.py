"""Quizzes, their questions, assignments to cohorts, attempts and responses."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from cases.library.models import Case
from cases.programs.models import Cohort, Program


class Quiz(models.Model):
    """A set of questions on accepted cases."""

    class Mode(models.TextChoices):
        TUTOR = "tutor", "Tutor: the truth after each answer"
        EXAM = "exam", "Exam: the truth at the end"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="quizzes")
    title = models.CharField(max_length=120)
    instructions = models.TextField(blank=True)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.TUTOR)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="quizzes")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "quizzes"

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """One question on one case. The key is the case's spec (and mask); it is never copied here."""

    class Kind(models.TextChoices):
        CHOICE = "choice", "Single best diagnosis"
        STAGE = "stage", "Stage"
        LOCATE = "locate", "Locate"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="questions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    position = models.PositiveIntegerField()
    prompt = models.CharField(max_length=300)
    options = models.JSONField(default=list)
    """Keys in the order in which they are shown: findings for choice, stage levels for stage, none for locate."""
    tolerance_mm = models.FloatField(default=10, validators=[MinValueValidator(0), MaxValueValidator(100)])
    """How far outside the lesion a click still counts, in millimetres on the detector. Locate only."""

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["quiz", "case", "kind"], name="question_once_per_quiz")]

    def __str__(self) -> str:
        return f"{self.position}. {self.prompt}"


class Assignment(models.Model):
    """A quiz given to a cohort, between two dates."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="assignments")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="assignments")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["closes_at"]

    def __str__(self) -> str:
        return f"{self.quiz} for {self.cohort}"

    @property
    def is_open(self) -> bool:
        """Whether answers are taken now."""
        return self.opens_at <= timezone.now() < self.closes_at


class Attempt(models.Model):
    """One trainee taking one assignment. One attempt each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="attempts")
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [models.UniqueConstraint(fields=["assignment", "trainee"], name="one_attempt_per_trainee")]

    def __str__(self) -> str:
        return f"{self.trainee}: {self.assignment}"


class Response(models.Model):
    """One trainee's answer to one question. The rows are made when the attempt starts, in shuffled order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="responses")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="responses")
    position = models.PositiveIntegerField()
    """Place in this attempt, from 1."""
    shown_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.JSONField(null=True, blank=True)
    """choice: {"finding": key}; stage: {"stage": level}; locate: {"row": r, "column": c} in image pixels,
    or {"absent": true} where the reader sees no lesion."""
    confidence = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    score = models.FloatField(null=True, blank=True)
    """0 to 1, after marking."""
    seconds = models.FloatField(null=True, blank=True)
    """From the first showing to the answer."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="one_response_per_question"),
            models.UniqueConstraint(fields=["attempt", "position"], name="one_response_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt.trainee}, question {self.position}"

    @property
    def is_answered(self) -> bool:
        """Whether an answer has been saved."""
        return self.answered_at is not None
