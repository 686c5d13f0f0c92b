"""Municipalities beside each other and beside the country: one measure, one municipality, or all of both."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboards import published
from dashboards.charts.caterpillar import caterpillar, caterpillar_text
from dashboards.charts.funnel_plot import funnel_plot, funnel_text
from dashboards.charts.heat_table import heat_table, heat_text, heat_values
from dashboards.charts.spine import spine_chart, spine_table, spine_text
from dashboards.charts.verdicts import places_table
from dashboards.headlines import CARDS
from dashboards.notebook.asking import Asking
from dashboards.notebook.told import Told
from dashboards.scope import COUNTRY, Place
from pipelines.comparison import Target, compared
from pipelines.definitions.measures import Measure
from pipelines.spine import spine

FIGURE = ("numerator", "denominator", "state")


def comparison(asking: Asking, measure: str, period: str | None, own: str | None) -> Told:
    """The funnel plot: share against size, inside or outside of what chance and usual variation explain."""
    title, rows, place = _one_measure(asking, measure, period, own)
    names, words = asking.names, asking.words
    return Told(
        title,
        funnel_text(title, rows, names, place, words),
        places_table(rows, names, words),
        rows,
        funnel_plot(rows, names, place, words, asking.mode),
    )


def each_place(asking: Asking, measure: str, period: str | None, own: str | None) -> Told:
    """The caterpillar: every municipality with its interval, the highest share first."""
    title, rows, place = _one_measure(asking, measure, period, own)
    names, words = asking.names, asking.words
    return Told(
        title,
        caterpillar_text(title, rows, names, words),
        places_table(rows, names, words),
        rows,
        caterpillar(rows, names, place, words, asking.mode),
    )


def municipality(asking: Asking, place: str | None, period: str | None) -> Told:
    """The spine: many measures of one municipality, each beside country, region and the spread of all."""
    where, window = asking.place(place), asking.window(period)
    figures = _figures(asking, CARDS, window)
    polarity = {measure.name: measure.high_is_good for measure in CARDS}
    rows = spine(_compared(figures, CARDS).lazy(), where.code, polarity, _of_region(asking, figures, where)).collect()
    title = asking.title(asking.name(where), period=window)
    titles, words = _titles(asking, CARDS), asking.words
    return Told(
        title,
        spine_text(title, rows, titles, words),
        spine_table(rows, titles, words),
        rows,
        spine_chart(rows, titles, words, asking.mode),
    )


def all_measures(asking: Asking, period: str | None, own: str | None) -> Told:
    """The heat table: every municipality by every measure of the overview."""
    window = asking.window(period)
    rows, titles, names = _compared(_figures(asking, CARDS, window), CARDS), _titles(asking, CARDS), asking.names
    title, words = asking.title(asking.words("notebook.all_measures"), period=window), asking.words
    return Told(
        title,
        heat_text(title, rows, names, titles, words),
        heat_values(rows, names, titles, words),
        rows,
        heat_table(rows, names, titles, _own(asking, own), words, asking.mode),
    )


def _one_measure(
    asking: Asking, measure: str, period: str | None, own: str | None
) -> tuple[str, pl.DataFrame, str | None]:
    declared, window = asking.measure(measure), asking.window(period)
    rows = _compared(_figures(asking, (declared,), window), (declared,))
    return asking.title(asking.words.measure(measure, "title"), period=window), rows, _own(asking, own)


def _own(asking: Asking, named: str | None) -> str | None:
    place = asking.place(named)
    return place.code if place.kind == "municipality" else None


def _figures(asking: Asking, measures: Sequence[Measure], window: str) -> pl.DataFrame:
    """Every measure in every municipality and region and in the country, whatever its state."""
    places = (*asking.geography.places, *asking.regions, COUNTRY)
    rows = published.shares(asking.tables, asking.scope, measures, places, kind="three_years", names=[window])
    return rows.rename({"headline": "measure"})


def _compared(figures: pl.DataFrame, measures: Sequence[Measure]) -> pl.DataFrame:
    """Each measure by its own smallest denominator that is ranked."""
    return pl.concat([_beside_country(figures.filter(pl.col("measure") == each.name), each) for each in measures])


def _beside_country(figures: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    country = figures.filter(pl.col("place_kind") == COUNTRY.kind).select("numerator", "denominator").row(0)
    places = figures.filter(pl.col("place_kind") == "municipality").select("measure", "place", *FIGURE)
    floor = measure.facts.minimum_denominator
    beside = compared(places.lazy(), Target(*country), high_is_good=measure.high_is_good, rank_floor=floor)
    return beside.collect()


def _of_region(asking: Asking, figures: pl.DataFrame, place: Place) -> dict[str, float | None]:
    """The share of the region of a municipality by measure; null where it is not told."""
    if place.kind != "municipality":
        return {}
    region = asking.geography.region_of(place.code)
    return dict(figures.filter(pl.col("place") == region.code).select("measure", "share").iter_rows())


def _titles(asking: Asking, measures: Sequence[Measure]) -> dict[str, str]:
    return {measure.name: asking.words.measure(measure.name, "title") for measure in measures}
