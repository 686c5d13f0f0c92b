"""Every page of every role against the rules of axe, by keyboard, and narrow: nothing of ours stands in the way.

What is Streamlit's own is listed in docs/accessibility.md, and anything that is not listed fails. The static document
of a page has nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from quality_store import add_checks

from dashboards import page_list
from dashboards.scope import ROLES, Role
from dashboards.screenshots import served, wait_until_done
from pipelines.store import Store

pytestmark = pytest.mark.browser
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")
DOC = Path(__file__).parent.parent / "docs" / "accessibility.md"
IS_DARK = """() => {
  const ground = element => getComputedStyle(document.querySelector(element)).backgroundColor;
  return ground('.stApp') === 'rgb(20, 23, 29)' && ground('[data-testid=stSidebar]') === 'rgb(24, 28, 35)';
}"""
"""The paper and the sidebar of dark have come."""

PAPER = ((".rt-head h1", "color"), (".stApp", "backgroundColor"))
PHONE = {"width": 320, "height": 640}
Finding = tuple[str, str, str]
"""Rule, how grave, and the element."""


@pytest.fixture(scope="module")
def address(published_country: Path) -> Iterator[str]:
    add_checks(published_country, str(Store(published_country).snapshot().run["run_id"]))
    with served(published_country) as served_at:
        yield served_at


@pytest.fixture
def reader(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="da-DK", reduced_motion="reduce", color_scheme="light"
    )
    yield context
    context.close()


def place_of(role: Role, name: str) -> str:
    """The address of a page for a role; the first page of a role is the bare address."""
    at = "" if page_list.FIRST[role] == name else name
    municipality = "&municipality=0479" if role in ("leader", "steward") else ""
    return f"{at}?role={role}{municipality}"


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    wait_until_done(page)
    return page


def findings(page: Page, **options: Any) -> set[Finding]:
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE)
    told = page.evaluate("options => axe.run(document, {resultTypes: ['violations'], ...options})", options)
    return {
        (rule["id"], rule["impact"], " ".join(map(str, node["target"])))
        for rule in told["violations"]
        for node in rule["nodes"]
    }


def streamlits_own() -> list[tuple[str, str]]:
    """Rule and part of the element, from the table of the document."""
    rows = re.findall(r"^\| `([a-z-]+)` \| `([^`]+)` \|", DOC.read_text("utf-8"), re.MULTILINE)
    return [(rule, element) for rule, element in rows]


def of_ours(found: set[Finding]) -> set[Finding]:
    known = streamlits_own()
    return {each for each in found if not any(each[0] == rule and part in each[2] for rule, part in known)}


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_a_role_breaks_a_rule_in_light_or_dark(role: Role, reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    found = {}
    for each in page_list.of_role(role):
        page.emulate_media(color_scheme="light")
        opened(page, f"{address}/{place_of(role, each.name)}")
        in_light = of_ours(findings(page))
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(IS_DARK)
        found[each.name] = in_light | of_ours(findings(page, runOnly=["color-contrast"]))
    assert {name: told for name, told in found.items() if told} == {}


def test_no_page_is_scrolled_sideways_on_the_narrowest_phone(reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    page.set_viewport_size(PHONE)
    too_wide = []
    for each in page_list.PAGES:
        opened(page, f"{address}/{place_of(each.roles[0], each.name)}")
        width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        too_wide += [(each.name, width)] if width > PHONE["width"] else []
    assert too_wide == []


def test_the_keyboard_comes_past_the_menu_first_and_sees_where_it_is(reader: BrowserContext, address: str) -> None:
    page = opened(reader.new_page(), f"{address}/{place_of('leader', 'overview')}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Gå til indholdet"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('[data-testid=stMain]')")
    for button in page.locator(".rt-take button, .rt-card summary").all()[:6]:
        button.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert button.evaluate("element => getComputedStyle(element).outlineStyle") != "none"


@pytest.mark.parametrize(("language", "other"), [("da", "English"), ("en", "Dansk")])
def test_the_language_of_the_page_is_told_and_follows(
    language: str, other: str, reader: BrowserContext, address: str
) -> None:
    page = opened(reader.new_page(), f"{address}/{place_of('leader', 'municipality')}&lang={language}")
    assert page.evaluate("document.documentElement.lang") == language
    page.get_by_text(other, exact=True).click()
    page.wait_for_function(f"document.documentElement.lang !== '{language}'")


@pytest.mark.parametrize("role", ROLES)
def test_headings_go_down_one_step_at_a_time(role: Role, reader: BrowserContext, address: str) -> None:
    page = reader.new_page()
    for each in page_list.of_role(role)[:4]:
        opened(page, f"{address}/{place_of(role, each.name)}")
        levels = page.locator("[data-testid=stMain] :is(h1, h2, h3, h4)").evaluate_all(
            "all => all.map(each => Number(each.tagName[1]))"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


NOTHING_YET = {"child", "requests", "request_answer", "returns"}
"""Pages that have nothing to take home here: no child is chosen, nobody has asked anything, no return has come."""


@pytest.mark.parametrize("role", ROLES)
def test_the_plain_document_of_every_page_breaks_no_rule_at_all(
    role: Role, reader: BrowserContext, address: str, tmp_path: Path
) -> None:
    page, plain = reader.new_page(), reader.new_page()
    nothing_to_take: list[str] = []
    for each in page_list.of_role(role):
        opened(page, f"{address}/{place_of(role, each.name)}")
        if page.locator("[data-take='page']").count() == 0:
            nothing_to_take.append(each.name)
            continue
        with page.expect_download() as download:
            page.locator("[data-take='page'] button").click()
        download.value.save_as(tmp_path / f"{each.name}.html")
        plain.goto((tmp_path / f"{each.name}.html").as_uri())
        found = findings(plain)
        plain.emulate_media(color_scheme="dark")
        assert (each.name, found | findings(plain)) == (each.name, set())
        plain.emulate_media(color_scheme="light")
        assert plain.locator("h1").inner_text() == page.locator(".rt-head h1").inner_text()
        assert plain.locator("script, button, a[href]:not(.skip)").count() == 0
    assert set(nothing_to_take) == NOTHING_YET & {each.name for each in page_list.of_role(role)}


def test_on_paper_there_is_no_menu_and_every_table_is_open_in_light_colours(
    reader: BrowserContext, address: str
) -> None:
    page = reader.new_page()
    page.emulate_media(color_scheme="dark")
    opened(page, f"{address}/{place_of('leader', 'overview')}")
    page.emulate_media(media="print", color_scheme="dark")
    page.wait_for_function("document.querySelector('.rt-scroll').getBoundingClientRect().height > 50")
    assert not page.locator("[data-testid=stSidebar]").is_visible()
    assert page.locator(".rt-take:visible, button:visible, [data-testid=stSelectbox]:visible").count() == 0
    tables = page.locator(".rt-scroll table")
    assert [table.is_visible() for table in tables.all()] == [True] * tables.count()
    ink, paper = (page.evaluate(f"getComputedStyle(document.querySelector('{at}'))['{what}']") for at, what in PAPER)
    assert (ink, paper) == ("rgb(31, 36, 48)", "rgb(255, 255, 255)")
