"""How rows are written down: each form gives batches of rows under the sender's headings, with `_row` beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from pipelines.sources.declarations import Form
from pipelines.sources.files import assert_not_empty, scan_columns


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
    return [name for name in scan_columns(file).collect_schema().names() if name != "_row"]


def batches(file: Path | None, form: Form, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """The rows of a file (or query) in its order: these columns and `_row` (Int64, the first is 1).

    Delimited text, Excel and databases give text; Parquet and SAS give their own types. Rows without any content are
    no rows. RefusedDelivery when the file is cut short, in another encoding, or lacks a column.
    """
    if form.kind == "database":
        from pipelines.sources.forms import database

        yield from database.batches(form, columns)
        return
    file = _whole(file)
    if form.kind == "delimited":
        from pipelines.sources.forms import delimited

        yield from delimited.batches(file, form, columns)
    elif form.kind == "sas":
        from pipelines.sources.forms import sas

        yield from sas.batches(file, columns)
    elif form.kind == "excel":
        from pipelines.sources.forms.excel import read_sheet

        yield read_sheet(file, form.sheet).select(*columns, "_row")
    else:
        yield from scan_columns(file).select(*columns, "_row").collect_batches(maintain_order=True)


def _whole(file: Path | None) -> Path:
    if file is None:
        raise ValueError("only a database has no file")
    assert_not_empty(file)
    return file
