"""The client that plays the story without a browser."""

import sys

import pytest

from scripts import smoke
from scripts.smoke_client import Client, Page, Unexpected

HTML = b"""
<a href="/p/demo/cases/1/">A case</a><img data-film="/film">
<form action="/search"><input name="q" value="x"></form>
<form method="post" action="save/">
  <input type="hidden" name="token" value="t1"><input type="submit" name="go" value="Go">
  <label>Finding <input type="radio" name="finding" value="a"></label>
  <input type="radio" name="finding" value="b" checked>
  <input type="checkbox" name="kind" value="k1" checked><input type="checkbox" name="kind" value="k2" checked>
  <input type="checkbox" name="off" value="1">
  <select name="cohort"><option value="1">Year 1</option><option value="2" selected>Year 2</option></select>
  <select name="first"><option value="7">Seven</option><option value="8">Eight</option></select>
  <textarea name="note">Dear all</textarea>
</form>
"""


@pytest.fixture
def page():
    return Page("http://site.example/p/demo/new/", 200, {}, HTML)


def test_a_form_is_read_as_a_browser_would_send_it(page):
    form = page.form("save")
    assert form.action == "http://site.example/p/demo/new/save/"
    assert form.values == {
        "token": ["t1"],
        "finding": ["b"],
        "kind": ["k1", "k2"],
        "cohort": ["2"],
        "first": ["7"],
        "note": ["Dear all"],
    }
    assert form.options["finding"] == ["a", "b"]


def test_a_form_is_found_by_its_words(page):
    assert page.form(text="Finding").action.endswith("save/")
    with pytest.raises(Unexpected, match="no form"):
        page.form(text="Nowhere")


def test_links_are_found_in_any_attribute(page):
    assert page.links("/film") == ["http://site.example/film"]
    assert page.links(r"/p/\w+/cases/\d+/") == ["http://site.example/p/demo/cases/1/"]


def test_a_missing_word_is_told_with_what_is_there_instead(page):
    with pytest.raises(Unexpected, match=r"“Truth” is missing on .* A case"):
        page.expect("A case", "Truth")


def test_another_status_than_expected_is_told(live_server):
    client = Client(live_server.url)
    assert client.get("/health/").status == 200
    assert client.get("/nowhere/", status=404).status == 404
    with pytest.raises(Unexpected, match="should answer 200"):
        client.get("/nowhere/")


def test_a_site_that_is_not_there_fails_the_story_at_its_first_step(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["smoke", "http://127.0.0.1:1"])
    assert smoke.main() == 1
    said = capsys.readouterr()
    assert "failed where the instructor orders two cases" in said.err
    assert "story: ok" not in said.out


def test_a_wrong_password_fails_the_story(live_server, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["smoke", live_server.url])
    assert smoke.main() == 1
    assert "could not sign in" in capsys.readouterr().err
