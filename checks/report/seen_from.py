"""Results of checks as one municipality sees them, or as they are for the whole store."""

from __future__ import annotations

import polars as pl

from checks.statuses import overall

RUN = ["run_id", "checked_at", "check_id"]
OWN = ("status", "rows", "applicable", "failing", "accepted", "listed", "share")


def seen_from(results: pl.DataFrame, municipality: str | None) -> pl.DataFrame:
    """One row per run and check, of RESULTS.

    A municipality sees its own counts. Where it has none, its status follows from the whole: a check that is counted
    for municipalities, but not for this one, is about none of its rows; any other status is that of the whole store,
    without counts.
    """
    whole = overall(results)
    if municipality is None:
        return whole
    own = results.filter(pl.col("municipality_code") == municipality).select(*RUN, *OWN)
    elsewhere = results.filter(pl.col("municipality_code").is_not_null()).select(RUN).unique()
    is_elsewhere = elsewhere.with_columns(pl.lit(value=True).alias("_elsewhere"))
    seen = whole.join(own, on=RUN, how="left", suffix="_own").join(is_elsewhere, on=RUN, how="left")
    counts = [pl.col(f"{name}_own").alias(name) for name in OWN if name != "status"]
    return seen.with_columns(_status(), *counts).select(results.columns)


def _status() -> pl.Expr:
    has_none = pl.col("status_own").is_null() & pl.col("_elsewhere").fill_null(value=False)
    return (
        pl.when(has_none & (pl.col("status") != "error"))
        .then(pl.lit("not_applicable"))
        .otherwise(pl.coalesce("status_own", "status"))
        .alias("status")
    )
