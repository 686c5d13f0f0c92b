"""The pages about data quality in a real Chromium: width, reloads, shapes, files, and that nothing leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NotInTime
from published_frames import SVENDBORG
from quality_store import CRITICAL, OWN_KEYS, WARNING, add_checks, quality_run

from dashboards.language import Words
from dashboards.screenshots import served, wait_until_done

pytestmark = pytest.mark.browser
STEWARD = f"role=steward&municipality={SVENDBORG}"
PAGES = {
    "health": f"quality?{STEWARD}",
    "health-national": "quality?role=national",
    "checks": "quality_checks?role=national&status=all",
    "checks-steward": f"quality_checks?{STEWARD}",
    "check": f"quality_check?{STEWARD}&check={CRITICAL.id}",
    "findings": f"quality_findings?{STEWARD}",
    "quarantine": f"quality_quarantine?{STEWARD}",
}
WIDTHS = (400, 760, 900, 1280)
OVERFLOW = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return [main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth];
}"""
CARDS_OVERFLOW = """() => [...document.querySelectorAll('[class*="st-key-card-"]')]
  .filter(card => card.scrollWidth > card.clientWidth + 1).map(card => card.className)"""
FITS = f"() => [...({OVERFLOW})(), ...({CARDS_OVERFLOW})()].every(over => over === 0)"
"""Charts take their new width a picture or two after the page has."""
Open = Callable[..., Page]
DA = Words("da")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    run = quality_run(tmp_path_factory.mktemp("quality") / "store")
    add_checks(run.folder, run.run["run_id"])
    with served(run.folder) as served_at:
        yield served_at


def at_width(page: Page, width: int) -> Page:
    page.set_viewport_size({"width": width, "height": 900})
    wait_until_done(page)
    return page


@pytest.mark.parametrize("name", PAGES)
def test_no_page_and_no_card_scrolls_sideways(open_page: Open, name: str) -> None:
    page = open_page(PAGES[name])
    for width in WIDTHS:
        at_width(page, width)
        with suppress(NotInTime):
            page.wait_for_function(FITS, timeout=10_000)
        assert (width, page.evaluate(OVERFLOW), page.evaluate(CARDS_OVERFLOW)) == (width, [0, 0], [])


def test_the_filter_and_the_language_survive_a_reload(open_page: Open) -> None:
    page = open_page(f"quality_checks?{STEWARD}&lang=en")
    page.get_by_role("radio", name=Words("en")("status.failed")).click()
    page.wait_for_url("**status=failed**")
    page.reload()
    wait_until_done(page)
    assert page.get_by_role("heading", name=Words("en")("checks.title")).is_visible()
    assert page.locator(".rt-checks tbody tr").count() == 1


def test_a_check_of_the_list_opens_its_page_for_the_same_reader(open_page: Open) -> None:
    page = open_page(f"quality_checks?{STEWARD}&lang=en")
    page.get_by_role("link", name=CRITICAL.claim_en).click()
    page.get_by_role("heading", name=CRITICAL.claim_en).wait_for()
    wait_until_done(page)
    query = set(urlparse(page.url).query.split("&"))
    assert {"lang=en", "role=steward", f"check={CRITICAL.id}"} <= query


def test_the_way_from_a_check_of_the_findings_leads_to_its_rows(open_page: Open) -> None:
    page = open_page(PAGES["findings"])
    page.get_by_role("link", name=WARNING.claim_da).click()
    page.wait_for_url(f"**of={WARNING.id}**")
    wait_until_done(page)
    assert OWN_KEYS[4] in page.locator(".rt-findings").inner_text()
    assert OWN_KEYS[0] not in page.locator(".rt-findings").inner_text()


def test_every_shape_of_a_month_and_of_a_status_has_its_own_look(open_page: Open) -> None:
    look = "element => { const s = getComputedStyle(element); return s.background + s.border + s.clipPath + s.height }"
    for path, shapes in (("health", ".rt-strips .rt-key i"), ("checks", ".rt-counts .rt-status i")):
        marks = open_page(PAGES[path]).locator(shapes)
        looks = [marks.nth(at).evaluate(look) for at in range(marks.count())]
        assert len(looks) == len(set(looks)) >= 4


def test_months_and_municipalities_have_a_text_beside_them(open_page: Open) -> None:
    months = open_page(PAGES["health"]).locator(".rt-strip[role=img]")
    assert "9 af 12 måneder indberettet; mangler: juli 2026" in str(months.first.get_attribute("aria-label"))
    places = open_page("quality_checks?role=national").locator(".rt-places [role=img]")
    labels = [str(places.nth(at).get_attribute("aria-label")) for at in range(places.count())]
    assert any("Svendborg" in label for label in labels)


def test_the_file_of_findings_is_what_the_filter_shows(open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"{PAGES['findings']}&state=assigned")
    with page.expect_download() as download:
        page.locator("[data-take='quality_findings'] [data-as='csv']").click()
    file = tmp_path / "findings.csv"
    download.value.save_as(file)
    lines = [line for line in file.read_text("utf-8-sig").splitlines() if not line.startswith("#")]
    assert len(lines) == 2
    assert OWN_KEYS[4] in lines[1]
    assert download.value.suggested_filename == f"fund-{SVENDBORG}-2026-09-30.csv"
