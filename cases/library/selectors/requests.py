"""What was ordered, and what became of it."""

from django.db.models import Count, Prefetch, Q, QuerySet

from cases.library.models import Case, CaseRequest
from cases.programs.models import Program

SHOWN = 4


def requests_of(program: Program) -> QuerySet[CaseRequest]:
    """The program's requests, newest first, with their jobs; counted as made, to_review, accepted, rejected,
    and the first of their cases as ``first_cases``."""

    def counted(curation: Case.Curation) -> Count:
        return Count("cases", filter=Q(cases__curation=curation))

    first = Prefetch("cases", Case.objects.order_by("slot")[:SHOWN], to_attr="first_cases")
    requests = program.case_requests.select_related("job", "requested_by").prefetch_related(first)
    return requests.order_by("-created_at", "pk").annotate(
        made=Count("cases"),
        to_review=counted(Case.Curation.NEW),
        accepted=counted(Case.Curation.ACCEPTED),
        rejected=counted(Case.Curation.REJECTED),
    )
