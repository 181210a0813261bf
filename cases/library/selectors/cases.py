"""Cases, in the order in which they are reviewed: newest request first, each request from its first case."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cases.library.models import Case
from cases.programs.models import Program

REVIEW_ORDER = ("-request__created_at", "request_id", "slot")


def cases_in_review_order(program: Program) -> QuerySet[Case]:
    """All cases of the program."""
    return program.cases.select_related("request").order_by(*REVIEW_ORDER)


@dataclass(frozen=True)
class Neighbours:
    """The cases before and after one case, where there are any."""

    previous: Case | None
    next: Case | None


def neighbours(case: Case, cases: QuerySet[Case]) -> Neighbours:
    """The case's neighbours among ``cases``, whether or not it is one of them (it may just have been accepted)."""
    ordered = cases.order_by(*REVIEW_ORDER)
    ordered_at, request, slot = case.request.created_at, case.request_id, case.slot
    after = (
        Q(request__created_at__lt=ordered_at)
        | Q(request__created_at=ordered_at, request_id__gt=request)
        | Q(request_id=request, slot__gt=slot)
    )
    before = (
        Q(request__created_at__gt=ordered_at)
        | Q(request__created_at=ordered_at, request_id__lt=request)
        | Q(request_id=request, slot__lt=slot)
    )
    return Neighbours(previous=ordered.filter(before).last(), next=ordered.filter(after).first())


def same_patient(case: Case) -> QuerySet[Case]:
    """Every film of the case's patient in the program, this one among them, from healthy to severe."""
    return Case.objects.filter(program_id=case.program_id, patient_key=case.patient_key).order_by(
        "stage", "finding", "created_at"
    )
