"""What is left out while a register is scanned: of hundreds of millions of rows only ours are ever in memory."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.sources.declarations import RegisterFile
from pipelines.sources.registers.layouts import LAYOUTS
from pipelines.sources.registers.normal import normal
from pipelines.sources.registers.opened import Narrowing

YEAR_AT = 4
"""A person's number is ddmmyy and a serial."""
LENGTHS = (10, 11)
"""Of a number, without and with its hyphen."""


def of_years(years: Sequence[str]) -> Narrowing:
    """Persons whose number (PNR) has one of these two-digit years. Much cheaper than asking who each of them is.

    Only what has the length and the year of somebody else's number is left out: a number that lost its zero, and what
    is no number at all, may be about one of them and is seen.
    """
    others = pl.Series(sorted({f"{year:02d}" for year in range(100)} - set(years)), dtype=pl.String).implode()

    def narrowed(rows: pl.LazyFrame, declared: RegisterFile) -> pl.LazyFrame:
        number = _normal("PNR", rows, declared)
        is_whole = number.str.len_bytes().is_between(*LENGTHS)
        return rows.filter(~(is_whole & number.str.slice(YEAR_AT, 2).is_in(others)))

    return narrowed


def on_the_code_list(prefixes: Sequence[str], *columns: str) -> Narrowing:
    """Rows with a diagnosis that begins with one of the prefixes, however it was written: dots, small letters, no D.

    One pattern, which Polars looks up in the dictionary of a Parquet column instead of in every row.
    """
    pattern = r"^[ \t]*(?i:D\.?)?(?i:" + "|".join(r"\.?".join(prefix[1:]) for prefix in prefixes) + ")"

    def narrowed(rows: pl.LazyFrame, _: RegisterFile) -> pl.LazyFrame:
        schema = rows.collect_schema()
        codes = [name for name in columns if name in schema]
        as_text = [name for name in codes if schema[name] != pl.String()]
        rows = rows.with_columns(pl.col(as_text).cast(pl.String)) if as_text else rows
        return rows.filter(pl.any_horizontal(pl.col(name).str.contains(pattern) for name in codes))

    return narrowed


def with_keys(name: str, keys: pl.Series) -> Narrowing:
    """Rows whose id is among `keys`, as normalised. Whole numbers are compared as numbers: nothing is written out."""

    def narrowed(rows: pl.LazyFrame, declared: RegisterFile) -> pl.LazyFrame:
        dtype = rows.collect_schema()[name]
        if dtype.is_integer():
            wanted = keys.cast(pl.Int64, strict=False).cast(dtype, strict=False).drop_nulls()
            return rows.filter(pl.col(name).is_in(wanted.implode()))
        return rows.filter(_normal(name, rows, declared).is_in(keys.implode()))

    return narrowed


def _normal(name: str, rows: pl.LazyFrame, declared: RegisterFile) -> pl.Expr:
    variable = next(one for one in LAYOUTS[declared.layout].variables if one.name == name)
    return normal(variable, rows.collect_schema()[name], declared.form)
