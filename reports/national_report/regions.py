"""The chapter on the regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboards.charts.periods import period_words
from dashboards.headlines import SELECTABLE
from dashboards.national import sentences as national
from dashboards.scope import COUNTRY
from dashboards.shares import Share, Shares
from pipelines.definitions.measures import Measure
from reports.cells import name_cell, share_cell
from reports.charts.intervals import intervals_svg
from reports.documents.content import Chapter, Column, Lead, Picture, Table
from reports.documents.runs import runs_of
from reports.national_report.reading import Reading


def regions(reading: Reading) -> Chapter:
    """Where the regions lie in the measure that most of them have a figure in; then every measure by region."""
    words, window = reading.words, reading.period.window
    shares = reading.of_window((COUNTRY, *reading.regions))
    measure = _told_most(reading, shares)
    own = [shares.get(measure, place, window) for place in reading.regions]
    title = words("national_report.of_measure", measure=words.measure(measure.name, "title"))
    lead = runs_of(f"<b>{title}</b> {_sentence(own, reading)}")
    drawn = _interval_picture(reading, measure, own, shares.get(measure, COUNTRY, window))
    return Chapter("regions", words("national_report.regions"), (Lead(tuple(lead)), *drawn, _table(reading, shares)))


def _told_most(reading: Reading, shares: Shares) -> Measure:
    """The first of them where several have as many."""

    def told(measure: Measure) -> int:
        own = (shares.get(measure, place, reading.period.window) for place in reading.regions)
        return sum(share.share is not None for share in own)

    return max(SELECTABLE, key=told)


def _sentence(own: Sequence[Share], reading: Reading) -> str:
    rows = pl.DataFrame(
        [{"place": each.place.code, "share": each.share, "low": each.low, "high": each.high} for each in own],
        schema={"place": pl.String, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64},
    )
    return national.of_regions(rows, reading.names, reading.words)


def _table(reading: Reading, shares: Shares) -> Table:
    words, window = reading.words, reading.period.window
    places = (COUNTRY, *reading.regions)
    columns = (
        Column(words("national_report.measure"), width=1.7),
        *(Column(reading.short_name(place), is_number=True) for place in places),
    )
    lines = tuple(
        (
            name_cell(words.measure(measure.name, "title")),
            *(share_cell(shares.get(measure, place, window), words, "\n") for place in places),
        )
        for measure in SELECTABLE
    )
    return Table(
        words("national_report.by_region", window=period_words(window, words)),
        columns,
        lines,
        sheet=words("national_report.sheet_regions"),
        caption=words("national_report.share_caption"),
    )


def _interval_picture(reading: Reading, measure: Measure, own: Sequence[Share], country: Share) -> list[Picture]:
    words = reading.words
    known: list[dict[str, Any]] = [
        {"name": reading.names[each.place.code], "share": each.share, "low": each.low, "high": each.high}
        for each in own
        if each.share is not None
    ]
    if not known:
        return []
    told = "; ".join(f"{row['name']} {words.percent(row['share'])}" for row in known)
    title = words.measure(measure.name, "title")
    alt = words("national_report.regions_alt", title=title, told=told)
    caption = words("comparing.regions_caption")
    return [Picture("regions", title, intervals_svg(known, country.share, words), alt, caption, width=0.92)]
