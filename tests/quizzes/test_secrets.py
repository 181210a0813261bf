"""The key stays on the server until it may be told, and everything stays with its owner."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.programs.models import Role
from cases.quizzes.models import Attempt, Question
from cases.quizzes.services import taking
from generation.vocabulary import FINDINGS
from tests.factories import SIZE, MembershipFactory

pytestmark = pytest.mark.django_db
HARMLESS_HEADERS = {
    "Cache-Control",
    "Content-Length",
    "Content-Security-Policy",
    "Content-Type",
    "Cross-Origin-Opener-Policy",
    "Expires",
    "Referrer-Policy",
    "Vary",
    "X-Content-Type-Options",
    "X-Frame-Options",
}


@pytest.fixture
def attempt(request, make_assignment, trainee) -> Attempt:
    return taking.start_attempt(make_assignment(request.param), trainee.user, timezone.now())


either_mode = pytest.mark.parametrize("attempt", ["tutor", "exam"], indirect=True)


def address(name, attempt, *args):
    return reverse(f"quizzes:{name}", args=[attempt.assignment.quiz.program.slug, attempt.pk, *args])


def telling_words(question: Question) -> list[str]:
    """Everything that would tell the key of the question, or lead to it."""
    case = question.case
    stages = [stage.name for stage in FINDINGS[case.finding].stages] if question.kind != "stage" else []
    names = {
        Question.Kind.CHOICE: [],
        Question.Kind.STAGE: [f.name for key, f in FINDINGS.items() if key not in (case.finding, "normal")],
        Question.Kind.LOCATE: [finding.name for finding in FINDINGS.values()] + list(FINDINGS),
    }[question.kind]
    rules = [stage.rule for finding in FINDINGS.values() for stage in finding.stages]
    return [
        str(case.pk),
        str(question.pk),
        case.patient_key,
        str(case.to_spec().seed),
        case.provenance["pixels_sha256"],
        "truth.png",
        "overlay",
        "mask.png",
        "/cases/",
        FINDINGS[case.finding].teaching,
        *rules,
        *(stage for stage in stages if stage not in ("Normal",)),
        *names,
    ]


@either_mode
def test_no_question_page_tells_the_key(attempt, trainee, sign_in):
    client = sign_in(trainee)
    for response in attempt.responses.select_related("question__case"):
        reply = client.get(address("question", attempt, response.position))
        html = re.sub(r'class="[^"]*"', "", reply.content.decode())  # Bootstrap says "small", and so does a stage
        found = [word for word in telling_words(response.question) if word.lower() in html.lower()]
        assert found == []
        assert set(reply.headers) <= HARMLESS_HEADERS
        assert "no-store" in reply["Cache-Control"]


@either_mode
def test_pages_of_one_kind_have_the_same_shape_whatever_the_answer(attempt, trainee, sign_in):
    """A locate question on a normal film and one on a lesion differ only in the patient and the film's address."""
    client = sign_in(trainee)
    shapes = {}
    for response in attempt.responses.select_related("question__case"):
        html = client.get(address("question", attempt, response.position)).content.decode()
        form = html[html.index('id="answer-form"') :]
        shape = re.findall(r"<(\w+)|name=\"(\w+)\"", form[: form.index("</form>")])
        shapes.setdefault(response.question.kind, []).append(shape)
    assert len(shapes["locate"]) == len(shapes["choice"]) == 2
    assert all(shape == group[0] for group in shapes.values() for shape in group)


@either_mode
def test_the_film_is_bare_pixels_of_constant_size_under_an_address_that_tells_nothing(attempt, trainee, sign_in):
    client = sign_in(trainee)
    for response in attempt.responses.all():
        reply = client.get(address("film", attempt, response.position))
        assert reply["Content-Type"] == "application/octet-stream"
        assert reply["Cache-Control"] == "private, no-store"
        assert len(reply.content) == SIZE * SIZE * 2
        assert set(reply.headers) <= HARMLESS_HEADERS


@either_mode
def test_the_truth_is_not_found_before_the_answer(attempt, trainee, sign_in):
    client = sign_in(trainee)
    replies = [client.get(address("truth_overlay", attempt, position)) for position in range(1, 6)]
    assert {reply.status_code for reply in replies} == {404}
    assert len({len(reply.content) for reply in replies}) == 1


@pytest.mark.parametrize("attempt", ["tutor"], indirect=True)
def test_in_a_tutor_quiz_the_truth_shows_for_the_answered_question_alone(attempt, trainee, sign_in):
    client = sign_in(trainee)
    answered = attempt.responses.get(question__case__finding="pneumothorax")
    taking.save_answer(answered, {"finding": "normal"}, 3, timezone.now())
    for response in attempt.responses.all():
        expected = 200 if response == answered else 404
        assert client.get(address("truth_overlay", attempt, response.position)).status_code == expected
    html = client.get(address("question", attempt, answered.position)).content.decode()
    assert "Pneumothorax, stage 2 of 3 (moderate), right side" in html
    assert "Pneumothorax or normal?" in html


