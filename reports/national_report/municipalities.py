"""The chapter on all municipalities: map, funnel, and every one of them by region."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboards.charts.periods import period_words
from dashboards.charts.tile_map import map_text
from dashboards.headlines import SELECTABLE
from dashboards.scope import Place
from pipelines.definitions.measures import Measure
from pipelines.definitions.reference import Reference
from reports.cells import compared_cell, name_cell
from reports.charts.funnel import funnel_svg
from reports.charts.tiles import tiles_svg
from reports.documents.content import (
    Block,
    Chapter,
    Column,
    Group,
    Lead,
    Line,
    Note,
    Picture,
    Table,
    Text,
    side_by_side,
)
from reports.documents.runs import plain, runs_of, text_of
from reports.national_report.reading import Reading
from reports.national_report.summary import municipalities_sentence

MOST_MEASURES = 6
"""Columns of figures beside the names of municipalities, on an upright page."""


def municipalities(reading: Reading) -> Chapter:
    """The map and the funnel of the measure that most have a figure in; then all of them, region by region."""
    words, measure = reading.words, reading.told_most
    window = period_words(reading.period.window, words)
    blocks: list[Block] = [Lead(tuple(runs_of(municipalities_sentence(reading)))), _map(reading, measure)]
    rows = reading.compared.filter(pl.col("measure") == measure.name)
    if rows["share"].is_not_null().any():
        blocks.append(_funnel(reading, measure, rows))
    blocks.append(Note(tuple(plain(words("national_report.municipalities_note", window=window)))))
    blocks += _tables(reading)
    return Chapter("municipalities", words("national_report.municipalities"), tuple(blocks))


def _map(reading: Reading, measure: Measure) -> Picture:
    words, window = reading.words, reading.period.window
    places = [Place("municipality", code) for code in reading.geography.codes]
    shares = reading.of_window(places)
    own = [shares.get(measure, place, window) for place in places]
    title = words("national_report.map", measure=words.measure(measure.name, "title"))
    key = "areas.map_caption" if measure.high_is_good else "areas.map_caption_reverse"
    drawn = tiles_svg(own, measure, Reference.load().tile_grid, words)
    return Picture(
        "map", title, drawn, map_text(title, own, words), words(key, period=period_words(window, words)), 0.8
    )


def _funnel(reading: Reading, measure: Measure, rows: pl.DataFrame) -> Picture:
    words = reading.words
    title = words("comparing.funnel", measure=words.measure(measure.name, "title"))
    told = text_of(runs_of(municipalities_sentence(reading)))
    drawn = funnel_svg(rows, reading.names, words)
    return Picture("funnel", title, drawn, f"{title}. {told}", words("national_report.funnel_caption"))


def _tables(reading: Reading) -> list[Block]:
    """A table for each few measures that any municipality has a figure in; the others are named."""
    words, rows = reading.words, reading.compared
    told = set(rows.filter(pl.col("share").is_not_null())["measure"])
    shown = [measure for measure in SELECTABLE if measure.name in told]
    hidden = [words.measure(measure.name, "title") for measure in SELECTABLE if measure.name not in told]
    known = {(row["measure"], row["place"]): row for row in rows.iter_rows(named=True)}
    parts = side_by_side(shown, MOST_MEASURES)
    tables: list[Block] = [_table(reading, part, known, at, len(parts)) for at, part in enumerate(parts, start=1)]
    if hidden:
        tables.append(Text(tuple(plain(words("national_report.hidden_everywhere", measures=", ".join(hidden))))))
    return tables


def _table(
    reading: Reading, part: Sequence[Measure], known: dict[tuple[str, str], dict[str, object]], at: int, number: int
) -> Table:
    words, geography = reading.words, reading.geography
    columns = (
        Column(words("table.municipality"), width=1.3),
        *(Column(words.measure(measure.name, "title"), is_number=True) for measure in part),
    )
    lines: list[Line] = []
    for region in reading.regions:
        lines.append(Group(reading.names[region.code]))
        codes = [code for code in geography.codes if geography.region_of(code) == region]
        lines += [
            (name_cell(reading.names[code]), *(compared_cell(known[measure.name, code], words) for measure in part))
            for code in codes
        ]
    window = period_words(reading.period.window, words)
    counted = f" ({at}/{number})" if number > 1 else ""
    title = words("national_report.by_municipality", window=window) + counted
    sheet = (
        f"{words('national_report.sheet_municipalities')} {at}"
        if number > 1
        else words("national_report.sheet_municipalities")
    )
    return Table(title, columns, tuple(lines), sheet=sheet, caption=words("national_report.verdict_caption"))
