"""Excel sheets, every cell as text."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.sources import files

MIDNIGHT = " 00:00:00"


def read_sheet(file: Path, sheet: str | None) -> pl.DataFrame:
    """A sheet (the first when not named) as text columns with the row number (the first under the heading is 1).

    Real date cells come as ISO text, whole numbers without a decimal part, truth values as `true` and `false`.
    """
    import fastexcel  # slow to load, and most deliveries have no spreadsheet

    try:
        rows = fastexcel.read_excel(file).load_sheet(sheet if sheet is not None else 0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as fault:
        what = f"it is not a whole Excel file{f' with a sheet {sheet}' if sheet else ''}"
        raise files.refused(file, what, "Open and save it again, or name the sheet it has.") from fault
    except OSError as fault:
        raise files.unreadable(file, fault) from fault
    days = pl.when(pl.all().str.ends_with(MIDNIGHT)).then(pl.all().str.strip_suffix(MIDNIGHT)).otherwise(pl.all())
    return rows.select(days).with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))
