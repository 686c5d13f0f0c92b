"""Pages by keyboard, in both languages and on paper: nothing of ours stands in the way.

The rules of axe and the narrowest phone are tried on every page in test_every_page_in_browser.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from quality_store import add_checks

from dashboards import page_list
from dashboards.scope import Role
from dashboards.screenshots import served
from pipelines.store import Store

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PAPER = ((".rt-head h1", "color"), (".stApp", "backgroundColor"))


@pytest.fixture(scope="module")
def address(published_country: Path) -> Iterator[str]:
    add_checks(published_country, str(Store(published_country).snapshot().run["run_id"]))
    with served(published_country) as served_at:
        yield served_at


def place_of(role: Role, name: str) -> str:
    """The address of a page for a role; the first page of a role is the bare address."""
    at = "" if page_list.FIRST[role] == name else name
    municipality = "&municipality=0479" if role in ("leader", "steward") else ""
    return f"{at}?role={role}{municipality}"


def test_the_keyboard_comes_past_the_menu_first_and_sees_where_it_is(open_page: Open) -> None:
    page = open_page(place_of("leader", "overview"), reduced_motion="reduce")
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
def test_the_language_of_the_page_is_told_and_follows(language: str, other: str, open_page: Open) -> None:
    page = open_page(f"{place_of('leader', 'municipality')}&lang={language}")
    assert page.evaluate("document.documentElement.lang") == language
    page.get_by_text(other, exact=True).click()
    page.wait_for_function(f"document.documentElement.lang !== '{language}'")


def test_on_paper_there_is_no_menu_and_every_table_is_open_in_light_colours(open_page: Open) -> None:
    page = open_page(place_of("leader", "overview"), color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.wait_for_function("document.querySelector('.rt-scroll').getBoundingClientRect().height > 50")
    assert not page.locator("[data-testid=stSidebar]").is_visible()
    assert page.locator(".rt-take:visible, button:visible, [data-testid=stSelectbox]:visible").count() == 0
    tables = page.locator(".rt-scroll table")
    assert [table.is_visible() for table in tables.all()] == [True] * tables.count()
    ink, paper = (page.evaluate(f"getComputedStyle(document.querySelector('{at}'))['{what}']") for at, what in PAPER)
    assert (ink, paper) == ("rgb(31, 36, 48)", "rgb(255, 255, 255)")