@pytest.mark.parametrize("attempt", ["exam"], indirect=True)
def test_in_an_exam_neither_page_nor_reply_tells_whether_an_answer_was_right(attempt, trainee, sign_in):
    client = sign_in(trainee)
    pages = []
    for finding in ("pneumothorax", "pneumonia"):
        response = attempt.responses.get(question__kind="choice", question__case__finding="pneumothorax")
        where = address("answer", attempt, response.position)
        reply = client.post(where, {"choice": finding}, HTTP_HX_REQUEST="true")
        page = client.get(address("question", attempt, response.position))
        review = client.get(address("attempt_review", attempt))
        pages.append([re.sub(r'value="[0-9a-f]{16}"', "", r.content.decode()) for r in (reply, page)])
        assert client.get(address("truth_overlay", attempt, response.position)).status_code == 404
        assert "Truth" not in review.content.decode()
    for right, wrong in zip(*pages, strict=True):
        assert bare(right) == bare(wrong)


def bare(html: str) -> str:
    """The page without what must differ: the chosen option and the tokens made anew for each page."""
    html = re.sub(r'\s+checked|nonce="[^"]*"|"x-csrftoken": "[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", html)
    return html


@pytest.mark.parametrize("attempt", ["exam"], indirect=True)
def test_after_submission_every_truth_shows(attempt, trainee, sign_in):
    taking.submit_attempt(attempt, timezone.now())
    client = sign_in(trainee)
    for position in range(1, 6):
        assert client.get(address("truth_overlay", attempt, position)).status_code == 200
        assert 'id="truth"' in client.get(address("question", attempt, position)).content.decode()


@pytest.mark.parametrize("attempt", ["exam"], indirect=True)
def test_a_closed_exam_shows_its_truth_without_being_submitted(attempt, trainee, sign_in):
    attempt.assignment.closes_at = timezone.now() - timedelta(seconds=1)
    attempt.assignment.save()
    assert sign_in(trainee).get(address("truth_overlay", attempt, 1)).status_code == 200


TRAINEE_PAGES = ["question", "film", "truth_overlay", "attempt_review"]


@either_mode
def test_another_trainees_attempt_does_not_exist(attempt, program, sign_in):
    client = sign_in(MembershipFactory(program=program, role=Role.TRAINEE))
    for name in TRAINEE_PAGES:
        args = [] if name == "attempt_review" else [1]
        assert client.get(address(name, attempt, *args)).status_code == 404
    assert client.post(address("answer", attempt, 1), {"choice": "normal"}).status_code == 404
    assert client.post(address("submit", attempt)).status_code == 404
    assert not attempt.responses.exclude(answered_at=None).exists()


@either_mode
def test_an_attempt_is_not_reached_through_another_program_of_the_same_trainee(attempt, trainee, sign_in):
    other = MembershipFactory(user=trainee.user, role=Role.TRAINEE).program
    for name in TRAINEE_PAGES:
        args = [] if name == "attempt_review" else [1]
        where = reverse(f"quizzes:{name}", args=[other.slug, attempt.pk, *args])
        assert sign_in(trainee).get(where).status_code == 404


def test_an_assignment_of_another_cohort_cannot_be_started(make_assignment, program, sign_in):
    assignment = make_assignment()
    outsider = sign_in(MembershipFactory(program=program, role=Role.TRAINEE))
    where = reverse("quizzes:start_attempt", args=[program.slug, assignment.pk])
    assert outsider.post(where).status_code == 404
    assert not Attempt.objects.exists()


AUTHOR_PAGES = ["quiz", "edit_quiz", "add_questions", "blueprint", "assign"]


def test_the_authors_pages_are_closed_to_trainees_and_directors(make_quiz, trainee, director, sign_in):
    quiz = make_quiz()
    for person in (trainee, director):
        client = sign_in(person)
        for name in AUTHOR_PAGES:
            assert client.get(reverse(f"quizzes:{name}", args=[quiz.program.slug, quiz.pk])).status_code == 403
        assert client.get(reverse("quizzes:preview", args=[quiz.program.slug, quiz.pk, 1])).status_code == 403
        for name in ("delete_quiz", "duplicate_quiz"):
            assert client.post(reverse(f"quizzes:{name}", args=[quiz.program.slug, quiz.pk])).status_code == 403


def test_another_programs_quiz_does_not_exist(make_quiz, sign_in):
    quiz = make_quiz()
    stranger = MembershipFactory(role=Role.INSTRUCTOR)
    client = sign_in(stranger)
    question = quiz.questions.first()
    for slug in (stranger.program.slug, quiz.program.slug):
        for name in AUTHOR_PAGES:
            assert client.get(reverse(f"quizzes:{name}", args=[slug, quiz.pk])).status_code == 404
        for name in ("move_question", "remove_question"):
            assert client.post(reverse(f"quizzes:{name}", args=[slug, quiz.pk, question.pk])).status_code == 404
        assert client.post(reverse("quizzes:delete_quiz", args=[slug, quiz.pk])).status_code == 404
    assert quiz.questions.count() == 5
