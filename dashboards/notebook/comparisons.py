"""Municipalities beside each other and beside the country: one measure, one municipality, or all of both.

Who may see one municipality alone gets that one, with the verdict that all together give it, and nothing of the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboards import published
from dashboards.charts.caterpillar import caterpillar, caterpillar_text
from dashboards.charts.funnel_plot import funnel_plot, funnel_text
from dashboards.charts.heat_table import heat_table, heat_text, heat_values
from dashboards.charts.spine import spine_chart, spine_table, spine_text
from dashboards.charts.verdicts import places_table, point_words
from dashboards.headlines import CARDS
from dashboards.language import Words
from dashboards.notebook.asking import Asking
from dashboards.notebook.told import Told
from dashboards.scope import COUNTRY, Place
from pipelines.comparison import Target, compared, compared_alone
from pipelines.definitions.measures import Measure
from pipelines.spine import spine

FIGURE = ("numerator", "denominator", "state")


def comparison(asking: Asking, measure: str, period: str | None, own: str | None) -> Told:
    """The funnel plot: share against size, inside or outside of what chance and usual variation explain."""
    title, rows, place, region = _one_measure(asking, measure, period, own)
    names, words = asking.names, asking.words
    return Told(
        title,
        funnel_text(title, rows, names, place, words) if asking.sees_all else _own_text(title, rows, region, asking),
        places_table(rows, names, words),
        rows,
        funnel_plot(rows, names, place, words, asking.mode),
    )


def each_place(asking: Asking, measure: str, period: str | None, own: str | None) -> Told:
    """The caterpillar: every municipality with its interval, the highest share first."""
    title, rows, place, region = _one_measure(asking, measure, period, own)
    names, words = asking.names, asking.words
    return Told(
        title,
        caterpillar_text(title, rows, names, words) if asking.sees_all else _own_text(title, rows, region, asking),
        places_table(rows, names, words),
        rows,
        caterpillar(rows, names, place, words, asking.mode),
    )


def municipality(asking: Asking, place: str | None, period: str | None) -> Told:
    """The spine: many measures of one municipality, each beside country, region and the spread of all."""
    where, window = asking.allowed(place), asking.window(period)
    figures = _figures(asking, CARDS, window)
    polarity = {measure.name: measure.high_is_good for measure in CARDS}
    rows = spine(
        _compared(asking, figures, CARDS, window).lazy(), where.code, polarity, _of_region(asking, figures, where)
    ).collect()
    title = asking.title(asking.name(where), period=window)
    titles, words = _titles(asking, CARDS), asking.words
    return Told(
        title,
        _and_who_is_left_out(spine_text(title, rows, titles, words), asking),
        spine_table(rows, titles, words),
        rows,
        spine_chart(rows, titles, words, asking.mode),
    )


def all_measures(asking: Asking, period: str | None, own: str | None) -> Told:
    """The heat table: every municipality by every measure of the overview."""
    place, window = asking.allowed(own), asking.window(period)
    rows = _compared(asking, _figures(asking, CARDS, window), CARDS, window)
    titles, names, words = _titles(asking, CARDS), asking.names, asking.words
    about = words("notebook.all_measures") if asking.sees_all else asking.name(place)
    title = asking.title(about, period=window)
    return Told(
        title,
        heat_text(title, rows, names, titles, words)
        if asking.sees_all
        else _own_measures_text(title, rows, titles, asking),
        heat_values(rows, names, titles, words),
        rows,
        heat_table(rows, names, titles, _code(place), words, asking.mode),
    )


def beside_country(asking: Asking, measures: Sequence[Measure], window: str) -> pl.DataFrame:
    """The rows behind the pictures: every municipality that may be seen by every measure, with verdict and rank."""
    return _compared(asking, _figures(asking, measures, window), measures, window)


def _one_measure(
    asking: Asking, measure: str, period: str | None, own: str | None
) -> tuple[str, pl.DataFrame, str | None, float | None]:
    """The title, the rows, the code of the own place, and the share of its region."""
    declared, window = asking.measure(measure), asking.window(period)
    place, figures = asking.allowed(own), _figures(asking, (declared,), window)
    rows = _compared(asking, figures, (declared,), window)
    title = asking.title(asking.words.measure(measure, "title"), period=window)
    return title, rows, _code(place), _of_region(asking, figures, place).get(measure)


def _code(place: Place) -> str | None:
    return place.code if place.kind == "municipality" else None


def _figures(asking: Asking, measures: Sequence[Measure], window: str) -> pl.DataFrame:
    """Every measure in the country and in each municipality and region that may be seen, whatever its state."""
    places = (*asking.municipalities, *asking.regions, COUNTRY)
    rows = published.shares(asking.tables, asking.scope, measures, places, kind="three_years", names=[window])
    return rows.rename({"headline": "measure"})


def _compared(asking: Asking, figures: pl.DataFrame, measures: Sequence[Measure], window: str) -> pl.DataFrame:
    """Each measure by its own smallest denominator that is ranked; one municipality alone has no rank."""
    by_measure = [figures.filter(pl.col("measure") == each.name) for each in measures]
    if asking.sees_all:
        return pl.concat([_beside_country(rows, each) for rows, each in zip(by_measure, measures, strict=True)])
    usual = published.usual_variation(asking.tables, asking.scope, measures, kind="three_years", period=window)
    return pl.concat(
        [
            _alone_beside_country(rows, each, usual[each.name].correlation)
            for rows, each in zip(by_measure, measures, strict=True)
        ]
    )


def _and_who_is_left_out(text: str, asking: Asking) -> str:
    return text if asking.sees_all else f"{text} {asking.words('notebook.own_place_alone')}"


def _own_text(title: str, rows: pl.DataFrame, region: float | None, asking: Asking) -> str:
    """One municipality alone: its figure and verdict, its limits, its region and the country."""
    words, row = asking.words, rows.row(0, named=True)
    limits = None if row["low_95"] is None else words.interval(row["low_95"], row["high_95"])
    told = [] if limits is None else [words("notebook.own_limits", limits=limits)]
    for name, share in (("region", region), ("country", row["target"])):
        told.append(words(f"notebook.own_{name}", share=_percent(share, words)))
    own = point_words(row, asking.names[row["place"]], words)
    return _and_who_is_left_out(f"{title}. {own}. {' '.join(told)}", asking)


def _percent(share: float | None, words: Words) -> str:
    return words("notebook.not_shown") if share is None else words.percent(share)


def _own_measures_text(title: str, rows: pl.DataFrame, titles: dict[str, str], asking: Asking) -> str:
    told = [point_words(row, titles[row["measure"]], asking.words) for row in rows.iter_rows(named=True)]
    return _and_who_is_left_out(f"{title}. {'; '.join(told)}.", asking)


def _alone_beside_country(figures: pl.DataFrame, measure: Measure, correlation: float) -> pl.DataFrame:
    places, country = _places_and_country(figures)
    beside = compared_alone(places, country, correlation, high_is_good=measure.high_is_good)
    no_rank = pl.lit(None, pl.Int64())
    return beside.with_columns(no_rank.alias("rank"), no_rank.alias("ranked")).collect()


def _beside_country(figures: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    places, country = _places_and_country(figures)
    floor = measure.facts.minimum_denominator
    return compared(places, country, high_is_good=measure.high_is_good, rank_floor=floor).collect()


def _places_and_country(figures: pl.DataFrame) -> tuple[pl.LazyFrame, Target]:
    country = figures.filter(pl.col("place_kind") == COUNTRY.kind).select("numerator", "denominator").row(0)
    places = figures.filter(pl.col("place_kind") == "municipality").select("measure", "place", *FIGURE)
    return places.lazy(), Target(*country)


def _of_region(asking: Asking, figures: pl.DataFrame, place: Place) -> dict[str, float | None]:
    """The share of the region of a municipality by measure; null where it is not told."""
    if place.kind != "municipality":
        return {}
    region = asking.geography.region_of(place.code)
    return dict(figures.filter(pl.col("place") == region.code).select("measure", "share").iter_rows())


def _titles(asking: Asking, measures: Sequence[Measure]) -> dict[str, str]:
    return {measure.name: asking.words.measure(measure.name, "title") for measure in measures}
