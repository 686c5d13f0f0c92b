"""Who has reported what was to be expected: the completeness that every figure of the report rests on."""

from __future__ import annotations

from datetime import date
from html import escape

import polars as pl

from dashboards.quality import lacking, months
from dashboards.quality.declared import table_name
from reports.documents.content import Block, Cell, Chapter, Column, Lead, Table, Text
from reports.documents.runs import plain, runs_of
from reports.national_report.reading import Reading
from reports.opened import MONTHS


def reporting(reading: Reading) -> Chapter:
    """How much has come in the last year, delivery by delivery, and who lacks something now."""
    words, rows = reading.words, reading.reported
    if rows is None:
        blocks: tuple[Block, ...] = (Text(tuple(plain(words("national_report.no_run")))),)
        return Chapter("reporting", words("reporting.title"), blocks, new_page=False)
    told = " ".join([completeness_sentence(reading), _missing_sentence(reading, rows)])
    tables = [table for table in (_by_delivery(reading, rows), *_missing(reading, rows)) if table.rows]
    return Chapter("reporting", words("reporting.title"), (Lead(tuple(runs_of(told))), *tables))


def completeness_sentence(reading: Reading) -> str:
    """Months that have come of those that were to be expected; nothing where that is not known."""
    words = reading.words
    if reading.reported is None:
        return ""
    counted = months.completeness(reading.reported, months.months_until(reading.as_of, MONTHS))
    if counted.share is None:
        return words("reporting.nothing_expected")
    numbers = {"reported": words.number(counted.reported), "expected": words.number(counted.expected)}
    return words("reporting.reported", share=words.percent(counted.share), **numbers)


def _missing_sentence(reading: Reading, rows: pl.DataFrame) -> str:
    words, missing = reading.words, lacking.missing_now(rows)
    number = missing["municipality_code"].n_unique()
    if not number:
        return words("reporting.nobody_missing")
    first = missing.row(0, named=True)
    said = {
        "place": escape(_name(reading, first["municipality_code"])),
        "delivery": escape(table_name(first["delivery"], words)),
        "month": _month(reading, first["since"]),
    }
    return words("reporting.one_missing" if number == 1 else "reporting.missing", number=words.number(number), **said)


def _by_delivery(reading: Reading, rows: pl.DataFrame) -> Table:
    words = reading.words
    own = rows.filter(pl.col("municipality_code").is_in(reading.geography.codes))
    counted = lacking.by_delivery(own).filter(pl.col("expected") > 0)
    columns = (
        Column(words("reporting.delivery"), width=2.2),
        *(Column(words(f"reporting.{name}"), is_number=True) for name in ("came", "of", "lacking")),
    )
    lines = tuple(
        (
            Cell(table_name(row["delivery"], words)),
            Cell(words.percent(row["reported"] / row["expected"]), value=row["reported"] / row["expected"],
                 is_share=True),
            Cell(words("chart.count", part=words.number(row["reported"]), whole=words.number(row["expected"]))),
            Cell(words("chart.count", part=words.number(row["lacking"]), whole=words.number(row["municipalities"]))),
        )
        for row in counted.iter_rows(named=True)
    )  # fmt: skip
    title, caption = words("reporting.by_delivery"), words("reporting.by_delivery_caption")
    return Table(title, columns, lines, sheet=words("national_report.sheet_deliveries"), caption=caption)


def _missing(reading: Reading, rows: pl.DataFrame) -> list[Table]:
    words, missing = reading.words, lacking.missing_now(rows)
    if missing.is_empty():
        return []
    columns = (
        Column(words("table.municipality")),
        Column(words("reporting.delivery"), width=1.6),
        Column(words("reporting.since")),
        Column(words("reporting.months"), is_number=True, width=0.6),
    )
    lines = tuple(
        (
            Cell(_name(reading, row["municipality_code"])),
            Cell(table_name(row["delivery"], words)),
            Cell(_month(reading, row["since"])),
            Cell(words.number(row["months"]), value=row["months"]),
        )
        for row in missing.iter_rows(named=True)
    )
    title, caption = words("reporting.now"), words("reporting.now_caption")
    return [Table(title, columns, lines, sheet=words("national_report.sheet_missing"), caption=caption)]


def _name(reading: Reading, code: str) -> str:
    """Never a code that has no name: it may be any text of a row."""
    return reading.names.get(code) or reading.words("check.nowhere_known")


def _month(reading: Reading, month: date) -> str:
    return f"{reading.words.month(month.month)} {month.year}"
