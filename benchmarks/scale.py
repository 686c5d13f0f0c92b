"""The whole main job at several sizes, beside the same job in DuckDB SQL and in pandas, and beside reading its columns.

In one process, in buckets, on the workers of a cluster, and again after a delivery that touches few children. The
results of every way are compared with those of the first run before anything is written down.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.processes import Measured, measured, roedtraad
from pipelines.definitions.tables import TABLE_NAMES, TABLES
from pipelines.store import Store

AS_OF = "2026-09-30"
OF_THIS_RUN = ("cells", "bucket_contents", "deliveries", "row_accounting")
BUCKETS_OF_A_CORRECTION = 128
HEAD = ("| way | wall s | CPU s | peak GB | CPU against SQL |", "|---|---|---|---|---|")


@dataclass(frozen=True)
class Ways:
    """What is measured at a size: the yardsticks that fit into this machine's memory, and in how many buckets."""

    sql: bool = True
    pandas: bool = True
    plain: bool = True
    buckets: int = 8
    cluster: bool = True
    corrections: bool = True


def measure(folder: Path, children: int, ways: Ways, times: int = 1) -> list[str]:
    """A table of one size. `times` countries of `children` are put beside each other, with ids of their own."""
    canonical = country(folder, children, times)
    rows = sum(pl.scan_parquet(canonical / f"{n}.parquet").select(pl.len()).collect().item() for n in TABLE_NAMES)
    found = dict(_all_ways(folder, canonical, ways))
    sql = found.get("the same job as DuckDB SQL")
    lines = [f"{children * times:,} children, {rows:,} rows:", "", *HEAD]
    for name, process in found.items():
        ratio = f"{process.cpu / sql.cpu:.2f}" if sql else "–"
        lines.append(f"| {name} | {process.wall:.1f} | {process.cpu:.1f} | {process.peak_gb:.2f} | {ratio} |")
    return lines


def country(folder: Path, children: int, times: int) -> Path:
    """Canonical tables of a sample, or of several copies of it that share no id."""
    made = folder / "sample"
    if not (made / "canonical").exists():
        told = ("--children", children, "--forms", "canonical", "--as-of", AS_OF, "--quiet")
        measured(roedtraad("sample", made, *told))
    if times == 1:
        return made / "canonical"
    beside = folder / "countries"
    beside.mkdir(exist_ok=True)
    for table in TABLES:
        ids = [column.name for column in table.columns if column.identifier or column.name in _own_key(table.key)]
        rows = pl.scan_parquet(made / "canonical" / f"{table.name}.parquet")
        copies = [
            rows.with_columns((pl.lit(f"{at}-") + pl.col(name)).alias(name) for name in ids) for at in range(times)
        ]
        pl.concat(copies).sink_parquet(beside / f"{table.name}.parquet", row_group_size=250_000)
    return beside


def _own_key(key: tuple[str, ...]) -> tuple[str, ...]:
    """The key of a table whose rows have an id of their own."""
    return key if len(key) == 1 else ()


def _all_ways(folder: Path, canonical: Path, ways: Ways) -> list[tuple[str, Measured]]:
    found = [("lower bound: the needed columns are read", measured(_module("benchmarks.floor", canonical)))]
    if ways.sql:
        out = folder / "sql"
        found.append(("the same job as DuckDB SQL", measured(_module("benchmarks.sql_job", canonical, out, *as_of()))))
    if ways.pandas:
        out = folder / "pandas"
        found.append(("the same job in pandas", measured(_module("benchmarks.pandas_job", canonical, out, *as_of()))))
    runs = {"the main job": ()} if ways.plain else {}
    runs[f"the main job, `--buckets {ways.buckets}`"] = ("--buckets", ways.buckets)
    if ways.cluster:
        runs[f"`--buckets {ways.buckets} --scheduler local`, 2 workers"] = (
            *("--buckets", ways.buckets),
            *("--scheduler", "local"),
        )
    first: Path | None = None
    for at, (name, options) in enumerate(runs.items()):
        store = folder / f"store {at}"
        found.append((name, measured(_run(canonical, store, *options))))
        if first is None:
            first = store
            _assert_equal_to_yardsticks(folder, store)
        else:
            assert_same(first, store)
            shutil.rmtree(store)
    if ways.corrections and first:
        found += _corrections(folder, canonical)
    return found


def _corrections(folder: Path, canonical: Path) -> list[tuple[str, Measured]]:
    """One child of a hundred has other contacts: all those of a bucket, then some of every bucket."""
    store, told = folder / "corrected", []
    measured(_run(canonical, store, "--buckets", BUCKETS_OF_A_CORRECTION))
    for at, (name, where) in enumerate((("of one bucket", _of_a_bucket()), ("all over the country", _all_over()))):
        later = _corrected(canonical, folder / f"later {at}", where)
        again = measured(_run(later, store, "--buckets", BUCKETS_OF_A_CORRECTION))
        told.append((f"1 % of the children changed, {name}: what they touch, of 128 buckets", again))
    measured(_run(later, folder / "fresh"))
    assert_same(store, folder / "fresh")
    return told


def _corrected(canonical: Path, later: Path, where: pl.Expr) -> Path:
    later.mkdir()
    for file in canonical.iterdir():
        if file.name != "contacts.parquet":
            (later / file.name).hardlink_to(file)
    status = pl.when(where & (pl.col("status") == "attended")).then(pl.lit("no_show")).otherwise("status")
    contacts = pl.scan_parquet(canonical / "contacts.parquet").with_columns(status.alias("status"))
    contacts.sink_parquet(later / "contacts.parquet")
    return later


def _of_a_bucket() -> pl.Expr:
    surrogate = pl.col("child_id").hash(1)
    return surrogate % BUCKETS_OF_A_CORRECTION == 0


def _all_over() -> pl.Expr:
    return pl.col("child_id").hash(77) % 100 == 0


def as_of() -> tuple[str, str]:
    return "--as-of", AS_OF


def _module(name: str, *arguments: object) -> list[object]:
    return [sys.executable, "-m", name, *arguments]


def _run(canonical: Path, store: Path, *options: object) -> list[object]:
    return roedtraad("run", "--quiet", "--canonical", canonical, "--store", store, *as_of(), *options)


def _assert_equal_to_yardsticks(folder: Path, store: Path) -> None:
    for way in ("sql", "pandas"):
        if (folder / way).exists():
            told = subprocess.run(
                [str(part) for part in _module("benchmarks.sql_job.compare", folder / way, store)], check=False
            )
            if told.returncode:
                raise SystemExit(f"{way} finds something else than the main job")
            shutil.rmtree(folder / way)


def assert_same(one: Path, other: Path) -> None:
    """The tables of two stores hold the same rows."""
    first, second = Store(one).snapshot(), Store(other).snapshot()
    for name in sorted(set(first.versions) - set(OF_THIS_RUN)):
        sums = [_sum_of(snapshot.table(name)) for snapshot in (first, second)]
        if sums[0] != sums[1]:
            raise SystemExit(f"{name} is not the same: {json.dumps(sums)}")


def _sum_of(rows: pl.LazyFrame) -> tuple[int, int]:
    columns = sorted(rows.collect_schema().names())
    return rows.select(pl.len(), pl.struct(columns).hash().sum().alias("sum")).collect(engine="streaming").row(0)
