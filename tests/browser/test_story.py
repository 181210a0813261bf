"""The whole story in Chromium against a running site: order, curate, ask, assign, read, be scored."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.reader import Person
from tests.browser.site import running_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
JOB_MILLISECONDS = 120_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_site(tmp_path_factory.mktemp("site")) as base_url:
        yield base_url


def person(browser: Browser, site: str, email: str, device: str = "desktop") -> Person:
    context = browser.new_context(**(PHONE if device == "phone" else DESKTOP))
    someone = Person(context.new_page(), site, device)
    someone.sign_in(email)
    return someone


def order(instructor: Person, finding: str, count: int) -> None:
    page = instructor.page
    instructor.visit("Requests")
    page.get_by_role("link", name="New request").first.click()
    with page.expect_response(lambda response: "finding=" in response.url):
        page.get_by_label(finding, exact=True).check()
    page.get_by_role("spinbutton", name="Number").fill(str(count))
    page.get_by_label("Emphysema").check()
    expect(page.locator("#sentence")).to_contain_text("emphysema")
    instructor.look("new-request")
    page.get_by_role("button", name="Generate").click()
    page.wait_for_url(re.compile("/jobs/"))


def accept_all(instructor: Person) -> None:
    page = instructor.page
    page.get_by_role("link", name="Review the cases").click()
    page.locator(".cf-gallery input[type=checkbox]").first.wait_for()
    for box in page.locator(".cf-gallery input[type=checkbox]").all():
        box.check()
    instructor.look("gallery")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status").filter(has_text="accepted").first).to_be_visible()


def answer_current_question(reader: Person) -> str:
    """Give some answer; returns the kind of question."""
    page = reader.page
    reader.film_is_drawn()
    form = page.locator("#answer-form")
    if form.locator("input[name=row]").count():
        film = page.locator("[data-viewer-film]")
        box = film.bounding_box()
        assert box
        film.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
        expect(form.locator("input[name=row]")).not_to_have_value("")
        return "locate"
    form.locator(".cf-choice").first.click()
    form.locator("label[for=confidence-4]").click()
    return "choice"


def test_three_people_do_the_whole_story(chromium: Browser, site: str) -> None:
    instructor = person(chromium, site, "instructor@demo.example")
    instructor.look("instructor-start")
    make_cases(instructor)
    look_at_a_case(instructor)
    title = assign_a_quiz(instructor)
    read_on_a_desktop(person(chromium, site, "trainee1@demo.example"), title)
    read_on_a_phone(person(chromium, site, "trainee3@demo.example", "phone"), title)
    look_at_the_scores(person(chromium, site, "director@demo.example"), title)
    look_at_the_scores(person(chromium, site, "director@demo.example", "phone"), title)


def make_cases(instructor: Person) -> None:
    page = instructor.page
    order(instructor, "Pneumothorax", 50)
    expect(page.locator("#job-cases img").first).to_be_visible(timeout=JOB_MILLISECONDS)
    instructor.look("job-running")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(re.compile(r"Cancelled\. \d+ of 50 cases were made"))).to_be_visible(timeout=20_000)
    instructor.look("job-cancelled")
    order(instructor, "Pleural effusion", 3)
    expect(page.get_by_text("All 3 cases are made")).to_be_visible(timeout=JOB_MILLISECONDS)
    instructor.look("job-done")
    accept_all(instructor)


def look_at_a_case(instructor: Person) -> None:
    page = instructor.page
    page.locator(".cf-gallery a").first.click()
    instructor.film_is_drawn()
    overlay = page.locator("[data-viewer]").get_by_role("button", name="Lesion")
    overlay.click()
    expect(overlay).to_have_attribute("aria-pressed", "true")
    instructor.look("case")
    page.get_by_label("Teaching point").fill("Look for the meniscus at the chest wall.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Teaching point")).to_have_value("Look for the meniscus at the chest wall.")


def assign_a_quiz(instructor: Person) -> str:
    page = instructor.page
    title = "Morning round"
    instructor.visit("Quizzes")
    instructor.look("quizzes")
    page.get_by_role("link", name="New quiz").first.click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Make quiz").click()
    page.get_by_role("link", name="Pick by blueprint").first.click()
    page.get_by_label("Cases in all").fill("4")
    page.get_by_label("Normal cases among them").fill("1")
    page.get_by_label("Locate").check()
    instructor.look("blueprint")
    page.get_by_role("button", name="Pick cases").click()
    expect(page.locator("li[id^=question-]")).to_have_count(4)
    instructor.look("quiz")
    page.get_by_role("link", name="Assign").click()
    page.get_by_label("Cohort").select_option("Year 1")
    instructor.look("assign")
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_role("heading", name="Assigned to")).to_be_visible()
    return title


def start(trainee: Person, title: str) -> Page:
    trainee.look("due")
    trainee.page.get_by_role("button", name=re.compile(rf"(Start|Go on) {title}")).click()
    return trainee.page


def read_on_a_desktop(trainee: Person, title: str) -> None:
    page = start(trainee, title)
    answer_current_question(trainee)
    trainee.look("question")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#truth")).to_be_visible()
    trainee.film_is_drawn()
    trainee.look("truth")
    page.reload()
    expect(page.locator("#truth")).to_be_visible()
    expect(page.locator("#answer-form")).to_have_count(0)
    for _ in range(3):
        page.locator("[data-quiz-next]").click()
        answer_current_question(trainee)
        page.get_by_role("button", name="Answer").click()
        expect(page.locator("#truth")).to_be_visible()
    page.locator("[data-quiz-next]").click()
    expect(page.get_by_text("4 of 4")).to_be_visible()
    trainee.look("review")
    trainee.visit("My scores")
    trainee.look("my-scores")


def read_on_a_phone(trainee: Person, title: str) -> None:
    page = start(trainee, title)
    answer_current_question(trainee)
    trainee.look("question")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#truth")).to_be_visible()
    trainee.look("truth")


def look_at_the_scores(director: Person, title: str) -> None:
    page = director.page
    director.look("director-start")
    director.visit("Scores")
    director.look("cohorts")
    page.get_by_role("link", name="Year 1").first.click()
    expect(page.get_by_text(title).first).to_be_visible()
    director.look("cohort")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    assert "Trainee" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    page.get_by_role("link", name=title).first.click()
    director.look("assignment")
    director.visit("People")
    director.look("people")
