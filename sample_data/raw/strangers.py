"""People of a register's other rows: numbers of nobody in the sample, and rows that are none of its business."""

from __future__ import annotations

import polars as pl


def stranger(number: int) -> str:
    """A test number of nobody in the sample: born in 1950, before every mother."""
    return f"{61 + number % 28}{1 + number % 12:02}50{1000 + number * 7:04}"


def with_one_more(rows: pl.DataFrame, **values: object) -> pl.DataFrame:
    """Rows of a register and one about the first stranger; what `values` does not name is empty.

    So that a register has a row also where the sample is too small to fill it. The values must put it out of scope.
    """
    told = {"PNR": stranger(0)} | values
    one = pl.DataFrame({name: [told.get(name)] for name in rows.columns}, schema=rows.schema)
    return pl.concat([rows, one])
