"""Parts of the page on operations: what the store holds. Sizes and growth, who has delivered, and releases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

import polars as pl
import streamlit as st

from checks.days import danish_day
from dashboards import figure_tables, operations
from dashboards.geography import Geography
from dashboards.language import Words
from dashboards.markup import card_heading, show
from dashboards.national.tables import Told, told_table
from dashboards.opening import store_path
from dashboards.operation.amounts import age_words, moment_words, size_words
from dashboards.quality.declared import table_name
from dashboards.visit import Visit
from pipelines.errors import UserError

SHOWN = 10
AMOUNTS = ("bytes", "growth", "on_disk")


def sizes_card(visit: Visit) -> None:
    """Tables by size, beside their size in the run before."""
    words = visit.words
    sizes = operations.sizes(store_path(), visit.scope)
    names = ("table", "bytes", "growth", "on_disk")
    lines = [
        (
            row["table"],
            size_words(row["bytes"], words),
            growth_words(row["bytes"], row["before"], words),
            size_words(row["on_disk"], words),
        )
        for row in sizes.iter_rows(named=True)
    ]
    with st.container(key="card-sizes"):
        card_heading(words("operations.sizes"), words("operations.sizes_caption"))
        _table(visit, names, lines, "sizes")


def growth_words(size: int | None, before: int | None, words: Words) -> str:
    """`+1,2 MB` since the run before; the table's first time is said."""
    if size is None or before is None:
        return words("operations.first_time")
    if size == before:
        return words("operations.unchanged")
    return f"{'+' if size > before else '−'}{size_words(abs(size - before), words)}"


def deliveries_card(visit: Visit) -> None:
    """The last file of each delivery and sender, and how long ago it came."""
    words, today = visit.words, danish_day(datetime.now(UTC))
    rows = operations.deliveries(visit.source, visit.scope)
    lines = [
        (
            table_name(row["delivery"], words),
            _sender(row["sender"], visit.geography, words),
            moment_words(row["last_seen"], words),
            age_words((today - danish_day(row["last_seen"])).days, words),
        )
        for row in rows.iter_rows(named=True)
    ]
    with st.container(key="card-deliveries"):
        card_heading(words("operations.deliveries"), words("operations.deliveries_caption"))
        _table(visit, ("delivery", "sender", "last_seen", "age"), lines, "deliveries")


def _sender(code: str | None, geography: Geography, words: Words) -> str:
    """By name; by its code where it is no municipality or region today."""
    if code is None:
        return words("operations.shared_sender")
    regions = map(geography.region_of, geography.codes)
    named = {place.code: geography.name(place) for place in (*geography.places, *regions)}
    return named.get(code, code)


def releases_card(visit: Visit) -> None:
    """What was published, when, and whether it was a correction; or that the ledger is broken."""
    words = visit.words
    with st.container(key="card-releases"):
        card_heading(words("operations.releases"), words("operations.releases_caption"))
        try:
            rows = operations.releases(store_path(), visit.scope)
        except UserError as fault:
            show(f"<p class='rt-notice'>{escape(words('operations.ledger_broken', told=fault.what))}</p>")
            return
        lines = [
            (
                words.number(row["number"]),
                "" if row["released_at"] is None else moment_words(row["released_at"], words),
                "" if row["as_of"] is None else words.day(row["as_of"]),
                row["reason"] or words("operations.no_reason"),
            )
            for row in rows.iter_rows(named=True)
        ]
        _table(visit, ("number", "released_at", "as_of", "reason"), lines, "releases")


def _table(visit: Visit, names: tuple[str, ...], lines: Sequence[tuple[str, ...]], key: str) -> None:
    """The first lines, and all of them as a table with its files."""
    words = visit.words
    headings = [words(f"operations.{name}") for name in names]
    if not lines:
        show(f"<p class='rt-notice'>{escape(words('operations.nothing'))}</p>")
        return
    rows = [
        [Told(cell, is_number=name in AMOUNTS) for name, cell in zip(names, line, strict=True)]
        for line in lines[:SHOWN]
    ]
    title = words(f"operations.{key}")
    show(told_table(title, headings, rows))
    table = pl.DataFrame(lines, schema=headings, orient="row")
    figure_tables.of_frame(visit, table, f"operations-{key}", title=title)
