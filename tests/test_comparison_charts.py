"""Pictures of comparison and change: what is drawn and said of each verdict and each state."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest
from drawn_figures import ABSENT, DA, said

from dashboards.change_sentences import alert_sentence, revision_sentence
from dashboards.charts.caterpillar import caterpillar, caterpillar_text
from dashboards.charts.funnel_plot import funnel_plot, funnel_text
from dashboards.charts.heat_table import heat_table, heat_text, heat_values
from dashboards.charts.periods import period_words
from dashboards.charts.run_chart import run_chart, run_table, run_text, trend_words
from dashboards.charts.spine import spine_chart, spine_table, spine_text
from dashboards.charts.verdicts import places_table, verdict_word
from dashboards.language import NO_BREAK, Words
from dashboards.states import State
from dashboards.tokens import LIGHT
from pipelines.alerts import REVISIONS, alerts, revisions
from pipelines.comparison import VERDICTS, Target, compared
from pipelines.spine import compared_measures, spine
from pipelines.trends import REASONS, TRENDS, trends
from pipelines.wilson import wilson_high, wilson_low

EN = Words("en")
NAMES = {"0101": "København", "0147": "Frederiksberg", "0479": "Svendborg", "0461": "Odense", "0563": "Fanø"}
SCHEMA = {
    "measure": pl.String, "place": pl.String, "numerator": pl.Int64, "denominator": pl.Int64, "state": pl.String,
}  # fmt: skip
ROWS = [
    ("registered", "0101", 900, 1000, "number"),
    ("registered", "0147", 70, 100, "number"),
    ("registered", "0479", 34, 41, "number"),
    ("registered", "0461", 90, 200, "number"),
    ("registered", "0563", None, None, "suppressed"),
]
COUNTRY = Target(7000, 10_000)
TITLES = {"registered": "Registreret til tiden"}


def rows_of(*more: tuple[str, str, int | None, int | None, str], country: Target = COUNTRY) -> pl.DataFrame:
    shares = pl.LazyFrame([*ROWS, *more], schema=SCHEMA, orient="row")
    return compared(shares, country, high_is_good=True, rank_floor=20).collect()


def plain(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def marked(drawn: go.Figure) -> dict[str, list[float]]:
    """Where marks of each shape stand."""
    found: dict[str, list[float]] = {}
    for trace in drawn.data:
        symbols = trace.marker.symbol if trace.mode == "markers" else None
        for symbol, y in zip(symbols or (), trace.y or (), strict=False):
            found.setdefault(symbol, []).append(y)
    return found


# Words


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_every_verdict_trend_reason_and_revision_has_a_word(words: Words) -> None:
    names = [f"verdict.{verdict}" for verdict in VERDICTS]
    names += [f"verdict.{verdict}_clear" for verdict in ("better", "worse")]
    names += [f"lasting.{trend}" for trend in TRENDS] + [f"lasting_reason.{reason}" for reason in REASONS]
    names += [f"revision.{revision}" for revision in REVISIONS]
    assert [name for name in names if not words.known(name)] == []


def test_periods_are_said_in_words() -> None:
    assert [period_words(period, DA) for period in ("2025-Q1", "2025", "2022-2024")] == [
        "1. kvartal 2025", "2025", "2022–2024",
    ]  # fmt: skip
    assert period_words("2025-Q1", EN) == "Q1 2025"


# Funnel


def test_the_funnel_marks_each_verdict_by_its_shape_and_the_own_place_in_red() -> None:
    drawn = funnel_plot(rows_of(), NAMES, "0479", DA, "light")
    marks = marked(drawn)
    assert marks["diamond"] == [0.9]
    assert marks["triangle-down"] == [0.45]
    assert sorted(marks["circle"]) == [0.7, pytest.approx(34 / 41)]
    own = next(trace for trace in drawn.data if trace.mode == "markers" and list(trace.x) == [41])
    assert list(own.marker.color) == [LIGHT.thread]
    text = said(drawn)
    assert "Svendborg 83 %" in text
    assert "København" in text, "clearly outside"
    for label in ("95 %", "99,8 %", "landet<br>70 %"):
        assert label in text


def test_the_funnel_is_told_in_words_too() -> None:
    told = plain(funnel_text("Registreret", rows_of(), NAMES, "0479", DA))
    assert told == (
        "Registreret. Landet 70 %. Uden for 95 %-grænserne: København: 90 % (88–92 %), 900 af 1.000. Klart bedre; "
        "Odense: 45 % (38–52 %), 90 af 200. Klart ringere. På niveau: 2 kommuner. Kan ikke sammenlignes: 1. "
        "Svendborg: 83 % (69–91 %), 34 af 41. På niveau."
    )


def test_a_funnel_without_a_country_shows_the_places_and_says_that_nothing_is_compared() -> None:
    rows = rows_of(country=Target(None, None))
    drawn = funnel_plot(rows, NAMES, None, DA, "dark")
    assert DA("funnel.nothing") in said(drawn)
    assert len(marked(drawn)["line-ew-open"]) == 4
    assert "Landet Skjult." in funnel_text("x", rows, NAMES, None, DA)


# Caterpillar


def test_the_caterpillar_is_ordered_and_names_hidden_places_by_word() -> None:
    drawn = caterpillar(rows_of(), NAMES, "0479", DA, "light")
    labels = list(drawn.layout.yaxis.ticktext)
    assert [label for label in labels if "<b" not in label] == ["Odense", "Frederiksberg", "København"]
    assert "Svendborg" in labels[2]
    assert LIGHT.thread in labels[2]
    assert "Skjult (1): Fanø" in said(drawn)
    told = plain(caterpillar_text("Alle", rows_of(), NAMES, DA))
    assert told.index("Odense: 45 %") < told.index("Svendborg: 83 %") < told.index("København: 90 %")
    assert told.endswith("Uden tal: Skjult (1): Fanø.")


@pytest.mark.parametrize("draw", [caterpillar, funnel_plot])
def test_pictures_of_no_places_are_drawn_empty(draw: Any) -> None:
    assert isinstance(draw(rows_of().clear(), NAMES, None, DA, "light"), go.Figure)
    assert isinstance(draw(rows_of().filter(pl.col("place") == "0563"), NAMES, None, DA, "light"), go.Figure)


def test_the_table_of_places_has_figures_verdicts_and_ranks_in_words() -> None:
    table = places_table(rows_of(), NAMES, DA)
    told = {row[0]: [plain(cell) for cell in row[1:]] for row in table.iter_rows()}
    assert told["Svendborg"] == ["83 %", "69–91 %", "34 af 41", "54–85 %", "På niveau", "nr. 2 af 4"]
    assert told["Fanø"] == ["Skjult", "", "", "", "Kan ikke sammenlignes", ""]


# Spine and heat table


def many(state: State = "suppressed") -> pl.DataFrame:
    more = [("screened", place, 50 + at, 100, "number") for at, place in enumerate(NAMES)][1:]
    lost = [("lost", "0101", None, None, state), ("lost", "0479", 10, 100, "number")]
    rows = pl.LazyFrame([*ROWS, *more, *lost], schema=SCHEMA, orient="row")
    countries = dict.fromkeys(("registered", "lost"), COUNTRY)
    polarity = {"registered": True, "lost": False, "screened": True}
    return compared_measures(rows, countries, polarity, rank_floor=20).collect()


ALL_TITLES = TITLES | {"lost": "Tabt for opfølgning", "screened": "Screenet"}
POLARITY = {"registered": True, "lost": False, "screened": True}


def test_a_spine_says_figure_verdict_and_which_way_is_good() -> None:
    rows = spine(many().lazy(), "0479", POLARITY, {"registered": 0.6}).collect()
    text = said(spine_chart(rows, ALL_TITLES, DA, "light"))
    assert "<b>83 %</b>" in text
    assert "● På niveau" in text
    assert "◆ Klart bedre" in text, "10 % lost, where low is good"
    assert "(lavt er godt)" in text
    told = plain(spine_text("Svendborg", rows, ALL_TITLES, DA))
    assert "Registreret til tiden: 83 % (69–91 %), 34 af 41. På niveau, landet 70 %, regionen 60 %" in told
    table = spine_table(rows, ALL_TITLES, DA)
    assert plain(table[DA("compared_table.country")][0]) == "70 %"


@pytest.mark.parametrize("state", ABSENT)
def test_a_spine_and_a_heat_table_have_a_word_for_each_absence(state: State) -> None:
    rows = many(state)
    own = spine(rows.lazy(), "0101", POLARITY).collect()
    drawn = spine_chart(own, ALL_TITLES, DA, "dark")
    assert DA(f"state.{state}") in said(drawn)
    assert "dot" in [trace.line.dash for trace in drawn.data]
    heat = heat_table(rows, NAMES, ALL_TITLES, "0101", DA, "dark")
    assert f"København: {DA(f'state.{state}')}" in said(heat)
    cells = {row[0]: row[1:] for row in heat_values(rows, NAMES, ALL_TITLES, DA).iter_rows()}
    assert cells["København"][1] == DA(f"state.{state}")


def test_the_heat_table_has_a_mark_for_each_verdict_and_a_key_in_the_corner() -> None:
    drawn = heat_table(many(), NAMES, ALL_TITLES, "0479", DA, "light")
    marks = marked(drawn)
    assert {"diamond", "circle", "triangle-down", "square-x-open"} <= set(marks)
    text = said(drawn)
    for part in ("◆ Bedre", "● På niveau", "▼ Ringere", "⊠ Skjult", "83"):
        assert part in text
    told = heat_text("Kommuner", many(), NAMES, ALL_TITLES, DA)
    assert "Svendborg: Tabt for opfølgning klart bedre" in told
    assert "Odense: Registreret til tiden klart ringere" in told


def test_no_colour_is_the_only_sign_of_a_verdict() -> None:
    for row in rows_of().to_dicts():
        assert verdict_word(row, DA).split()[-1].lower() in {"bedre", "niveau", "ringere", "sammenlignes"}


# Run chart and sentences

QUARTERS = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]


def of_quarters(counted: list[int | None], state: State = "suppressed") -> tuple[pl.DataFrame, dict[str, Any]]:
    points = pl.DataFrame({"period": QUARTERS[: len(counted)], "numerator": counted}).with_columns(
        pl.lit("registered").alias("measure"),
        pl.lit("0479").alias("place"),
        pl.when(pl.col("numerator").is_not_null()).then(50).cast(pl.Int64).alias("denominator"),
        pl.when(pl.col("numerator").is_null()).then(pl.lit(state)).otherwise(pl.lit("number")).alias("state"),
    )
    x, n = pl.col("numerator"), pl.col("denominator")
    shown = points.with_columns((x / n).alias("share"), wilson_low(x, n).alias("low"), wilson_high(x, n).alias("high"))
    return shown, trends(points.lazy(), {"registered": True}).collect().row(0, named=True)


FALL: list[int | None] = [40, 41, 40, None, 39, 40, 40, 41, 40, 40, 28, 29]


@pytest.mark.parametrize("state", ABSENT[:3])
def test_a_run_chart_marks_the_change_and_the_gaps(state: State) -> None:
    points, change = of_quarters(FALL, state)
    drawn = run_chart(points, change, DA, "light")
    text = said(drawn)
    for part in ("3. kvartal 2025", "før 80 %", "siden 57 %", DA(f"state.{state}")):
        assert part in text
    line = next(trace for trace in drawn.data if trace.mode == "lines+markers")
    assert line.y[3] is None
    assert line.connectgaps is False


def test_a_run_chart_is_told_in_words_and_as_a_table_too() -> None:
    points, change = of_quarters(FALL)
    told = plain(run_text("Registreret", points, change, DA))
    assert told.startswith(
        "Registreret. Vedvarende tilbagegang siden 3. kvartal 2025: 80 % før, 57 % siden. 1. kvartal"
    )
    assert "4. kvartal 2023: Skjult" in told
    levels = run_table(points, change, DA)[DA("compared_table.level")].to_list()
    assert [plain(level) for level in levels] == ["før 80 %"] * 10 + ["siden 57 %"] * 2


def test_without_a_change_no_level_is_drawn_and_the_words_say_so() -> None:
    points, change = of_quarters([40] * 10)
    assert trend_words(change, DA) == "Ingen vedvarende ændring"
    assert "før" not in said(run_chart(points, change, DA, "light"))
    assert set(run_table(points, change, DA)[DA("compared_table.level")]) == {""}
    few, unsaid = of_quarters([40] * 5)
    assert trend_words(unsaid, DA).endswith("der er for få perioder med tal")
    assert isinstance(run_chart(few.clear(), unsaid, DA, "dark"), go.Figure)


def test_an_alert_is_a_sentence_with_both_shares_and_the_children_behind_it() -> None:
    points, _ = of_quarters(FALL)
    listed = alerts(trends(points.lazy(), {"registered": True})).collect()
    told = plain(alert_sentence(listed.row(0, named=True), "Registreret til tiden", "Svendborg", DA))
    assert told == (
        "Svendborg: Registreret til tiden er gået tilbage siden 3. kvartal 2025. Andelen var 80 % før og er 57 % "
        "siden. Forskellen svarer til 23 af 100."
    )


def test_a_revision_says_what_was_and_what_is() -> None:
    keys = {"period": ["2019", "2020", "2021", "2022"]}
    earlier = pl.LazyFrame(
        {**keys, "numerator": [34, 34, None, 4], "denominator": [41, 41, None, 9],
         "state": ["number", "number", "suppressed", "number"]}
    )  # fmt: skip
    later = pl.LazyFrame(
        {"period": ["2019", "2020", "2021"], "numerator": [30, None, 30], "denominator": [41, None, 40],
         "state": ["number", "suppressed", "number"]}
    )  # fmt: skip
    rows = revisions(earlier, later, ["period"]).collect().to_dicts()
    assert [plain(revision_sentence(row, DA)) for row in rows] == [
        "2019: rettet fra 34 af 41 (83 %) til 30 af 41 (73 %) (−9,8 procentpoint).",
        "2020: er nu skjult og var det ikke før.",
        "2021: er nu 30 af 40 (75 %) og var ikke vist før.",
        "2022: er trukket tilbage.",
    ]
