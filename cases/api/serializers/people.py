"""Tokens, programs and cohorts."""

from rest_framework import serializers

from cases.programs.models import Cohort, Membership, Role


class CredentialsSerializer(serializers.Serializer):
    """What a token is given for."""

    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=4096)


class TokenSerializer(serializers.Serializer):
    """A token, shown this once. Send it as ``Authorization: Token <token>``."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ProgramSerializer(serializers.ModelSerializer):
    """A program and what one is in it."""

    slug = serializers.SlugField(source="program.slug")
    name = serializers.CharField(source="program.name")
    role = serializers.ChoiceField(choices=Role.choices)

    class Meta:
        model = Membership
        fields = ("slug", "name", "role")


class CohortSerializer(serializers.ModelSerializer):
    """A cohort, as small as assigning a quiz needs it."""

    size = serializers.IntegerField(help_text="Number of trainees.")

    class Meta:
        model = Cohort
        fields = ("id", "name", "size")
