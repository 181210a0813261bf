"""A director's people page: who belongs to the program, in which role, in which cohort."""

import re

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from cases.programs import services
from cases.programs.models import Membership, Role, User
from tests.factories import CohortFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(program, director, sign_in):
    """``page("add_member", ...)`` posts to one of the people page's addresses as the director."""
    client = sign_in(director)

    def post(name, data=None, **kwargs):
        return client.post(reverse(f"programs:{name}", kwargs={"slug": program.slug, **kwargs}), data or {})

    post.client = client
    return post


def test_the_page_lists_members_and_cohorts(page, program, trainee):
    cohort = CohortFactory(program=program, trainees=[trainee])
    answer = page.client.get(reverse("programs:people", args=[program.slug]))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert trainee.user.email in text
    assert cohort.name in text


def test_a_new_person_gets_an_account_without_a_password_and_a_message_with_a_link(page, program):
    answer = page(
        "add_member", {"email": "New@Hospital.example", "first_name": "Nora", "last_name": "Ng", "role": "trainee"}
    )
    assert answer.status_code == 302
    user = User.objects.get(email="new@hospital.example")
    assert not user.has_usable_password()
    assert program.memberships.get(user=user).role == Role.TRAINEE
    assert mail.outbox[0].to == ["new@hospital.example"]
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


def test_the_link_sets_a_password_with_which_one_signs_in(page, program, client):
    page("add_member", {"email": "new@hospital.example", "role": "trainee"})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(link, follow=True)
    new = {"password1": "radiograph-42-lung", "password2": "radiograph-42-lung"}
    assert client.post(form.request["PATH_INFO"], new).status_code == 302
    client.post(reverse("account_login"), {"login": "new@hospital.example", "password": "radiograph-42-lung"})
    assert client.get(reverse("home")).url == reverse("programs:start", args=[program.slug])


def test_the_link_is_shown_on_the_page_only_with_debug_on(page, settings):
    settings.DEBUG = True
    answer = page("add_member", {"email": "new@hospital.example", "role": "trainee"})
    assert "/accounts/password/reset/key/" in answer.content.decode()
    settings.DEBUG = False
    answer = page("add_member", {"email": "other@hospital.example", "role": "trainee"})
    assert answer.status_code == 302


def test_a_director_gets_no_link_to_an_account_that_has_a_password(page, program, settings):
    settings.DEBUG = True
    known = UserFactory()
    answer = page("add_member", {"email": known.email.upper(), "role": "instructor"})
    assert answer.status_code == 302
    assert program.memberships.get(user=known).role == Role.INSTRUCTOR
    assert "/password/reset/key/" not in mail.outbox[0].body
    answer = page("invite_again", pk=program.memberships.get(user=known).pk)
    assert answer.status_code == 302
    assert len(mail.outbox) == 1


def test_someone_who_is_a_member_already_is_not_added_twice(page, program, trainee):
    answer = page("add_member", {"email": trainee.user.email, "role": "director"})
    assert answer.status_code == 422
    assert "is a member of" in answer.content.decode()
    assert program.memberships.get(user=trainee.user).role == Role.TRAINEE


@pytest.mark.parametrize(
    "data", [{"email": "not an address", "role": "trainee"}, {"email": "a@b.example", "role": "x"}]
)
def test_bad_input_is_refused_and_kept_in_the_form(page, data):
    answer = page("add_member", data)
    assert answer.status_code == 422
    assert data["email"] in answer.content.decode()
    assert not User.objects.filter(email=data["email"]).exists()


def test_a_role_is_changed_and_who_is_no_trainee_leaves_the_cohorts(page, program, trainee):
    cohort = CohortFactory(program=program, trainees=[trainee])
    page("change_role", {"role": "instructor"}, pk=trainee.pk)
    trainee.refresh_from_db()
    assert trainee.role == Role.INSTRUCTOR
    assert cohort.trainees.count() == 0


def test_an_unknown_role_changes_nothing(page, trainee):
    page("change_role", {"role": "emperor"}, pk=trainee.pk)
    trainee.refresh_from_db()
    assert trainee.role == Role.TRAINEE


@pytest.mark.parametrize(("name", "data"), [("remove_member", {}), ("change_role", {"role": "trainee"})])
def test_the_last_director_stays(page, program, director, name, data):
    page(name, data, pk=director.pk)
    assert program.memberships.get(pk=director.pk).role == Role.DIRECTOR
    MembershipFactory(program=program, role=Role.DIRECTOR)
    page(name, data, pk=director.pk)
    assert not program.memberships.filter(pk=director.pk, role=Role.DIRECTOR).exists()


def test_a_removed_member_keeps_the_account(page, program, trainee):
    page("remove_member", pk=trainee.pk)
    assert not program.memberships.filter(pk=trainee.pk).exists()
    assert User.objects.filter(pk=trainee.user_id).exists()


def test_another_programs_member_does_not_exist_here(page):
    other = MembershipFactory()
    assert page("remove_member", pk=other.pk).status_code == 404
    assert page("change_role", {"role": "trainee"}, pk=other.pk).status_code == 404
    assert Membership.objects.get(pk=other.pk).role == other.role


def test_a_cohort_is_made_named_and_filled(page, program, trainee):
    assert page("add_cohort", {"name": "Year 1"}).status_code == 302
    cohort = program.cohorts.get(name="Year 1")
    answer = page("cohort", {"name": "Year 1, spring", "trainees": [trainee.pk]}, pk=cohort.pk)
    assert answer.status_code == 302
    cohort.refresh_from_db()
    assert cohort.name == "Year 1, spring"
    assert list(cohort.trainees.all()) == [trainee]


def test_two_cohorts_do_not_share_a_name(page, program):
    CohortFactory(program=program, name="Year 1")
    second = CohortFactory(program=program, name="Year 2")
    answer = page("add_cohort", {"name": "Year 1"})
    assert answer.status_code == 422
    assert "already" in answer.content.decode()
    assert page("cohort", {"name": "Year 1"}, pk=second.pk).status_code == 422


def test_only_trainees_of_the_program_can_be_in_a_cohort(page, program, instructor):
    cohort = CohortFactory(program=program)
    outsider = MembershipFactory(role=Role.TRAINEE)
    for wrong in (instructor, outsider):
        assert page("cohort", {"name": cohort.name, "trainees": [wrong.pk]}, pk=cohort.pk).status_code == 422
        with pytest.raises(ValidationError):
            services.edit_cohort(cohort, name=cohort.name, trainees=[wrong])
    assert cohort.trainees.count() == 0


def test_changes_need_a_post(page, program, trainee):
    for name in ("change_role", "remove_member", "invite_again"):
        url = reverse(f"programs:{name}", kwargs={"slug": program.slug, "pk": trainee.pk})
        assert page.client.get(url).status_code == 405
