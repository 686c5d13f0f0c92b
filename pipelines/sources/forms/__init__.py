"""How rows are written down: each form gives batches of rows under the sender's headings, with `_row` beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.sources.declarations import Form
from pipelines.sources.files import assert_not_empty
from pipelines.sources.forms.blank import without_blank_rows


def heading(file: Path | None, form: Form) -> list[str]:
    """The sender's headings. RefusedDelivery when the file cannot be read in its form."""
    if form.kind == "database":
        from pipelines.sources.forms import database

        return database.heading(form)
    file = _whole(file)
    if form.kind == "delimited":
        from pipelines.sources.forms import delimited

        return delimited.heading(file, form)
    if form.kind == "sas":
        from pipelines.sources.forms import sas

        return sas.heading(file)
    if form.kind == "excel":
        from pipelines.sources.forms.excel import read_sheet

        return [name for name in read_sheet(file, form.sheet).columns if name != "_row"]
    from pipelines.sources.forms import parquet

    return parquet.heading(file)


def batches(file: Path | None, form: Form, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """The rows of a file (or query) in its order: these columns and `_row` (Int64, the first is 1).

    Delimited text, Excel and databases give text; Parquet and SAS give their own types. Rows in which every cell is
    empty or blank are no rows (but a query's are), and those that follow keep their numbers. RefusedDelivery when the
    file is cut short, in another encoding, lacks a column or has one of a type that no cell has.
    """
    if form.kind == "database":
        from pipelines.sources.forms import database

        yield from database.batches(form, columns)
        return
    file = _whole(file)
    if form.kind == "delimited":
        from pipelines.sources.forms import delimited

        yield from delimited.batches(file, form, columns)
    elif form.kind == "excel":
        from pipelines.sources.forms.excel import read_sheet

        yield read_sheet(file, form.sheet).select(*columns, "_row")
    else:
        yield from _of_columns(file, form, columns)


def _of_columns(file: Path, form: Form, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Forms of which columns are read one by one."""
    if form.kind == "sas":
        from pipelines.sources.forms import sas

        return without_blank_rows(partial(sas.batches, file), columns, partial(sas.heading, file))
    from pipelines.sources.forms import parquet

    parquet.assert_readable(file, columns)
    return without_blank_rows(partial(parquet.batches, file), columns, partial(parquet.heading, file))


def _whole(file: Path | None) -> Path:
    if file is None:
        raise ValueError("only a database has no file")
    assert_not_empty(file)
    return file
