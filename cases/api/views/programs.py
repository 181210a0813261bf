"""Programs one is in, and their cohorts."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.base import ApiView, ProgramApiView
from cases.api.serializers.people import CohortSerializer, ProgramSerializer
from cases.programs.models import Cohort, Membership
from cases.programs.selectors import memberships_of
from cases.scores.selectors import cohorts_at_a_glance


class ProgramsView(ListModelMixin, ApiView):
    """My programs."""

    serializer_class = ProgramSerializer

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.objects.none() if self.is_fake else memberships_of(self.request.user)  # type: ignore[arg-type]

    @extend_schema(operation_id="programs_list", summary="My programs", tags=["programs"])
    def get(self, request: Request) -> Response:
        """With my role in each."""
        return self.list(request)


class CohortsView(ListModelMixin, ProgramApiView):
    """The program's cohorts."""

    permission = "scores.view_scores"
    serializer_class = CohortSerializer

    def get_queryset(self) -> QuerySet[Cohort]:
        return Cohort.objects.none() if self.is_fake else cohorts_at_a_glance(self.program)

    @extend_schema(operation_id="cohorts_list", summary="Cohorts", tags=["programs"])
    def get(self, request: Request, slug: str) -> Response:
        """To whom a quiz can be assigned."""
        return self.list(request)
