"""The report of the checks as a page: readable without sight, colour, mouse, script, network or screen."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from reported_checks import (
    ALL,
    EARLY,
    FINE,
    every_status,
)

from checks.declared import STATUSES
from checks.report import reported
from checks.report.page import lead, page, style
from checks.report.reported import Report
from checks.report.words import Words
from checks.run import Outcome
from dashboards.language import LANGUAGES
from dashboards.tokens import DARK, LIGHT, Tokens, contrast

pytestmark = pytest.mark.slow

DA, EN = Words("da"), Words("en")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return every_status(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def report(outcome: Outcome) -> Report:
    return reported(outcome, catalogue=ALL)


class Outline(HTMLParser):
    """The elements of a page, and what is around each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in {"meta", "path"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"path"}:
            assert self.open.pop() == tag

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes, _ in self.elements if tag in tags]


@pytest.fixture(scope="module", params=LANGUAGES)
def outline(request: pytest.FixtureRequest, report: Report) -> Outline:
    return Outline(page(report, Words(request.param)))


def test_the_page_names_its_language_and_has_one_heading_and_its_landmarks(report: Report) -> None:
    for language in LANGUAGES:
        found = Outline(page(report, Words(language)))
        assert found.all("html") == [{"lang": language}]
        assert [len(found.all(tag)) for tag in ("h1", "main", "header", "footer", "nav", "title")] == [1] * 6


def test_headings_never_leave_out_a_level(outline: Outline) -> None:
    levels = [int(tag[1]) for tag, _, _ in outline.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_of_its_own_and_scopes(outline: Outline) -> None:
    tables = len(outline.all("table"))
    assert tables == len(outline.all("caption")) > 3
    labels = [attributes["aria-label"] for attributes in outline.all("div") if "aria-label" in attributes]
    assert len(labels) == len(set(labels)) == tables
    assert all(attributes.get("scope") in {"row", "col"} for attributes in outline.all("th"))


def test_the_page_needs_no_script_and_no_address_outside(report: Report) -> None:
    for language in LANGUAGES:
        html = page(report, Words(language))
        found = Outline(html)
        assert not found.all("script", "link", "img", "iframe", "object", "base", "form")
        assert not re.search(r"https?:|//|@import|url\(|javascript:", html)
        assert not [name for _, attributes, _ in found.elements for name in attributes if name.startswith("on")]


def test_ids_are_unique_and_every_link_leads_somewhere(outline: Outline) -> None:
    ids = [attributes["id"] for _, attributes, _ in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(attributes["href"]) for attributes in outline.all("a")]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert {check.id for check in ALL} <= set(ids)


def test_what_is_folded_can_be_opened_with_the_keyboard(outline: Outline) -> None:
    assert len(outline.all("details")) == len(outline.all("summary")) > 3
    frames = [attributes for attributes in outline.all("div") if attributes.get("class") == "frame"]
    assert all(frame["tabindex"] == "0" and frame["role"] == "region" for frame in frames)


def test_every_status_is_a_word_and_not_only_a_colour(report: Report) -> None:
    for words in (DA, EN):
        html = page(report, words)
        marks = re.findall(r"<span class='status (\w+)'><i aria-hidden='true'></i>([^<]+)</span>", html)
        assert dict(marks) == {status: words.status(status) for status in STATUSES}


def test_every_check_says_what_it_means_and_what_is_to_be_done(report: Report) -> None:
    html = page(report, EN)
    for each in report.checks:
        article = html.split(f"<article id='{each.check.id}'")[1].split("</article>")[0]
        for told in (each.check.claim_en, each.check.reader_en, each.check.supplier_en):
            assert told in article


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_enough_contrast(tokens: Tokens) -> None:
    text = (tokens.ink, tokens.muted, tokens.worse)
    assert all(contrast(colour, ground) >= 4.5 for colour in text for ground in (tokens.paper, tokens.card))
    marks = (tokens.worse, tokens.better, tokens.muted, tokens.thread)
    assert all(contrast(colour, tokens.card) >= 3 for colour in marks)
    assert tokens.ink in style()


@pytest.mark.parametrize(
    ("statuses", "severity", "first"),
    [
        ({"passed"}, "critical", "Alle 1 kontroller, der kunne bedømmes, er bestået."),
        ({"passed", "not_applicable"}, "critical", "Alle 1 kontroller, der kunne bedømmes, er bestået."),
        ({"not_applicable"}, "critical", "Ingen af de 1 kontroller kunne bedømmes"),
        ({"error", "passed"}, "warning", "Alle 1 kontroller, der kunne bedømmes, er bestået. Kontroller, der ikke"),
        ({"failed", "passed"}, "warning", "1 af 2 kontroller er ikke bestået, og ingen af dem er kritiske."),
        (
            {"failed"},
            "critical",
            "1 af 1 kontroller er ikke bestået eller kunne ikke køres. Kritiske blandt dem: 1. Vent",
        ),
        (
            {"error", "passed"},
            "critical",
            "1 af 2 kontroller er ikke bestået eller kunne ikke køres. Kritiske blandt dem: 1",
        ),
    ],
)
def test_the_first_sentence_says_what_it_all_comes_to(
    report: Report, statuses: set[Any], severity: Any, first: str
) -> None:
    one = replace(report.checks[0], check=replace(EARLY, severity=severity))
    some = tuple(replace(one, status=status) for status in sorted(statuses))
    assert " ".join(lead(replace(report, checks=some), DA)).startswith(first)


@pytest.fixture(scope="module")
def open_page(report: Report, tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Page:
    file = tmp_path_factory.mktemp("page") / "checks.html"
    file.write_text(page(report, DA), "utf-8")
    tab = chromium.new_page(viewport={"width": 400, "height": 800})
    tab.goto(file.as_uri())
    return tab


@pytest.mark.browser
def test_a_narrow_page_scrolls_in_one_direction_only(open_page: Page) -> None:
    width = open_page.evaluate("document.documentElement.scrollWidth")
    assert width == 400


@pytest.mark.browser
def test_the_keyboard_reaches_the_content_first_and_opens_what_is_folded(open_page: Page) -> None:
    open_page.keyboard.press("Tab")
    assert open_page.evaluate("document.activeElement.className") == "skip"
    open_page.keyboard.press("Enter")
    assert open_page.evaluate("document.activeElement.id") == "content"
    summary = open_page.locator("#rest summary").first
    summary.focus()
    open_page.keyboard.press("Enter")
    assert open_page.locator(f"[id='{FINE.id}']").is_visible()
    open_page.keyboard.press("Enter")
    assert not open_page.locator(f"[id='{FINE.id}']").is_visible()


@pytest.mark.browser
def test_on_paper_nothing_is_folded(open_page: Page) -> None:
    open_page.emulate_media(media="print")
    height = open_page.locator(f"[id='{FINE.id}']").evaluate("article => article.getBoundingClientRect().height")
    open_page.emulate_media(media="screen")
    assert height > 50
