"""Orders, jobs, cases and their files."""

from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.base import DicomRenderer, PngRenderer, ProgramApiView
from cases.api.problems import Conflict
from cases.api.serializers.library import (
    CaseDetailSerializer,
    CaseSerializer,
    JobSerializer,
    OrderSerializer,
    RequestSerializer,
    TeachingPointSerializer,
)
from cases.library.filters import CaseFilter
from cases.library.models import Case, CaseRequest, Job
from cases.library.selectors.cases import cases_in_review_order
from cases.library.selectors.requests import requests_of
from cases.library.services import curation, jobs
from cases.library.services.requests import place_request
from cases.library.views.files import PRIVATE, dicom_name


class LibraryView(ProgramApiView):
    """What the library's serializers need to write addresses."""

    def get_serializer_context(self) -> dict:
        return {**super().get_serializer_context(), "program": None if self.is_fake else self.program}


class RequestsView(ListModelMixin, LibraryView):
    """What has been ordered; ordering."""

    permission = "library.request_cases"
    serializer_class = RequestSerializer

    def get_queryset(self) -> QuerySet[CaseRequest]:
        return CaseRequest.objects.none() if self.is_fake else requests_of(self.program).select_related("job__request")

    @extend_schema(operation_id="requests_list", summary="Requests", tags=["requests"])
    def get(self, request: Request, slug: str) -> Response:
        """Newest first, each with its job."""
        return self.list(request)

    @extend_schema(
        operation_id="requests_create",
        summary="Order cases",
        request=OrderSerializer,
        responses={201: JobSerializer},
        tags=["requests"],
    )
    def post(self, request: Request, slug: str) -> Response:
        """Starts a job; follow it at its `url`. The cases appear one by one."""
        order = OrderSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        placed = place_request(self.program, request.user, order.validated_data["order"])  # type: ignore[arg-type]
        body = JobSerializer(placed.job, context=self.get_serializer_context()).data
        return Response(body, status=status.HTTP_201_CREATED, headers={"Location": body["url"]})


class JobView(LibraryView):
    """One job."""

    permission = "library.request_cases"
    serializer_class = JobSerializer

    def job(self, job_id: UUID) -> Job:
        """The program's job, or 404."""
        return get_object_or_404(self.program.jobs.select_related("request"), pk=job_id)

    def answer(self, job_id: UUID) -> Response:
        """The job as it stands now."""
        return Response(self.get_serializer(self.job(job_id)).data)

    @extend_schema(operation_id="jobs_retrieve", summary="Follow a job", tags=["requests"])
    def get(self, request: Request, slug: str, job_id: UUID) -> Response:
        """Ask again every second or so until `state` is succeeded, failed or cancelled."""
        return self.answer(job_id)


class CancelJobView(JobView):
    """Cancelling."""

    http_method_names = ["post", "options"]

    @extend_schema(operation_id="jobs_cancel", summary="Cancel a job", request=None, tags=["requests"])
    def post(self, request: Request, slug: str, job_id: UUID) -> Response:
        """It stops before its next case; what is made is kept."""
        try:
            jobs.cancel(self.job(job_id))
        except jobs.JobStateError as error:
            raise Conflict(error.message) from error
        return self.answer(job_id)


class RetryJobView(JobView):
    """Trying again."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="jobs_retry", summary="Start a failed or cancelled job again", request=None, tags=["requests"]
    )
    def post(self, request: Request, slug: str, job_id: UUID) -> Response:
        """Only the cases that are missing are made."""
        try:
            jobs.retry(self.job(job_id))
        except jobs.JobStateError as error:
            raise Conflict(error.message) from error
        return self.answer(job_id)


class CasesView(ListModelMixin, LibraryView):
    """The program's cases."""

    permission = "library.view_library"
    serializer_class = CaseSerializer
    filterset_class = CaseFilter

    def get_queryset(self) -> QuerySet[Case]:
        return Case.objects.none() if self.is_fake else cases_in_review_order(self.program)

    @extend_schema(operation_id="cases_list", summary="Cases", tags=["cases"])
    def get(self, request: Request, slug: str) -> Response:
        """Newest request first."""
        return self.list(request)


