"""Ordering cases."""

from django.db import transaction
from django.utils import timezone

from cases.library.models import CaseRequest, Job
from cases.library.services.jobs import send
from cases.programs.models import Program, User
from generation.orders import Order


@transaction.atomic
def place_request(program: Program, user: User, order: Order) -> CaseRequest:
    """Keep the order and start its job (``request.job``). A worker is told once the transaction is committed."""
    request = CaseRequest.objects.create(
        program=program, requested_by=user, order=order.to_dict(), sentence=order.sentence()
    )
    now = timezone.now()
    job = Job.objects.create(program=program, request=request, total=order.size, queued_at=now, sent_at=now)
    send(job.pk)
    return request
