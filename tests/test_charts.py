"""Pictures as pure functions: what is drawn of each of the five states, what is said beside it, and the colours."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest
from drawn_figures import ABSENT, DA, REGION, absent, figure, said

from dashboards.cards import Card, card_grid
from dashboards.charts.rows import Row, rows_chart, rows_text, wrapped
from dashboards.charts.template import CONFIG
from dashboards.charts.thread import thickness, thread_picture, thread_text
from dashboards.charts.tile_map import Tile, breaks, map_text, step_of, tile_map
from dashboards.charts.verdicts import colour_of
from dashboards.comparisons import Verdict
from dashboards.continuity import Loss, Step, Thread
from dashboards.language import NO_BREAK
from dashboards.notebook.told import Told
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Instead, Share
from dashboards.states import State
from dashboards.tokens import DARK, LIGHT, TOKENS, Tokens, contrast, css_of_figures, css_variables, text_on
from pipelines.comparison import VERDICTS
from pipelines.definitions.measures import HANDED_OVER, Measure
from pipelines.definitions.reference import Reference

ROOT = Path(__file__).parent.parent
INCOMPARABLE = Verdict("incomparable")

# Rows


def test_rows_show_dot_interval_region_and_country() -> None:
    row = Row("Barselsbesøg", figure(34, 41), figure(790, 1000, place=COUNTRY), figure(60, 80, place=REGION))
    drawn = rows_chart([row], DA, "light", 5)
    marks = {trace.marker.symbol: list(trace.x) for trace in drawn.data if trace.mode == "markers"}
    assert marks["line-ns"] == [0.79]
    assert marks["square"] == [0.75]
    assert marks[None] == [34 / 41]
    assert "83 %" in said(drawn)
    assert "34 af 41" in said(drawn)


@pytest.mark.parametrize("state", ABSENT)
def test_a_row_without_a_figure_is_a_dotted_line_with_its_word(state: State) -> None:
    drawn = rows_chart([Row("Barselsbesøg", absent(state), figure(790, 1000, place=COUNTRY))], DA, "light", 5)
    assert DA(f"state.{state}") in said(drawn)
    assert [trace.line.dash for trace in drawn.data if trace.mode == "lines"] == ["dot"]
    assert [list(trace.x) for trace in drawn.data if trace.mode == "markers" and trace.marker.symbol is None] == [[]]


def test_rows_are_told_in_words_too() -> None:
    country = figure(790, 1000, place=COUNTRY)
    region = figure(60, 80, place=REGION)
    rows = [Row("Barsel", figure(34, 41), country), *(Row(state, absent(state), country, region) for state in ABSENT)]
    text = rows_text("Opfølgning", rows, DA, 5).replace(NO_BREAK, " ")
    assert "Barsel: 83 % (69–91 %), 34 af 41 børn; hele landet 79 %" in text
    for state in ABSENT:
        assert f"{state}: {DA(f'state.{state}')} (" in text
    assert text.count("; regionen 75 %; hele landet 79 %") == len(ABSENT)


def test_long_names_are_set_in_lines_that_fit_a_narrow_page() -> None:
    assert max(len(line) for line in wrapped("Besøg hos det ca. 2 måneder gamle barn").split("<br>")) <= 30


# Thread

WHOLE = Thread(
    "number",
    (
        Step("exposed", 41, 0),
        Step("registered", 34, 7, (Loss("not_registered", 7),)),
        Step("on_child_record", None, None),
        Step("handed_over", 20, None),
        Step("followed_up", 9, 11, (Loss("no_show", 6), Loss("declined", None))),
    ),
)


def test_the_thread_gets_thinner_with_the_children_it_holds() -> None:
    assert thickness(WHOLE, 41) == [41, 34, 34, 20, 9]


def test_a_hidden_step_is_a_dashed_outline_as_thick_as_the_last_shown_one() -> None:
    drawn = thread_picture(WHOLE, DA)
    assert drawn.count("class='rt-outline'") == 1
    assert drawn.count("rt-fill-outline") == 1
    assert "Skjult" in drawn
    assert DA("thread.hidden_note") in drawn


def test_a_strand_leaves_where_the_loss_may_be_shown_and_only_there() -> None:
    drawn = thread_picture(WHOLE, DA)
    assert drawn.count("class='rt-strand'") == 4, "two losses, each in the wide and in the narrow layout"


def test_the_thread_is_told_in_words_too() -> None:
    assert thread_text(WHOLE, DA) == (
        "Den røde tråd: 41 eksponeret; 34 registreret (7 ikke registreret); skjult antal i barnets journal; "
        "20 overleveret; 9 fulgt op (6 udeblevet, skjult antal: takket nej)."
    )
    assert "aria-label='Den røde tråd: 41 eksponeret" in thread_picture(WHOLE, DA)


def test_hidden_reasons_stand_together_and_a_loss_without_reasons_has_its_number() -> None:
    losses = (Loss("no_show", 6), Loss("declined", None), Loss("no_contact", None))
    picture = Thread("number", (Step("exposed", 41, 0), Step("registered", 34, 7), Step("followed_up", 9, 25, losses)))
    assert thread_text(picture, DA) == (
        "Den røde tråd: 41 eksponeret; 34 registreret (7 tabt her); "
        "9 fulgt op (6 udeblevet, skjult antal: takket nej, ingen kontakt)."
    )
    assert "<span><b>7</b> tabt her</span>" in thread_picture(picture, DA)


@pytest.mark.parametrize("state", ABSENT)
def test_a_thread_that_may_not_be_shown_is_a_sentence(state: State) -> None:
    drawn = thread_picture(Thread(state), DA)
    assert "<svg" not in drawn
    assert DA(f"thread.{state}") in drawn
    assert f"rt-state {state}" in drawn


# Map

GRID = Reference.load().tile_grid.filter(pl.col("municipality_code").is_in(["0479", "0101", "0825"]))


def tile(own: Share) -> Tile:
    return Tile(own, figure(60, 80, place=REGION), "Region Syddanmark")


def municipality(code: str, part: int, whole: int) -> Share:
    return figure(part, whole, place=Place("municipality", code))


def drawn_map(*shares: Share, headline: Measure = HANDED_OVER) -> str:
    tiles = [tile(share) for share in shares]
    return tile_map(tiles, headline, GRID, lambda code: f"municipality?municipality={code}", DA, 5)


def test_classes_are_equally_wide_on_whole_5_percent_and_hold_all_shares() -> None:
    ends = breaks([figure(37, 100), figure(81, 100)])
    assert [round(end, 2) for end in ends] == [0.35, 0.45, 0.55, 0.65, 0.75, 0.85]
    assert breaks([absent("suppressed")]) == []
    assert [round(end, 2) for end in breaks([figure(40, 40)])] == [0.75, 0.8, 0.85, 0.9, 0.95, 1.0]


def test_red_is_what_follows_also_where_a_high_share_is_bad() -> None:
    ends = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert [step_of(share, ends, high_is_good=True) for share in (0.0, 0.2, 0.79, 0.8, 1.0)] == [0, 1, 3, 4, 4]
    assert step_of(1.0, ends, high_is_good=False) == 0


@pytest.mark.parametrize("state", ABSENT)
def test_each_state_has_its_own_tile_with_its_word(state: State) -> None:
    drawn = drawn_map(municipality("0101", 30, 40), absent(state))
    assert f"rt-tile {state}" in drawn
    assert f"Svendborg: {DA(f'state.{state}')}" in drawn


def test_a_hidden_tile_bears_the_colour_of_its_region_and_says_so() -> None:
    drawn = drawn_map(municipality("0101", 30, 40), absent("suppressed")).replace(NO_BREAK, " ")
    assert re.search(r"rt-tile suppressed r\d", drawn)
    assert "Region Syddanmark: 75 %" in drawn


def test_tiles_open_the_municipality_and_the_key_shows_only_what_is_there() -> None:
    drawn = drawn_map(municipality("0479", 30, 40))
    assert "href='municipality?municipality=0479'" in drawn
    assert "Skjult" not in drawn


def test_the_map_is_told_in_words_too() -> None:
    shares = [municipality("0101", 30, 40), municipality("0479", 20, 40), *map(absent, ABSENT), absent("suppressed")]
    assert map_text("Kort", shares, DA).replace(NO_BREAK, " ") == (
        "Kort: 2 kommuner har tal, fra 50 % til 75 %. Skjult: 2. Ikke opgjort: 1. Ikke relevant: 1. "
        "Ikke forfaldent endnu: 1. Alle tal står i tabellen under kortet."
    )


def test_every_municipality_of_the_day_has_a_tile_of_its_own() -> None:
    reference = Reference.load()
    grid = reference.tile_grid
    assert set(grid["municipality_code"]) == set(reference.municipalities["municipality_code"])
    assert not grid.select(pl.struct("column", "row").is_duplicated().any()).item()


# Cards


def card(own: Share, country: Share, *instead: Instead, verdict: Verdict = INCOMPARABLE, rule: str = "") -> str:
    shown = Card(HANDED_OVER, own, country, "landet", verdict, rule, instead)
    return card_grid([shown], DA, 5).replace(NO_BREAK, " ")


def test_a_card_has_number_count_comparison_in_words_and_definition() -> None:
    drawn = card(figure(34, 41), figure(610, 1000, place=COUNTRY), verdict=Verdict("better"), rule="Grænser")
    for part in ("83 %", "34 af 41 børn", "Bedre end landet (61 %)", "rt-mark better", "senest 14 dage", "Grænser"):
        assert part in drawn


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (Verdict("better", is_clear=True), "Klart bedre end landet (61 %)"),
        (Verdict("similar"), "På niveau med landet (61 %)"),
        (Verdict("worse"), "Ringere end landet (61 %)"),
        (Verdict("worse", is_clear=True), "Klart ringere end landet (61 %)"),
        (INCOMPARABLE, "Kan ikke sammenlignes"),
    ],
)
def test_a_card_says_its_verdict_in_a_word_beside_a_mark(verdict: Verdict, word: str) -> None:
    drawn = card(figure(34, 41), figure(610, 1000, place=COUNTRY), verdict=verdict)
    assert f"<i class='rt-mark {verdict.comparison}' aria-hidden='true'></i>{word}</p>" in drawn


def test_a_card_beside_a_hidden_country_has_no_empty_brackets() -> None:
    drawn = card(figure(34, 41), absent("suppressed", place=COUNTRY))
    assert "Kan ikke sammenlignes</p>" in drawn
    assert "()" not in drawn


@pytest.mark.parametrize("state", ABSENT)
def test_a_card_without_a_figure_has_a_mark_a_word_a_reason_and_where_to_look(state: State) -> None:
    region = Instead("region", "Region Syddanmark", figure(48, 100, place=REGION))
    drawn = card(absent(state), figure(610, 1000, place=COUNTRY), region)
    for part in (f"rt-state {state}", DA(f"state.{state}"), DA(f"why.{state}", threshold=5)):
        assert part in drawn
    assert "<i class='region' aria-hidden='true'></i><span><b>48 %</b> i regionen</span>" in drawn
    assert "rt-number" not in drawn


def test_a_hidden_card_names_the_own_longer_period_first_and_the_country_last() -> None:
    country = Instead("country", "", figure(610, 1000, place=COUNTRY))
    own = Instead("own", "2021–2025", figure(30, 50))
    drawn = card(absent("suppressed"), country.figure, own, country, rule="Grænser")
    assert drawn.index("<b>60 %</b> i 2021–2025") < drawn.index("<b>61 %</b> i landet")
    assert "Grænser" not in drawn, "nothing is compared"


# Colours


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_a_contrast_of_four_and_a_half(tokens: Tokens) -> None:
    grounds = {"paper": tokens.paper, "card": tokens.card}
    for ground in grounds.values():
        for text in (tokens.ink, tokens.muted, tokens.thread, tokens.better, tokens.worse):
            assert contrast(text, ground) >= 4.5
    for text in (tokens.ink, tokens.muted):
        assert contrast(text, tokens.sidebar) >= 4.5
    assert contrast(tokens.on_thread, tokens.thread) >= 4.5
    assert contrast(tokens.paper, tokens.ink) >= 4.5, "the chosen pill"
    for colour in tokens.map_scale:
        assert contrast(text_on(colour, tokens), colour) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert round(contrast("#000000", "#FFFFFF"), 2) == 21
    assert round(contrast("#777777", "#FFFFFF"), 2) == 4.48


def test_the_theme_of_streamlit_has_the_same_colours() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    for mode, tokens in TOKENS.items():
        colours: dict[str, Any] = theme[mode]
        assert colours["backgroundColor"] == tokens.paper
        assert colours["secondaryBackgroundColor"] == tokens.card
        assert colours["textColor"] == tokens.ink
        assert colours["borderColor"] == tokens.line
        assert colours["sidebar"]["backgroundColor"] == tokens.sidebar


def test_every_custom_property_of_the_style_sheet_is_a_token() -> None:
    css = (ROOT / "dashboards" / "look.css").read_text("utf-8")
    known = set(re.findall(r"--([a-z0-9-]+):", css_variables())) | {"hatch"}
    assert set(re.findall(r"var\(--([a-z0-9-]+)", css)) <= known


def test_figures_are_repainted_when_the_reader_changes_light_and_dark() -> None:
    rules = css_of_figures()
    assert '[style*="stroke: rgb(179, 38, 30)"]' in rules
    assert "stroke:var(--thread) !important" in rules


@pytest.mark.parametrize("verdict", VERDICTS)
def test_marks_of_comparison_are_repainted_too(verdict: str) -> None:
    rules = css_of_figures()
    for mode in TOKENS:
        colour = colour_of(verdict, mode)
        name = next(field.name for field in fields(Tokens) if getattr(TOKENS[mode], field.name) == colour)
        assert f'[style*="fill:{colour}"]' in rules
        assert f"fill:var(--{name}) !important" in rules


def test_a_figure_in_a_notebook_leaves_the_configuration_as_it_is() -> None:
    """The drawing library takes the address out of what it is given."""
    before = dict(CONFIG)
    Told("title", "text", pl.DataFrame(), pl.DataFrame(), go.Figure())._repr_html_()
    assert before == CONFIG


def test_nothing_of_a_figure_can_be_sent_to_an_outside_address() -> None:
    assert CONFIG["displayModeBar"] is False
    assert CONFIG["plotlyServerURL"] == ""
