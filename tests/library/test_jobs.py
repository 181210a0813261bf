"""The life of a job, by the worker's, the person's and the reaper's hand."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from cases.library.models import Case, Job
from cases.library.services import jobs, making
from cases.library.services.filing import FILE_NAMES, case_id, file_case
from generation.pipelines.case import make_case
from tests.library import stand_in

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(hours=1)


def fresh(job: Job) -> Job:
    return Job.objects.select_related("request").get(pk=job.pk)


def claimed(job: Job) -> Job:
    mine = jobs.claim(job.pk)
    assert mine is not None
    return mine


def fall_silent(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - LONG_AGO)


def make_slot(job: Job, slot: int) -> Case:
    spec = job.request.to_order().specs()[slot]
    files = make_case(spec, stand_in.films, case_id(job.request, slot), timezone.now())
    return file_case(job, slot, spec, files)


def files_of(job: Job) -> set[str]:
    root = f"programs/{job.program_id}/cases"
    if not default_storage.exists(root):
        return set()
    folders, _ = default_storage.listdir(root)
    return {f"{folder}/{name}" for folder in folders for name in default_storage.listdir(f"{root}/{folder}")[1]}


class Fails:
    """A pipeline that fails at one patient, once."""

    def __init__(self, seed: int) -> None:
        self.seed: int | None = seed

    def __call__(self, specs):
        if specs[0].seed == self.seed:
            self.seed = None
            raise ValueError("the network has fallen over")
        return stand_in.films(specs)


@pytest.fixture
def use(monkeypatch):
    """``use(pipeline)`` lets workers make films with it."""
    return lambda pipeline: monkeypatch.setattr(stand_in, "pipeline", lambda: pipeline)


class TestOrdering:
    def test_the_broker_is_told_once_the_order_is_committed(self, ordered, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            job = ordered(count=3)
            assert sent == []
        assert sent == [str(job.pk)]
        assert (job.state, job.total, job.done) == (Job.State.QUEUED, 3, 0)

    def test_a_series_counts_its_films(self, ordered):
        assert ordered(count=2, series=True).total == 8

    def test_a_broker_that_is_away_leaves_the_job_waiting(
        self, ordered, monkeypatch, django_capture_on_commit_callbacks
    ):
        from cases.library.tasks import run_generation

        def away(*args, **options):
            raise ConnectionError("no broker")

        monkeypatch.setattr(run_generation, "apply_async", away)
        with django_capture_on_commit_callbacks(execute=True):
            job = ordered()
        assert fresh(job).state == Job.State.QUEUED


class TestMaking:
    def test_a_job_makes_what_was_ordered(self, ordered):
        job = ordered(count=3)
        making.run_job(job.pk)
        job = fresh(job)
        assert (job.state, job.done) == (Job.State.SUCCEEDED, 3)
        made = list(job.request.cases.order_by("slot"))
        assert [case.to_spec() for case in made] == job.request.to_order().specs()
        assert files_of(job) == {f"{case.pk}/{name}" for case in made for name in FILE_NAMES.values()}

    def test_a_case_keeps_its_pixels_truth_and_card(self, ordered):
        job = ordered(count=1)
        making.run_job(job.pk)
        case = job.request.cases.get()
        film = stand_in.film_of(case.to_spec())
        assert case.pixels.read() == film.pixels.astype("<u2").tobytes()
        assert case.dicom.read()[128:132] == b"DICM"
        assert case.lesion_area_mm2 == pytest.approx(400 * 2.5**2)
        assert case.vignette["history"]
        assert case.provenance["seed"] == 7

    def test_a_second_message_for_a_finished_job_does_nothing(self, ordered):
        job = ordered()
        making.run_job(job.pk)
        before = fresh(job).finished_at
        making.run_job(job.pk)
        assert fresh(job).finished_at == before
        assert job.request.cases.count() == 3

    def test_a_message_for_a_job_that_is_gone_does_nothing(self):
        making.run_job(uuid.uuid4())

    def test_a_generator_that_cannot_be_loaded_is_told_in_words(self, ordered, settings):
        settings.CASE_PIPELINE = "tests.library.stand_in.broken_pipeline"
        job = ordered()
        making.run_job(job.pk)
        job = fresh(job)
        assert job.state == Job.State.FAILED
        assert "could not be loaded" in job.message
        assert "no weights here" in job.error

    def test_an_unforeseen_error_keeps_its_traceback_from_the_person(self, ordered, use):
        use(Fails(seed=8))
        job = ordered()
        making.run_job(job.pk)
        job = fresh(job)
        assert (job.state, job.done) == (Job.State.FAILED, 1)
        assert job.message.startswith("Something went wrong while making case 2 of 3.")
        assert "fallen over" not in job.message
        assert "the network has fallen over" in job.error


class TestLease:
    def test_only_one_worker_gets_a_job(self, ordered):
        job = ordered()
        assert jobs.claim(job.pk) is not None
        assert jobs.claim(job.pk) is None

    def test_a_silent_worker_loses_its_job(self, ordered):
        job = ordered()
        first = claimed(job)
        fall_silent(job)
        second = claimed(job)
        assert second.lease != first.lease
        assert not jobs.beat(first)
        assert jobs.beat(second)

    def test_a_worker_that_lost_its_job_writes_no_case(self, ordered):
        job = ordered()
        first = claimed(job)
        fall_silent(job)
        claimed(job)
        with pytest.raises(jobs.LeaseLostError):
            make_slot(first, 0)
        assert job.request.cases.count() == 0
        assert files_of(job) == set()

    def test_a_worker_that_lost_its_job_ends_nothing(self, ordered):
        job = ordered()
        first = claimed(job)
        fall_silent(job)
        claimed(job)
        for end in (jobs.finish, lambda job: jobs.fail(job, "", ""), jobs.end_if_cancelled):
            with pytest.raises(jobs.LeaseLostError):
                end(first)
        assert fresh(job).state == Job.State.RUNNING

    def test_a_job_that_is_taken_over_goes_on_where_it_stopped(self, ordered):
        job = ordered(count=3)
        first = make_slot(claimed(job), 0)
        fall_silent(job)
        making.run_job(job.pk)
        assert fresh(job).state == Job.State.SUCCEEDED
        assert list(job.request.cases.order_by("slot").values_list("slot", flat=True)) == [0, 1, 2]
        assert job.request.cases.get(slot=0).created_at == first.created_at

    def test_files_that_a_killed_worker_left_are_overwritten(self, ordered):
        job = ordered(count=1)
        folder = f"programs/{job.program_id}/cases/{case_id(job.request, 0)}"
        path = default_storage.path(f"{folder}/pixels.bin")
        default_storage.save(f"{folder}/pixels.bin", ContentFile(b"half a film"))
        making.run_job(job.pk)
        case = job.request.cases.get()
        assert case.pixels.path == path
        assert len(case.pixels.read()) == 64 * 64 * 2
        assert len(files_of(job)) == len(FILE_NAMES)

    def test_a_case_made_again_has_the_same_id(self, ordered):
        job = ordered()
        assert case_id(job.request, 1) == case_id(fresh(job).request, 1) != case_id(job.request, 2)


class TestCancel:
    def test_a_waiting_job_is_cancelled_at_once(self, ordered):
        job = ordered()
        jobs.cancel(job)
        assert fresh(job).state == Job.State.CANCELLED
        making.run_job(job.pk)
        assert job.request.cases.count() == 0

    def test_a_running_job_stops_before_its_next_case(self, ordered, use):
        job = ordered(count=3)

        def cancelled_at_the_second(specs):
            if specs[0].seed == 8:
                jobs.cancel(job)
            return stand_in.films(specs)

        use(cancelled_at_the_second)
        making.run_job(job.pk)
        job = fresh(job)
        assert (job.state, job.done) == (Job.State.CANCELLED, 2)

    def test_a_job_that_is_over_cannot_be_cancelled(self, ordered):
        job = ordered()
        making.run_job(job.pk)
        with pytest.raises(jobs.JobStateError):
            jobs.cancel(job)

    def test_a_cancelled_job_whose_worker_died_is_ended_by_the_reaper(self, ordered):
        job = ordered()
        claimed(job)
        jobs.cancel(job)
        fall_silent(job)
        assert jobs.reap() == 0
        assert fresh(job).state == Job.State.CANCELLED


class TestRetry:
    def test_only_the_missing_cases_are_made(self, ordered, use):
        use(Fails(seed=8))
        job = ordered(count=3)
        making.run_job(job.pk)
        kept = job.request.cases.get()
        jobs.retry(job)
        assert fresh(job).state == Job.State.QUEUED
        making.run_job(job.pk)
        job = fresh(job)
        assert (job.state, job.done, job.message, job.error) == (Job.State.SUCCEEDED, 3, "", "")
        assert job.request.cases.get(slot=0).created_at == kept.created_at

    def test_a_cancelled_job_can_be_taken_up_again(self, ordered):
        job = ordered()
        jobs.cancel(job)
        jobs.retry(job)
        making.run_job(job.pk)
        assert fresh(job).state == Job.State.SUCCEEDED

    def test_retry_tells_the_broker(self, ordered, sent, django_capture_on_commit_callbacks):
        job = ordered()
        jobs.cancel(job)
        with django_capture_on_commit_callbacks(execute=True):
            jobs.retry(job)
        assert sent == [str(job.pk)]

    @pytest.mark.parametrize("state", [Job.State.QUEUED, Job.State.RUNNING, Job.State.SUCCEEDED])
    def test_other_jobs_cannot_be_retried(self, ordered, state):
        job = ordered()
        Job.objects.filter(pk=job.pk).update(state=state)
        with pytest.raises(jobs.JobStateError):
            jobs.retry(job)


class TestReaper:
    def test_a_silent_job_is_sent_again_once(self, ordered, sent, django_capture_on_commit_callbacks):
        job = ordered()
        claimed(job)
        fall_silent(job)
        with django_capture_on_commit_callbacks(execute=True):
            assert [jobs.reap(), jobs.reap()] == [1, 0]
        assert sent == [str(job.pk)]
        assert fresh(job).state == Job.State.QUEUED

    def test_two_reapers_that_saw_the_same_job_send_it_once(self, ordered):
        job = ordered()
        claimed(job)
        fall_silent(job)
        seen = fresh(job)
        now = timezone.now()
        unchanged = Job.objects.filter(pk=job.pk, heartbeat_at=seen.heartbeat_at, state=Job.State.RUNNING)
        assert jobs._resend(unchanged, seen, now, state=Job.State.QUEUED) == 1
        assert jobs._resend(unchanged, seen, now, state=Job.State.QUEUED) == 0

    def test_a_job_that_waits_too_long_is_sent_again_once(self, ordered):
        job = ordered()
        Job.objects.filter(pk=job.pk).update(sent_at=timezone.now() - LONG_AGO)
        assert [jobs.reap(), jobs.reap()] == [1, 0]

    def test_a_job_in_good_hands_is_left_alone(self, ordered):
        claimed(ordered())
        ordered()
        assert jobs.reap() == 0

    def test_a_case_that_kills_every_worker_ends_the_job_with_a_word(self, ordered):
        job = ordered()
        for _ in range(jobs.MAX_ATTEMPTS):
            claimed(job)
            fall_silent(job)
        assert jobs.reap() == 0
        job = fresh(job)
        assert job.state == Job.State.FAILED
        assert "stopped 5 times" in job.message

    def test_progress_earns_a_job_new_attempts(self, ordered):
        job = ordered()
        for _ in range(jobs.MAX_ATTEMPTS):
            mine = claimed(job)
            fall_silent(job)
        make_slot(mine, 0)
        assert jobs.reap() == 1
