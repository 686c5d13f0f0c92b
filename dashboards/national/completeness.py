"""Parts of the page on reporting: who is missing and since when, each delivery, and every municipality by month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import figure_tables, published_quality
from dashboards.address import chosen, remember
from dashboards.charts.month_strips import month_strips, strip_text
from dashboards.frame import link_with
from dashboards.language import Words
from dashboards.markup import card_heading, heading, lead, show
from dashboards.national.tables import Told, told_table
from dashboards.quality import lacking, months
from dashboards.quality.declared import table_name
from dashboards.quality.visit import Quality
from dashboards.scope import Place

YEAR = 12
SHOWN = 12
ALL = "all"


def title_and_lead(quality: Quality) -> None:
    """How much of what was to be expected has come, how many lack something now, and who has for the longest time."""
    visit, words = quality.visit, quality.visit.words
    heading(words("reporting.title"), words("reporting.subtitle", day=words.day(visit.as_of)))
    year = months.months_until(visit.as_of, YEAR)
    counted = months.completeness(_reporting(quality), year)
    lead(
        [of_completeness(counted, words), of_missing(lacking.missing_now(_reporting(quality)), _names(quality), words)]
    )


def of_completeness(counted: months.Completeness, words: Words) -> str:
    """Months that have come among those that were to be expected; a count of months is no estimate."""
    if counted.share is None:
        return words("reporting.nothing_expected")
    numbers = {"reported": words.number(counted.reported), "expected": words.number(counted.expected)}
    return words("reporting.reported", share=words.percent(counted.share), **numbers)


def of_missing(missing: pl.DataFrame, names: Mapping[str, str], words: Words) -> str:
    """How many municipalities lack something now, and the one that has for the longest time."""
    if missing.is_empty():
        return words("reporting.nobody_missing")
    first, number = missing.row(0, named=True), missing["municipality_code"].n_unique()
    said = {
        "place": escape(names.get(first["municipality_code"], words("check.nowhere_known"))),
        "delivery": escape(table_name(first["delivery"], words)),
        "month": _month(first["since"], words),
    }
    return words("reporting.one_missing" if number == 1 else "reporting.missing", number=words.number(number), **said)


def missing_card(quality: Quality) -> None:
    """Municipality, delivery, since when and for how many months; the longest first."""
    words, missing = quality.visit.words, lacking.missing_now(_reporting(quality))
    lines = [_line(quality, row) for row in missing.iter_rows(named=True)]
    with st.container(key="card-missing"):
        card_heading(words("reporting.now"), words("reporting.now_caption"))
        if not lines:
            show(f"<p class='rt-notice'>{escape(words('reporting.nobody_missing'))}</p>")
            return
        rows = [[Told(cell) for cell in line.values()] for line in lines[:SHOWN]]
        show(told_table(words("reporting.now"), list(lines[0]), rows))
        title = words("reporting.now")
        figure_tables.of_frame(quality.visit, pl.DataFrame(lines, orient="row"), "missing", title=title)


def _line(quality: Quality, row: Mapping[str, Any]) -> dict[str, str]:
    words = quality.visit.words
    return {
        words("table.municipality"): _name(quality, row["municipality_code"]),
        words("reporting.delivery"): table_name(row["delivery"], words),
        words("reporting.since"): _month(row["since"], words),
        words("reporting.months"): words.number(row["months"]),
    }


def deliveries_card(quality: Quality) -> None:
    """How much of each delivery has come, and how many municipalities lack some of it."""
    words, visit = quality.visit.words, quality.visit
    of_municipalities = _reporting(quality).filter(pl.col("municipality_code").is_in(visit.geography.codes))
    rows = lacking.by_delivery(of_municipalities).filter(pl.col("expected") > 0)
    with st.container(key="card-deliveries"):
        card_heading(words("reporting.by_delivery"), words("reporting.by_delivery_caption"))
        lines = [_delivery(quality, row) for row in rows.iter_rows(named=True)]
        names = ("delivery", "came", "of", "lacking")
        addresses = [_address(quality, name) for name in rows["delivery"]]
        cells = [
            [Told(line[0], address), *(Told(cell, is_number=True) for cell in line[1:])]
            for line, address in zip(lines, addresses, strict=True)
        ]
        show(told_table(words("reporting.by_delivery"), [words(f"reporting.{name}") for name in names], cells))
        frame = pl.DataFrame(lines, schema=[words(f"reporting.{name}") for name in names], orient="row")
        figure_tables.of_frame(visit, frame, "deliveries", title=words("reporting.by_delivery"))


def _delivery(quality: Quality, row: Mapping[str, Any]) -> tuple[str, ...]:
    words = quality.visit.words
    return (
        table_name(row["delivery"], words),
        words.percent(row["reported"] / row["expected"]),
        words("chart.count", part=words.number(row["reported"]), whole=words.number(row["expected"])),
        words("chart.count", part=words.number(row["lacking"]), whole=words.number(row["municipalities"])),
    )


def _address(quality: Quality, delivery: str) -> str:
    return link_with(quality.visit.words, quality.visit.scope, "completeness", delivery=delivery)


def months_card(quality: Quality) -> None:
    """Every municipality by month, region by region, of one delivery or of all together."""
    visit, words = quality.visit, quality.visit.words
    known, rows = months.months_until(visit.as_of), _reporting(quality)
    with st.container(key="card-by-month"):
        card_heading(words("reporting.by_month"), words("reporting.by_month_caption", months=len(known)))
        delivery = _choose_delivery(quality, rows)
        one = lacking.of_all_deliveries(rows) if delivery == ALL else rows.filter(pl.col("delivery") == delivery)
        strips = lacking.strips_of(one, visit.geography.codes, known)
        for region, codes in _by_region(quality).items():
            show(f"<h3 class='rt-sub'>{escape(region)}</h3>")
            of_region = [strip for strip in strips if strip.name in codes]
            show(month_strips(of_region, known, lambda code: _name(quality, code), words))
        lines = [_months(quality, strip, known) for strip in strips]
        title = f"{words('reporting.by_month')}: {_title(delivery, words)}"
        figure_tables.of_frame(visit, pl.DataFrame(lines, orient="row"), f"reporting-{delivery}", title=title)


def _months(quality: Quality, strip: months.Strip, known: list[date]) -> dict[str, str]:
    """A municipality as a line of a file: the whole in words, and every month by its name."""
    words = quality.visit.words
    line = {
        words("table.municipality"): _name(quality, strip.name),
        words("table.state"): strip_text(strip, known, words),
    }
    states = (words(f"month_state.{state or 'outside'}") for state in strip.states)
    return line | dict(zip((_month(month, words) for month in known), states, strict=True))


def _choose_delivery(quality: Quality, rows: pl.DataFrame) -> str:
    words = quality.visit.words
    options = [ALL, *months.lacking_most(rows, months.months_until(quality.visit.as_of))]
    name = chosen("delivery", options, ALL)
    st.selectbox(words("strip.choose"), options, key="delivery", format_func=lambda option: _title(option, words))
    remember("delivery", name, ALL)
    return name


def _title(delivery: str, words: Words) -> str:
    return words("reporting.all_deliveries") if delivery == ALL else table_name(delivery, words)


def _by_region(quality: Quality) -> dict[str, list[str]]:
    geography = quality.visit.geography
    regions: dict[str, list[str]] = {}
    for code in geography.codes:
        regions.setdefault(geography.name(geography.region_of(code)), []).append(code)
    return dict(sorted(regions.items()))


def _reporting(quality: Quality) -> pl.DataFrame:
    known = months.months_until(quality.visit.as_of)
    return quality.of_run(published_quality.reporting, known[0], known[-1])


def _names(quality: Quality) -> dict[str, str]:
    geography = quality.visit.geography
    return {code: geography.name(Place("municipality", code)) for code in geography.codes}


def _name(quality: Quality, code: str) -> str:
    """Never a code that has no name: it may be any text of a row."""
    geography = quality.visit.geography
    if code not in geography.codes:
        return quality.visit.words("check.nowhere_known")
    return geography.name(Place("municipality", code))


def _month(month: date, words: Words) -> str:
    return f"{words.month(month.month)} {month.year}"
