import pytest

from cases.library.models import CaseRequest
from cases.library.services import making
from cases.library.services.requests import place_request
from generation.orders import Order


@pytest.fixture(autouse=True)
def stand_in(settings):
    """Make films with the stand-in, and load it anew in every test."""
    settings.CASE_PIPELINE = "tests.library.stand_in.pipeline"
    making.case_pipeline.cache_clear()
    yield
    making.case_pipeline.cache_clear()


@pytest.fixture
def sent(monkeypatch):
    """Ids of the jobs that the broker was told of, instead of a broker."""
    from cases.library.tasks import run_generation

    ids: list[str] = []
    monkeypatch.setattr(run_generation, "apply_async", lambda args, **options: ids.extend(args))
    return ids


@pytest.fixture
def ordered(program, instructor, sent):
    """``ordered(count=3)`` places an order and gives its job, which no worker has yet."""

    def place(**order):
        request: CaseRequest = place_request(
            program, instructor.user, Order(**({"finding": "pneumothorax", "count": 3, "seed": 7} | order))
        )
        return request.job

    return place
