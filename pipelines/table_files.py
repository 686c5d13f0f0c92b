"""The files of one Delta table: how they are written, which the log names, and how parts become its next version."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import polars as pl
from deltalake import CommitProperties, DeltaTable
from deltalake import Schema as DeltaSchema
from deltalake.transaction import AddAction, RemoveAction

from pipelines import objects
from pipelines.addresses import Place, limits, reaching, scanned, within
from pipelines.buckets import Buckets
from pipelines.content_sum import SUM, sha256_of

BUCKET = "_bucket"
KEEP_THE_LOG = {"delta.enableExpiredLogCleanup": "false"}
"""Delta would drop log files after 30 days, and with them the versions of kept runs."""

ROWS_TOGETHER = 50_000
"""Of each bucket so many are held before they are written."""

HOW_WRITTEN: dict[str, Any] = {"compression": "zstd", "compression_level": 1}
ONCE = CommitProperties(max_commit_retries=0)
"""A commit that would have to come after somebody else's is none: its version is the one that we counted on."""


def written_to(file: Path, rows: pl.LazyFrame, row_group_size: int | None = None) -> None:
    """Stream rows to a file as the store writes them."""
    rows.sink_parquet(file, row_group_size=row_group_size, **HOW_WRITTEN)


def in_buckets(rows: pl.LazyFrame, folder: Path, buckets: Buckets, column: str) -> Iterator[tuple[int, Path]]:
    """Bucket and file of each bucket that has rows, in one pass over them."""
    numbered = rows.with_columns(buckets.number(column).alias(BUCKET))
    numbered.sink_parquet(
        pl.PartitionBy(folder, key=BUCKET, include_key=False), mkdir=True, row_group_size=ROWS_TOGETHER, **HOW_WRITTEN
    )
    for file in sorted(folder.rglob("*.parquet")):
        yield int(file.parent.name.removeprefix(f"{BUCKET}=")), file


def opened(table: Place, version: int | None = None) -> DeltaTable:
    """A Delta table at a version, the last one without. StoreFailed when an object storage does not let us."""
    with reaching(table):
        return DeltaTable(str(table), version=version, storage_options=limits(table))


def files_of(table: Place, version: int | None = None) -> list[Place]:
    """The files that the log of a Delta table names, where they lie."""
    return _files(table, opened(table, version))


def _files(table: Place, delta: DeltaTable) -> list[Place]:
    named = pl.DataFrame(delta.get_add_actions()).get_column("path")
    return [within(table, unquote(path)) for path in named]


def rows_of(table: Place, version: int | None = None) -> pl.LazyFrame:
    """A Delta table by the files that its log names, read where they lie: `Børn og unge/` is a good name for a folder.

    Polars asks Delta for addresses and takes them for paths, so a folder with a blank or an æ would read as gone.
    """
    delta = opened(table, version)
    files = _files(table, delta)
    return scanned(files) if files else pl.LazyFrame(schema=pl.Schema(delta.schema().to_arrow()))


def bytes_of(table: Place, version: int) -> int:
    """Of the files of a version."""
    return int(pl.DataFrame(opened(table, version).get_add_actions()).get_column("size_bytes").sum())


def all_plain(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows in types that Delta knows."""
    return rows.select(_plain(column, dtype) for column, dtype in rows.collect_schema().items())


def _plain(column: str, dtype: pl.DataType) -> pl.Expr:
    """Delta knows no enumerations and no unsigned numbers."""
    if dtype in (pl.Enum, pl.Categorical):
        return pl.col(column).cast(pl.String)
    return pl.col(column).cast(pl.Int64) if dtype.is_unsigned_integer() else pl.col(column)


@dataclass(frozen=True)
class Laid:
    """A table that may be committed to: its schema in Delta's words, and whether it was made just now."""

    delta: DeltaTable
    schema: DeltaSchema
    is_new: bool


def laid(table: Place, schema: pl.Schema) -> Laid:
    """A table that is not there yet is there then, with no rows."""
    delta_schema, options = DeltaSchema.from_arrow(schema), limits(table)
    with reaching(table):
        if DeltaTable.is_deltatable(str(table), storage_options=options):
            return Laid(opened(table), delta_schema, is_new=False)
        if isinstance(table, Path):
            table.mkdir(parents=True, exist_ok=True)
        made = DeltaTable.create(str(table), delta_schema, configuration=KEEP_THE_LOG, storage_options=options)
        return Laid(made, delta_schema, is_new=True)


@dataclass(frozen=True)
class Committed:
    """The version that a table has now, and whether the table was made for it: then nothing else lies there."""

    version: int
    is_first: bool


def committed(
    table: Place, parts: list[Path], schema: pl.Schema, mode: Literal["append", "overwrite"] = "overwrite"
) -> Committed:
    """The parts, brought to where the table lies, as all that its next version consists of, or as what it has more.

    Killed before the commit, what was brought lies there without a name, and `without_leftovers` takes it away.
    """
    before = laid(table, schema)
    with reaching(table):
        added: list[AddAction | RemoveAction] = [_brought(part, table) for part in parts]
        version = before.delta.version() + 1
        before.delta.create_write_transaction(added, mode=mode, schema=before.schema, commit_properties=ONCE)
    return Committed(version, before.is_new)


def _brought(part: Path, table: Place) -> AddAction:
    rows = pl.scan_parquet(part, glob=False).select(pl.len()).collect().item()
    size, content = part.stat().st_size, sha256_of(part)
    if isinstance(table, Path):
        part.rename(table / part.name)
    else:
        objects.upload(part, f"{table}/{part.name}")
    return AddAction(
        path=part.name,
        size=size,
        partition_values={},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": rows, SUM: content}),
    )


def without_leftovers(table: Place, kept_versions: list[int] | None = None) -> None:
    """What no version needs goes, and what a killed commit has left half-made in the log."""
    if isinstance(table, Path):
        for half_made in (table / "_delta_log").glob("*.json#*"):
            half_made.unlink()
    with reaching(table):
        opened(table).vacuum(
            retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True, keep_versions=kept_versions
        )