class CaseView(LibraryView):
    """One case."""

    permission = "library.view_library"
    serializer_class = CaseDetailSerializer

    def case(self, case_id: UUID) -> Case:
        """The program's case, or 404."""
        return get_object_or_404(self.program.cases, pk=case_id)

    def answer(self, case_id: UUID) -> Response:
        """The case as it stands now."""
        return Response(CaseDetailSerializer(self.case(case_id), context=self.get_serializer_context()).data)

    @extend_schema(operation_id="cases_retrieve", summary="A case", tags=["cases"])
    def get(self, request: Request, slug: str, case_id: UUID) -> Response:
        """With its truth, vignette, provenance and the addresses of its files."""
        return self.answer(case_id)


class AcceptCaseView(CaseView):
    """Accepting."""

    permission = "library.curate_cases"
    http_method_names = ["post", "options"]

    @extend_schema(operation_id="cases_accept", summary="Accept a case", request=None, tags=["cases"])
    def post(self, request: Request, slug: str, case_id: UUID) -> Response:
        """It may be used in quizzes."""
        curation.accept(self.program.cases.filter(pk=self.case(case_id).pk), request.user)  # type: ignore[arg-type]
        return self.answer(case_id)


class RejectCaseView(CaseView):
    """Rejecting."""

    permission = "library.curate_cases"
    http_method_names = ["post", "options"]

    @extend_schema(operation_id="cases_reject", summary="Reject a case", request=None, tags=["cases"])
    def post(self, request: Request, slug: str, case_id: UUID) -> Response:
        """It is kept, but enters no quiz. 409 while it is in one."""
        try:
            curation.reject(self.program.cases.filter(pk=self.case(case_id).pk), request.user)  # type: ignore[arg-type]
        except curation.CurationError as error:
            raise Conflict(error.message) from error
        return self.answer(case_id)


class TeachingPointView(CaseView):
    """What is said with the truth."""

    permission = "library.curate_cases"
    http_method_names = ["put", "options"]

    @extend_schema(
        operation_id="cases_teaching_point",
        summary="Set the teaching point",
        request=TeachingPointSerializer,
        responses=CaseDetailSerializer,
        tags=["cases"],
    )
    def put(self, request: Request, slug: str, case_id: UUID) -> Response:
        """Shown to trainees with the truth."""
        case = self.case(case_id)
        sent = TeachingPointSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        curation.set_teaching_point(case, sent.validated_data["teaching_point"])
        return self.answer(case_id)


def _send(file: FieldFile, content_type: str, name: str) -> FileResponse:
    response = FileResponse(file.open("rb"), content_type=content_type, as_attachment=True, filename=name)
    response["Cache-Control"] = PRIVATE
    return response


class CaseFilmView(CaseView):
    """The DICOM file."""

    renderer_classes = (DicomRenderer,)

    @extend_schema(
        operation_id="cases_film",
        summary="The DICOM file",
        responses={(200, "application/dicom"): OpenApiTypes.BINARY},
        tags=["cases"],
    )
    def get(self, request: Request, slug: str, case_id: UUID) -> FileResponse:  # type: ignore[override]
        """A Digital X-Ray image, marked as synthetic; its tags tell the truth."""
        case = self.case(case_id)
        return _send(case.dicom, "application/dicom", dicom_name(case))


class CasePreviewView(CaseView):
    """The 8-bit picture."""

    renderer_classes = (PngRenderer,)

    @extend_schema(
        operation_id="cases_preview",
        summary="The film as an 8-bit picture",
        responses={(200, "image/png"): OpenApiTypes.BINARY},
        tags=["cases"],
    )
    def get(self, request: Request, slug: str, case_id: UUID) -> FileResponse:  # type: ignore[override]
        """With the visible label."""
        return _send(self.case(case_id).preview, "image/png", "preview.png")


class CaseMaskView(CaseView):
    """The lesion."""

    renderer_classes = (PngRenderer,)

    @extend_schema(
        operation_id="cases_mask",
        summary="The lesion's mask",
        responses={(200, "image/png"): OpenApiTypes.BINARY},
        tags=["cases"],
    )
    def get(self, request: Request, slug: str, case_id: UUID) -> FileResponse:  # type: ignore[override]
        """As large as the film: 255 on the lesion, 0 elsewhere."""
        return _send(self.case(case_id).mask, "image/png", "mask.png")
