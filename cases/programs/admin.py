"""The database's back door for the people who run the site."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from cases.programs.models import Cohort, Membership, Program, User


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People."""

    list_display = ("email", "first_name", "last_name", "is_staff", "is_active")
    ordering = ("email",)
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "email", "password1", "password2")}),)


class MembershipInline(admin.TabularInline):
    """A program's people, on its page."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Program)
class ProgramAdmin(admin.ModelAdmin):
    """Programs and their people."""

    list_display = ("name", "slug", "created_at")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (MembershipInline,)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who is in which program."""

    list_display = ("user", "program", "role")
    list_filter = ("program", "role")
    search_fields = ("user__email", "user__last_name")
    autocomplete_fields = ("user", "program")


@admin.register(Cohort)
class CohortAdmin(admin.ModelAdmin):
    """Cohorts."""

    list_display = ("name", "program")
    list_filter = ("program",)
    filter_horizontal = ("trainees",)
