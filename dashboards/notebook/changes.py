"""Lasting changes: of one measure in one place, and the list of those that somebody should look at."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboards import published, published_analysis
from dashboards.change_sentences import alert_sentence
from dashboards.charts.run_chart import run_chart, run_table, run_text
from dashboards.headlines import SELECTABLE
from dashboards.notebook.asking import Asking
from dashboards.notebook.told import Told
from dashboards.scope import COUNTRY, Place
from pipelines.alerts import alerts
from pipelines.definitions.measures import Measure
from pipelines.trends import trends

SERIES = ("measure", "place", "period", "numerator", "denominator", "state")


def trend(asking: Asking, measure: str, place: str | None) -> Told:
    """A measure over quarters (of a municipality: years), with its lasting change if one stands."""
    declared, where, words = asking.measure(measure), asking.place(place), asking.words
    points = _series(asking, declared, where)
    change = trends(points.select(SERIES).lazy(), {measure: declared.high_is_good}).collect().row(0, named=True)
    title = asking.title(words.measure(measure, "title"), asking.name(where))
    return Told(
        title,
        run_text(title, points, change, words),
        run_table(points, change, words),
        points,
        run_chart(points, change, words, asking.mode),
    )


def all_changes(asking: Asking) -> Told:
    """The alerts: lasting changes of every measure in the country and its regions, the most important first."""
    words, rows = asking.words, alerts(lasting_changes(asking)).collect()
    sentences = [_sentence(row, asking) for row in rows.iter_rows(named=True)]
    table = pl.DataFrame({words("notebook.change"): sentences}, schema_overrides={words("notebook.change"): pl.String})
    return Told(words("notebook.changes"), " ".join(sentences) or words("notebook.no_changes"), table, rows)


def lasting_changes(asking: Asking) -> pl.LazyFrame:
    """A row of `pipelines.trends` for each measure in the country and in each region that may be seen."""
    places = (COUNTRY, *asking.regions)
    figures = published_analysis.quarters(asking.tables, asking.scope, SELECTABLE, places)
    polarity = {measure.name: measure.high_is_good for measure in SELECTABLE}
    return trends(figures.select(SERIES).lazy(), polarity)


def _series(asking: Asking, measure: Measure, place: Place) -> pl.DataFrame:
    """By quarter where any quarter is told: of obligations, in the country and in regions. Else by year."""
    by_quarter = published_analysis.quarters(asking.tables, asking.scope, (measure,), (place,))
    if (by_quarter["state"] == "number").any():
        return by_quarter
    years: Sequence[str] = published.periods(asking.as_of, "year")
    rows = published.shares(asking.tables, asking.scope, (measure,), (place,), kind="year", names=years)
    return rows.rename({"headline": "measure"}).drop("place_kind")


def _sentence(row: dict[str, object], asking: Asking) -> str:
    measure = asking.words.measure(str(row["measure"]), "title")
    return alert_sentence(row, measure, asking.names[str(row["place"])], asking.words)
