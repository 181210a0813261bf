"""Narrowing lists."""

from datetime import UTC, datetime

import django_filters
from django import forms
from django_filters.fields import IsoDateTimeField

from cases.quizzes.models import Response


class MomentField(IsoDateTimeField):
    """An ISO 8601 moment that the database can compare with."""

    def to_python(self, value: object) -> datetime | None:
        moment = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except (OverflowError, ValueError) as error:
            raise forms.ValidationError("This moment is too far away.") from error


class MomentFilter(django_filters.IsoDateTimeFilter):
    """Filters by an ISO 8601 moment."""

    field_class = MomentField


class OwnResultFilter(django_filters.FilterSet):
    """By assignment and by when the answer was given."""

    assignment = django_filters.UUIDFilter(field_name="attempt__assignment_id")
    since = MomentFilter(field_name="answered_at", lookup_expr="gte", label="Answered at or after this moment.")

    class Meta:
        model = Response
        fields: list[str] = []


class ResultFilter(OwnResultFilter):
    """Also by trainee."""

    trainee = django_filters.CharFilter(
        field_name="attempt__trainee__email", lookup_expr="iexact", label="The trainee's e-mail address."
    )
