"""Parquet files: own types are kept, but enumerations become text and decimals become floats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import ROW
from pipelines.errors import RefusedDelivery
from pipelines.sources import files
from pipelines.sources.forms.blank import given, has_content

NO_CELLS = (pl.List, pl.Array, pl.Struct, pl.Binary, pl.Duration, pl.Time, pl.Object)
"""Types whose values are no text, number, day or truth value."""


def heading(file: Path) -> list[str]:
    """The names of the columns."""
    return [name for name in files.scan_columns(file).collect_schema().names() if name != ROW]


def without_cells(file: Path) -> list[str]:
    """Columns of a type that no cell has. Where nobody reads them they do no harm."""
    schema = files.scan_columns(file).collect_schema()
    return [name for name, dtype in schema.items() if dtype.base_type() in NO_CELLS]


def assert_readable(file: Path, columns: Sequence[str]) -> None:
    """Lists, structures, bytes and times of day that are asked for refuse the file, with their columns."""
    schema, unreadable = files.scan_columns(file).collect_schema(), without_cells(file)
    wrong = [f"{name} is {schema[name].base_type()}" for name in columns if name in unreadable]
    if wrong:
        raise files.refused(
            file,
            f"columns of a type that cannot be read: {', '.join(wrong)}",
            "Ask for them as text, numbers, dates or truth values.",
        )


def batches(file: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """These columns and `_row`."""
    rows = files.scan_columns(file)
    schema = rows.collect_schema()
    try:
        yield from rows.select(*(plain(name, schema[name]) for name in columns), ROW).collect_batches(
            maintain_order=True
        )
    except (pl.exceptions.PolarsError, OSError):
        raise _damaged(file) from None


def without_blank_rows(file: Path, rows: pl.LazyFrame, needed: str) -> pl.LazyFrame:
    """The rows of a whole file in which anything stands. `needed`, which few lack, is looked at first."""
    schema = rows.collect_schema()
    try:
        is_lacking = rows.select((~given(needed, schema[needed])).any()).collect(engine="streaming").item()
    except (pl.exceptions.PolarsError, OSError):
        raise _damaged(file) from None
    return rows.filter(has_content(schema)) if is_lacking else rows


def _damaged(file: Path) -> RefusedDelivery:
    return files.refused(file, "it is damaged inside", "It was probably cut short: ask for it again.")


def plain(name: str, dtype: pl.DataType) -> pl.Expr:
    """Only types that the rules speak of are left."""
    if dtype in (pl.Categorical, pl.Enum) or dtype == pl.Null():
        return pl.col(name).cast(pl.String)
    return pl.col(name).cast(pl.Float64) if dtype.is_decimal() else pl.col(name)
