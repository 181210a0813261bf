"""Instructors make quizzes, and a quiz in use stays as it is."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.library.models import Case
from cases.quizzes import asking
from cases.quizzes.models import Question, Quiz
from cases.quizzes.services import assigning, authoring
from cases.quizzes.services.errors import Refused
from generation.spec import CaseSpec
from generation.vocabulary import FINDINGS
from tests.factories import AssignmentFactory, AttemptFactory, CaseFactory, CohortFactory, QuizFactory

pytestmark = pytest.mark.django_db


def page(program, name, *args):
    return reverse(f"quizzes:{name}", args=[program.slug, *args])


@pytest.mark.parametrize("finding", FINDINGS)
def test_the_options_do_not_depend_on_the_answer(finding):
    """With this vocabulary every choice question offers the same findings; only their order differs."""
    assert sorted(asking.choice_options(finding, "some id")) == sorted(FINDINGS)
    assert asking.choice_options(finding, "some id") == asking.choice_options("normal", "some id")
    orders = {tuple(asking.choice_options(finding, number)) for number in range(50)}
    assert len(orders) > 20


def test_a_case_is_asked_about_only_once(make_quiz):
    quiz = make_quiz()
    case = quiz.questions.first().case
    with pytest.raises(Refused, match="only once"):
        authoring.add_questions(quiz, [case], ["locate"])


def test_only_accepted_cases_are_added_and_a_refusal_adds_nothing(program):
    quiz = QuizFactory(program=program)
    cases = [CaseFactory(program=program), CaseFactory(program=program, curation=Case.Curation.NEW)]
    with pytest.raises(Refused, match="accepted"):
        authoring.add_questions(quiz, cases, ["choice"])
    assert not quiz.questions.exists()


def test_kinds_take_turns_where_the_case_allows_them(program):
    quiz = QuizFactory(program=program)
    ill = [CaseFactory(program=program) for _ in range(3)]
    normal = CaseFactory(program=program, case_spec=CaseSpec(seed=1))
    added = authoring.add_questions(quiz, [*ill, normal], ["choice", "stage", "locate"])
    assert [question.kind for question in added[:3]] == ["choice", "stage", "locate"]
    assert added[3].kind in ("choice", "locate")


@pytest.mark.parametrize(
    ("kind", "spec", "area", "message"),
    [
        ("stage", CaseSpec(seed=1), 0, "no stages"),
        ("locate", CaseSpec(finding="pneumothorax", stage=1, side="left"), 0, "no outlined lesion"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(program, kind, spec, area, message):
    case = CaseFactory(program=program, case_spec=spec, lesion_area_mm2=area)
    with pytest.raises(Refused, match=message):
        authoring.add_questions(QuizFactory(program=program), [case], [kind])


def test_moving_and_removing_keep_the_positions_without_gaps(make_quiz):
    quiz = make_quiz()
    first, second, *_ = quiz.questions.all()
    authoring.move_question(second, -1)
    assert list(quiz.questions.all())[:2] == [second, first]
    authoring.move_question(second, -1)
    assert quiz.questions.first() == second
    authoring.remove_question(first)
    assert [question.position for question in quiz.questions.all()] == [1, 2, 3, 4]


def test_a_question_keeps_its_right_answer_among_the_options(make_quiz):
    question = make_quiz().questions.get(kind="choice", case__finding="pneumothorax")
    with pytest.raises(Refused, match="Pneumothorax"):
        authoring.update_question(question, "What is it?", ["normal", "pneumonia"], 10)
    with pytest.raises(Refused, match="at least 2"):
        authoring.update_question(question, "What is it?", ["pneumothorax"], 10)
    authoring.update_question(question, "What is it?", ["pneumothorax", "normal"], 10)
    question.refresh_from_db()
    assert (question.prompt, sorted(question.options)) == ("What is it?", ["normal", "pneumothorax"])


@pytest.fixture
def started(make_assignment) -> Quiz:
    assignment = make_assignment()
    AttemptFactory(assignment=assignment)
    return assignment.quiz


def test_a_quiz_that_trainees_have_started_cannot_be_changed(started):
    question = started.questions.first()
    for change in (
        lambda: authoring.update_quiz(started, "Other", "exam", ""),
        lambda: authoring.delete_quiz(started),
        lambda: authoring.add_questions(started, [CaseFactory(program=started.program)], ["choice"]),
        lambda: authoring.remove_question(question),
        lambda: authoring.move_question(question, 1),
        lambda: authoring.update_question(question, "Other", None, 1),
    ):
        with pytest.raises(Refused, match="Duplicate it"):
            change()
    assert started.questions.count() == 5


def test_a_locked_quiz_says_so_and_offers_a_copy_that_can_be_changed(started, instructor, sign_in):
    client = sign_in(instructor)
    html = client.get(page(started.program, "quiz", started.pk)).content.decode()
    assert "can no longer be changed" in html
    assert page(started.program, "add_questions", started.pk) not in html
    refused = client.get(page(started.program, "add_questions", started.pk), follow=True)
    assert "can no longer be changed" in refused.content.decode()
    response = client.post(page(started.program, "duplicate_quiz", started.pk))
    copy = started.program.quizzes.exclude(pk=started.pk).get()
    assert response.url == page(started.program, "quiz", copy.pk)
    assert [(q.case_id, q.kind, q.options) for q in copy.questions.all()] == [
        (q.case_id, q.kind, q.options) for q in started.questions.all()
    ]
    authoring.remove_question(copy.questions.first())


def test_a_quiz_is_made_filled_by_hand_and_edited_through_the_pages(program, instructor, sign_in):
    client = sign_in(instructor)
    cases = [CaseFactory(program=program) for _ in range(2)]
    client.post(page(program, "new_quiz"), {"title": "Signs", "mode": "exam", "instructions": ""})
    quiz = program.quizzes.get()
    chosen = {"cases": [case.pk for case in cases], "kinds": ["choice"]}
    client.post(page(program, "add_questions", quiz.pk), chosen)
    first, second = quiz.questions.all()
    client.post(page(program, "move_question", quiz.pk, second.pk), {"direction": "up"})
    assert list(quiz.questions.all()) == [second, first]
    data = {"prompt": "What do you see?", "options": ["pneumothorax", "normal"]}
    client.post(page(program, "edit_question", quiz.pk, first.pk), data)
    client.post(page(program, "remove_question", quiz.pk, second.pk))
    assert [question.prompt for question in quiz.questions.all()] == ["What do you see?"]
    client.post(page(program, "edit_quiz", quiz.pk), {"title": "Signs II", "mode": "tutor", "instructions": "Read."})
    quiz.refresh_from_db()
    assert (quiz.title, quiz.mode) == ("Signs II", "tutor")
    client.post(page(program, "delete_quiz", quiz.pk))
    assert not program.quizzes.exists()


def test_the_picker_shows_what_fits_the_filters_and_is_not_in_the_quiz(make_quiz, instructor, sign_in):
    quiz = make_quiz()
    young = CaseFactory(
        program=quiz.program, case_spec=CaseSpec(finding="pneumonia", stage=2, side="left", lobe="upper", age=25)
    )
    old = CaseFactory(
        program=quiz.program, case_spec=CaseSpec(finding="pneumonia", stage=3, side="left", lobe="upper", age=85)
    )
    address = page(quiz.program, "add_questions", quiz.pk)
    client = sign_in(instructor)

    def shown(**filters):
        return {case.pk for case in client.get(address, filters).context["page_obj"]}

    assert shown() == {young.pk, old.pk}
    assert shown(finding="pneumonia", stage=3) == {old.pk}
    assert shown(age_group="18-39") == {young.pk}
    assert "No case fits these filters" in client.get(address, {"finding": "normal"}).content.decode()


def test_a_refused_choice_of_cases_keeps_what_was_chosen(program, instructor, sign_in):
    quiz, case = QuizFactory(program=program), CaseFactory(program=program)
    response = sign_in(instructor).post(page(program, "add_questions", quiz.pk), {"cases": [case.pk]})
    html = response.content.decode()
    assert "Choose at least one kind of question." in html
    assert f'value="{case.pk}" checked' in html


def test_a_blueprint_fills_the_quiz(program, instructor, sign_in):
    for number in range(3):
        CaseFactory(program=program, case_spec=CaseSpec(seed=number))
        CaseFactory(program=program, case_spec=CaseSpec("pneumonia", number + 1, "left", "lower", seed=number + 10))
    quiz = QuizFactory(program=program)
    data = {"total": 5, "normal": 2, "findings": ["pneumonia", "pneumothorax"], "kinds": ["choice", "locate"]}
    sign_in(instructor).post(page(program, "blueprint", quiz.pk), data)
    findings = sorted(quiz.questions.values_list("case__finding", flat=True))
    assert findings == ["normal"] * 2 + ["pneumonia"] * 3
    assert {question.kind for question in quiz.questions.all()} == {"choice", "locate"}


def test_a_blueprint_without_enough_cases_says_what_to_order_and_adds_nothing(program, instructor, sign_in):
    CaseFactory(program=program, case_spec=CaseSpec(seed=1))
    CaseFactory(program=program, curation=Case.Curation.NEW)
    quiz = QuizFactory(program=program)
    data = {"total": 3, "normal": 2, "findings": ["pneumothorax"], "kinds": ["choice"]}
    html = sign_in(instructor).post(page(program, "blueprint", quiz.pk), data).content.decode()
    assert "Only 1 accepted normal case; order 1 more." in html
    assert "No accepted cases of pneumothorax; order 1." in html
    assert reverse("library:new_request", args=[program.slug]) in html
    assert not Question.objects.exists()


def test_stage_questions_alone_cannot_cover_normal_cases(program, instructor, sign_in):
    quiz = QuizFactory(program=program)
    data = {"total": 3, "normal": 2, "findings": ["pneumothorax"], "kinds": ["stage"]}
    html = sign_in(instructor).post(page(program, "blueprint", quiz.pk), data).content.decode()
    assert "A normal film has no stage" in html


def test_a_preview_shows_every_question_and_writes_nothing(make_quiz, instructor, sign_in):
    quiz = make_quiz()
    client = sign_in(instructor)
    for question in quiz.questions.all():
        html = client.get(page(quiz.program, "preview", quiz.pk, question.position)).content.decode()
        assert question.prompt in html
    assert client.get(page(quiz.program, "preview", quiz.pk, 6)).status_code == 404
    assert not quiz.assignments.exists()


class TestAssigning:
    def test_a_quiz_without_questions_is_not_assigned(self, program, instructor):
        now = timezone.now()
        with pytest.raises(Refused, match="no questions"):
            assigning.assign_quiz(
                QuizFactory(program=program), CohortFactory(program=program), instructor.user, now, now + timedelta(1)
            )

    def test_a_quiz_on_a_case_that_was_rejected_since_is_not_assigned(self, make_quiz, cohort, instructor):
        quiz, now = make_quiz(), timezone.now()
        Case.objects.filter(questions=quiz.questions.get(position=2)).update(curation=Case.Curation.REJECTED)
        with pytest.raises(Refused, match="question 2 is no longer accepted"):
            assigning.assign_quiz(quiz, cohort, instructor.user, now, now + timedelta(1))

    def test_it_closes_after_it_opens(self, make_quiz, cohort, instructor, sign_in):
        quiz = make_quiz()
        data = {"cohort": cohort.pk, "opens_at": "2026-12-02T08:00", "closes_at": "2026-12-01T08:00"}
        html = sign_in(instructor).post(page(quiz.program, "assign", quiz.pk), data).content.decode()
        assert "The closing date must be after the opening date." in html
        assert "2026-12-02T08:00" in html
        assert not quiz.assignments.exists()

    def test_dates_are_read_in_the_sites_time_zone(self, make_quiz, cohort, instructor, sign_in, settings):
        settings.TIME_ZONE = "Europe/Helsinki"
        quiz = make_quiz()
        data = {"cohort": cohort.pk, "opens_at": "2026-12-01T08:00", "closes_at": "2026-12-02T08:00"}
        sign_in(instructor).post(page(quiz.program, "assign", quiz.pk), data)
        assert quiz.assignments.get().opens_at.isoformat() == "2026-12-01T06:00:00+00:00"

    def test_the_same_cohort_does_not_get_it_twice_at_a_time(self, make_assignment, instructor):
        assignment = make_assignment()
        with pytest.raises(Refused, match="has this quiz already"):
            assigning.assign_quiz(
                assignment.quiz, assignment.cohort, instructor.user, timezone.now(), timezone.now() + timedelta(1)
            )

    def test_another_programs_cohort_cannot_be_chosen(self, make_quiz, instructor, sign_in):
        quiz, other = make_quiz(), CohortFactory()
        data = {"cohort": other.pk, "opens_at": "2026-12-01T08:00", "closes_at": "2026-12-02T08:00"}
        sign_in(instructor).post(page(quiz.program, "assign", quiz.pk), data)
        assert not quiz.assignments.exists()

    def test_it_is_taken_back_only_while_nobody_has_started(self, make_assignment, instructor, sign_in):
        assignment = make_assignment()
        client = sign_in(instructor)
        address = page(assignment.quiz.program, "unassign", assignment.quiz_id, assignment.pk)
        attempt = AttemptFactory(assignment=assignment)
        assert "Trainees have started" in client.post(address, follow=True).content.decode()
        attempt.delete()
        client.post(address)
        assert not assignment.quiz.assignments.exists()

    def test_an_assigned_quiz_is_not_deleted(self, make_quiz):
        quiz = make_quiz()
        AssignmentFactory(quiz=quiz)
        with pytest.raises(Refused, match="Unassign it first"):
            authoring.delete_quiz(quiz)

    def test_a_later_closing_is_saved(self, make_assignment, instructor, sign_in):
        assignment = make_assignment()
        address = page(assignment.quiz.program, "change_dates", assignment.quiz_id, assignment.pk)
        sign_in(instructor).post(address, {"opens_at": "2026-12-01T08:00", "closes_at": "2027-01-02T08:00"})
        assignment.refresh_from_db()
        assert assignment.closes_at.year == 2027
