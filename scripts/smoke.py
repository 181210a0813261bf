"""Play the whole story once against a running site: ``python -m scripts.smoke http://127.0.0.1:8000``.

Signs in as the demonstration's instructor, trainee and director, without a browser. Leaves two cases and one
quiz behind. Prints ``story: ok`` and exits 0; else says which step failed and what came back, and exits 1.
"""

import argparse
import csv
import io
import json
import re
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pydicom

from scripts.smoke_client import Client, Page, Unexpected

PASSWORD = "caseforge-demo"  # noqa: S105  # nosec B105: the demonstration's, printed by seed_demo
UUID = "[0-9a-f-]{36}"
CASES = 2
JOB_SECONDS = 240


class Story:
    """The steps in order; what one step finds the next ones use."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.title = f"Smoke {datetime.now():%Y-%m-%d %H:%M:%S}"
        self.cases: list[str] = []
        self.program = ""

    def person(self, who: str) -> tuple[Client, Page]:
        """A client signed in as one of the demonstration's people, and the page where they start."""
        client = Client(self.base_url)
        start = client.sign_in(f"{who}@demo.example", PASSWORD)
        self.program = start.url.split("/p/")[-1].strip("/")
        return client, start

    def at(self, rest: str) -> str:
        """An address of the program."""
        return f"/p/{self.program}/{rest}"

    def order_cases(self) -> None:
        """The instructor orders two cases and waits for them."""
        self.instructor, _ = self.person("instructor")
        form = self.instructor.get(self.at("requests/new/")).form("requests/new")
        job = self.instructor.submit(form, finding="pneumothorax", count=str(CASES))
        if not re.search(rf"/jobs/{UUID}/$", job.url):
            raise Unexpected(f"the order was not taken: {job.describe()}")
        deadline = time.monotonic() + JOB_SECONDS
        while len(self.cases) < CASES:
            if time.monotonic() > deadline:
                raise Unexpected(f"no {CASES} cases after {JOB_SECONDS} seconds. Does a worker run? {job.describe()}")
            time.sleep(1)
            job = self.instructor.get(job.url)
            self.cases = job.links(rf"/p/[\w-]+/cases/{UUID}/")

    def look_at_files(self) -> None:
        """Preview, pixels and DICOM are what they should be."""
        for case in self.cases:
            self.instructor.get(case).expect("Pneumothorax")
            preview = self.instructor.get(f"{case}preview.png").body
            pixels = self.instructor.get(f"{case}pixels").body
            film = pydicom.dcmread(io.BytesIO(self.instructor.get(f"{case}film.dcm").body))
            facts = {
                "the preview is a PNG": preview.startswith(b"\x89PNG"),
                "the film is marked as synthetic": film.get((0x0008, 0x001C)) and film[0x0008, 0x001C].value == "YES",
                "the film is a digital radiograph": film.Modality == "DX",
                "the viewer's pixels are as many as the film's": len(pixels) == film.Rows * film.Columns * 2,
                "the film shows something": len(set(film.pixel_array.flat)) > 100,
            }
            for fact, holds in facts.items():
                if not holds:
                    raise Unexpected(f"not true of {case}: {fact}")

    def accept_cases(self) -> None:
        """The instructor accepts both."""
        for case in self.cases:
            form = self.instructor.get(case).form("/accept/")
            self.instructor.submit(form)
            self.instructor.get(case).expect("Accepted")

    def build_quiz(self) -> None:
        """A quiz in tutor mode on the two cases."""
        form = self.instructor.get(self.at("quizzes/new/")).form("quizzes/new", "Title")
        quiz = self.instructor.submit(form, title=self.title, mode="tutor").expect(self.title)
        picker = next(form for form in self.instructor.get(f"{quiz.url}add/").forms if "cases" in form.options)
        ids = [case.rstrip("/").split("/")[-1] for case in self.cases]
        self.quiz = self.instructor.submit(picker, cases=ids, kinds=["choice", "locate"])
        found = self.quiz.text.count('id="question-')
        if found != CASES:
            raise Unexpected(f"the quiz has {found} questions, not {CASES}: {self.quiz.describe()}")

    def assign_quiz(self) -> None:
        """To the demonstration's cohort, from now on."""
        form = self.instructor.get(f"{self.quiz.url}assign/").form("/assign/", "Cohort")
        self.instructor.submit(form).expect("Year 1")

    def take_quiz(self) -> None:
        """A trainee sees it due, answers each question and sees the truth, but not before."""
        trainee, start = self.person("trainee3")
        page = trainee.submit(start.expect(self.title).form("/start/", self.title))
        for _ in range(CASES):
            form = page.form("/answer/")
            self._nothing_is_told_yet(trainee, page)
            said: dict[str, Any] = (
                {"absent": "1"} if "absent" in form.options else {"choice": form.options["choice"][0]}
            )
            answered = trainee.submit(form, confidence="4", **said).expect('id="truth"')
            onward = answered.links(rf"/p/[\w-]+/attempts/{UUID}/\d+/")
            rest = [address for address in onward if address != answered.url]
            page = next((page for page in map(trainee.get, rest) if "/answer/" in page.text), answered)
        trainee.get(self.at("scores/mine/")).expect(self.title)

    @staticmethod
    def _nothing_is_told_yet(trainee: Client, page: Page) -> None:
        if 'id="truth"' in page.text:
            raise Unexpected(f"the truth is shown before the answer on {page.describe()}")
        trainee.get(f"{page.url}truth.png", status=404)
        [film] = page.links(r"[^\"]*/film")
        if len(trainee.get(film).body) < 1000:
            raise Unexpected(f"the film has no pixels: {film}")

    def look_at_scores(self) -> None:
        """The director sees who has finished, and fetches the CSV."""
        director, _ = self.person("director")
        scores = director.get(self.at("scores/")).expect(self.title)
        row = re.search(rf'<a\s+href="([^"]*/scores/assignments/{UUID}/)"[^>]*>\s*{self.title}', scores.text)
        if row is None:
            raise Unexpected(f"no link to “{self.title}” on {scores.describe()}")
        page = director.get(row[1]).expect("facility")
        [address] = page.links(r"[^\"]*\.csv")
        table = list(csv.DictReader(io.StringIO(director.get(address).body.decode("utf-8-sig"))))
        answers = [line for line in table if line["E-mail"] == "trainee3@demo.example"]
        if len(answers) != CASES or not all(line["Answer"] for line in answers):
            raise Unexpected(f"the CSV should hold {CASES} answers of the trainee, but holds {table}")

    def use_api(self) -> None:
        """A token, the two cases, the schema, and the token given back."""
        client = Client(self.base_url)
        credentials = {"email": "instructor@demo.example", "password": PASSWORD}
        token = json.loads(client.call("POST", "/api/v1/token/", credentials, status=201).body)["token"]
        header: dict[str, Any] = {"Authorization": f"Token {token}"}
        cases = json.loads(client.get(f"/api/v1/programs/{self.program}/cases/", **header).body)
        known = {case["id"] for case in cases["results"]}
        if not all(case.rstrip("/").split("/")[-1] in known for case in self.cases):
            raise Unexpected("the API does not list the two new cases first")
        schema = json.loads(client.get("/api/schema/?format=json").body)
        if not schema["openapi"].startswith("3."):
            raise Unexpected("the schema is no OpenAPI 3")
        client.call("DELETE", "/api/v1/token/", status=204, **header)
        client.get("/api/v1/programs/", status=401, **header)

    @property
    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """The story."""
        return [
            ("the instructor orders two cases", self.order_cases),
            ("the films' files are sound", self.look_at_files),
            ("the instructor accepts them", self.accept_cases),
            ("the instructor builds a quiz", self.build_quiz),
            ("the instructor assigns it", self.assign_quiz),
            ("a trainee takes it", self.take_quiz),
            ("the director sees the scores", self.look_at_scores),
            ("the API answers", self.use_api),
        ]


def main() -> int:
    """0 when the whole story went well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base_url", nargs="?", default="http://127.0.0.1:8000")
    story = Story(parser.parse_args().base_url)
    for name, step in story.steps:
        began = time.monotonic()
        try:
            step()
        except Exception as error:
            reason = str(error) if isinstance(error, Unexpected) else repr(error)
            print(f"story: failed where {name}: {reason}", file=sys.stderr)
            return 1
        print(f"  {name} ({time.monotonic() - began:.1f} s)", flush=True)
    print("story: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
