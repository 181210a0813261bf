"""Ordering cases and following the job, in the browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.library.models import CaseRequest, Job
from cases.library.services import jobs, making
from generation.spec import MAX_SEED

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
ORDER = {
    "finding": "heart_failure",
    "kind": "single",
    "stages": ["2"],
    "age_group": "65-79",
    "sex": "F",
    "comorbidities": ["emphysema"],
    "count": "8",
}


@pytest.fixture
def client(instructor, sign_in):
    return sign_in(instructor)


@pytest.fixture
def get(client, program):
    """``get("job", job.pk)`` fetches a page of this room."""
    return lambda name, *args, **options: client.get(address(program, name, *args), **options)


def address(program, name, *args):
    return reverse(f"library:{name}", args=[program.slug, *args])


def text(response) -> str:
    return " ".join(response.content.decode().split())


class TestNewRequest:
    @pytest.fixture
    def order(self, client, program, sent):
        return lambda **changes: client.post(address(program, "new_request"), {**ORDER, **changes})

    def test_an_order_starts_a_job_and_shows_it(self, order, program, instructor):
        response = order()
        placed = CaseRequest.objects.get()
        assert response["Location"] == address(program, "job", placed.job.pk)
        assert (placed.program, placed.requested_by) == (program, instructor.user)
        assert placed.sentence == "8 cases: heart failure, stage 2, women of 65 to 79, with emphysema"
        assert {(spec.stage, spec.sex) for spec in placed.to_order().specs()} == {(2, "F")}

    def test_two_orders_give_different_patients(self, order):
        order()
        order()
        first, second = (placed.to_order() for placed in CaseRequest.objects.all())
        assert first.seed != second.seed

    def test_a_seed_makes_an_order_repeatable(self, order):
        order(seed="5")
        assert CaseRequest.objects.get().to_order().seed == 5

    def test_all_stages_of_one_patient(self, order):
        order(kind="series", count="1", finding="pneumothorax", place="left:")
        specs = CaseRequest.objects.get().to_order().specs()
        assert [spec.stage for spec in specs] == [0, 1, 2, 3]
        assert len({spec.patient_key for spec in specs}) == 1

    def test_a_normal_film_has_no_stage_and_what_was_ticked_for_another_finding_is_ignored(self, order):
        order(finding="normal")
        assert {spec.stage for spec in CaseRequest.objects.get().to_order().specs()} == {0}

    @pytest.mark.parametrize(
        ("wrong", "complaint"),
        [
            ({"count": "0"}, "Order 1 to 50 at a time."),
            ({"count": "51"}, "Order 1 to 50 at a time."),
            ({"count": "many"}, "Order 1 to 50 at a time."),
            ({"age": "40"}, "Age 40 is not in the age group 65 to 79."),
            ({"seed": str(MAX_SEED)}, "The seed is a whole number from 0 to"),
            ({"finding": "hiccups"}, "hiccups is not one of the available choices."),
            ({"finding": "pneumonia", "place": "left:middle"}, "left:middle is not one of the available choices."),
        ],
    )
    def test_a_wrong_order_is_refused_with_a_word_and_keeps_what_was_typed(self, order, wrong, complaint):
        response = order(**wrong)
        assert complaint in text(response)
        assert 'value="emphysema" id="id_comorbidities_0" checked' in text(response)
        assert not CaseRequest.objects.exists()

    def test_another_finding_brings_its_stages_and_places(self, get):
        chosen = {**ORDER, "finding": "pneumonia"}
        response = get("new_request", data=chosen, HTTP_HX_TRIGGER_NAME="finding", **HTMX)
        assert "Dense opacity over most of the lobe" in text(response)
        assert "Right middle lobe" in text(response)
        assert "<html" not in text(response)

    def test_the_sentence_follows_the_form(self, get):
        response = get("new_request", data={**ORDER, "count": "3"}, **HTMX)
        assert "3 cases: heart failure, stage 2, women of 65 to 79, with emphysema" in text(response)
        assert not CaseRequest.objects.exists()

    def test_the_sentence_says_what_is_wrong(self, get):
        assert "Order 1 to 50 at a time." in text(get("new_request", data={**ORDER, "count": "99"}, **HTMX))

    def test_without_script_a_button_brings_the_stages(self, client, program):
        response = client.post(address(program, "new_request"), {**ORDER, "finding": "pneumonia", "refit": "1"})
        assert "Dense opacity over most of the lobe" in text(response)
        assert 'name="count" value="8"' in text(response)
        assert not CaseRequest.objects.exists()

    def test_an_order_can_be_placed_again_for_other_patients(self, order, get):
        order(comorbidities=["scoliosis"], count="3")
        response = get("new_request", data={"like": str(CaseRequest.objects.get().pk)})
        assert "3 cases: heart failure, stage 2, women of 65 to 79, with scoliosis" in text(response)

    @pytest.mark.parametrize("like", ["nonsense", "00000000-0000-0000-0000-000000000000"])
    def test_an_order_that_is_not_there_cannot_be_placed_again(self, get, like):
        assert get("new_request", data={"like": like}).status_code == 404


class TestRequests:
    def test_an_empty_list_says_what_to_do(self, get):
        assert "Order the first cases" in text(get("requests"))

    def test_the_list_counts_what_was_made(self, get, ordered):
        job = ordered(count=2)
        making.run_job(job.pk)
        job.request.cases.filter(slot=0).update(curation="accepted")
        assert "1 to review</a>, 1 accepted" in text(get("requests"))
        assert get("requests").context["page"][0].made == 2

    def test_the_list_takes_the_same_number_of_queries_however_long_it_is(
        self, get, ordered, django_assert_max_num_queries
    ):
        for seed in range(5):
            ordered(count=1, seed=seed)
        with django_assert_max_num_queries(8):
            get("requests")


class TestJobPage:
    def test_a_waiting_job_renews_itself_and_can_be_cancelled(self, get, ordered):
        job = ordered()
        response = text(get("job", job.pk))
        assert "0 of 3" in response
        assert 'hx-trigger="every 1s"' in response
        assert "/cancel/" in response
        assert "No worker has taken this up yet" not in response

    def test_a_job_that_no_worker_takes_says_so(self, get, ordered):
        job = ordered()
        Job.objects.filter(pk=job.pk).update(queued_at=timezone.now() - timedelta(seconds=16))
        assert "No worker has taken this up yet" in text(get("job", job.pk))

    def test_a_job_that_waits_behind_another_is_not_late(self, get, ordered):
        job = ordered()
        Job.objects.filter(pk=job.pk).update(queued_at=timezone.now() - timedelta(minutes=5))
        jobs.claim(ordered(seed=50).pk)
        assert "No worker has taken this up yet" not in text(get("job", job.pk))

    def test_progress_brings_only_the_cases_that_are_not_shown_yet(self, get, ordered):
        job = ordered(count=3)
        making.run_job(job.pk)
        first, *others = job.request.cases.order_by("slot")
        response = text(get("job_progress", job.pk, data={"shown": "1", "announced": "running-0"}, **HTMX))
        assert str(first.pk) not in response
        assert all(str(case.pk) in response for case in others)
        assert "Done: 3 of 3 cases made." in response

    def test_progress_announces_nothing_twice(self, get, ordered):
        job = ordered()
        response = text(get("job_progress", job.pk, data={"shown": "0", "announced": "waiting-0"}, **HTMX))
        assert "job-announcement" not in response

    def test_buttons_are_exchanged_only_when_the_state_changes(self, get, ordered):
        job = ordered()
        unchanged = text(get("job_progress", job.pk, data={"announced": "waiting-0"}, **HTMX))
        assert "job-actions" not in unchanged
        jobs.cancel(job)
        assert "/retry/" in text(get("job_progress", job.pk, data={"announced": "waiting-0"}, **HTMX))

    def test_a_job_that_is_over_renews_itself_no_more(self, get, ordered):
        job = ordered()
        making.run_job(job.pk)
        assert "hx-get" not in text(get("job_progress", job.pk))

    def test_time_left_follows_the_pace(self, get, ordered):
        job = ordered(count=6)
        mine = jobs.claim(job.pk)
        for slot, spec in making.missing(mine)[:2]:
            making.make_one(mine, slot, spec)
        now = timezone.now()
        Job.objects.filter(pk=job.pk).update(started_at=now - timedelta(seconds=60))
        job.request.cases.filter(slot=0).update(created_at=now - timedelta(seconds=30))
        job.request.cases.filter(slot=1).update(created_at=now - timedelta(seconds=20))
        assert get("job", job.pk).context["progress"].seconds_left == pytest.approx(20, abs=2)

    def test_a_failed_job_tells_the_person_and_offers_retry(self, get, ordered, settings):
        settings.CASE_PIPELINE = "tests.library.stand_in.broken_pipeline"
        job = ordered()
        making.run_job(job.pk)
        response = text(get("job", job.pk))
        assert "The image generator could not be loaded" in response
        assert "no weights here" not in response
        assert "/retry/" in response

    def test_cancel_and_retry_from_the_page(self, client, program, ordered):
        job = ordered()
        client.post(address(program, "cancel_job", job.pk))
        job.refresh_from_db()
        assert job.state == Job.State.CANCELLED
        client.post(address(program, "retry_job", job.pk))
        job.refresh_from_db()
        assert job.state == Job.State.QUEUED

    def test_a_change_that_comes_too_late_is_explained(self, client, program, ordered):
        job = ordered()
        making.run_job(job.pk)
        response = client.post(address(program, "cancel_job", job.pk), follow=True)
        assert "This job is already over" in text(response)
