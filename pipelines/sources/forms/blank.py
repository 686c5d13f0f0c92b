"""Rows without any content are no rows, in every form of file; those that follow keep their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl

from pipelines.definitions.contract import ROW

BLANKS = " \t\r\n\xa0"
"""Spreadsheets fill cells with spaces that do not break; they say as little as others."""


def given(name: str, dtype: pl.DataType) -> pl.Expr:
    """True where something stands: never null. Blank text says nothing, and NaN is how some senders write nothing."""
    value = pl.col(name)
    if dtype == pl.String():
        return (value.str.strip_chars(BLANKS) != "").fill_null(value=False)
    return value.is_not_null() & value.is_not_nan().fill_null(value=False) if dtype.is_float() else value.is_not_null()


def has_content(schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """True where something stands in any of these columns but the row's number."""
    return pl.any_horizontal(given(name, dtype) for name, dtype in schema.items() if name != ROW)


def without_blank_rows(
    read: Callable[[Sequence[str]], Iterator[pl.DataFrame]], columns: Sequence[str], others: Callable[[], list[str]]
) -> Iterator[pl.DataFrame]:
    """The batches that `read` gives for the columns, without the rows that are blank in all columns of the file.

    `others` names these. They are read only when a row comes in which nothing that is asked for stands: a row whose
    content nobody asked for is a row, and is counted.
    """
    done = 0
    for rows in read(columns):
        if not rows.select(has_content(rows.schema).all()).item():
            break
        yield rows
        done += rows.height
    else:
        return
    for rows in read(list(dict.fromkeys([*columns, *others()]))):
        yield rows.filter(pl.col(ROW) > done, has_content(rows.schema)).select(*columns, ROW)
