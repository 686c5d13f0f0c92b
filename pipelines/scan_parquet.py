"""Persons' numbers in Parquet: in text anywhere, and in columns of whole numbers that are mostly such.

One whole number of ten digits is nothing. A column of which more than half looks like numbers, with ten digits in some,
is a register's column that was taken for figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.scan_rule import STANDS_ALONE, Hit, looks_like_a_whole_number

SHORTEST = 10
SIZES = {"bytes", "size", "modificationTime", "timestamp"}
"""Columns whose figures are known to be something else."""


def hits_in_parquet(file: Path) -> Iterator[Hit]:
    """Column names, the file's own notes, and every column; plain ones in one pass, nested ones each on its own."""
    rows = pl.scan_parquet(file)
    schema = rows.collect_schema()
    notes = pl.read_parquet_metadata(file)
    named = pl.Series([*schema.names(), *notes, *notes.values()], dtype=pl.String)
    if found := int(named.str.contains(STANDS_ALONE).sum()):
        yield Hit("", "names of columns and notes", found)
    plain = [name for name, dtype in schema.items() if not dtype.is_nested()]
    yield from _hits(rows.select(plain), {name: name for name in plain})
    for name in schema.names():
        if schema[name].is_nested():
            for place, values in _leaves(name, rows.select(pl.col(name).alias("value"))):
                yield from _hits(values, {"value": place})


def _hits(rows: pl.LazyFrame, places: dict[str, str]) -> Iterator[Hit]:
    """`places` gives for each column how it is called in the findings."""
    counts = [
        _counted(name, dtype).alias(name)
        for name, dtype in rows.collect_schema().items()
        if _can_hold_one(dtype) and places[name].rsplit(".", maxsplit=1)[-1] not in SIZES
    ]
    if not counts:
        return
    for name, found in rows.select(counts).collect(engine="streaming").row(0, named=True).items():
        if found:
            yield Hit("", f"column {places[name]}", found)


def _leaves(place: str, values: pl.LazyFrame) -> Iterator[tuple[str, pl.LazyFrame]]:
    """What is inside lists and structures, as one column `value` each."""
    dtype = values.collect_schema()["value"]
    if isinstance(dtype, pl.List | pl.Array):
        yield from _leaves(place, values.explode("value"))
    elif isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            part = values.select(pl.col("value").struct.field(field.name).alias("value"))
            yield from _leaves(f"{place}.{field.name}", part)
    else:
        yield place, values


def _can_hold_one(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype in (pl.String, pl.Categorical, pl.Enum, pl.Binary)


def _counted(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_numeric():
        return _in_figures(pl.col(name))
    text = pl.col(name).cast(pl.String, strict=False)
    return ((text.str.len_bytes() >= SHORTEST) & text.str.contains(STANDS_ALONE)).sum()


def _in_figures(value: pl.Expr) -> pl.Expr:
    like = looks_like_a_whole_number(value) & (value == value.floor())
    has_ten_digits = (like & (value >= 1_000_000_000)).any()
    is_mostly_such = like.sum() * 2 > value.is_not_null().sum()
    return pl.when(has_ten_digits & is_mostly_such).then(like.sum()).otherwise(0)
