"""Answers are saved once, marked once and count as the mode says."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.quizzes.models import Attempt, Response
from cases.quizzes.policies import finished_at, may_see_truth
from cases.quizzes.selectors.taking import standing_of
from cases.quizzes.services import taking
from cases.quizzes.services.errors import Outdated, Refused, TooLate
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now


def response_on(attempt: Attempt, kind: str, finding: str) -> Response:
    return attempt.responses.get(question__kind=kind, question__case__finding=finding)


@pytest.fixture
def begin(make_assignment, trainee):
    def make(mode: str = "tutor", **dates) -> Attempt:
        return taking.start_attempt(make_assignment(mode, **dates), trainee.user, NOW())

    return make


class TestStarting:
    def test_every_question_gets_one_place_in_an_order_of_the_attempts_own(self, begin):
        attempt = begin()
        responses = list(attempt.responses.all())
        assert [response.position for response in responses] == [1, 2, 3, 4, 5]
        assert {r.question_id for r in responses} == {q.pk for q in attempt.assignment.quiz.questions.all()}

    def test_orders_differ_between_trainees(self, make_assignment):
        assignment = make_assignment()
        orders = set()
        for _ in range(8):
            attempt = taking.start_attempt(assignment, MembershipFactory().user, NOW())
            orders.add(tuple(attempt.responses.values_list("question__position", flat=True)))
        assert len(orders) > 1

    def test_starting_twice_gives_the_same_attempt(self, make_assignment, trainee):
        assignment = make_assignment()
        first = taking.start_attempt(assignment, trainee.user, NOW())
        assert taking.start_attempt(assignment, trainee.user, NOW()) == first
        assert Response.objects.count() == 5

    def test_it_starts_neither_before_the_opening_nor_after_the_closing(self, make_assignment, trainee):
        assignment = make_assignment()
        with pytest.raises(Refused, match="not opened"):
            taking.start_attempt(assignment, trainee.user, assignment.opens_at - timedelta(seconds=1))
        with pytest.raises(TooLate, match="closed"):
            taking.start_attempt(assignment, trainee.user, assignment.closes_at)
        assert not Attempt.objects.exists()


class TestMarkingAnAnswer:
    @pytest.mark.parametrize(
        ("kind", "finding", "answer", "score"),
        [
            ("choice", "pneumothorax", {"finding": "pneumothorax"}, 1),
            ("choice", "pneumothorax", {"finding": "normal"}, 0),
            ("choice", "normal", {"finding": "normal"}, 1),
            ("stage", "heart_failure", {"stage": 3}, 1),
            ("stage", "heart_failure", {"stage": 2}, 0.5),
            ("stage", "heart_failure", {"stage": 1}, 0),
            ("locate", "pneumonia", {"row": 20.0, "column": 20.0}, 1),
            ("locate", "pneumonia", {"row": 38.0, "column": 20.0}, 1),  # 8.1 mm below the edge
            ("locate", "pneumonia", {"row": 41.0, "column": 20.0}, 0),  # 11.9 mm below the edge
            ("locate", "pneumonia", {"absent": True}, 0),
            ("locate", "normal", {"absent": True}, 1),
            ("locate", "normal", {"row": 20.0, "column": 20.0}, 0),
        ],
    )
    def test_it_is_marked_against_the_case(self, begin, kind, finding, answer, score):
        saved = taking.save_answer(response_on(begin(), kind, finding), answer, 4, NOW())
        saved.refresh_from_db()
        assert (saved.score, saved.answer, saved.confidence) == (score, answer, 4)

    @pytest.mark.parametrize(
        ("kind", "finding", "answer"),
        [
            ("choice", "pneumothorax", {}),
            ("choice", "pneumothorax", {"finding": "measles"}),
            ("choice", "pneumothorax", {"stage": 2}),
            ("stage", "heart_failure", {"stage": 4}),
            ("locate", "pneumonia", {}),
            ("locate", "pneumonia", {"row": 3.0, "column": None}),
            ("locate", "pneumonia", {"row": 64.0, "column": 3.0}),
            ("locate", "pneumonia", {"row": float("nan"), "column": 3.0}),
        ],
    )
    def test_an_answer_that_does_not_fit_the_question_is_refused_and_nothing_is_saved(
        self, begin, kind, finding, answer
    ):
        response = response_on(begin(), kind, finding)
        with pytest.raises(Refused):
            taking.save_answer(response, answer, 3, NOW())
        response.refresh_from_db()
        assert not response.is_answered

    def test_the_time_runs_from_the_first_showing_to_the_first_answer(self, begin):
        response = response_on(begin("exam"), "choice", "normal")
        start = NOW()
        taking.show_question(response, start)
        response.refresh_from_db()
        taking.show_question(response, start + timedelta(seconds=30))
        response.refresh_from_db()
        taking.save_answer(response, {"finding": "normal"}, None, start + timedelta(seconds=40))
        taking.save_answer(response, {"finding": "pneumonia"}, None, start + timedelta(seconds=90))
        response.refresh_from_db()
        assert response.seconds == pytest.approx(40)
        assert response.answered_at == start + timedelta(seconds=40)


class TestTutorMode:
    def test_the_first_answer_counts(self, begin):
        response = response_on(begin(), "choice", "pneumothorax")
        taking.save_answer(response, {"finding": "normal"}, 2, NOW())
        again = taking.save_answer(response, {"finding": "pneumothorax"}, 5, NOW())
        assert (again.answer, again.score, again.confidence) == ({"finding": "normal"}, 0, 2)

    def test_the_truth_shows_after_each_answer_and_only_there(self, begin):
        attempt = begin()
        first, second = attempt.responses.all()[:2]
        assert not may_see_truth(first, NOW())
        answer_anything(first)
        first.refresh_from_db()
        assert may_see_truth(first, NOW())
        assert not may_see_truth(second, NOW())

    def test_the_last_answer_ends_the_attempt(self, begin):
        attempt = begin()
        for response in attempt.responses.all():
            answer_anything(response)
        attempt.refresh_from_db()
        assert attempt.submitted_at is not None


class TestExamMode:
    def test_an_answer_may_be_changed_until_submission(self, begin):
        attempt = begin("exam")
        response = response_on(attempt, "choice", "pneumothorax")
        taking.save_answer(response, {"finding": "normal"}, 2, NOW())
        changed = taking.save_answer(response, {"finding": "pneumothorax"}, 5, NOW())
        assert (changed.score, changed.confidence) == (1, 5)
        taking.submit_attempt(attempt, NOW())
        with pytest.raises(TooLate, match="submitted"):
            taking.save_answer(response, {"finding": "normal"}, 5, NOW())
        response.refresh_from_db()
        assert response.answer == {"finding": "pneumothorax"}

    def test_the_truth_shows_only_after_submission(self, begin):
        attempt = begin("exam")
        response = attempt.responses.first()
        answer_anything(response)
        response.refresh_from_db()
        assert not may_see_truth(response, NOW())
        taking.submit_attempt(attempt, NOW())
        response = attempt.responses.select_related("attempt").first()
        assert may_see_truth(response, NOW())

    def test_an_answer_from_an_outdated_page_overwrites_nothing(self, begin):
        response = response_on(begin("exam"), "choice", "pneumothorax")
        seen_by_both = taking.revision(response)
        taking.save_answer(response, {"finding": "normal"}, 2, NOW(), seen_by_both)
        with pytest.raises(Outdated, match="another window"):
            taking.save_answer(response, {"finding": "pneumonia"}, 2, NOW(), seen_by_both)
        response.refresh_from_db()
        assert response.answer == {"finding": "normal"}

    def test_a_double_click_is_one_answer(self, begin):
        response = response_on(begin("exam"), "choice", "pneumothorax")
        seen = taking.revision(response)
        first = taking.save_answer(response, {"finding": "normal"}, 2, NOW(), seen)
        second = taking.save_answer(response, {"finding": "normal"}, 2, NOW() + timedelta(seconds=1), seen)
        assert second.answered_at == first.answered_at

    def test_a_draft_may_be_taken_back(self, begin):
        response = response_on(begin("exam"), "locate", "normal")
        saved = taking.save_draft(response, {"absent": True}, None, NOW())
        assert saved.score == 1
        cleared = taking.save_draft(response, {}, 3, NOW())
        assert (cleared.is_answered, cleared.answer, cleared.score, cleared.confidence) == (False, None, None, 3)

    def test_submitting_twice_changes_nothing(self, begin):
        attempt = begin("exam")
        first = taking.submit_attempt(attempt, NOW()).submitted_at
        assert taking.submit_attempt(attempt, NOW() + timedelta(minutes=1)).submitted_at == first

    def test_an_unanswered_question_counts_nothing(self, begin):
        attempt = begin("exam")
        taking.save_answer(response_on(attempt, "choice", "normal"), {"finding": "normal"}, 5, NOW())
        assert standing_of(attempt, NOW()).score is None
        attempt = taking.submit_attempt(attempt, NOW())
        assert standing_of(attempt, NOW()).score == pytest.approx(1 / 5)


class TestClosing:
    def test_an_answer_after_the_closing_is_refused_and_the_attempt_stands_as_submitted(self, begin):
        attempt = begin("exam")
        closes_at = attempt.assignment.closes_at
        response = response_on(attempt, "choice", "normal")
        taking.save_answer(response, {"finding": "normal"}, 5, closes_at - timedelta(seconds=1))
        with pytest.raises(TooLate, match="has closed"):
            taking.save_answer(response, {"finding": "pneumonia"}, 5, closes_at)
        with pytest.raises(TooLate, match="has closed"):
            taking.submit_attempt(attempt, closes_at)
        response.refresh_from_db()
        assert response.answer == {"finding": "normal"}
        assert finished_at(attempt, closes_at) == closes_at
        assert standing_of(attempt, closes_at).score == pytest.approx(1 / 5)
        assert may_see_truth(response, closes_at)

    def test_a_question_first_seen_after_the_closing_was_never_shown_in_time(self, begin):
        attempt = begin()
        response = attempt.responses.first()
        taking.show_question(response, attempt.assignment.closes_at)
        response.refresh_from_db()
        assert response.shown_at is None


class TestOnThePages:
    @pytest.fixture
    def client(self, trainee, sign_in):
        return sign_in(trainee)

    def address(self, name, attempt, *args):
        return reverse(f"quizzes:{name}", args=[attempt.assignment.quiz.program.slug, attempt.pk, *args])

    def start(self, client, assignment):
        return client.post(
            reverse("quizzes:start_attempt", args=[assignment.quiz.program.slug, assignment.pk]), follow=True
        )

    def test_a_tutor_quiz_is_taken_from_start_to_review(self, client, make_assignment):
        assignment = make_assignment()
        assert "Question 1 of 5" in self.start(client, assignment).content.decode()
        attempt = Attempt.objects.get()
        for response in attempt.responses.all():
            address = self.address("question", attempt, response.position)
            client.get(address)
            html = client.post(self.address("answer", attempt, response.position), right_form(response), follow=True)
            assert "Right" in html.content.decode()
            assert self.address("truth_overlay", attempt, response.position) in html.content.decode() or (
                response.question.case.finding == "normal"
            )
        review = client.get(self.address("attempt_review", attempt)).content.decode()
        assert "100 %" in review
        assert self.start(client, assignment).redirect_chain[-1][0] == self.address("attempt_review", attempt)
        assert all(r.seconds is not None for r in attempt.responses.all())

    def test_an_exam_saves_while_choosing_and_a_reload_keeps_it(self, client, begin):
        attempt = begin("exam")
        response = response_on(attempt, "choice", "pneumothorax")
        address = self.address("answer", attempt, response.position)
        htmx = {"HTTP_HX_REQUEST": "true"}
        first = client.post(address, {"choice": "pneumonia", "seen": ""}, **htmx)
        assert first.status_code == 200
        response.refresh_from_db()
        seen = taking.revision(response)
        assert f'value="{seen}"' in first.content.decode()
        client.post(address, {"choice": "pneumonia", "confidence": "2", "seen": seen}, **htmx)
        html = client.get(self.address("question", attempt, response.position)).content.decode()
        checked = [tag for tag in re.findall(r"<input[^>]*>", html) if "checked" in tag]
        names_and_values = [re.findall(r'(?:name|value)="(\w+)"', tag) for tag in checked]
        assert names_and_values == [["choice", "pneumonia"], ["confidence", "2"]]

    def test_an_outdated_tab_is_sent_back_to_the_saved_answer(self, client, begin):
        attempt = begin("exam")
        response = response_on(attempt, "choice", "pneumothorax")
        address = self.address("answer", attempt, response.position)
        client.post(address, {"choice": "pneumonia", "seen": ""})
        reply = client.post(address, {"choice": "normal", "seen": ""}, HTTP_HX_REQUEST="true")
        assert reply["HX-Redirect"] == self.address("question", attempt, response.position)
        assert "another window" in client.get(reply["HX-Redirect"]).content.decode()

    def test_an_exam_is_submitted_with_what_is_unanswered_named(self, client, begin):
        attempt = begin("exam")
        review = self.address("attempt_review", attempt)
        assert "5 of 5 questions are not answered yet" in client.get(review).content.decode()
        html = client.post(self.address("submit", attempt), follow=True).content.decode()
        assert "0 %" in html
        assert "A question without an answer counts 0." in html

    def test_an_answer_after_the_closing_is_answered_with_the_reason(self, client, begin):
        attempt = begin("exam")
        attempt.assignment.closes_at = NOW()
        attempt.assignment.save()
        html = client.post(self.address("answer", attempt, 1), {"choice": "normal"}, follow=True).content.decode()
        assert "This quiz has closed." in html
        assert not attempt.responses.exclude(answered_at=None).exists()

    @pytest.mark.parametrize("data", [{}, {"row": "x"}, {"confidence": "9"}, {"choice": "\x00"}])
    def test_a_broken_form_is_refused_with_a_message(self, client, begin, data):
        attempt = begin()
        for position in range(1, 6):
            reply = client.post(self.address("answer", attempt, position), data, follow=True)
            assert reply.status_code == 200
            assert "alert-danger" in reply.content.decode()
        assert not attempt.responses.exclude(answered_at=None).exists()


def right_form(response: Response) -> dict:
    case, kind = response.question.case, response.question.kind
    if kind == "choice":
        return {"choice": case.finding}
    if kind == "stage":
        return {"choice": f"{case.stage:g}"}
    return {"absent": "1"} if case.finding == "normal" else {"row": "20", "column": "20"}


def answer_anything(response: Response) -> None:
    kind = response.question.kind
    answer = {"choice": {"finding": "normal"}, "stage": {"stage": 1}, "locate": {"absent": True}}[kind]
    taking.save_answer(response, answer, 3, NOW())
