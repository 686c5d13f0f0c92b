"""The pipeline run on a world, and its tables as rows that can be compared with the judge's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from naive import Verdict
from naive.world import COUNT_COLUMNS, EVIDENCE_COLUMNS, EXPOSED_COLUMNS, OBLIGATION_COLUMNS, Row, World

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES
from pipelines.flow import run_in_memory

PUBLISHED = {
    "evidence": EVIDENCE_COLUMNS,
    "exposed": EXPOSED_COLUMNS,
    "obligations": OBLIGATION_COLUMNS,
    "counts": COUNT_COLUMNS,
}


def frames_of(world: World) -> dict[str, pl.LazyFrame]:
    """The canonical tables of the contract; a table without rows has its columns all the same."""
    return {
        table.name: pl.LazyFrame(
            {column: [row[column] for row in world[table.name]] for column in table.schema}, schema=table.schema
        )
        for table in TABLES
    }


def deliver(world: World, folder: Path) -> None:
    """The world as a canonical folder of Parquet files."""
    folder.mkdir()
    for table, rows in frames_of(world).items():
        rows.sink_parquet(folder / f"{table}.parquet")


def pipeline_verdict(world: World, as_of: date, reference: Reference | None = None) -> Verdict:
    frames = run_in_memory(frames_of(world), as_of, reference or Reference.load())
    return Verdict(**{table: frames[table].select(columns).to_dicts() for table, columns in PUBLISHED.items()})


def in_order(table: str, rows: list[Row]) -> list[tuple[object, ...]]:
    """The rows as tuples of their published columns, in an order that does not depend on how they were made."""
    return sorted((tuple(row[column] for column in PUBLISHED[table]) for row in rows), key=repr)
