"""The chapter on each measure in the country, and the table that stands in the summary as well."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.charts.periods import period_words
from dashboards.headlines import CARDS
from dashboards.scope import COUNTRY
from dashboards.shares import Share
from pipelines.definitions.measures import Measure
from reports.cells import change_cell, name_cell, share_cell
from reports.charts.courses import courses_svg
from reports.documents.content import Block, Cell, Chapter, Column, Picture, Table, Text
from reports.documents.runs import plain
from reports.national_report.reading import Reading


def measures(reading: Reading) -> Chapter:
    """Every measure of the country beside a year earlier, and over the years."""
    words = reading.words
    table = beside_a_year_earlier(reading, reading.measures, "national_report.all_measures")
    return Chapter("measures", words("national_report.measures"), (*_courses(reading), table))


def _courses(reading: Reading) -> list[Block]:
    """Only of measures that have a figure in at least one year."""
    words = reading.words
    shares, years = reading.years(tuple(CARDS))
    series = {words.measure(measure.name, "title"): shares.series(measure, COUNTRY, years) for measure in CARDS}
    told = {title: row for title, row in series.items() if any(share.share is not None for share in row)}
    if not told:
        return [Text(tuple(plain(words("national_report.no_years"))))]
    caption = words("national_report.years_caption")
    text = " ".join(_series_text(title, row, reading) for title, row in told.items())
    return [Picture("years", words("national_report.years"), courses_svg(told, words), text, caption, width=0.86)]


def _series_text(title: str, series: Sequence[Share], reading: Reading) -> str:
    words = reading.words
    points = [
        words("chart.no_point", period=share.period, state=words(f"state.{share.state}"))
        if share.share is None
        else words("chart.no_point", period=share.period, state=words.percent(share.share))
        for share in series
    ]
    return words("chart.trend_alt", title=title, place=reading.names[COUNTRY.code], points="; ".join(points))


def beside_a_year_earlier(reading: Reading, measures: Sequence[Measure], title: str) -> Table:
    """Measures of the country in the period that is told and in the same one a year earlier. `title`: its key."""
    words, period = reading.words, reading.period
    before = period_words(period.before, words)
    columns = (
        Column(words("national_report.measure"), width=2.2),
        Column(period_words(period.told, words), is_number=True, width=1.5),
        Column(before, is_number=True, width=1.5),
        Column(words("national_report.since", period=before), width=1.6),
    )
    rows = tuple(_row(reading, measure) for measure in measures)
    caption = words("national_report.share_caption")
    return Table(words(title), columns, rows, sheet=words(title), caption=caption)


def _row(reading: Reading, measure: Measure) -> tuple[Cell, ...]:
    words, period = reading.words, reading.period
    now, then = (reading.shares.get(measure, COUNTRY, name) for name in (period.told, period.before))
    return (
        name_cell(words.measure(measure.name, "title")),
        share_cell(now, words),
        share_cell(then, words),
        change_cell(now, then, words, high_is_good=measure.high_is_good),
    )
