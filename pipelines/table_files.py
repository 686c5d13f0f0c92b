"""The files of one Delta table: how they are written, which the log names, and how parts become its next version."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction, RemoveAction

from pipelines.buckets import Buckets
from pipelines.content_sum import SUM, sha256_of

BUCKET = "_bucket"
KEEP_THE_LOG = {"delta.enableExpiredLogCleanup": "false"}
"""Delta would drop log files after 30 days, and with them the versions of kept runs."""


def folder_of(store: Path, table: str) -> Path:
    """Where a table lies: what the gate has passed stands apart, so that a machine of readers needs nothing else."""
    return store / ("published" if table.startswith("published_") else "tables") / table


HOW_WRITTEN: dict[str, Any] = {"compression": "zstd", "compression_level": 1}


def written_to(file: Path, rows: pl.LazyFrame, row_group_size: int | None = None) -> None:
    """Stream rows to a file as the store writes them."""
    rows.sink_parquet(file, row_group_size=row_group_size, **HOW_WRITTEN)


def in_buckets(rows: pl.LazyFrame, folder: Path, buckets: Buckets, column: str) -> Iterator[tuple[int, Path]]:
    """Bucket and file of each bucket that has rows, in one pass over them."""
    numbered = rows.with_columns(buckets.number(column).alias(BUCKET))
    numbered.sink_parquet(pl.PartitionBy(folder, key=BUCKET, include_key=False), mkdir=True, **HOW_WRITTEN)
    for file in sorted(folder.rglob("*.parquet")):
        yield int(file.parent.name.removeprefix(f"{BUCKET}=")), file


def files_of(table: Path, version: int | None = None) -> list[Path]:
    """The files that the log of a Delta table names, where they lie."""
    return [table / unquote(path) for path in _named_by(DeltaTable(str(table), version=version))]


def _named_by(delta: DeltaTable) -> pl.Series:
    return pl.DataFrame(delta.get_add_actions()).get_column("path")


def rows_of(table: Path, version: int | None = None) -> pl.LazyFrame:
    """A Delta table by the files that its log names, read where they lie: `Børn og unge/` is a good name for a folder.

    Polars asks Delta for addresses and takes them for paths, so a folder with a blank or an æ would read as gone.
    """
    delta = DeltaTable(str(table), version=version)
    files = [table / unquote(path) for path in _named_by(delta)]
    return pl.scan_parquet(files, glob=False) if files else pl.LazyFrame(schema=pl.Schema(delta.schema().to_arrow()))


def all_plain(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows in types that Delta knows."""
    return rows.select(_plain(column, dtype) for column, dtype in rows.collect_schema().items())


def _plain(column: str, dtype: pl.DataType) -> pl.Expr:
    """Delta knows no enumerations and no unsigned numbers."""
    if dtype in (pl.Enum, pl.Categorical):
        return pl.col(column).cast(pl.String)
    return pl.col(column).cast(pl.Int64) if dtype.is_unsigned_integer() else pl.col(column)


def committed(folder: Path, parts: list[Path], schema: pl.Schema) -> int:
    """The parts, moved to the table's folder, as all that its next version consists of."""
    arrow = pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
    delta_schema = Schema.from_arrow(arrow)
    if not DeltaTable.is_deltatable(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(str(folder), schema=delta_schema, configuration=KEEP_THE_LOG)
    added: list[AddAction | RemoveAction] = [_moved(part, folder) for part in parts]
    table = DeltaTable(str(folder))
    table.create_write_transaction(added, mode="overwrite", schema=delta_schema)
    return DeltaTable(str(folder)).version()


def _moved(part: Path, folder: Path) -> AddAction:
    rows = pl.scan_parquet(part).select(pl.len()).collect().item()
    target = folder / part.name
    part.rename(target)
    return AddAction(
        path=target.name,
        size=target.stat().st_size,
        partition_values={},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": rows, SUM: sha256_of(target)}),
    )


def without_leftovers(table: Path, kept_versions: list[int] | None = None) -> None:
    """What no version needs goes, and what a killed commit has left half-made in the log."""
    for half_made in (table / "_delta_log").glob("*.json#*"):
        half_made.unlink()
    DeltaTable(str(table)).vacuum(
        retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True, keep_versions=kept_versions
    )
