"""What has changed for good, and which published figures have become others since the publication before."""

from __future__ import annotations

from html import escape

import polars as pl

from dashboards import published_revisions
from dashboards.change_sentences import alert_sentence, revision_sentence
from dashboards.charts.periods import period_words
from dashboards.headlines import SELECTABLE
from dashboards.national import sentences as national
from dashboards.scope import COUNTRY
from reports.documents.content import Block, Cell, Chapter, Column, Heading, Items, Lead, Line, Table, Text
from reports.documents.runs import plain, runs_of
from reports.national_report.reading import NATIONAL, Reading

MARKS = {"improving": "better", "worsening": "worse", "no_change": "similar", "cannot_be_said": "incomparable"}


def changes(reading: Reading) -> Chapter:
    """Sentences, then every series in the country and in each region, then what was corrected."""
    words = reading.words
    blocks: list[Block] = [Lead(tuple(runs_of(" ".join(of_changes(reading))))), *_alerts(reading), _series(reading)]
    blocks += [Heading(words("revisions.title")), Text(tuple(runs_of(of_revisions(reading)))), *_revisions(reading)]
    return Chapter("changes", words("changes.title"), tuple(blocks))


def of_changes(reading: Reading) -> list[str]:
    """How many series have changed so that it holds when all are looked at together."""
    return national.of_changes(reading.lasting, reading.alerts, reading.words)


def of_revisions(reading: Reading) -> str:
    """How many figures have become others since the last publication."""
    rows = _revised(reading)
    return national.of_revisions(None if rows is None else rows.height, reading.words)


def _alerts(reading: Reading) -> list[Block]:
    words = reading.words
    told = [
        alert_sentence(row, words.measure(row["measure"], "title"), reading.names[row["place"]], words)
        for row in reading.alerts.iter_rows(named=True)
    ]
    return [Items(tuple(tuple(plain(sentence)) for sentence in told))] if told else []


def _series(reading: Reading) -> Table:
    words, places = reading.words, (COUNTRY, *reading.regions)
    known = {(row["measure"], row["place"]): row for row in reading.lasting.iter_rows(named=True)}
    columns = (
        Column(words("national_report.measure"), width=1.8),
        *(Column(reading.short_name(place)) for place in places),
    )
    rows: list[Line] = []
    for measure in (measure for measure in SELECTABLE if measure.step is None):
        told = (known.get((measure.name, place.code)) for place in places)
        rows.append((Cell(words.measure(measure.name, "title")), *(_trend(row, reading) for row in told)))
    return Table(
        words("changes.series"),
        columns,
        tuple(rows),
        sheet=words("national_report.sheet_changes"),
        caption=words("national_report.series_caption"),
    )


def _trend(row: dict[str, object] | None, reading: Reading) -> Cell:
    words = reading.words
    if row is None:
        return Cell(words("changes.no_quarters"), is_state=True)
    trend = str(row["trend"])
    since = "" if row["since_period"] is None else period_words(str(row["since_period"]), words)
    return Cell(words(f"trend.{trend}"), since, mark=MARKS[trend], is_state=trend == "cannot_be_said")


def _revisions(reading: Reading) -> list[Block]:
    words, rows = reading.words, _revised(reading)
    if rows is None or rows.is_empty():
        return []
    told = [
        f"<b>{escape(words.measure(row['headline'], 'title'))}, {escape(reading.names[row['place']])}.</b> "
        f"{escape(revision_sentence(row, words))}"
        for row in rows.iter_rows(named=True)
    ]
    return [Items(tuple(tuple(runs_of(sentence)) for sentence in told))]


def _revised(reading: Reading) -> pl.DataFrame | None:
    """None where the store keeps no earlier publication with other figures."""
    if reading.earlier is None:
        return None
    places = (COUNTRY, *reading.regions)
    return published_revisions.revised(reading.earlier, reading.tables, NATIONAL, tuple(SELECTABLE), places)
