"""What was ordered, and what became of it."""

from django.db.models import Count, Q, QuerySet

from cases.library.models import Case, CaseRequest
from cases.programs.models import Program


def requests_of(program: Program) -> QuerySet[CaseRequest]:
    """The program's requests, newest first, with their jobs; counted as made, to_review, accepted, rejected."""

    def counted(curation: Case.Curation) -> Count:
        return Count("cases", filter=Q(cases__curation=curation))

    requests = program.case_requests.select_related("job", "requested_by").order_by("-created_at", "pk")
    return requests.annotate(
        made=Count("cases"),
        to_review=counted(Case.Curation.NEW),
        accepted=counted(Case.Curation.ACCEPTED),
        rejected=counted(Case.Curation.REJECTED),
    )
