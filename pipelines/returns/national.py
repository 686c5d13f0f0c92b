"""The tables of a store that is made from returns, under the names by which the gate reads them."""

from __future__ import annotations

import polars as pl

from pipelines.counted import RETURNED
from pipelines.returns.count_tables import CONTINUITY, MUNICIPALITY, OBLIGATIONS

NATIONAL_TABLES = {OBLIGATIONS.name: "counts_by_group", CONTINUITY.name: "continuity", **RETURNED}
"""By the name of a count table. The first two are those of a run with rows, without what the gate does not read."""


def table_of(name: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows with the kinds that the gate asks for; whose they are stays beside them."""
    if name == OBLIGATIONS.name:
        keys = ("measure", "period", "attribution", "group_kind", "group_value")
        return rows.select(MUNICIPALITY, pl.lit("quarter").alias("period_kind"), *keys, *OBLIGATIONS.numbers)
    if name == CONTINUITY.name:
        kinds = (pl.lit("municipality").alias("group_kind"), pl.lit("three_years").alias("birth_period_kind"))
        return rows.select(MUNICIPALITY, *kinds, *CONTINUITY.columns)
    return rows
