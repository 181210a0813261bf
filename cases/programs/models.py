"""Programs, their people and their cohorts. Everything else belongs to a program."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """What a member does in a program."""

    INSTRUCTOR = "instructor", "Instructor"
    TRAINEE = "trainee", "Trainee"
    DIRECTOR = "director", "Program director"


class User(AbstractUser):
    """A person who signs in by e-mail."""

    email = models.EmailField("e-mail address", unique=True)

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Program(models.Model):
    """A training program: the wall between one hospital's data and another's."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one program, in one role."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["user__last_name", "user__first_name", "user__email"]
        constraints = [models.UniqueConstraint(fields=["program", "user"], name="one_membership_per_program")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} in {self.program}"


class Cohort(models.Model):
    """Trainees who are taught together: a year, a rotation, a course."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="cohorts")
    name = models.CharField(max_length=120)
    trainees = models.ManyToManyField(Membership, related_name="cohorts", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="cohort_name_unique_in_program")]

    def __str__(self) -> str:
        return self.name
