"""Delimited text in the encodings that Danish senders use, every column as text.

Read in blocks of whole records, each made UTF-8 and parsed by Polars; memory follows the block, not the file, and
nothing is written beside it. A field is quoted as a whole or not at all: a mark inside an unquoted field (`5" pipe`)
refuses the file, for it cannot be known where such a field ends.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from pipelines.definitions.contract import ROW
from pipelines.errors import RefusedDelivery, UserError
from pipelines.sources.declarations import Form
from pipelines.sources.files import assert_own_names, refused, unreadable
from pipelines.sources.forms.blank import BLANKS, has_content
from pipelines.sources.forms.encodings import Transcoder, assert_heading_not_utf_8, skip_the_mark
from pipelines.sources.forms.records import Records, assert_readable, whole_records

BLOCK = 1 << 23
FIRST_BLOCK = 1 << 16


def heading(file: Path, form: Form) -> list[str]:
    """The sender's headings."""
    return _names(file, form, next(_blocks(file, form, FIRST_BLOCK)))


def batches(file: Path, form: Form, columns: Sequence[str], block: int = BLOCK) -> Iterator[pl.DataFrame]:
    """These columns as text, and `_row`. At least one batch, for a heading alone has its columns too.

    Blank lines, and rows of nothing but empty or blank fields, are no rows but keep the numbers of those that follow.
    `block` is in bytes. What is wrong is told when the reading comes to it.
    """
    blocks = _blocks(file, form, block)
    first = next(blocks)
    names = _names(file, form, first)
    wanted = _wanted(file, names, columns)
    row = 1
    for records in chain([first.after_the_first()], blocks):
        yield _numbered(_parsed(file, form, records, row, len(names)), row).select(*wanted, ROW)
        row += len(records)


def scan(file: Path, form: Form) -> pl.LazyFrame:
    """The same, lazily: read again by every query over it, in blocks. A refusal comes when the query runs."""
    names = [name for name in heading(file, form) if name]

    def blocks(
        columns: list[str] | None, predicate: pl.Expr | None, most: int | None, _size: int | None
    ) -> Iterator[pl.DataFrame]:
        for rows in batches(file, form, names):
            asked = rows if most is None else rows.head(most)
            kept = asked if predicate is None else asked.filter(predicate)
            yield kept if columns is None else kept.select(columns)
            most = None if most is None else most - asked.height
            if most == 0:
                return

    return register_io_source(blocks, schema=dict.fromkeys(names, pl.String()) | {ROW: pl.Int64()})


def _blocks(file: Path, form: Form, size: int) -> Iterator[Records]:
    """Whole records in UTF-8; the first begins with the heading, and there is one."""
    _assert_separator(form.separator)
    transcoder = Transcoder(file, form.encoding)
    is_empty = True
    try:
        with file.open("rb") as stream:
            skip_the_mark(stream, file, form.encoding)
            for place, text in whole_records(stream, file, form.separator, size):
                records = Records(transcoder.to_utf_8(text, place))
                assert_readable(records, file)
                yield records
                is_empty = False
    except OSError as fault:
        raise unreadable(file, fault) from fault
    transcoder.assert_not_utf_8()
    if is_empty:
        raise _uneven(file)


def _assert_separator(separator: str) -> None:
    if len(separator) != 1 or not separator.isascii() or separator.isalnum() or separator in '"\r\n\0':
        raise UserError("A separator is a punctuation mark or a tab, and not a quotation mark", where="separator")


def _names(file: Path, form: Form, records: Records) -> list[str]:
    """Columns without a name may come more than once (a separator at the end of each line); nobody can ask for them."""
    text = records.first().decode()
    assert_heading_not_utf_8(text, file, form.encoding)
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=form.separator, strict=True))
    except csv.Error:
        raise _uneven(file) from None
    named = list(filter(None, names))
    assert_own_names(file, list(dict.fromkeys(named)))
    if not named or len(set(named)) < len(named):
        raise refused(file, "its first line is no heading with a name of its own for each column", "Mend the heading.")
    return names


def _wanted(file: Path, names: list[str], columns: Sequence[str]) -> list[pl.Expr]:
    missing = [name for name in columns if name not in names]
    if missing:
        raise refused(file, f"columns are missing or renamed: {', '.join(missing)}", "Ask for it with its headings.")
    return [pl.col(str(names.index(name))).alias(name) for name in columns]


def _parsed(file: Path, form: Form, records: Records, row: int, fields: int) -> pl.DataFrame:
    """One row per record, columns `0, 1, ...`: a heading of our own, for the first record may be blank.

    The parser refuses a record that is too long but fills a short one, so these are looked for before.
    """
    if not records.has_separators_for(form.separator, fields):
        _assert_even(file, form, records, row, fields)
    own_heading = form.separator.join(map(str, range(fields))).encode() + b"\n"
    try:
        rows = pl.read_csv(
            own_heading + records.text, separator=form.separator, infer_schema=False, empty_string_is_null=False
        )
    except pl.exceptions.PolarsError:
        _assert_even(file, form, records, row, fields)
        raise _uneven(file) from None
    if rows.height != len(records):
        raise _uneven(file)
    return rows


def _assert_even(file: Path, form: Form, records: Records, row: int, fields: int) -> None:
    uneven = records.first_uneven(form.separator, fields)
    if uneven is not None:
        raise _uneven(file, row + uneven)


def _numbered(rows: pl.DataFrame, first: int) -> pl.DataFrame:
    numbered = rows.with_columns(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(ROW))
    return numbered.filter(has_content(rows.schema)) if _may_be_blank(rows.to_series(0)) else numbered


def _may_be_blank(cells: pl.Series) -> bool:
    """Whether any begins as blank text does, which is quickly seen."""
    return bool(((cells < "!") | cells.str.starts_with(BLANKS[-1])).any())


def _uneven(file: Path, row: int | None = None) -> RefusedDelivery:
    what = "its rows do not have the fields of its heading; it is cut short or uses another separator"
    told = what if row is None else f"{what} (row {row})"
    return refused(file, told, "Ask for it again, or declare its separator.")
