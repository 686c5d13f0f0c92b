"""A leader and a data steward walk through the pages as on a working day: sign in, look, take home, sign out."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from figure_frames import AS_OF
from playwright.sync_api import Page, expect
from published_frames import SVENDBORG
from walked_country import AT_THE_WEAKEST, OF, WEAKEST, WINDOW, own_gaps, second_night
from walks import DA, EN, Comes, Walker, facts_of_book, rows_of_csv

from dashboards.gap_words import short_pseudonym
from dashboards.language import NO_BREAK

pytestmark = pytest.mark.browser
LEADER, STEWARD = "leder-svendborg", "dataansvarlig-svendborg"


def short(subject: str) -> str:
    return str(pl.select(short_pseudonym(pl.lit(subject))).item())


def test_a_leader_sees_where_the_thread_is_lost_and_takes_the_figure_home(comes: Comes) -> None:
    with comes() as leader:
        leader.signs_in(LEADER)
        told = DA(
            "sentence.lost_most", where=DA(f"where.{WEAKEST.name}"), share=DA.percent(AT_THE_WEAKEST / OF), interval=""
        )
        expect(leader.lead).to_contain_text(told.removesuffix(" ."))
        leader.lead.get_by_role("link", name=DA(f"where.{WEAKEST.name}")).click()
        expect(leader.heading).to_have_text(DA("moves.title"))
        leader.has_come()
        assert_the_definition_is_one_click_away(leader.page)
        assert_the_files_say_what_they_are(leader)
        leader.speaks("English", EN("moves.title"))
        assert leader.language == "en"
        expect(leader.lead).to_contain_text(EN.percent(AT_THE_WEAKEST / OF))
        leader.goes_to(EN("nav.overview"))
        assert leader.language == "en"
        leader.signs_out()
        leader.opens("moves")
        expect(leader.heading).to_have_text(DA("sign_in.title"))


def assert_the_definition_is_one_click_away(page: Page) -> None:
    card = page.locator(".rt-card").filter(has_text=DA.measure(WEAKEST.name, "title"))
    unit = DA.measure(WEAKEST.name, "unit")
    expect(card).to_contain_text(DA("card.of", part=DA.number(AT_THE_WEAKEST), whole=DA.number(OF), unit=unit))
    card.locator("summary").click()
    expect(card.locator("details[open]")).to_contain_text(DA.measure(WEAKEST.name, "sentence"))


def assert_the_files_say_what_they_are(leader: Walker) -> None:
    title = leader.page.locator(".st-key-card-trend h2").inner_text()
    csv, book = leader.takes(f"trend-{WEAKEST.name}", "csv"), leader.takes(f"trend-{WEAKEST.name}", "excel")
    facts, text = facts_of_book(book, DA), csv.read_text("utf-8-sig")
    expected = {
        "title": title,
        "counted": DA.measure(WEAKEST.name, "sentence"),
        "day": DA.day(AS_OF).replace(NO_BREAK, " "),
    }
    assert [name for name, told in expected.items() if told not in facts[DA(f"fact.{name}")]] == []
    assert [told for told in expected.values() if told not in text] == []
    rows = rows_of_csv(csv)
    assert rows.to_dicts() == pl.read_excel(book, sheet_name=DA("take_home.sheet_rows")).to_dicts()
    own = rows.filter(pl.col(DA("table.place")) == "Svendborg", pl.col(DA("table.period")) == WINDOW.replace("-", "–"))
    assert own.select(DA("table.numerator"), DA("table.denominator")).rows() == [(AT_THE_WEAKEST, OF)]


def test_a_steward_finds_the_worst_gap_decides_and_sees_next_time_what_is_new(comes: Comes, walked: Path) -> None:
    gaps = own_gaps(walked)
    with comes() as steward:
        steward.signs_in(STEWARD)
        worst = find_the_worst(steward, gaps)
        assert_the_thread_tells(steward, gaps, worst)
        assert_the_book_holds_the_own_municipality_alone(steward, gaps)
        accept_the_first(steward, gaps)
        steward.speaks("English", EN("worklist.title"))
        assert steward.language == "en"
        expect(steward.lead).to_contain_text(EN("worklist.lead_accepted", number="1"))
        steward.signs_out()
        new, closed = second_night(walked)
        steward.signs_in(STEWARD)
        assert_new_since_the_last_visit(steward, walked, new, closed)


def find_the_worst(steward: Walker, gaps: pl.DataFrame) -> str:
    """By the order that puts the longest overdue first; opens it."""
    expect(steward.heading).to_have_text(DA("worklist.title"))
    expect(steward.lead).to_contain_text(DA.number(gaps.height))
    steward.chooses(DA("worklist.sort"), DA("worklist.sort_oldest"))
    oldest = gaps.filter(pl.col("age_days") == pl.col("age_days").max())
    first = steward.page.locator(".st-key-gap-row-0")
    expect(first).to_contain_text(DA.number(oldest["age_days"][0]))
    expect(first).to_contain_text(short(oldest["subject"][0]))
    steward.has_come()
    steward.page.locator(".st-key-open-0 button").click()
    expect(steward.page).to_have_url(f"{steward.served.address}/child")
    steward.has_come()
    return str(oldest["subject"][0])


def assert_the_thread_tells(steward: Walker, gaps: pl.DataFrame, worst: str) -> None:
    """Whose it is, how many gaps are open, and each event with its day."""
    page, own = steward.page, gaps.filter(pl.col("subject") == worst)
    expect(page.locator(".rt-head p")).to_contain_text(short(worst))
    number = DA("child.one_gap") if own.height == 1 else DA("child.gaps_number", number=DA.number(own.height))
    expect(steward.lead).to_contain_text(number)
    expect(page.locator(".st-key-card-child-gaps .rt-gap")).to_have_count(own.height)
    page.locator(".st-key-card-child-thread").get_by_text(DA("app.table")).click()
    events = page.locator(".st-key-card-child-thread .rt-table tbody")
    expect(events).to_be_visible()
    told = events.inner_text().replace(NO_BREAK, " ")
    days = own.filter(pl.col("found_date").is_null())["due_date"].to_list()
    assert [day for day in days if DA.day(day).replace(NO_BREAK, " ") not in told] == []
    page.locator(".st-key-child-back button").click()
    expect(steward.heading).to_have_text(DA("worklist.title"))
    steward.has_come()


def assert_the_book_holds_the_own_municipality_alone(steward: Walker, gaps: pl.DataFrame) -> None:
    book = steward.takes("worklist", "excel")
    rows = pl.read_excel(book, sheet_name=DA("take_home.sheet_rows"))
    assert SVENDBORG in book.name
    assert rows[DA("column.pseudonym")].sort().to_list() == gaps["subject"].sort().to_list()
    assert rows[DA("column.days")].sum() == gaps["age_days"].sum()
    assert facts_of_book(book, DA)[DA("fact.title")] == DA("worklist.title")


def accept_the_first(steward: Walker, gaps: pl.DataFrame) -> None:
    page = steward.page
    page.locator(".st-key-pick-0 label").click()
    page.get_by_text(DA("decide.about_chosen", number="1"), exact=True).wait_for()
    page.get_by_role("radio", name=DA("decide.accepted"), exact=True).click()
    page.get_by_role("textbox", name=DA("decide.text_accepted")).fill("Familien er flyttet til udlandet")
    page.get_by_role("button", name=DA("decide.do_accepted", number="1")).click()
    expect(page.get_by_role("status").filter(has_text=DA("decide.done_accepted", number="1"))).to_be_visible()
    expect(steward.lead).to_contain_text(DA.number(gaps.height - 1))
    expect(steward.lead).to_contain_text(DA("worklist.lead_accepted", number="1"))


def assert_new_since_the_last_visit(steward: Walker, walked: Path, new: pl.DataFrame, closed: pl.DataFrame) -> None:
    """One gap has closed, one has come, and each is named."""
    steward.goes_to(DA("nav.whats_new"))
    for name, rows in {"new": new, "closed": closed}.items():
        card = steward.page.locator(f".st-key-card-news-{name}")
        expect(card.get_by_role("heading")).to_have_text(DA(f"news.{name}", number="1"))
        expect(card.locator(".rt-gap")).to_have_count(1)
        assert rows.height == 1
    subject = own_gaps(walked).join(new.select("measure", "due_date"), on=["measure", "due_date"], how="semi")[
        "subject"
    ]
    expect(steward.page.locator(".st-key-card-news-new")).to_contain_text(short(subject[0]))
