"""A worker that is killed in the middle of a job loses nothing and makes no case twice."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

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
READ_CASES = """
import json
from cases.library.models import Case, Job
job = Job.objects.get()
cases = [[case.slot, case.provenance["made_at"], case.dicom.name] for case in Case.objects.order_by("slot")]
print(json.dumps({"state": job.state, "done": job.done, "attempts": job.attempts, "cases": cases}))
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


def job_row(site: Site) -> tuple[str, int]:
    with sqlite3.connect(f"file:{site.folder / 'site.sqlite3'}?mode=ro", uri=True, timeout=20) as database:
        return database.execute("SELECT state, done FROM library_job").fetchone()


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
    before = json.loads(site.python(READ_CASES))["cases"]

    site.worker()
    site.beat()
    wait_until(lambda: job_row(site)[0] == "succeeded", "the job's end", site)

    after = json.loads(site.python(READ_CASES))
    assert after["done"] == COUNT
    assert [case[0] for case in after["cases"]] == list(range(COUNT))
    assert after["cases"][: len(before)] == before, "a case that was there was made again"
    folders = [Path(case[2]).parent for case in after["cases"]]
    assert files_of(site) == sorted(str(folder / name) for folder in folders for name in FILE_NAMES.values())
