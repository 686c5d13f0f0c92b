"""National coordination and operation walk through the pages: the map by keyboard, the comparison, runs and the log."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from figure_frames import AS_OF
from playwright.sync_api import Page, expect
from walked_country import pseudonyms, published_shares
from walks import DA, EN, Comes, Walker, rows_of_csv

from dashboards import page_list
from dashboards.geography import Geography
from dashboards.language import NO_BREAK
from dashboards.national.choices import BY_NAME
from dashboards.scope import Place
from pipelines.audit_log import AuditLog

pytestmark = pytest.mark.browser
STEWARD, NATIONAL, OPERATOR = "dataansvarlig-svendborg", "national", "drift"
FOCUSED = "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"


def test_national_coordination_reads_the_map_by_keyboard_and_meets_no_child(comes: Comes, walked: Path) -> None:
    with comes() as national:
        national.signs_in(NATIONAL)
        measure = national.page.locator(".st-key-card-map").locator("[data-take^='map-']").get_attribute("data-take")
        name = read_the_map_by_keyboard(national, walked, str(measure).removeprefix("map-"))
        expect(national.heading).to_have_text(name)
        national.goes_to(DA("nav.compare"))
        assert_the_comparison_is_what_is_published(national, walked)
        national.speaks("English", EN("comparing.title"))
        assert national.language == "en"
        for page in ("worklist", "child"):
            national.opens(page)
            expect(national.page.locator(".rt-head p")).to_contain_text("Siden hører til rollen")
            assert national.page.locator(".rt-gap, .st-key-child-letters").count() == 0


def read_the_map_by_keyboard(national: Walker, walked: Path, measure: str) -> str:
    """Tab to the map, arrows from place to place, Enter on one; says which."""
    page, keys = national.page, national.page.keyboard
    page.locator(".st-key-card-map").wait_for()
    reached = "document.activeElement.classList.contains('rt-tile')"
    tabs = next(number for number in range(200) if page.evaluate(reached) or keys.press("Tab"))
    assert tabs > 0
    met = [str(page.evaluate(FOCUSED))]
    for key in ("ArrowDown", "ArrowRight", "ArrowDown"):
        keys.press(key)
        met.append(str(page.evaluate(FOCUSED)))
    assert len(set(met)) == 4
    name = met[-1].split(":")[0]
    assert_announced(page, walked, measure, met[-1])
    keys.press("Enter")
    page.wait_for_url("**/municipality?**")
    national.has_come()
    return name


def assert_announced(page: Page, walked: Path, measure: str, announced: str) -> None:
    """The focused place is a link whose name is the municipality and its published figure."""
    code = str(page.evaluate("new URL(document.activeElement.href).searchParams.get('municipality')"))
    figure = published_shares(walked, BY_NAME[measure])[code]
    expect(page.locator(":focus")).to_have_accessible_name(announced)
    expect(page.locator(":focus")).to_have_role("link")
    if figure["state"] == "number":
        counts = (DA.number(figure[part]) for part in ("numerator", "denominator"))
        assert all(count in announced for count in (DA.percent(figure["share"]), *counts))
    else:
        assert DA(f"state.{figure['state']}") in announced


def assert_the_comparison_is_what_is_published(national: Walker, walked: Path) -> None:
    measure = BY_NAME[parse_qs(urlsplit(national.page.url).query)["measure"][0]]
    rows = rows_of_csv(national.takes(f"compare-{measure.name}", "csv"))
    told = dict(rows.select(DA("compared_table.place"), DA("compared_table.share")).iter_rows())
    geography, published = Geography.on(AS_OF), published_shares(walked, measure)
    shown = {code: row["share"] for code, row in published.items() if row["state"] == "number"}
    assert len(shown) > 40
    assert {code: told[geography.name(Place("municipality", code))] for code in shown} == {
        code: DA.percent(share).replace(NO_BREAK, " ") for code, share in shown.items()
    }
    assert [share for share in told.values() if "%" in share and DA("state.suppressed") in share] == []
    assert sum("%" in share for share in told.values()) == len(shown)
    assert len(told) == len(geography.codes)


def test_operation_sees_runs_and_who_has_seen_what_and_no_figure(comes: Comes, walked: Path) -> None:
    """At one machine after each other: nothing of those before is left for the next."""
    with comes() as one:
        one.signs_in(STEWARD)
        one.page.locator(".st-key-open-0 button").click()
        one.page.wait_for_url("**/child")
        one.has_come()
        one.goes_to(DA("nav.worklist"))
        one.takes("worklist", "csv")
        one.signs_out()
        one.signs_in(NATIONAL)
        one.opens("worklist")
        one.signs_out()
        one.signs_in(OPERATOR)
        expect(one.heading).to_have_text(DA("operations.title"))
        runs = one.page.get_by_role("table").filter(has_text=DA("kind.publish")).first
        expect(runs).to_contain_text(DA("kind.run"))
        expect(runs).to_contain_text(DA.day(AS_OF))
        one.goes_to(DA("nav.audit"))
        assert_the_log_tells(one, walked)
        assert_no_figure_opens(one)


def assert_the_log_tells(operator: Walker, walked: Path) -> None:
    """That somebody saw, took out and was turned away; never whose thread it was, and no word of a programmer."""
    expect(operator.lead).to_contain_text(DA("audit.whole", number=DA.number(AuditLog.of(walked).entries().height)))
    rows = operator.page.locator(".st-key-card-entries table").first.locator("tbody tr").all_inner_texts()
    for who, action, what in (
        (STEWARD, "saw", DA("nav.worklist")),
        (STEWARD, "saw", f"{DA('nav.child')}, {DA('audit.one_child')}"),
        (STEWARD, "exported", DA("nav.worklist")),
        (NATIONAL, "refused", DA("nav.worklist")),
        (OPERATOR, "signed_in", DA("audit_what.pages")),
    ):
        assert any(f"{DA(f'action.{action}')}\t{what}" in row and who in row for row in rows), (who, action)
    told = operator.page.content().replace("·", "")
    assert [person for person in pseudonyms(walked) if person[:8] in told] == []


def assert_no_figure_opens(operator: Walker) -> None:
    others = [page.name for page in page_list.PAGES if "operator" not in page.roles]
    assert "overview" in others
    links = operator.page.get_by_test_id("stSidebar").get_by_role("link").all_inner_texts()
    assert links == [DA("nav.operations"), DA("nav.audit")]
    for page in ("overview", "worklist"):
        operator.opens(page)
        assert operator.page.locator(".rt-card, .rt-gap, [data-testid=stPlotlyChart]").count() == 0
        expect(operator.page.locator(".rt-way-on")).to_be_visible()
