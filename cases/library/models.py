"""Requests, the jobs that fulfil them, and the cases that come of it."""

import uuid

from django.conf import settings
from django.db import models

from cases.programs.models import Program
from generation.orders import Order
from generation.spec import CaseSpec
from generation.vocabulary import FINDINGS


class CaseRequest(models.Model):
    """What an instructor ordered, in the form of ``generation.orders.Order``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="case_requests")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_requests")
    order = models.JSONField()
    sentence = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.sentence

    def to_order(self) -> Order:
        """The order as the generation room knows it."""
        return Order.from_dict(self.order)


class Job(models.Model):
    """Background work, as it stands. This row is the truth; the broker only wakes a worker.

    A worker owns the job while ``lease`` is its own and ``heartbeat_at`` is fresh. Cases are made slot by
    slot (``Case.slot``), each in one transaction that checks the lease, so a job that is taken over goes
    on where it stopped and makes no case twice.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    OPEN_STATES = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="jobs")
    request = models.OneToOneField(CaseRequest, on_delete=models.CASCADE, related_name="job")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED, db_index=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    """What the person who ordered is told, in their words."""
    error = models.TextField(blank=True)
    """What the engineer needs: the traceback. Never shown on a page."""
    cancel_requested = models.BooleanField(default=False)
    lease = models.UUIDField(null=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    """When the broker was last told of this job."""
    attempts = models.PositiveIntegerField(default=0)
    """How often a worker has taken the job up since its last case was made."""
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True)
    """Since when it waits for a worker."""
    started_at = models.DateTimeField(null=True)
    """When the worker that has it now took it up."""
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.request.sentence}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        """Whether work is still to be done."""
        return self.state in self.OPEN_STATES


def case_file_path(case: "Case", filename: str) -> str:
    """Where a case's file lies in the storage: ``filename`` is one of the fixed names set by the services."""
    return f"programs/{case.program_id}/cases/{case.id}/{filename}"


class Case(models.Model):
    """One synthetic film with its truth. ``spec`` is the ``CaseSpec`` it was made from; the columns
    beside it repeat parts of it so that the database can filter and count."""

    class Curation(models.TextChoices):
        NEW = "new", "To review"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="cases")
    request = models.ForeignKey(CaseRequest, on_delete=models.CASCADE, related_name="cases")
    slot = models.PositiveIntegerField()
    """Position in the request, from 0."""

    spec = models.JSONField()
    finding = models.CharField(max_length=40, db_index=True)
    stage = models.FloatField()
    side = models.CharField(max_length=8)
    lobe = models.CharField(max_length=8, blank=True)
    age = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=1)
    comorbidities = models.JSONField(default=list)
    patient_key = models.CharField(max_length=16, db_index=True)
    """Equal for cases that show the same person."""

    rows = models.PositiveSmallIntegerField()
    columns = models.PositiveSmallIntegerField()
    pixel_spacing_mm = models.FloatField()
    lesion_area_mm2 = models.FloatField()
    vignette = models.JSONField()
    provenance = models.JSONField()
    """Seed, model name and version, weights' hash, time, pixels' hash."""

    dicom = models.FileField(upload_to=case_file_path, max_length=200)
    pixels = models.FileField(upload_to=case_file_path, max_length=200)
    """Raw little-endian uint16, row by row, 0–4095: what the viewer draws."""
    preview = models.FileField(upload_to=case_file_path, max_length=200)
    overlay = models.FileField(upload_to=case_file_path, max_length=200)
    """RGBA PNG of the lesion, transparent elsewhere."""
    mask = models.FileField(upload_to=case_file_path, max_length=200)
    """Grey PNG, 0 or 255: the lesion, exactly."""

    curation = models.CharField(max_length=8, choices=Curation.choices, default=Curation.NEW, db_index=True)
    curated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    curated_at = models.DateTimeField(null=True, blank=True)
    teaching_point = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "slot"]
        constraints = [models.UniqueConstraint(fields=["request", "slot"], name="one_case_per_slot")]

    def __str__(self) -> str:
        return self.to_spec().sentence()

    def to_spec(self) -> CaseSpec:
        """The sentence this case was made from."""
        return CaseSpec.from_dict(self.spec)

    @property
    def finding_name(self) -> str:
        """The finding in words."""
        return FINDINGS[self.finding].name

    @property
    def stage_name(self) -> str:
        """The stage in words, e.g. "Stage 2: interstitial oedema"; empty for a normal film."""
        if not self.stage:
            return ""
        return f"Stage {self.stage:g}: {FINDINGS[self.finding].stage(self.stage).name.lower()}"
