"""Pictures of costs: what is drawn, what is said of a figure that is not there, and how kroner are written."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest
from drawn_figures import said

from dashboards.charts.costs_by_age import costs_by_age_chart, costs_by_age_table, costs_by_age_text
from dashboards.charts.pathway_costs import (
    missing_years_text,
    pathway_costs_chart,
    pathway_costs_table,
    pathway_costs_text,
    round_ticks,
    what_it_says,
)
from dashboards.charts.scenario_bars import difference_text, scenario_bars, scenario_table, scenario_text
from dashboards.kroner import kroner, kroner_interval
from dashboards.language import LANGUAGES, NO_BREAK, Words
from dashboards.tokens import TOKENS

DA, EN = Words("da"), Words("en")
PARTS = ("all", "municipality", "region", "state")


def row(pathway: str, part: str, age: int, mean: float | None, state: str = "number") -> dict[str, Any]:
    known = mean is not None
    return {
        "pathway": pathway,
        "breakdown": "total" if part == "all" else "payer",
        "part": part,
        "span": "to_age",
        "age": age,
        "children": 40 if known else None,
        "mean_dkk": mean,
        "low_dkk": mean * 0.8 if known else None,
        "high_dkk": mean * 1.5 if known else None,
        "state": state,
        "price_year": 2026,
        "discount_rate": 0.035,
    }


TOLD = pl.DataFrame(
    [
        *(row("early", "all", age, 1000.0 * (age + 1)) for age in (-1, 0, 1)),
        row("early", "all", 2, 60_000),
        row("early", "municipality", 2, 50_000),
        row("early", "region", 2, 10_000),
        row("early", "state", 2, None, "suppressed"),
        row("lost", "all", 0, 20_000),
        row("lost", "all", 1, None, "suppressed"),
        row("lost", "all", 2, 80_000),
        *(row("lost", part, 2, None, "missing") for part in PARTS[1:]),
        *(row("never", part, 2, None, "suppressed") for part in PARTS),
        row("others", "all", 2, 4_000),
    ]
)


def scenario_row(part: str, total: float | None, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    ends = {"dkk": total, "low_dkk": low, "high_dkk": high}
    return {
        "breakdown": "total" if part == "all" else "payer",
        "part": part,
        "moved": 10.0,
        **{f"per_child_{end}": None if amount is None else amount / 10 for end, amount in ends.items()},
        **{f"total_{end}": amount for end, amount in ends.items()},
        "state": "suppressed" if total is None else "number",
    }


MOVED = pl.DataFrame(
    [
        scenario_row("all", -2_000_000.0, -3_000_000.0, -500_000.0),
        scenario_row("municipality", -2_100_000.0, -3_200_000.0, 100_000.0),
        scenario_row("region", 0.0),
        scenario_row("state", None),
    ]
)


def plain(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def lines(figure: go.Figure, dash: str | None = None) -> list[list[float]]:
    """The ends of plain lines."""
    return [list(trace.x) for trace in figure.data if trace.mode == "lines" and trace.line.dash == dash]


# Kroner


@pytest.mark.parametrize(
    ("amount", "da", "en"),
    [
        (0, "0 kr.", "DKK 0"),
        (0.2, "under 1 kr.", "under DKK 1"),
        (466, "466 kr.", "DKK 466"),
        (131_000, "131.000 kr.", "DKK 131,000"),
        (192_150, "192.000 kr.", "DKK 192,000"),
        (-720, "−720 kr.", "DKK −720"),
        (1_240_000, "1,24 mio. kr.", "DKK 1.24 million"),
        (2_000_000_000, "2.000 mio. kr.", "DKK 2,000 million"),
    ],
)
def test_kroner_are_written_as_each_language_does(amount: float, da: str, en: str) -> None:
    assert (plain(kroner(amount, DA)), plain(kroner(amount, EN))) == (da, en)


def test_both_ends_of_an_interval_have_one_unit() -> None:
    assert plain(kroner_interval(-203_000, 1_100_000, DA)) == "(−0,203 til 1,1 mio. kr.)"
    assert plain(kroner_interval(0.2, 900, EN)) == "(DKK 0 to 900)"
    assert kroner_interval(None, None, DA) == ""


@pytest.mark.parametrize(("highest", "ticks"), [(206_000, [0, 100_000, 200_000]), (1, [0, 1]), (95, [0, 25, 50, 75])])
def test_ticks_are_round_and_few(highest: float, ticks: list[float]) -> None:
    assert round_ticks(highest) == pytest.approx(ticks)


# By payer


def test_a_pathway_shows_the_whole_and_its_payers_with_their_intervals() -> None:
    figure = pathway_costs_chart(TOLD, DA, "light")
    assert [0, 60_000] in lines(figure)
    whiskers = [list(trace.x) for trace in figure.data if trace.mode == "lines+markers"]
    assert [48_000, 90_000] in whiskers
    assert "60.000 kr." in said(figure)
    assert "(48.000 til 90.000 kr.)" in said(figure)
    assert "ca. 40 børn" in said(figure)


def test_what_may_not_be_shown_is_a_dotted_line_with_its_word_and_never_a_bar() -> None:
    figure = pathway_costs_chart(TOLD, DA, "light")
    dotted = lines(figure, "dot")
    assert len(dotted) == 1 + 3 + 1
    assert "Staten Skjult" in " ".join(said(figure).split()).replace("<span style='color:#5B6472'>", "")
    assert DA("state.missing") in said(figure)


def test_a_whole_that_is_hidden_stands_for_its_payers() -> None:
    never = TOLD.filter(pl.col("pathway") == "never")
    assert said(pathway_costs_chart(never, DA, "light")).count("Skjult") == 1


def test_costs_are_told_in_words_too() -> None:
    text = plain(pathway_costs_text("Udgift", TOLD, DA))
    assert text.startswith("Udgift. Kendt tidligt og ført videre: 60.000 kr. (48.000 til 90.000 kr.), ca. 40 børn;")
    assert "Staten Skjult." in text
    assert "Aldrig ført videre: Skjult; Kommunen Skjult" in text


def test_the_table_has_a_row_per_pathway_and_a_column_per_payer() -> None:
    headings, rows = pathway_costs_table(TOLD, EN)
    assert headings == ["Pathway", "In all", "Municipality", "Region", "State", "Children (whole tens)"]
    assert [plain(cell) for cell in rows[0]][-2:] == ["Hidden", "40"]
    assert rows[2][1:] == ["Hidden"] * 5


@pytest.mark.parametrize("words", [DA, EN], ids=LANGUAGES)
def test_the_paragraph_says_that_costs_are_no_effect_and_that_the_sample_is_invented(words: Words) -> None:
    told = " ".join(what_it_says(words, TOLD, is_sample=True))
    assert "2026" in told
    assert ("3,5" if words is DA else "3.5%") in told
    assert words("costs.says.association") in told
    assert words("costs.says.invented") in told
    assert words("costs.says.invented") not in what_it_says(words, TOLD, is_sample=False)


def test_no_text_of_costs_speaks_of_effects() -> None:
    effects = {"da": ("påvirker", "skyldes", "effekt", "virker"), "en": ("effect", "affects", "causes", "because of")}
    for words in (DA, EN):
        texts = " ".join(words.section("costs").values())
        assert [word for word in effects[words.language] if word in texts] == []


def test_missing_years_of_the_index_are_named() -> None:
    assert "2027, 2028" in missing_years_text([2027, 2028], DA)
    assert missing_years_text([], DA) == ""


# By age


def test_the_curve_has_a_point_for_each_age_that_is_told() -> None:
    figure = costs_by_age_chart(TOLD, DA, "light")
    curves = {trace.line.dash: (list(trace.x), list(trace.y)) for trace in figure.data if trace.mode == "lines+markers"}
    assert curves["solid"] == ([-1, 0, 1, 2], [0, 1000, 2000, 60_000])
    assert curves["dash"] == ([0, 2], [20_000, 80_000])
    assert curves["dot"] == ([], [])


def test_only_the_unbroken_thread_is_red() -> None:
    figure = costs_by_age_chart(TOLD, DA, "light")
    colours = [trace.line.color for trace in figure.data if trace.mode == "lines+markers"]
    assert colours.count(TOKENS["light"].thread) == 1


def test_lines_are_named_where_they_end_and_one_without_points_says_why() -> None:
    assert {"tidligt", "tabt", "andre børn", "aldrig<br>Skjult"} <= {
        annotation.text for annotation in costs_by_age_chart(TOLD, DA, "light").layout.annotations
    }


def test_the_curve_is_told_in_words_and_as_a_table_too() -> None:
    text = plain(costs_by_age_text("Udgift", TOLD, DA))
    assert "Tabt undervejs: 0 år 20.000 kr. (16.000 til 30.000 kr.); 1 år Skjult; 2 år 80.000 kr." in text
    headings, rows = costs_by_age_table(TOLD, DA)
    assert headings[:3] == ["Alder", "Kendt tidligt og ført videre", "Tabt undervejs"]
    assert [cells[0] for cells in rows] == ["før fødslen", "0 år", "1 år", "2 år"]


# Scenario


def test_less_cost_lies_left_of_zero_and_says_so() -> None:
    figure = scenario_bars(MOVED, DA, "light")
    assert [0, -2_000_000] in lines(figure)
    assert "2 mio. kr. mindre" in said(figure)
    assert "ingen forskel" in said(figure)
    assert len(lines(figure, "dot")) == 1


def test_an_interval_that_holds_no_difference_is_said_to() -> None:
    rows = {cells["part"]: cells for cells in MOVED.to_dicts()}
    assert plain(difference_text(rows["all"], DA)) == "2 mio. kr. mindre (−3 til −0,5 mio. kr.)"
    assert plain(difference_text(rows["municipality"], DA)).endswith("mio. kr.), som kan være ingen forskel")
    assert difference_text(rows["state"], EN) == "Hidden"


def test_a_scenario_is_told_in_words_and_as_a_table_too() -> None:
    assert plain(scenario_text("Hvis?", MOVED, DA)).startswith("Hvis? I alt 2 mio. kr. mindre")
    headings, rows = scenario_table(MOVED, EN)
    assert headings == ["Payer", "Difference per child", "Difference in all"]
    assert [plain(cell) for cell in rows[0][:2]] == ["In all", "DKK 200,000 less (DKK −300,000 to −50,000)"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_tables_without_rows_give_empty_pictures(mode: Any) -> None:
    nothing = TOLD.clear()
    for figure in (pathway_costs_chart(nothing, DA, mode), costs_by_age_chart(nothing, DA, mode)):
        assert not said(figure)
    assert scenario_bars(MOVED.clear(), DA, mode).layout.annotations == ()
    assert what_it_says(DA, nothing, is_sample=False)[0] == DA("costs.says.association")
