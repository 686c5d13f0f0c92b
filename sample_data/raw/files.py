"""Frames in the senders' words, written in the senders' forms."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from sample_data.raw.senders import DATE_FORMAT, Delivered
from sample_data.raw.source_toml import SHEET

MADE_ON = datetime(2020, 1, 1)  # noqa: DTZ001 - a fixed stamp without a zone, so that the same sample is the same bytes


def in_their_words(rows: pl.DataFrame, delivered: Delivered) -> pl.DataFrame:
    """Their headings and codes; outside Parquet everything is text as they write it."""
    return rows.select(
        _their_value(name, rows.schema[name], delivered).alias(heading) for name, heading in delivered.columns.items()
    )


def _their_value(name: str, dtype: pl.DataType, delivered: Delivered) -> pl.Expr:
    value = pl.col(name)
    is_person = name in ("child_id", "mother_id", "person_id")
    if is_person and delivered.has_hyphen:
        return pl.concat_str(value.str.slice(0, 6), pl.lit("-"), value.str.slice(6))
    if name in delivered.codes:
        theirs = {canonical: their for their, canonical in delivered.codes[name].items()}
        text = value.cast(pl.String)
        return text.replace_strict(theirs, return_dtype=pl.String)
    if delivered.form == "parquet" or (delivered.has_date_cells and dtype == pl.Date):
        return value
    if dtype == pl.Date:
        return value.dt.to_string(DATE_FORMAT)
    if dtype == pl.Float64:
        return danish_number(value)
    return value.cast(pl.String)


def danish_number(value: pl.Expr) -> pl.Expr:
    """`1.234,50`: two decimals behind a comma, a dot between thousands."""
    hundredths = (value.abs() * 100).round().cast(pl.Int64)
    crowns = hundredths // 100
    groups = [crowns // 1_000_000, crowns // 1000 % 1000, crowns % 1000]
    millions, thousands, ones = groups
    last = ones.cast(pl.String)
    with_thousands = pl.concat_str(thousands.cast(pl.String), pl.lit("."), last.str.zfill(3))
    with_millions = pl.concat_str(
        millions.cast(pl.String), pl.lit("."), thousands.cast(pl.String).str.zfill(3), pl.lit("."), last.str.zfill(3)
    )
    written = pl.when(millions > 0).then(with_millions).when(thousands > 0).then(with_thousands).otherwise(last)
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, written, pl.lit(","), (hundredths % 100).cast(pl.String).str.zfill(2))


def write_file(rows: pl.DataFrame, delivered: Delivered, file: Path) -> None:
    """Parquet, an Excel sheet, or semicolon text with Windows line ends in the declared encoding."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if delivered.form == "parquet":
        rows.write_parquet(file)
    elif delivered.form == "excel":
        _write_sheet(rows, file)
    else:
        text = rows.write_csv(separator=";", line_terminator="\r\n")
        file.write_bytes(text.encode(delivered.encoding))


def _write_sheet(rows: pl.DataFrame, file: Path) -> None:
    with xlsxwriter.Workbook(file) as book:
        book.set_properties({"created": MADE_ON})
        rows.write_excel(book, worksheet=SHEET, dtype_formats={pl.Date: "dd-mm-yyyy"})


def write_number_changes(changes: pl.DataFrame, file: Path, *, first_day: date) -> None:
    """old_person_id;new_person_id;changed_date, in the order in which they were made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    ordered = changes.with_columns(pl.col("changed_date").clip(lower_bound=first_day)).sort(
        "changed_date", "old_person_id"
    )
    text = ordered.with_columns(pl.col("changed_date").dt.to_string(DATE_FORMAT)).write_csv(separator=";")
    file.write_text(text, encoding="utf-8", newline="")
