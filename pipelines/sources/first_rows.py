"""The first rows of a file, for a look at it before anything is ingested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from pipelines.errors import RefusedDelivery
from pipelines.sources import forms
from pipelines.sources.declarations import Form

HIDDEN = "(looks like a value)"
LOOKS_LIKE_A_VALUE = re.compile(r"\d{5}|\d\d[-./]\d\d[-./]\d|^\W*$")


def shown_headings(headings: Iterable[str]) -> list[str]:
    """Headings as they may be shown: where a file has no heading, its first row stands there, and that is hidden."""
    return [HIDDEN if LOOKS_LIKE_A_VALUE.search(heading) else heading for heading in headings]


def first_rows(file: Path | None, form: Form, columns: Sequence[str], rows: int) -> pl.DataFrame:
    """These columns of the first rows, and `_row`. Text for delimited files, Excel and databases, else own types."""
    parts = list(_batches(file, form, columns, rows))
    return pl.concat(parts) if parts else pl.DataFrame(schema=dict.fromkeys([*columns, "_row"], pl.String))


def headings_there(file: Path | None, form: Form, needed: Sequence[str]) -> list[str]:
    """All headings of the file. RefusedDelivery when one that is needed is not among them."""
    there = forms.heading(file, form)
    missing = [name for name in needed if name not in there]
    if missing:
        others = shown_headings(name for name in there if name not in needed)
        raise RefusedDelivery(
            f"Columns are missing or renamed: {', '.join(missing)}",
            where=file.name if file else "the query",
            to_do=f"Headings that nothing reads: {', '.join(others) or 'none'}.",
        )
    return there


def _batches(file: Path | None, form: Form, columns: Sequence[str], rows: int) -> Iterator[pl.DataFrame]:
    left = rows
    for batch in forms.batches(file, form, columns):
        yield batch.head(left)
        left -= batch.height
        if left <= 0:
            return
