"""Children of a target group from a few lines: canonical tables that keep the contract, with all else empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.definitions.tables import TABLES, table_named

D = date.fromisoformat
UNLESS_SAID = {
    "children": {"sex": "unknown"},
    "diagnoses": {"is_refuted": False},
    "exposures": {"substance": "unspecified", "certainty": "confirmed", "recorded_by": "family_department"},
    "handovers": {"from_actor": "family_department", "has_exposure": True},
    "contacts": {"programme": "family_clinic", "status": "attended"},
}


def tables(**rows: list[dict[str, Any]]) -> Mapping[str, pl.LazyFrame]:
    """Every canonical table; days are texts, and events are numbered in their order."""
    return {table.name: _table(table.name, rows.get(table.name, [])) for table in TABLES}


def _table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    table = table_named(name)
    dates = {column.name for column in table.columns if column.dtype == pl.Date()}
    named = {table.key[0]: None} if len(table.key) == 1 else {}
    whole = [named | {table.key[0]: f"{name}-{at}"} | UNLESS_SAID.get(name, {}) | row for at, row in enumerate(rows)]
    read = [{key: D(value) if key in dates and value else value for key, value in row.items()} for row in whole]
    return pl.DataFrame(read, schema=table.schema).lazy()


def as_text(rows: pl.DataFrame, columns: list[str]) -> list[str]:
    """Rows as lines of a text table, in the order of their columns; null is empty."""
    return sorted(
        " | ".join("" if value is None else str(value) for value in row) for row in rows.select(columns).rows()
    )


def lines(table: str) -> list[str]:
    """The lines of a text table without its heading, blanks evened out."""
    _, *rows = [line for line in table.strip().splitlines() if line.strip()]
    return sorted(" | ".join(cell.strip() for cell in row.strip().strip("|").split("|")) for row in rows)
