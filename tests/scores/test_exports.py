"""CSV that opens in a spreadsheet as it is, and does nothing there."""

import csv
import io

import pytest
from django.urls import reverse

from cases.scores.exports import ASSIGNMENT_HEADER, COHORT_HEADER, as_csv, safe
from tests.factories import ResponseFactory

pytestmark = pytest.mark.django_db


def rows_of(client, name, program, key):
    answer = client.get(reverse(f"scores:{name}", args=[program.slug, key]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_cohorts_csv_has_a_line_for_each_trainee_and_quiz(sign_in, director, world):
    rows = rows_of(sign_in(director), "cohort_csv", world.program, world.cohort.pk)
    assert tuple(rows[0]) == COHORT_HEADER
    lines = {row["E-mail"]: row for row in rows}
    done, open_one = lines[world.trainee.user.email], lines[world.idle.user.email]
    assert (done["State"], done["Score (%)"], done["Answered"]) == ("finished", "50.0", "2")
    assert (open_one["State"], open_one["Score (%)"], open_one["Finished"]) == ("due", "", "")


def test_the_assignments_csv_has_a_line_for_each_answer_with_the_truth(sign_in, director, world):
    rows = rows_of(sign_in(director), "assignment_csv", world.program, world.assignment.pk)
    assert tuple(rows[0]) == ASSIGNMENT_HEADER
    assert [(row["Question"], row["Answer"], row["Score (%)"]) for row in rows] == [
        ("1", "Pneumothorax", "100.0"),
        ("2", "Pneumonia", "0"),
    ]
    assert rows[0]["Truth"].startswith("Pneumothorax, stage 2")
    assert rows[0]["Time (s)"] == "20.0"


def test_a_question_left_open_scores_nothing_and_says_so(sign_in, director, world):
    world.attempt.responses.all().delete()
    ResponseFactory(attempt=world.attempt, question=world.first)
    [row] = rows_of(sign_in(director), "assignment_csv", world.program, world.assignment.pk)
    assert (row["Answer"], row["Score (%)"], row["Confidence (1-5)"]) == ("No answer", "0", "")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0"])
def test_a_formula_is_disarmed(text):
    assert safe(text) == f"'{text}"


def test_numbers_and_plain_text_stay_as_they_are():
    assert safe(-3.5) == -3.5
    assert safe("Nora Ng") == "Nora Ng"
    assert safe(None) == ""


def test_a_name_that_is_a_formula_reaches_the_file_disarmed(sign_in, director, world):
    world.trainee.user.first_name, world.trainee.user.last_name = "=HYPERLINK(1)", "Ng"
    world.trainee.user.save()
    rows = rows_of(sign_in(director), "cohort_csv", world.program, world.cohort.pk)
    assert any(row["Trainee"] == "'=HYPERLINK(1) Ng" for row in rows)


def test_commas_quotes_and_line_breaks_survive():
    content = as_csv(("Name",), [('Ng, "Nora"\nMD',)]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline="")))[1] == ['Ng, "Nora"\nMD']
