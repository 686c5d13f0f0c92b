"""Every page of every role, opened once in Chromium on a machine without a way out: light, dark, taken home.

The rules are those of axe. What is Streamlit's own is listed in docs/accessibility.md, and anything that is not listed
fails. The plain document of a page has nothing at all. A page that several roles have is looked at in dark, on a
phone and taken home with the first of them: its colours and its document come from the same parts for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from offline_wall import around_a_server, walled
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as NotInTime
from quality_store import add_checks
from rules_of_axe import ONLY_COLOURS, Finding, findings, findings_of_document, of_ours, turn_dark

from dashboards import page_list
from dashboards.page_list import Page as PageOfRole
from dashboards.scope import ROLES, Role
from dashboards.screenshots import served, wait_until_done
from pipelines.store import Store

pytestmark = pytest.mark.browser
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
WIDTH = "document.querySelector('[data-testid=stMain]').scrollWidth"
LEVELS = "all => all.map(each => Number(each.tagName[1]))"


@dataclass
class Seen:
    """A page as it was shown; `plain` is the document that is taken home, if there is one. `is_first`: no role before
    has the page, so it was looked at in dark, taken home and held on the narrowest phone, on which it was
    `on_a_phone` pixels wide."""

    title: str
    exceptions: int
    buttons_of_charts: int
    levels: list[int]
    findings: set[Finding]
    plain: Plain | None
    on_a_phone: int
    is_first: bool


@dataclass
class Plain:
    """The document that somebody takes home, opened as a file."""

    title: str
    findings: set[Finding]
    living: int
    """Scripts, buttons and links that lead somewhere."""


@dataclass
class Walk:
    """The pages of a role by name, and what was asked of other machines meanwhile."""

    pages: dict[str, Seen] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


Walked = Callable[[Role], Walk]


@pytest.fixture(scope="module")
def walked(published_country: Path, tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Walked]:
    """The walk of a role, made when it is first asked for."""
    add_checks(published_country, str(Store(published_country).snapshot().run["run_id"]))
    told = tmp_path_factory.mktemp("asked") / "hosts"
    wall = around_a_server(tmp_path_factory.mktemp("wall"), told)
    made: dict[Role, Walk] = {}
    with served(published_country, environment=wall) as address:

        def walk_of(role: Role) -> Walk:
            if role not in made:
                made[role] = walk(chromium, address, role, tmp_path_factory.mktemp("taken"))
                made[role].asked += told.read_text("utf-8").splitlines() if told.exists() else []
            return made[role]

        yield walk_of
    assert not told.exists()


def walk(chromium: Browser, address: str, role: Role, taken: Path) -> Walk:
    done = Walk()
    context = walled(
        chromium,
        done.asked,
        viewport=WIDE,
        locale="da-DK",
        reduced_motion="reduce",
        color_scheme="light",
    )
    page, plain = context.new_page(), context.new_page()
    for each in page_list.of_role(role):
        page.emulate_media(color_scheme="light")
        go_to(page, address, role, each)
        is_first = role == next(one for one in ROLES if each in page_list.of_role(one))
        done.pages[each.name] = seen(page, plain, taken / f"{each.name}.html", is_first=is_first)
    context.close()
    return done


IS_HERE = "label => document.querySelector('.st-key-here a')?.textContent === label"


def go_to(page: Page, address: str, role: Role, to: PageOfRole) -> None:
    """By the menu, as a reader goes; the first page, and what no menu leads to, by its address."""
    link = page.locator(f".st-key-to-{to.name} a")
    if link.count():
        label = link.text_content()
        link.evaluate("link => link.click()")
        page.wait_for_function(IS_HERE, arg=label)
    else:
        page.goto(f"{address}/{place_of(role, to)}")
    wait_until_done(page)


def place_of(role: Role, page: PageOfRole) -> str:
    """The address of a page for a role; the first page of a role is the bare address."""
    at = "" if page_list.FIRST[role] == page.name else page.name
    municipality = "&municipality=0479" if role in ("leader", "steward") else ""
    return f"{at}?role={role}{municipality}"


def seen(page: Page, plain: Page, file: Path, *, is_first: bool) -> Seen:
    found = of_ours(findings(page))
    at_home = taken_home(page, plain, file) if is_first else None
    if is_first:
        turn_dark(page)
        found |= of_ours(findings(page, **ONLY_COLOURS))
    return Seen(
        title=page.locator(".rt-head h1").inner_text(),
        exceptions=page.locator("[data-testid=stException]").count(),
        buttons_of_charts=page.locator(".modebar-btn, [data-title*=Share]").count(),
        levels=page.locator("[data-testid=stMain] :is(h1, h2, h3, h4)").evaluate_all(LEVELS),
        findings=found,
        plain=at_home,
        on_a_phone=width_on_a_phone(page) if is_first else 0,
        is_first=is_first,
    )


def width_on_a_phone(page: Page) -> int:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wait_until_done(page)
    with suppress(NotInTime):  # parts of the page follow the new width one after another
        page.wait_for_function(f"{WIDTH} <= {PHONE['width']}", timeout=10_000)
    width = int(page.evaluate(WIDTH))
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return width


def taken_home(page: Page, plain: Page, file: Path) -> Plain | None:
    if page.locator("[data-take='page']").count() == 0:
        return None
    with page.expect_download() as download:
        page.locator("[data-take='page'] button").click()
    download.value.save_as(file)
    plain.goto(file.as_uri())
    living = plain.locator("script, button, a[href]:not(.skip)").count()
    return Plain(plain.locator("h1").inner_text(), findings_of_document(plain), living)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_a_role_breaks_a_rule(role: Role, walked: Walked) -> None:
    pages = walked(role).pages
    assert set(pages) == {each.name for each in page_list.of_role(role)}
    assert {name: page.findings for name, page in pages.items() if page.findings} == {}


@pytest.mark.parametrize("role", ROLES)
def test_no_page_is_scrolled_sideways_on_the_narrowest_phone(role: Role, walked: Walked) -> None:
    widths = {name: page.on_a_phone for name, page in walked(role).pages.items()}
    assert {name: width for name, width in widths.items() if width > PHONE["width"]} == {}


@pytest.mark.parametrize("role", ROLES)
def test_headings_go_down_one_step_at_a_time(role: Role, walked: Walked) -> None:
    for name, page in walked(role).pages.items():
        assert (name, page.levels[0], page.levels.count(1)) == (name, 1, 1)
        assert (name, [after for before, after in pairwise(page.levels) if after - before > 1]) == (name, [])


NOTHING_YET = {"child", "requests", "request_answer", "returns"}
"""Pages that have nothing to take home here: no child is chosen, nobody has asked anything, no return has come."""


@pytest.mark.parametrize("role", ROLES)
def test_the_plain_document_of_every_page_breaks_no_rule_at_all(role: Role, walked: Walked) -> None:
    pages = {name: page for name, page in walked(role).pages.items() if page.is_first}
    assert {name for name, page in pages.items() if page.plain is None} == NOTHING_YET & set(pages)
    for name, page in pages.items():
        if page.plain is not None:
            assert (name, page.plain) == (name, Plain(title=page.title, findings=set(), living=0))


@pytest.mark.parametrize("role", ROLES)
def test_every_page_works_and_asks_nothing_of_another_machine(role: Role, walked: Walked) -> None:
    done = walked(role)
    assert all(page.title for page in done.pages.values())
    told = {name: (page.exceptions, page.buttons_of_charts) for name, page in done.pages.items()}
    assert told == dict.fromkeys(done.pages, (0, 0))
    assert done.asked == []


PALE = "document.querySelector('tbody tr:last-child td:last-child').style.color = '#EEEEEE'"


def test_a_pale_cell_at_the_end_of_a_long_table_is_found(chromium: Browser, tmp_path: Path) -> None:
    rows = "<tr><td>Odense</td><td>Nyborg</td></tr>" * 50
    file = tmp_path / "long.html"
    file.write_text(
        f"<html lang='da'><title>t</title><main><h1>t</h1><table><tbody>{rows}</tbody></table></main></html>", "utf-8"
    )
    page = chromium.new_page()
    page.goto(file.as_uri())
    before = findings_of_document(page)
    page.goto(file.as_uri())
    page.evaluate(PALE)
    after = findings_of_document(page)
    page.close()
    assert before == set()
    assert [rule for rule, *_ in after] == ["color-contrast"]


def test_a_page_that_asked_another_machine_would_be_caught(chromium: Browser, tmp_path: Path) -> None:
    asked: list[str] = []
    context = walled(chromium, asked)
    page = context.new_page()
    refused: list[str | None] = []
    page.on("requestfailed", lambda request: refused.append(request.failure))
    (tmp_path / "asks.html").write_text("<img src='http://example.org/x.png' onerror='document.title = 1'>", "utf-8")
    page.goto((tmp_path / "asks.html").as_uri())
    page.wait_for_function("document.title === '1'")
    context.close()
    assert asked == ["http://example.org/x.png"]
    assert refused == ["net::ERR_PROXY_CONNECTION_FAILED"]
