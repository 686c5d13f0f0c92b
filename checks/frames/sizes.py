"""How many rows the tables have without which there are no figures, beside those of the last run before."""

from __future__ import annotations

import polars as pl

from checks.frames.frame import ROWS_BEFORE, Frame, Subject
from pipelines.store import Snapshot, Store

NEVER_EMPTY = ("pregnancies", "children", "residences")


def sizes(subject: Subject) -> Frame:
    """One row per table that the target group's figures need; `rows_before` is null where no run came before, or its
    tables are gone."""
    needed = [name for name in NEVER_EMPTY if name != "pregnancies" or subject.reference.target.is_about_pregnancies]
    rows = pl.concat([_counted(name, subject.read(name)) for name in needed])
    rows = rows.join(subject.rows_before(), on="table", how="left")
    return Frame("sizes", rows, ("table",), None, "Tabellernes størrelse", "Sizes of the tables")


def _counted(name: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.select(pl.len().cast(pl.Int64).alias("rows")).select(pl.lit(name).alias("table"), "rows")


def rows_of(run: Snapshot | None) -> pl.LazyFrame:
    """`table, rows_before`: the rows that a run had accepted. Nothing where there was none, or a new secret took it."""
    if run is None or "row_accounting" not in run.versions:
        return pl.LazyFrame(schema=ROWS_BEFORE)
    return run.table("row_accounting").select("table", pl.col("accepted").alias("rows_before"))


def run_before(snapshot: Snapshot) -> Snapshot | None:
    """The run whose figures stood when this run or ingest was made."""
    runs = Store(snapshot.folder).runs()
    is_earlier = (pl.col("finished_at") < snapshot.run["finished_at"]) & (pl.col("run_id") != snapshot.run["run_id"])
    earlier = runs.filter((pl.col("kind") == "run") & is_earlier)
    return Snapshot(snapshot.folder, earlier.row(0, named=True)) if earlier.height else None
