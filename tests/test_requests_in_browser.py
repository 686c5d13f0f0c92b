"""Pages of an open request in a real browser: axe, the narrowest phone, files that come home, answers that are kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from asked_municipalities import IN_TIME, NYBORG, ODENSE, again, asked, given, said
from icalendar import Calendar
from openpyxl import load_workbook
from playwright.sync_api import Page
from published_frames import FakeSnapshot, country, write_store
from rules_of_axe import findings, of_ours, turn_dark

from dashboards.screenshots import served, wait_until_done
from pipelines.requests.answers import answers
from pipelines.requests.forms.layout import SHEET
from pipelines.requests.opened import Opened

pytestmark = pytest.mark.browser
PHONE = {"width": 320, "height": 640}
ADDRESSES = (
    "requests?role=national",
    "requests?role=leader&municipality=0450",
    "request_answer?role=steward&municipality=0450",
    "request_answer?role=national",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("requests")
    row = {"measure": "registered", "attribution": "responsible", "group_kind": "municipality", "group_value": NYBORG}
    row |= {"period_kind": "three_years", "period": "2023-2025", "outcome": "denominator"}
    counts = pl.DataFrame([row | {"count": 8, "state": "number"}])
    write_store(folder / "store", FakeSnapshot(country().tables | {"published_counts": counts}))
    made = asked(folder)
    given(made, NYBORG, said("children", 17, "Flere er kendt."), on=IN_TIME)
    given(made, "fyn", said("competences", "Social behandling"), on=IN_TIME)
    return made


@pytest.fixture(scope="module")
def address(made: Opened) -> Iterator[str]:
    with served(made.store) as served_at:
        yield served_at


@pytest.fixture
def page(tab: Page) -> Page:
    tab.emulate_media(reduced_motion="reduce")
    return tab


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    wait_until_done(page)
    return page


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_page_of_a_request_breaks_a_rule_in_light_or_dark(page: Page, address: str, path: str) -> None:
    page.emulate_media(color_scheme="light")
    opened(page, f"{address}/{path}")
    found = of_ours(findings(page))
    turn_dark(page)
    assert found | of_ours(findings(page, runOnly=["color-contrast"])) == set()


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_page_of_a_request_is_scrolled_sideways_on_a_phone(page: Page, address: str, path: str) -> None:
    page.set_viewport_size(PHONE)
    opened(page, f"{address}/{path}")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= PHONE["width"]


def test_form_and_calendar_come_home_as_files(page: Page, address: str, tmp_path: Path) -> None:
    opened(page, f"{address}/request_answer?role=leader&municipality={NYBORG}")
    files = {}
    for key in ("form", "calendar"):
        with page.expect_download() as coming:
            page.locator(f"[data-take='{key}'] button").click()
        coming.value.save_as(tmp_path / coming.value.suggested_filename)
        files[key] = tmp_path / coming.value.suggested_filename
    assert "Nyborg" in str(load_workbook(io.BytesIO(files["form"].read_bytes()))[SHEET]["B2"].value)
    assert Calendar.from_ical(files["calendar"].read_bytes()).walk("VEVENT")


def test_an_answer_is_kept_when_the_keyboard_leaves_its_field(page: Page, address: str, made: Opened) -> None:
    opened(page, f"{address}/request_answer?role=leader&municipality={ODENSE}")
    page.locator(".st-key-answer-pregnant input").fill("21")
    page.keyboard.press("Tab")
    page.locator(".rt-done").wait_for()
    assert answers(again(made)).filter(respondent=ODENSE)["value"].to_list() == [21.0]
