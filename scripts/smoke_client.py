"""A small browser without script: it keeps cookies, follows redirects, and fills in the forms of a page."""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TIMEOUT_SECONDS = 30
SHOWN_CHARACTERS = 600
Values = dict[str, list[str]]


class Unexpected(Exception):
    """The site did something else than the story expects; the message says what came back."""


@dataclass
class Form:
    """A form of a page: where it goes, what it holds as it stands, what can be chosen, and its words."""

    action: str
    values: Values = field(default_factory=dict)
    options: Values = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Page:
    """What came back."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    @property
    def forms(self) -> list[Form]:
        """The page's forms in order."""
        reader = _FormReader(self.url)
        reader.feed(self.text)
        return reader.forms

    def form(self, action: str = "", text: str = "") -> Form:
        """The first form whose address holds ``action`` and whose words hold ``text``. Raises Unexpected."""
        for form in self.forms:
            if action in form.action and text in form.text:
                return form
        raise Unexpected(f"no form for “{action}” “{text}” on {self.describe()}")

    def links(self, pattern: str) -> list[str]:
        """The distinct addresses in the page's attributes that match a regular expression, in order."""
        found = re.findall(rf'(?:href|src|data-[a-z-]+)="({pattern})"', self.text)
        return list(dict.fromkeys(urllib.parse.urljoin(self.url, address) for address in found))

    def expect(self, *words: str) -> "Page":
        """Itself, if every word is in it. Raises Unexpected."""
        for word in words:
            if word not in self.text:
                raise Unexpected(f"“{word}” is missing on {self.describe()}")
        return self

    def describe(self) -> str:
        """Status, address and the beginning of what can be read."""
        visible = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", self.text, flags=re.DOTALL)
        return f"{self.url} (status {self.status}): {' '.join(visible.split())[:SHOWN_CHARACTERS]}"


class Client:
    """One person's browser on the site at ``base_url``."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self._here = self.base_url

    def get(self, address: str, status: int = 200, **headers: str) -> Page:
        """Go to an address. Raises Unexpected for another status."""
        return self._send("GET", address, None, headers, status)

    def submit(self, form: Form, status: int = 200, **changes: str | Sequence[str]) -> Page:
        """Send a form as it stands, with ``changes``; follows the redirect."""
        values: dict[str, Any] = {**form.values, **changes}
        data = urllib.parse.urlencode(values, doseq=True).encode()
        return self._send("POST", form.action, data, {}, status)

    def call(self, method: str, address: str, body: Any = None, status: int = 200, **headers: str) -> Page:
        """Send JSON."""
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, address, data, {"Content-Type": "application/json", **headers}, status)

    def sign_in(self, email: str, password: str) -> Page:
        """Sign in through the form; gives the page where one starts."""
        form = self.get("/accounts/login/").form("login")
        page = self.submit(form, login=email, password=password)
        if "/accounts/login" in page.url:
            raise Unexpected(f"{email} could not sign in: {page.describe()}")
        return page

    def _send(self, method: str, address: str, data: bytes | None, headers: dict[str, str], status: int) -> Page:
        url = urllib.parse.urljoin(f"{self.base_url}/", address)
        request = urllib.request.Request(url, data, {"Referer": self._here, **headers}, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                page = Page(answer.url, answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            page = Page(error.url, error.code, dict(error.headers), error.read())
        except OSError as error:
            raise Unexpected(f"{method} {url}: {error}") from error
        if page.status != status:
            raise Unexpected(f"{method} {url} should answer {status}, but: {page.describe()}")
        self._here = page.url
        return page


class _FormReader(HTMLParser):
    """Collects forms with what they would send."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._url = url
        self._open: Form | None = None
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(urllib.parse.urljoin(self._url, given.get("action", "")))
            self.forms.append(self._open)
        if self._open is None:
            return
        if tag == "input":
            self._input(self._open, given)
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option":
            self._option(self._open, given)
        elif tag == "textarea":
            self._textarea = given.get("name", "")
            self._open.values[self._textarea] = [""]

    def _input(self, form: Form, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name or kind in ("submit", "button"):
            return
        value = given.get("value", "on" if kind == "checkbox" else "")
        form.options.setdefault(name, []).append(value)
        if kind not in ("radio", "checkbox") or "checked" in given:
            form.values.setdefault(name, []).append(value)

    def _option(self, form: Form, given: dict[str, str]) -> None:
        value = given.get("value", "")
        options = form.options.setdefault(self._select, [])
        options.append(value)
        if "selected" in given or len(options) == 1:
            form.values[self._select] = [value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._open is None:
            return
        if self._textarea:
            self._open.values[self._textarea][0] += data
        self._open.text += f" {' '.join(data.split())}"
