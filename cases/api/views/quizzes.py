"""Quizzes, assignments, and what is due."""

from secrets import randbelow
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.base import ProgramApiView
from cases.api.problems import Conflict
from cases.api.serializers.quizzes import (
    AssignmentProgressSerializer,
    AssignmentSerializer,
    BlueprintQuizSerializer,
    DueSerializer,
    QuizDetailSerializer,
    QuizSerializer,
)
from cases.quizzes.asking import CHOICE
from cases.quizzes.blueprint import PoolTooSmall, pick
from cases.quizzes.models import Assignment, Quiz
from cases.quizzes.selectors.authoring import blueprint_pool, quizzes_of
from cases.quizzes.selectors.due import assignments_for
from cases.quizzes.services.assigning import assign_quiz
from cases.quizzes.services.authoring import add_questions, create_quiz
from cases.quizzes.services.errors import Refused
from cases.scores.selectors import assignments_at_a_glance


class QuizzesView(ListModelMixin, ProgramApiView):
    """The program's quizzes; a new one."""

    permission = "quizzes.author_quizzes"
    serializer_class = QuizSerializer

    def get_queryset(self) -> QuerySet[Quiz]:
        return Quiz.objects.none() if self.is_fake else quizzes_of(self.program)

    @extend_schema(operation_id="quizzes_list", summary="Quizzes", tags=["quizzes"])
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        return self.list(request)

    @extend_schema(
        operation_id="quizzes_create",
        summary="Build a quiz by blueprint",
        request=BlueprintQuizSerializer,
        responses={201: QuizDetailSerializer},
        tags=["quizzes"],
    )
    def post(self, request: Request, slug: str) -> Response:
        """Picks accepted cases by counts, stages and findings mixed. 409 when there are too few."""
        sent = BlueprintQuizSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            quiz = self._build(sent.validated_data)
        except (PoolTooSmall, Refused) as error:
            raise Conflict(str(error)) from error
        body = QuizDetailSerializer(quizzes_of(self.program).get(pk=quiz.pk)).data
        return Response(body, status=status.HTTP_201_CREATED)

    @transaction.atomic
    def _build(self, wanted: dict) -> Quiz:
        author = self.membership.user
        quiz = create_quiz(self.program, author, wanted["title"], wanted["mode"], wanted["instructions"])
        selection = pick(blueprint_pool(quiz), wanted["blueprint"], seed=randbelow(2**31))
        cases = self.program.cases.in_bulk(selection.keys)
        add_questions(quiz, [cases[key] for key in selection.keys], wanted.get("kinds", [CHOICE]))
        return quiz


class QuizView(ProgramApiView):
    """One quiz."""

    permission = "quizzes.author_quizzes"
    serializer_class = QuizDetailSerializer

    @extend_schema(operation_id="quizzes_retrieve", summary="A quiz", tags=["quizzes"])
    def get(self, request: Request, slug: str, quiz_id: UUID) -> Response:
        """With its questions and their keys."""
        owned = quizzes_of(self.program).prefetch_related("questions__case")
        return Response(self.get_serializer(get_object_or_404(owned, pk=quiz_id)).data)


class QuizAssignmentsView(ProgramApiView):
    """Giving a quiz to a cohort."""

    permission = "quizzes.author_quizzes"
    serializer_class = AssignmentSerializer

    @extend_schema(
        operation_id="quizzes_assign",
        summary="Assign a quiz to a cohort",
        request=AssignmentSerializer,
        responses={201: AssignmentSerializer},
        tags=["quizzes"],
    )
    def post(self, request: Request, slug: str, quiz_id: UUID) -> Response:
        """Its trainees see it as due from `opens_at`; answers are taken until `closes_at`."""
        quiz = get_object_or_404(self.program.quizzes, pk=quiz_id)
        sent = self.get_serializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data
        cohort = self.program.cohorts.filter(pk=wanted["cohort_id"]).first()
        if cohort is None:
            raise exceptions.ValidationError({"cohort": ["There is no such cohort in this program."]})
        try:
            made = assign_quiz(quiz, cohort, self.membership.user, wanted["opens_at"], wanted["closes_at"])
        except Refused as error:
            raise Conflict(str(error)) from error
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


class AssignmentsView(ListModelMixin, ProgramApiView):
    """The program's assignments."""

    permission = "scores.view_scores"
    serializer_class = AssignmentProgressSerializer

    def get_queryset(self) -> QuerySet[Assignment]:
        return Assignment.objects.none() if self.is_fake else assignments_at_a_glance(self.program)

    @extend_schema(operation_id="assignments_list", summary="Assignments", tags=["quizzes"])
    def get(self, request: Request, slug: str) -> Response:
        """With how many have finished them, the last to close first."""
        return self.list(request)


class DueView(ProgramApiView):
    """A trainee's assignments."""

    permission = "quizzes.take_quizzes"
    queryset = Assignment.objects.none()
    serializer_class = DueSerializer

    @extend_schema(
        operation_id="due_list", summary="What is due for me", responses=DueSerializer(many=True), tags=["trainee"]
    )
    def get(self, request: Request, slug: str) -> Response:
        """To do now, then to come, then past."""
        mine = assignments_for(self.membership)
        every = self.paginate_queryset([*mine.now, *mine.upcoming, *mine.past])
        return self.get_paginated_response(self.get_serializer(every, many=True).data)
