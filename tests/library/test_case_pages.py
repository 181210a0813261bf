"""The gallery, a case's page, its files, and the instructor's judgement."""

import re

import pytest
from django.urls import reverse

from cases.library.models import Case
from cases.programs.models import Role
from generation.spec import CaseSpec
from tests.factories import CaseFactory, CaseRequestFactory, MembershipFactory, QuestionFactory, QuizFactory

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
NEW, ACCEPTED, REJECTED = Case.Curation.NEW, Case.Curation.ACCEPTED, Case.Curation.REJECTED


@pytest.fixture
def client(instructor, sign_in):
    return sign_in(instructor)


@pytest.fixture
def url(program):
    """``url("case", case)``: a page of this room."""
    return lambda name, *cases: reverse(f"library:{name}", args=[program.slug, *(case.pk for case in cases)])


@pytest.fixture
def case(program):
    return CaseFactory(program=program, curation=NEW)


def text(response) -> str:
    return " ".join(response.content.decode().split())


class TestGallery:
    @pytest.fixture
    def found(self, client, url):
        """``found(finding="normal")``: the cases on the page with these filters."""
        return lambda **filters: list(client.get(url("cases"), filters).context["page"])

    @pytest.fixture
    def library(self, program):
        specs = {
            "normal": CaseSpec(age=30, sex="M", seed=1),
            "mild": CaseSpec("pneumothorax", 1, "left", age=45, sex="F", seed=2),
            "severe": CaseSpec("pneumothorax", 3, "left", age=70, sex="F", comorbidities=("emphysema",), seed=3),
            "heart": CaseSpec(
                "heart_failure", 2, "both", age=85, sex="M", comorbidities=("obesity", "pacemaker"), seed=4
            ),
        }
        request = CaseRequestFactory(program=program)
        return {
            name: CaseFactory(program=program, request=request, slot=slot, case_spec=spec)
            for slot, (name, spec) in enumerate(specs.items())
        }

    @pytest.mark.parametrize(
        ("filters", "names"),
        [
            ({}, ["normal", "mild", "severe", "heart"]),
            ({"finding": "pneumothorax"}, ["mild", "severe"]),
            ({"stage": "3"}, ["severe"]),
            ({"stage": "0"}, ["normal"]),
            ({"sex": "F"}, ["mild", "severe"]),
            ({"age_group": "65-79"}, ["severe"]),
            ({"comorbidity": "emphysema"}, ["severe"]),
            ({"comorbidity": "pacemaker"}, ["heart"]),
            ({"comorbidity": "none"}, ["normal", "mild"]),
            ({"finding": "pneumothorax", "stage": "1"}, ["mild"]),
            ({"finding": "pneumonia"}, []),
        ],
    )
    def test_filters_find_what_they_say(self, found, library, filters, names):
        assert found(**filters) == [library[name] for name in names]

    def test_by_review_request_and_patient(self, found, library):
        Case.objects.filter(pk=library["mild"].pk).update(curation=REJECTED)
        assert found(curation="rejected") == [library["mild"]]
        assert found(patient=library["heart"].patient_key) == [library["heart"]]
        assert len(found(request=str(library["heart"].request_id))) == 4

    def test_another_program_is_not_shown(self, found, library):
        other = CaseFactory()
        assert other not in found()
        assert found(request=str(other.request_id)) == []

    def test_the_newest_request_comes_first_each_from_its_first_case(self, found, program, library):
        request = CaseRequestFactory(program=program)
        second, first = (CaseFactory(program=program, request=request, slot=slot) for slot in (1, 0))
        assert found()[:2] == [first, second]

    def test_filters_keep_their_choice_and_htmx_gets_the_films_alone(self, client, url, library):
        whole = text(client.get(url("cases"), {"stage": "3"}))
        assert '<option value="3" selected>' in whole
        part = text(client.get(url("cases"), {"stage": "3"}, **HTMX))
        assert part.startswith("<section")
        assert "1 case" in part

    def test_pages_of_films(self, client, url, program):
        request = CaseRequestFactory(program=program)
        CaseFactory.create_batch(25, program=program, request=request)
        assert len(client.get(url("cases")).context["page"]) == 24
        assert len(client.get(url("cases"), {"page": 2}).context["page"]) == 1

    def test_the_number_of_queries_does_not_grow_with_the_films(
        self, client, url, library, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(8):
            client.get(url("cases"))

    def test_an_empty_gallery_says_what_to_do(self, client, url):
        assert "New request" in text(client.get(url("cases")))

    def test_filters_that_find_nothing_say_so(self, client, url, library):
        assert "No case is like that" in text(client.get(url("cases"), {"finding": "pneumonia"}))

    def test_a_director_looks_but_does_not_judge(self, director, sign_in, url, library):
        response = text(sign_in(director).get(url("cases")))
        assert "checkbox" not in response
        assert url("review_cases") not in response


class TestCasePage:
    def test_it_shows_truth_card_and_provenance(self, client, url, program):
        spec = CaseSpec("heart_failure", 2, "both", age=71, sex="F", comorbidities=("emphysema",), seed=9)
        response = text(client.get(url("case", CaseFactory(program=program, case_spec=spec))))
        assert spec.sentence() in response
        assert "Kerley B lines" in response
        assert "Large lucent lungs" in response
        assert "Cough for three days." in response
        assert "0" * 64 in response
        assert "Both sides" in response

    def test_a_normal_film_has_no_place_and_no_area(self, client, url, program):
        response = text(client.get(url("case", CaseFactory(program=program, case_spec=CaseSpec()))))
        assert "Lesion area" not in response
        assert "<dt>Place</dt>" not in response

    def test_it_shows_the_patient_at_other_stages(self, client, url, program):
        spec = CaseSpec("pneumothorax", 1, "left", seed=3)
        films = [CaseFactory(program=program, case_spec=spec.at_stage(stage)) for stage in (2, 0, 1)]
        CaseFactory(case_spec=spec)
        shown = client.get(url("case", films[0])).context["films"]
        assert [film.stage for film in shown] == [0, 1, 2]

    def test_neighbours_stay_within_the_filters(self, client, url, program):
        request = CaseRequestFactory(program=program)
        first, second, third = (
            CaseFactory(program=program, request=request, slot=slot, curation=curation)
            for slot, curation in enumerate((NEW, ACCEPTED, NEW))
        )
        around = client.get(url("case", first)).context["neighbours"]
        assert (around.previous, around.next) == (None, second)
        around = client.get(url("case", first), {"curation": "new"}).context["neighbours"]
        assert around.next == third
        around = client.get(url("case", second), {"curation": "new"}).context["neighbours"]
        assert (around.previous, around.next) == (first, third)

    def test_a_director_sees_the_case_without_buttons(self, director, sign_in, url, case):
        response = text(sign_in(director).get(url("case", case)))
        assert url("accept_case", case) not in response
        assert "<textarea" not in response


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "field", "content_type"),
        [
            ("case_preview", "preview", "image/png"),
            ("case_overlay", "overlay", "image/png"),
            ("case_pixels", "pixels", "application/octet-stream"),
            ("case_dicom", "dicom", "application/dicom"),
        ],
    )
    def test_a_file_is_sent_whole_and_kept_private(self, client, url, case, name, field, content_type):
        response = client.get(url(name, case))
        assert b"".join(response.streaming_content) == getattr(case, field).read()
        assert response["Content-Type"] == content_type
        assert response["Cache-Control"].startswith("private")

    def test_the_dicom_file_is_named_after_what_it_shows(self, client, url, program):
        case = CaseFactory(program=program, case_spec=CaseSpec("pneumonia", 2, "left", "lower", 71, "F"))
        disposition = client.get(url("case_dicom", case))["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="caseforge_pneumonia_stage-2_F71_[0-9a-f]{8}\.dcm"', disposition)

    @pytest.mark.parametrize("name", ["case", "case_preview", "case_overlay", "case_pixels", "case_dicom"])
    def test_another_program_has_no_such_case(self, sign_in, url, case, name):
        stranger = sign_in(MembershipFactory(role=Role.INSTRUCTOR))
        assert stranger.get(url(name, case)).status_code == 404
        own = stranger.get(url(name, case).replace(case.program.slug, stranger_program(stranger)))
        assert own.status_code == 404

    @pytest.mark.parametrize("name", ["case", "case_preview", "case_overlay", "case_pixels", "case_dicom"])
    def test_a_trainee_may_not_see_the_library(self, trainee, sign_in, url, case, name):
        assert sign_in(trainee).get(url(name, case)).status_code == 403


def stranger_program(client) -> str:
    from cases.programs.models import Membership

    return Membership.objects.get(user_id=client.session["_auth_user_id"]).program.slug


class TestJudgement:
    @pytest.mark.parametrize(("name", "curation"), [("accept_case", ACCEPTED), ("reject_case", REJECTED)])
    def test_one_case(self, client, url, case, instructor, name, curation):
        response = client.post(url(name, case) + "?curation=new")
        assert response["Location"] == url("case", case) + "?curation=new"
        case.refresh_from_db()
        assert (case.curation, case.curated_by) == (curation, instructor.user)
        assert case.curated_at is not None

    def test_htmx_gets_the_verdict_alone(self, client, url, case):
        response = text(client.post(url("accept_case", case), **HTMX))
        assert response.startswith("<section")
        assert "Accepted" in response

    def test_a_case_in_a_quiz_cannot_be_rejected(self, client, url, program):
        case = CaseFactory(program=program)
        QuestionFactory(quiz=QuizFactory(program=program), case=case)
        assert "in a quiz" in text(client.post(url("reject_case", case), **HTMX))
        assert "in a quiz" in text(client.post(url("reject_case", case), follow=True))
        case.refresh_from_db()
        assert case.curation == ACCEPTED

    def test_several_cases_at_once(self, client, url, program):
        chosen, left = (
            CaseFactory.create_batch(2, program=program, curation=NEW),
            CaseFactory(program=program, curation=NEW),
        )
        foreign = CaseFactory(curation=NEW)
        ticked = [str(case.pk) for case in (*chosen, foreign)]
        response = client.post(url("review_cases"), {"verdict": "accept", "case": ticked}, follow=True)
        assert "2 cases accepted." in text(response)
        for case, curation in ((chosen[0], ACCEPTED), (chosen[1], ACCEPTED), (left, NEW), (foreign, NEW)):
            case.refresh_from_db()
            assert case.curation == curation

    def test_none_is_rejected_when_one_of_several_is_in_a_quiz(self, client, url, program, case):
        used = CaseFactory(program=program)
        QuestionFactory(quiz=QuizFactory(program=program), case=used)
        both = {"verdict": "reject", "case": [str(case.pk), str(used.pk)]}
        assert "1 of these cases is in a quiz" in text(client.post(url("review_cases"), both, follow=True))
        case.refresh_from_db()
        assert case.curation == NEW

    @pytest.mark.parametrize(
        "data", [{}, {"verdict": "accept"}, {"verdict": "burn"}, {"verdict": "accept", "case": "x"}]
    )
    def test_nothing_ticked_is_explained(self, client, url, case, data):
        assert "Tick at least one case" in text(client.post(url("review_cases"), data, follow=True))

    def test_a_teaching_point_is_kept(self, client, url, case):
        client.post(url("edit_teaching_point", case), {"teaching_point": "  Look at the apex. "})
        case.refresh_from_db()
        assert case.teaching_point == "Look at the apex."

    def test_a_teaching_point_that_is_too_long_is_kept_on_the_page(self, client, url, case):
        response = text(client.post(url("edit_teaching_point", case), {"teaching_point": "x" * 2001}))
        assert "x" * 2001 in response
        assert "at most 2000 characters" in response
        case.refresh_from_db()
        assert case.teaching_point == ""
