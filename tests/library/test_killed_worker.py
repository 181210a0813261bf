"""A worker that is killed in the middle of a job loses nothing and makes no case twice."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from cases.library.services.filing import FILE_NAMES
from tests.library.workers import Site, redis_server, wait_until

pytestmark = pytest.mark.slow

COUNT = 6
PLACE_ORDER = f"""
from cases.library.services.requests import place_request
from cases.programs.models import Program, User
from generation.orders import Order
program = Program.objects.create(name="Hospital", slug="hospital")
user = User.objects.create(username="i", email="i@hospital.example")
order = Order(finding="pneumothorax", count={COUNT}, seed=1)
print(place_request(program, user, order).job.pk)
"""


def broker_address(broker: str, folder: Path, stack: ExitStack) -> str:
    if broker == "files":
        return "filesystem://"
    if not shutil.which("redis-server"):
        if os.environ.get("CASEFORGE_REQUIRE_SERVICES"):
            pytest.fail("redis-server is missing.")
        pytest.skip("redis-server is missing; install it (apt install redis-server) to run this test.")
    return stack.enter_context(redis_server(folder))


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        address = broker_address(request.param, tmp_path, stack)
        site = Site(tmp_path, BROKER_URL=address, STAND_IN_SECONDS="0.7")
        stack.callback(site.stop)
        site.manage("migrate", "--verbosity", "0")
        yield site


def read(site: Site, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{site.folder / 'site.sqlite3'}?mode=ro", uri=True, timeout=20) as database:
        return database.execute(query).fetchall()


def job_row(site: Site) -> tuple[str, int]:
    return read(site, "SELECT state, done FROM library_job")[0]


def case_rows(site: Site) -> list[tuple[int, str, str]]:
    """Slot, provenance (with the time of making) and file of every case."""
    return read(site, "SELECT slot, provenance, dicom FROM library_case ORDER BY slot")


def files_of(site: Site) -> list[str]:
    return sorted(str(file.relative_to(site.folder / "media")) for file in site.folder.glob("media/**/*.*"))


def test_a_job_survives_the_death_of_its_worker(site: Site):
    first = site.worker()
    site.python(PLACE_ORDER)
    wait_until(lambda: job_row(site)[1] >= 2, "two cases by the first worker", site)
    site.kill(first)
    state, done = job_row(site)
    assert state == "running"
    assert 2 <= done < COUNT
    before = case_rows(site)

    site.worker()
    site.beat()
    wait_until(lambda: job_row(site)[0] == "succeeded", "the job's end", site)

    after = case_rows(site)
    assert job_row(site) == ("succeeded", COUNT)
    assert [slot for slot, _, _ in after] == list(range(COUNT))
    assert after[: len(before)] == before, "a case that was there was made again"
    folders = [Path(film).parent for _, _, film in after]
    assert files_of(site) == sorted(str(folder / name) for folder in folders for name in FILE_NAMES.values())
