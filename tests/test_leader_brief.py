"""The leader brief: which numbers it chooses, whom it calls first or last, and what it says where little is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from briefs_read import of_html
from figure_frames import OF_SHARES, share_row
from published_frames import COPENHAGEN, LAESOE, SVENDBORG, FakeSnapshot, country, run_facts

from dashboards.cards import Card
from dashboards.comparisons import Verdict
from dashboards.language import LANGUAGES, Words, catalogue
from dashboards.leader.beside import compared_sentence
from dashboards.leader.said import first_sentences
from dashboards.scope import COUNTRY, NotAllowed, Place, Scope
from dashboards.shares import Share
from dashboards.states import State
from pipelines.definitions.descriptions import shipped_folder
from pipelines.definitions.in_force import in_force
from pipelines.definitions.measures import HEADLINE_MEASURES, REGISTERED, SCREENED, Measure
from reports.brief.choosing import MOST, candidates, chosen
from reports.brief.content import Brief, brief_of
from reports.brief.figures import Country
from reports.brief.page import page
from reports.brief.standing import Standing, one_sided, standings
from reports.documents.runs import runs_of, text_of

pytestmark = pytest.mark.slow

CANDIDATES = candidates()
WINDOW = "2023-2025"
REPORTED = "Alt er indberettet."


def country_of(tables: FakeSnapshot | None = None, language: Any = "da") -> Country:
    published = FakeSnapshot((tables or country()).tables, run_facts(fingerprint="0123456789ab"))
    return Country.of(published, Words(language))


def brief(
    code: str, tables: FakeSnapshot | None = None, standing: Mapping[str, Mapping[str, Standing]] | None = None
) -> Brief:
    return brief_of(country_of(tables), code, standing or {}, REPORTED)


def without(state: State, code: str) -> FakeSnapshot:
    """The made-up country, in which a municipality has no figure but this state."""
    whole = country()
    is_there = (pl.col("group_kind") == "municipality") & (pl.col("group_value") == code)
    tables = {}
    for name in ("published_shares", "published_continuity"):
        rows = whole.tables[name]
        numbers = [each for each in rows.columns if rows.schema[each] in (pl.Int64, pl.Float64)]
        hidden = [pl.when(~is_there).then(pl.col(each)).alias(each) for each in numbers]
        states = [
            pl.when(is_there).then(pl.lit(state)).otherwise(pl.col(each)).alias(each)
            for each in rows.columns
            if each.endswith("state")
        ]
        tables[name] = rows.with_columns(*hidden, *states)
    return FakeSnapshot(whole.tables | tables)


# Which numbers


def card(measure: Measure, share: float | None, verdict: Verdict | None = None, state: State = "suppressed") -> Card:
    place = Place("municipality", SVENDBORG)
    told = (50, 100, share, 0.1, 0.9) if share is not None else (None,) * 5
    figure = Share(measure.name, place, WINDOW, "number" if share is not None else state, *told)
    return Card(measure, figure, figure, "landet", verdict or Verdict("similar"))


def names(cards: list[Card]) -> list[str]:
    return [each.headline.name for each in cards]


@pytest.mark.parametrize(
    ("special", "is_in"),
    [
        ({"share": 0.99, "verdict": Verdict("worse")}, True),
        ({"share": 0.99, "verdict": Verdict("better", is_clear=True)}, True),
        ({"share": 0.99, "verdict": Verdict("similar")}, False),
        ({"share": 0.05, "verdict": Verdict("similar")}, True),
        ({"share": None, "state": "suppressed"}, False),
        ({"share": None, "state": "missing"}, False),
    ],
    ids=["worse, though little is lost", "better", "level, little lost", "most is lost", "hidden", "missing"],
)
def test_what_stands_out_comes_first_then_where_most_is_lost(special: dict[str, Any], is_in: bool) -> None:
    cards = [card(each, 0.5) for each in CANDIDATES if each != SCREENED]
    cards.insert(CANDIDATES.index(SCREENED), card(SCREENED, **special))
    assert ("screened" in names(chosen(cards))) == is_in


def test_worse_comes_before_better_where_there_is_room_for_one() -> None:
    cards = [card(CANDIDATES[0], 0.9, Verdict("better")), card(CANDIDATES[1], 0.9, Verdict("worse"))]
    assert names(chosen(cards, most=1)) == [CANDIDATES[1].name]


def test_what_is_lost_of_a_measure_of_the_lost_is_its_share() -> None:
    lost = next(each for each in CANDIDATES if not each.high_is_good)
    cards = [card(lost, 0.9), *(card(each, 0.5) for each in CANDIDATES if each != lost)]
    assert lost.name in names(chosen(cards, most=1))


def test_hidden_numbers_come_before_those_that_nobody_counts() -> None:
    cards = [card(each, None, state="missing") for each in CANDIDATES if each != SCREENED]
    cards.append(card(SCREENED, None, state="suppressed"))
    assert names(chosen(cards, most=1)) == ["screened"]


@pytest.mark.parametrize("code", [SVENDBORG, LAESOE, COPENHAGEN])
def test_at_most_eight_numbers_in_the_order_of_the_thread(code: str) -> None:
    shown = [row.name for row in brief(code).rows]
    order = [each.name for each in HEADLINE_MEASURES]
    assert len(shown) == MOST
    assert shown == sorted(shown, key=order.index)


# First and last


@pytest.mark.parametrize(("others", "told"), [(9, Standing("best", 10)), (8, None)], ids=["ten", "nine"])
def test_first_of_fewer_than_ten_is_not_said(others: int, told: Standing | None) -> None:
    codes = [code for code in country_of().geography.codes if code != SVENDBORG]
    hidden = dict.fromkeys(codes[others:], (0, 0))
    assert standing_of(SVENDBORG, {SVENDBORG: (190, 200), **hidden}) == told


def ranked(shares: Mapping[str, tuple[int, int]], whole: int = 200) -> FakeSnapshot:
    """A country in which `registered` is 60 % everywhere but in the places that are named; hidden where 0 of 0."""
    codes = country_of().geography.codes
    of_place = ("registered", "municipality")
    rows = []
    for code in codes:
        part, of = shares.get(code, (whole * 3 // 5, whole))
        told: dict[str, Any] = {"part": part, "whole": of} if of else {"state": "suppressed"}
        rows.append(share_row(*of_place, code, "three_years", WINDOW, **told))
    rows.append(share_row("registered", "country", "country", "three_years", WINDOW, part=11_760, whole=19_600))
    tables = {"published_shares": pl.DataFrame(rows, schema=OF_SHARES)}
    return FakeSnapshot(country().tables | tables)


def standing_of(code: str, shares: Mapping[str, tuple[int, int]]) -> Standing | None:
    found = standings(country_of(ranked(shares)), (REGISTERED,), WINDOW)
    return found.get(code, {}).get("registered")


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({SVENDBORG: (190, 200)}, Standing("best", 98)),
        ({SVENDBORG: (20, 200)}, Standing("last", 98)),
        ({SVENDBORG: (122, 200)}, None),
        ({SVENDBORG: (190, 200), LAESOE: (190, 200)}, None),
        ({SVENDBORG: (19, 19)}, None),
        ({SVENDBORG: (20, 20)}, Standing("best", 98)),
        ({SVENDBORG: (0, 0)}, None),
    ],
    ids=["first", "last", "first inside of the limits", "two are first", "nineteen", "twenty", "hidden"],
)
def test_first_and_last_are_said_alone_outside_of_the_limits_and_of_twenty_at_least(
    shares: Mapping[str, tuple[int, int]], told: Standing | None
) -> None:
    assert standing_of(SVENDBORG, shares) == told


def test_one_who_is_first_and_last_is_called_neither() -> None:
    first, last = Standing("best", 90), Standing("last", 88)
    both = {"registered": first, "screened": last}
    assert one_sided(both, (REGISTERED, SCREENED)) == {}
    assert one_sided(both, (REGISTERED,)) == {"registered": first}
    assert one_sided({"registered": first, "screened": first}, (REGISTERED, SCREENED)) == {
        "registered": first,
        "screened": first,
    }


def test_a_brief_of_one_who_is_first_and_last_says_neither_word() -> None:
    shown = [row.name for row in brief(COPENHAGEN).rows]
    both = {COPENHAGEN: {shown[0]: Standing("best", 90), shown[1]: Standing("last", 88)}}
    assert [row.standing for row in brief(COPENHAGEN, standing=both).rows] == [""] * MOST
    one = brief(COPENHAGEN, standing={COPENHAGEN: {shown[0]: Standing("best", 90)}})
    assert [row.standing for row in one.rows if row.standing] == ["Bedst af 90 kommuner"]


# The same words as the pages


@pytest.mark.parametrize("code", [SVENDBORG, LAESOE, COPENHAGEN])
def test_the_first_sentences_are_those_of_the_page(code: str) -> None:
    told, place = brief(code), Place("municipality", code)
    eyes = country_of().seen_by(Scope("leader", code, country_of().geography.region_of(code).code))
    shown = [each for each in CANDIDATES if each.name in {row.name for row in told.rows}]
    assert list(told.lead) == [*first_sentences(eyes, place), *compared_sentence(eyes, place, shown)]


def test_a_brief_sees_no_further_than_its_leader() -> None:
    eyes = country_of().seen_by(Scope("leader", SVENDBORG, "1083"))
    with pytest.raises(NotAllowed):
        eyes.shares((REGISTERED,), (Place("municipality", LAESOE),), "three_years", (WINDOW,))
    with pytest.raises(NotAllowed):
        eyes.thread(Place("region", "1084"), WINDOW)
    assert eyes.shares((REGISTERED,), (COUNTRY,), "three_years", (WINDOW,)).get(REGISTERED, COUNTRY, WINDOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_that_a_brief_may_choose_has_somebody_to_ask_one_question(language: str) -> None:
    texts = catalogue("da" if language == "da" else "en")
    for measure in CANDIDATES:
        asked, mark, rest = texts[f"ask.{measure.name}"].partition("?")
        assert asked.startswith("<b>"), measure.name
        assert ":</b> " in asked, measure.name
        assert mark, measure.name
        assert "{" not in asked, measure.name
        assert "{share}" in rest, measure.name


def test_questions_name_whom_to_ask_and_no_figure() -> None:
    asked = [text_of(runs_of(row.ask)) for row in brief(SVENDBORG).rows]
    assert all(": " in each and each.endswith("?") and not any(map(str.isdigit, each)) for each in asked)


# Little to show


@pytest.mark.parametrize(("state", "word"), [("suppressed", "Skjult"), ("missing", "Ikke opgjort")])
def test_a_municipality_without_a_figure_has_a_brief_that_says_so(state: State, word: str) -> None:
    told = brief(SVENDBORG, without(state, SVENDBORG))
    read = of_html(page(told).encode())
    assert told.shown == 0
    assert {row["own"].startswith(word) for row in read.numbers} == {True}
    assert all(row.country is None and row.strip.own is None and not row.count for row in told.rows)
    assert all(row.instead for row in told.rows if state == "suppressed")
    assert not any("number" in given.get("class", "").split() for _, given in read.tags)
    assert told.drawn.whose


def test_that_figures_are_hidden_is_said_once_with_their_number() -> None:
    told = brief(SVENDBORG, without("suppressed", SVENDBORG))
    assert told.hidden.startswith("8 af 8 tal for Svendborg er skjult")
    assert replace(told, hidden="").hidden == ""


def test_the_own_thread_is_drawn_where_it_says_something_and_else_a_larger_one_with_its_name() -> None:
    assert brief(COPENHAGEN).drawn.whose == ""
    hidden = brief(SVENDBORG, without("suppressed", SVENDBORG)).drawn
    assert hidden.whose.startswith(("Region Syddanmark. ", "Hele landet. "))
    assert hidden.thread.state == "number"


# Another target group


@pytest.mark.parametrize(
    ("language", "of_the_shipped_group"),
    [("da", "ekspon|alkohol|familieamb|svangre"), ("en", "expos|alcohol|antenatal")],
)
def test_a_store_about_rare_disabilities_has_briefs_in_its_own_words(language: str, of_the_shipped_group: str) -> None:
    with in_force(shipped_folder() / "rare_disabilities"):
        told = brief_of(country_of(language=language), COPENHAGEN, {}, REPORTED)
        read, counted = of_html(page(told).encode()), {each.name for each in candidates()}
    assert re.search(of_the_shipped_group, read.text, re.IGNORECASE) is None
    assert {row.name for row in told.rows} <= counted
    assert "screened" not in counted
    assert len(told.rows) == MOST
