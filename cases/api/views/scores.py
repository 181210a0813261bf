"""Results."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from cases.api.base import ProgramApiView
from cases.api.filters import OwnResultFilter, ResultFilter
from cases.api.serializers.scores import OwnResultSerializer, ResultSerializer
from cases.quizzes.models import Response
from cases.scores.selectors import over


def results_of(view: ProgramApiView) -> QuerySet[Response]:
    """Every response of the program's attempts that are over, the latest attempt first."""
    return (
        Response.objects.filter(over("attempt__"), attempt__assignment__quiz__program=view.program)
        .select_related("attempt__assignment__quiz", "attempt__trainee", "question__case")
        .order_by("-attempt__started_at", "attempt_id", "position")
    )


class ResultsView(ListModelMixin, ProgramApiView):
    """Everyone's results."""

    permission = "scores.view_scores"
    serializer_class = ResultSerializer
    filterset_class = ResultFilter

    def get_queryset(self) -> QuerySet[Response]:
        return Response.objects.none() if self.is_fake else results_of(self)

    @extend_schema(operation_id="results_list", summary="Results", tags=["results"])
    def get(self, request: Request, slug: str) -> Answer:
        """One row per question of each attempt that is over."""
        return self.list(request)


class OwnResultsView(ListModelMixin, ProgramApiView):
    """A trainee's own results."""

    permission = "scores.view_own_scores"
    serializer_class = OwnResultSerializer
    filterset_class = OwnResultFilter

    def get_queryset(self) -> QuerySet[Response]:
        return (
            Response.objects.none() if self.is_fake else results_of(self).filter(attempt__trainee=self.membership.user)
        )

    @extend_schema(operation_id="results_mine_list", summary="My results", tags=["trainee"])
    def get(self, request: Request, slug: str) -> Answer:
        """Answers and marks of attempts that are over; nothing of the cases."""
        return self.list(request)
