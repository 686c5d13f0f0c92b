"""Excel sheets, every cell as text."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.sources import files


def read_sheet(file: Path, sheet: str | None) -> pl.LazyFrame:
    """A sheet (the first when not named) as text columns with the row number (the first under the heading is 1).

    Dates in real date cells become ISO text; whole numbers lose the `.0` that a spreadsheet gives them.
    """
    import fastexcel  # slow to load, and most deliveries have no spreadsheet

    try:
        book = fastexcel.read_excel(file)
        rows = book.load_sheet(sheet if sheet is not None else 0, dtypes=None).to_polars()
    except fastexcel.FastExcelError as fault:
        what = f"it is not a whole Excel file{f' with a sheet {sheet}' if sheet else ''}"
        raise files.refused(file, what, "Open and save it again, or name the sheet it has.") from fault
    except OSError as fault:
        raise files.unreadable(file, fault) from fault
    texts = rows.select(_as_text(name, dtype) for name, dtype in rows.schema.items())
    return texts.lazy().with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(name)
    if dtype in (pl.Date, pl.Datetime):
        return value.dt.to_string("%Y-%m-%d")
    if dtype.is_float():
        is_whole = (value == value.floor()) & value.is_finite()
        return (
            pl.when(is_whole)
            .then(value.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(value.cast(pl.String))
            .alias(name)
        )
    if dtype == pl.Boolean:
        return pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false")).alias(name)
    return value.cast(pl.String)
