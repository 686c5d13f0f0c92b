"""Are the results of the SQL job those of a store's last run? Prints how many rows differ, table by table.

Rows are compared as the outside world knows them, with pseudonyms, and each as often as it is there. No value of a row
is printed, only counts.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from pipelines.export import EVIDENCE, EXPOSED, GAPS, OBLIGATIONS, as_specified
from pipelines.store import Snapshot, Store

COLUMNS = {"evidence": EVIDENCE, "exposed": EXPOSED, "obligations": OBLIGATIONS, "gaps": GAPS, "counts": None}


def differences(out: Path, store: Path) -> dict[str, tuple[int, int]]:
    """Table to (its rows in the store, rows that only one side has)."""
    run = Store(store).last("run")
    if run is None:
        raise SystemExit(f"{store} has no run")
    return {table: _different(_of_sql(table, out), _of_store(table, run)) for table in COLUMNS}


def _of_store(table: str, run: Snapshot) -> pl.LazyFrame:
    return _plain(as_specified(table, run), table)


def _of_sql(table: str, out: Path) -> pl.LazyFrame:
    rows = pl.scan_parquet(out / f"{table}.parquet")
    for number, named in (("child", "children"), ("pregnancy", "pregnancies")):
        if number in rows.collect_schema():
            names = pl.scan_parquet(out / f"{named}.parquet")
            rows = rows.join(names, on=number, how="left")
    if table in ("obligations", "gaps"):
        of_follow_up = pl.when(pl.col("kind").cast(pl.String) == "follow_up").then(pl.col("measure").cast(pl.String))
        rows = rows.rename({"municipality": "municipality_code"}).with_columns(
            pl.coalesce("subject_id", of_follow_up, "child_id", "pregnancy_id").alias("subject_id")
        )
    return _plain(rows, table)


def _plain(rows: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """Words as text, numbers as one type: the two sides keep them differently."""
    columns = COLUMNS[table] or rows.collect_schema().names()
    texts = pl.selectors.by_dtype(pl.Categorical, pl.Enum)
    return rows.select(columns).with_columns(texts.cast(pl.String), pl.selectors.integer().cast(pl.Int64))


def _different(ours: pl.LazyFrame, theirs: pl.LazyFrame) -> tuple[int, int]:
    columns = theirs.collect_schema().names()
    sides = [
        side.select(columns).select(pl.struct(columns).hash().alias("row"), pl.lit(sign).alias("sign"))
        for side, sign in ((ours, 1), (theirs, -1))
    ]
    both = pl.concat(sides).group_by("row").agg(pl.col("sign").sum(), (pl.col("sign") < 0).sum().alias("rows"))
    told = both.select(pl.col("rows").sum(), pl.col("sign").abs().sum()).collect(engine="streaming")
    rows, different = told.row(0)
    return int(rows), int(different)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sql_job.compare", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("store", type=Path)
    asked = parser.parse_args()
    found = differences(asked.out, asked.store)
    for table, (rows, different) in found.items():
        print(f"{table:12} {rows:>12,} rows, {different:,} differ")
    if any(different for _, different in found.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
