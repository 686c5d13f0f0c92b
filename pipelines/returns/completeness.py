"""How whole the sources of a return are: months in which rows were to be expected, and rows that were set aside."""

from __future__ import annotations

import polars as pl

from pipelines.returns.count_tables import MUNICIPALITY
from pipelines.returns.form import Completeness
from pipelines.store import Snapshot

EXPECTED = ("reported", "missing", "declared_incomplete")
DIGITS = 2


def completeness(run: Snapshot) -> dict[str, list[Completeness]]:
    """By municipality that has months of its own, and under an empty name for all others: every source of the run."""
    shares = _shares_set_aside(run)
    months = _months(run)
    codes = ["", *months[MUNICIPALITY].unique().sort().to_list()]
    return {code: _of(months.filter(pl.col(MUNICIPALITY) == code), shares) for code in codes}


def _of(months: pl.DataFrame, shares: pl.DataFrame) -> list[Completeness]:
    rows = shares.join(months.drop(MUNICIPALITY), on="source", how="full", coalesce=True).sort("source")
    return [
        Completeness(row["source"], row["expected"] or 0, row["reported"] or 0, row["share"])
        for row in rows.iter_rows(named=True)
    ]


def _months(run: Snapshot) -> pl.DataFrame:
    """`municipality_code, source, expected, reported`: months of a source; nothing where too few are expected."""
    state = pl.col("state").cast(pl.String)
    return (
        run.table("reporting")
        .filter(state.is_in(EXPECTED))
        .group_by(MUNICIPALITY, pl.col("delivery").alias("source"))
        .agg(pl.len().cast(pl.Int64).alias("expected"), (state == "reported").sum().cast(pl.Int64).alias("reported"))
        .collect()
    )


def _shares_set_aside(run: Snapshot) -> pl.DataFrame:
    """`source, share` of the whole run, in hundredths: by delivery, or by table where the run has no deliveries."""
    deliveries = run.table("deliveries").select(
        pl.col("delivery").alias("source"), "rows_read", (pl.col("quarantined") + pl.col("faulty")).alias("set_aside")
    )
    tables = run.table("row_accounting").select(
        pl.col("table").alias("source"), "rows_read", pl.col("quarantined").alias("set_aside")
    )
    has_deliveries = bool(deliveries.select(pl.len()).collect().item())
    read, aside = pl.col("rows_read").sum(), pl.col("set_aside").sum()
    share = pl.when(read > 0).then((aside / read).clip(0, 1).round(DIGITS)).alias("share")
    return (deliveries if has_deliveries else tables).group_by("source").agg(share).collect()
