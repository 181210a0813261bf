"""The film viewer in Chromium: what is drawn, what mouse, keys and touch do to it, and what it says when it fails."""

import io
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, launch_chromium
from tests.factories import SIZE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DEFAULT_WINDOW = ("2048", "4096")

GREY_AT = """([row, column]) => {
  const canvas = document.querySelector('.cf-stage-canvas canvas');
  const copy = Object.assign(document.createElement('canvas'), {width: canvas.width, height: canvas.height});
  const context = copy.getContext('2d', {willReadFrequently: true});
  context.drawImage(canvas, 0, 0);
  const side = Math.min(canvas.width, canvas.height);
  const x = canvas.width / 2 + ((column + 0.5) / %d - 0.5) * side;
  const y = canvas.height / 2 + ((row + 0.5) / %d - 0.5) * side;
  return context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data[0];
}""" % (SIZE, SIZE)  # noqa: UP031

THREE_FRAMES = """async () => {
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
}"""

OVERLAY_ALPHA = """() => {
  const layer = document.querySelector('canvas.cf-layer');
  const data = layer.getContext('2d').getImageData(0, 0, layer.width, layer.height).data;
  let drawn = 0;
  for (let index = 3; index < data.length; index += 4) drawn += data[index] > 0;
  return drawn / (layer.width * layer.height);
}"""


@pytest.fixture(autouse=True)
def viewer_page_served(settings) -> None:
    settings.ROOT_URLCONF = "tests.browser.pages"


