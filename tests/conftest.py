"""What every test may use. A run keeps its films in a folder of its own and never touches var/."""

from pathlib import Path

import pytest
from django.test import Client

from cases.programs.models import Membership, Role
from tests.factories import MembershipFactory, ProgramFactory
from tests.requirements import REQUIRED


@pytest.fixture(autouse=True)
def films_in_a_temporary_folder(settings, tmp_path: Path) -> None:
    """Keep files written by a test out of the real media folder."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media"},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return


@pytest.fixture
def program(db):
    """A program without people."""
    return ProgramFactory()


@pytest.fixture
def instructor(program) -> Membership:
    return MembershipFactory(program=program, role=Role.INSTRUCTOR)


@pytest.fixture
def trainee(program) -> Membership:
    return MembershipFactory(program=program, role=Role.TRAINEE)


@pytest.fixture
def director(program) -> Membership:
    return MembershipFactory(program=program, role=Role.DIRECTOR)


@pytest.fixture
def sign_in():
    """``sign_in(membership)`` gives a client signed in as that person."""

    def make(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything is required, as in CI, a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if REQUIRED and reporter and reporter.stats.get("skipped"):
        reporter.write_line("CASEFORGE_REQUIRE_SERVICES is set, so no test may be skipped.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
