"""Orders, jobs and cases."""

import secrets
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from cases.library.forms import MAX_COUNT
from cases.library.models import Case, CaseRequest, Job
from cases.library.services.curation import MAX_TEACHING_POINT
from generation.orders import ANY, Order
from generation.spec import MAX_SEED, SpecError
from generation.vocabulary import AGE_GROUPS, COMORBIDITIES, FINDINGS, LOBES, MAX_AGE, MIN_AGE, SEXES, SIDES

FINDING_CHOICES = [(key, finding.name) for key, finding in FINDINGS.items()]
COMORBIDITY_CHOICES = [(key, comorbidity.name) for key, comorbidity in COMORBIDITIES.items()]
MAX_STAGE = max(finding.max_stage for finding in FINDINGS.values())


@extend_schema_field(OpenApiTypes.OBJECT)
class ObjectField(serializers.JSONField):
    """A JSON object whose keys are told in the field's help."""


class OrderSerializer(serializers.Serializer):
    """``generation.orders.Order``. What is left out is left open: any age, any sex, anywhere, every stage."""

    finding = serializers.ChoiceField(choices=FINDING_CHOICES)
    stages = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=MAX_STAGE),
        required=False,
        max_length=MAX_STAGE + 1,
        help_text="Whole stages, mixed evenly over the cases; empty means every stage.",
    )
    series = serializers.BooleanField(
        required=False, help_text="Show each patient healthy and at every stage; count is then the number of patients."
    )
    age_group = serializers.ChoiceField(
        choices=[(key, group.name) for key, group in AGE_GROUPS.items()], required=False
    )
    age = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=MIN_AGE,
        max_value=MAX_AGE,
        help_text="Years. Exact; wins over the group.",
    )
    sex = serializers.ChoiceField(choices=[*SEXES.items(), (ANY, "Any")], required=False)
    comorbidities = serializers.ListField(
        child=serializers.ChoiceField(choices=COMORBIDITY_CHOICES), required=False, max_length=len(COMORBIDITIES)
    )
    side = serializers.ChoiceField(choices=[*SIDES.items(), (ANY, "Any")], required=False)
    lobe = serializers.ChoiceField(choices=[*LOBES.items(), (ANY, "Any")], required=False, allow_blank=True)
    count = serializers.IntegerField(required=False, min_value=1, max_value=MAX_COUNT, default=1)
    seed = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_SEED,
        help_text="The first patient. Left out, patients are new; the same seed and order give the same cases.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask the order itself what is wrong with it."""
        attrs.setdefault("seed", secrets.randbelow(MAX_SEED - MAX_COUNT))
        try:
            return {"order": Order.from_dict(attrs)}
        except SpecError as error:
            raise serializers.ValidationError({error.field: [error.message]}) from error


class JobSerializer(serializers.ModelSerializer):
    """A job as it stands, with what was ordered."""

    request = serializers.UUIDField(source="request_id")
    sentence = serializers.CharField(source="request.sentence", help_text="The order in words.")
    order = OrderSerializer(source="request.order")
    message = serializers.CharField(help_text="What the person who ordered is told when it fails.")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id",
            "url",
            "request",
            "sentence",
            "order",
            "state",
            "total",
            "done",
            "message",
            "cancel_requested",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, job: Job) -> str:
        """Where to follow the job."""
        return reverse("api:job", [self.context["program"].slug, job.pk], request=self.context["request"])


class RequestSerializer(serializers.ModelSerializer):
    """A request with its job and what became of its cases."""

    requested_by = serializers.CharField(source="requested_by.email")
    job = JobSerializer()
    made = serializers.IntegerField()
    to_review = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()

    class Meta:
        model = CaseRequest
        fields = ("id", "sentence", "requested_by", "created_at", "job", "made", "to_review", "accepted", "rejected")
        read_only_fields = fields


class CaseSerializer(serializers.ModelSerializer):
    """A case with its truth. ``stage`` is 0 for a normal film."""

    request = serializers.UUIDField(source="request_id")
    finding = serializers.ChoiceField(choices=FINDING_CHOICES)
    sentence = serializers.CharField(source="__str__", help_text="The case in words.")
    comorbidities = serializers.ListField(child=serializers.ChoiceField(choices=COMORBIDITY_CHOICES))
    url = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "id",
            "url",
            "request",
            "slot",
            "sentence",
            "finding",
            "stage",
            "side",
            "lobe",
            "age",
            "sex",
            "comorbidities",
            "patient_key",
            "curation",
            "teaching_point",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, case: Case) -> str:
        """The case's own address."""
        return self.link("api:case", case)

    def link(self, name: str, case: Case) -> str:
        """The full address of one of the case's parts."""
        return reverse(name, [self.context["program"].slug, case.pk], request=self.context["request"])


class CaseDetailSerializer(CaseSerializer):
    """A case with its vignette, its provenance and the addresses of its files."""

    vignette = ObjectField(help_text="The referral card: referral, symptoms, vital signs, laboratory values.")
    provenance = ObjectField(help_text="Spec, seed, model and its version, the weights' hash, time, the pixels' hash.")
    film = serializers.SerializerMethodField()
    preview = serializers.SerializerMethodField()
    mask = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields = (
            *CaseSerializer.Meta.fields,
            "rows",
            "columns",
            "pixel_spacing_mm",
            "lesion_area_mm2",
            "vignette",
            "provenance",
            "film",
            "preview",
            "mask",
        )
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.URI)
    def get_film(self, case: Case) -> str:
        """The DICOM file."""
        return self.link("api:case_film", case)

    @extend_schema_field(OpenApiTypes.URI)
    def get_preview(self, case: Case) -> str:
        """The 8-bit picture with its label."""
        return self.link("api:case_preview", case)

    @extend_schema_field(OpenApiTypes.URI)
    def get_mask(self, case: Case) -> str:
        """The lesion: 255 on it, 0 elsewhere."""
        return self.link("api:case_mask", case)


class TeachingPointSerializer(serializers.Serializer):
    """What is said with the truth; empty takes it away."""

    teaching_point = serializers.CharField(allow_blank=True, max_length=MAX_TEACHING_POINT)