class Film:
    """The viewer on a page, spoken to in film pixels."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stage = page.locator("[data-viewer-film]")

    def point(self, row: float, column: float) -> tuple[float, float]:
        """Where a film pixel lies on the page while the whole film is shown."""
        box = self.stage.bounding_box()
        assert box is not None
        side = min(box["width"], box["height"])
        x = box["x"] + box["width"] / 2 + ((column + 0.5) / SIZE - 0.5) * side
        y = box["y"] + box["height"] / 2 + ((row + 0.5) / SIZE - 0.5) * side
        return x, y

    def drag(self, start: tuple[float, float], end: tuple[float, float], button: str = "left") -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down(button=button)  # type: ignore[arg-type]
        mouse.move(*end, steps=6)
        mouse.up(button=button)  # type: ignore[arg-type]

    def press(self, key: str) -> None:
        self.stage.focus()
        self.page.keyboard.press(key)

    def settle(self) -> None:
        """Wait until what was asked for has been drawn."""
        self.page.evaluate(THREE_FRAMES)

    def grey(self, row: float, column: float) -> int:
        self.settle()
        return self.page.evaluate(GREY_AT, [row, column])

    @property
    def overlay(self) -> float:
        """The part of the stage that the lesion covers."""
        self.settle()
        return self.page.evaluate(OVERLAY_ALPHA)

    @property
    def window(self) -> tuple[str, str]:
        self.settle()
        centre = self.page.locator('[data-readout="centre"]').inner_text()
        return centre, self.page.locator('[data-readout="width"]').inner_text()

    @property
    def zoom(self) -> float:
        self.settle()
        return float(self.page.locator('[data-readout="zoom"]').inner_text().rstrip("×"))

    @property
    def answer(self) -> tuple[float, float] | None:
        row, column = (self.page.locator(f"[name={name}]").input_value() for name in ("row", "column"))
        return (float(row), float(column)) if row and column else None


@pytest.fixture
def open_film(live_server, browser_page) -> Callable[..., Film]:
    def open_viewer(query: str = "", options: dict = DESKTOP, **kwargs) -> Film:
        page = browser_page(options, **kwargs)
        page.add_init_script("addEventListener('viewer:ready', (event) => { window.readiness = event.detail; })")
        page.goto(f"{live_server.url}/viewer-page/?{query}")
        page.wait_for_selector('[data-viewer][data-state="ready"]')
        return Film(page)

    return open_viewer


def test_the_film_is_drawn_with_its_values_from_black_to_white(open_film) -> None:
    film = open_film()
    shades = [film.grey(SIZE / 2, column) for column in range(3, SIZE, 8)]
    assert shades == pytest.approx([column * 64 / 4096 * 255 for column in range(3, SIZE, 8)], abs=3)
    assert film.page.evaluate("window.readiness.milliseconds") > 0


def test_the_film_always_says_that_it_is_synthetic(open_film) -> None:
    film = open_film("overlay=1&locate=1")
    label = film.page.get_by_text("SYNTHETIC", exact=True)
    for key in ("o", "+", "+", "?"):
        film.press(key)
        film.settle()
        letters = Image.open(io.BytesIO(label.screenshot())).convert("L").getextrema()
        assert letters[1] - letters[0] > 120, f"after {key}"


def test_dragging_sideways_widens_the_window_and_changes_the_picture(open_film) -> None:
    film = open_film()
    assert film.window == DEFAULT_WINDOW
    before = film.grey(32, 50)
    film.drag(film.point(32, 50), film.point(32, 20))
    assert int(film.window[1]) < 4096
    assert film.grey(32, 50) > before


def test_a_preset_narrows_the_window_and_reset_brings_the_first_one_back(open_film) -> None:
    film = open_film()
    film.press("2")
    assert int(film.window[1]) < 4096
    assert film.page.locator("[data-viewer-presets]").input_value() == "lungs"
    film.press("r")
    assert film.window == DEFAULT_WINDOW


def test_the_key_for_inverting_swaps_black_and_white_and_back(open_film) -> None:
    film = open_film()
    dark = film.grey(32, 4)
    film.press("i")
    assert film.grey(32, 4) == pytest.approx(255 - dark, abs=3)
    expect(film.page.get_by_role("button", name="Invert")).to_have_attribute("aria-pressed", "true")
    film.press("i")
    assert film.grey(32, 4) == dark


def test_wheel_and_keys_zoom_and_the_zoom_tool_zooms_by_dragging(open_film) -> None:
    film = open_film()
    film.page.mouse.move(*film.point(32, 32))
    for _ in range(4):
        film.page.mouse.wheel(0, -100)
    expect(film.page.locator('[data-readout="zoom"]')).not_to_have_text("1.0×")
    by_wheel = film.zoom
    assert by_wheel > 1
    film.press("+")
    by_key = film.zoom
    assert by_key > by_wheel
    film.press("z")
    expect(film.page.get_by_role("button", name="Zoom")).to_have_attribute("aria-pressed", "true")
    film.drag(film.point(20, 32), film.point(40, 32))
    assert film.zoom != by_key


def test_the_pan_tool_and_the_middle_button_move_the_film(open_film) -> None:
    film = open_film()
    film.press("p")
    film.drag(film.point(32, 20), film.point(32, 40))
    moved = film.grey(32, 50)
    assert moved == pytest.approx(30 * 64 / 4096 * 255, abs=5)
    film.press("w")
    film.drag(film.point(32, 40), film.point(32, 20), button="middle")
    assert film.grey(32, 50) == pytest.approx(50 * 64 / 4096 * 255, abs=5)


def test_the_lesion_is_shown_and_hidden_and_follows_the_zoom(open_film) -> None:
    film = open_film("overlay=1")
    assert film.overlay == 0
    film.press("o")
    button = film.page.get_by_role("button", name="Lesion")
    expect(button).to_have_attribute("aria-pressed", "true")
    before = film.overlay
    assert before > 0
    film.press("+")
    assert film.overlay > before
    button.click()
    assert film.overlay == 0


def test_without_a_lesion_to_show_there_is_no_button_for_it(open_film) -> None:
    film = open_film()
    assert film.page.get_by_role("button", name="Lesion").count() == 0


@pytest.mark.parametrize("presses", ["", "++"])
def test_a_click_fills_the_answer_with_the_film_pixel_under_it(open_film, presses: str) -> None:
    film = open_film("locate=1")
    for key in presses:
        film.press(key)
    film.settle()
    scale = 1.2 ** len(presses)
    film.page.mouse.click(*film.point(31.5 - 10 * scale, 31.5 + 20 * scale))
    assert film.answer == pytest.approx((21.5, 51.5), abs=0.2)
    expect(film.page.get_by_text("Mark placed")).to_be_visible()


def test_windowing_by_dragging_places_no_mark(open_film) -> None:
    film = open_film("locate=1")
    film.drag(film.point(20, 20), film.point(40, 40))
    assert film.answer is None


def test_a_mark_is_dragged_to_a_better_place_and_the_window_stays(open_film) -> None:
    film = open_film("locate=1")
    film.page.mouse.click(*film.point(20, 20))
    film.drag(film.point(20, 20), film.point(30, 40))
    assert film.answer == pytest.approx((30, 40), abs=0.2)
    assert film.window == DEFAULT_WINDOW


def test_a_mark_is_placed_and_removed_by_keyboard_alone(open_film) -> None:
    film = open_film("locate=1")
    for key in ("ArrowUp", "ArrowUp", "ArrowRight", "Enter"):
        film.press(key)
    assert film.answer == pytest.approx((30, 33), abs=0.2)
    film.press("Delete")
    assert film.answer is None


def test_an_answer_given_before_is_shown_again(open_film) -> None:
    film = open_film("locate=1&row=12.5&column=40")
    pin = film.page.locator(".cf-mark-pin").bounding_box()
    assert pin is not None
    x, y = film.point(12.5, 40)
    assert (pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2) == pytest.approx((x, y), abs=1.5)


def test_a_mark_under_review_is_shown_with_its_tolerance_and_cannot_be_moved(open_film) -> None:
    film = open_film("mark=32,32")
    circle = film.page.locator(".cf-tolerance")
    box = film.stage.bounding_box()
    assert box is not None
    # 10 mm at 1.25 mm per pixel are 8 of the film's 64 pixels.
    assert float(circle.get_attribute("r") or 0) == pytest.approx(8 / SIZE * min(box["width"], box["height"]), abs=1)
    film.page.mouse.click(*film.point(10, 10))
    assert film.answer is None


def test_on_a_phone_a_tap_marks_a_finger_windows_and_two_fingers_zoom(open_film) -> None:
    film = open_film("locate=1", PHONE)
    film.page.touchscreen.tap(*film.point(40, 20))
    assert film.answer == pytest.approx((40, 20), abs=0.5)
    touch = film.page.context.new_cdp_session(film.page)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        positions = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": positions})

    fingers("touchStart", film.point(10, 40))
    for column in range(42, 56, 2):
        fingers("touchMove", film.point(10, column))
    fingers("touchEnd")
    assert film.window != DEFAULT_WINDOW
    assert film.answer == pytest.approx((40, 20), abs=0.5)

    fingers("touchStart", film.point(32, 28), film.point(32, 36))
    for step in range(1, 8):
        fingers("touchMove", film.point(32, 28 - 2 * step), film.point(32, 36 + 2 * step))
    fingers("touchEnd")
    assert film.zoom > 1.2
    assert film.answer == pytest.approx((40, 20), abs=0.5)
    assert film.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]  # type: ignore[index]


def test_a_film_that_does_not_come_says_so_and_can_be_tried_again(live_server, browser_page, page_errors) -> None:
    page = browser_page()
    page.route("**/viewer-page/film*", lambda route: route.abort(), times=1)
    page.goto(f"{live_server.url}/viewer-page/")
    expect(page.get_by_role("alert")).to_contain_text("There is no connection to the site")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector('[data-viewer][data-state="ready"]')
    assert Film(page).grey(32, 60) > Film(page).grey(32, 4)
    page_errors.clear()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [(404, b"", "no longer here"), (500, b"", "The site had a problem"), (200, b"\0" * 100, "arrived incomplete")],
)
def test_a_wrong_film_is_explained(
    live_server, browser_page, page_errors, status: int, body: bytes, words: str
) -> None:
    page = browser_page()
    page.route("**/viewer-page/film*", lambda route: route.fulfill(status=status, body=body))
    page.goto(f"{live_server.url}/viewer-page/")
    expect(page.get_by_role("alert")).to_contain_text(words)
    page_errors.clear()


def test_without_webgl_the_processor_draws_the_same_film(open_film, chromium) -> None:
    browser = launch_chromium(chromium.browser_type, "--disable-3d-apis")
    film = open_film("locate=1", browser=browser)
    assert film.page.evaluate("window.readiness.renderer") == "cpu"
    assert film.grey(32, 50) == pytest.approx(50 * 64 / 4096 * 255, abs=3)
    film.page.mouse.click(*film.point(20, 44))
    assert film.answer == pytest.approx((20, 44), abs=0.2)
    browser.close()


@pytest.mark.parametrize(("device", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_a_page_with_a_viewer(open_film, device: dict, scheme: str) -> None:
    film = open_film("locate=1&overlay=1&row=10&column=10", device | {"color_scheme": scheme})
    film.page.get_by_role("button", name="Help").click()
    expect(film.page.get_by_role("region", name="Keys and gestures")).to_be_visible()
    results = Axe().run(film.page)
    assert results.violations_count == 0, results.generate_report()


def test_the_help_lists_the_keys_and_escape_closes_it(open_film) -> None:
    film = open_film()
    film.press("?")
    help_list = film.page.get_by_role("region", name="Keys and gestures")
    expect(help_list).to_contain_text(re.compile("invert, reset"))
    film.press("Escape")
    expect(help_list).to_be_hidden()
