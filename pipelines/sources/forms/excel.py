"""Excel sheets, every cell as text."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.definitions.contract import ROW
from pipelines.sources import files
from pipelines.sources.forms.blank import given, has_content
from pipelines.sources.forms.workbook_guard import assert_bounded

MIDNIGHT = " 00:00:00"
ERROR = "#ERROR"
"""Stands for a cell whose formula failed (`#N/A`): it holds something, but nothing that can be read."""


def read_sheet(file: Path, sheet: str | None) -> pl.DataFrame:
    """A sheet (the first when not named) as text columns with the row number (the first under the heading is 1).

    Real date cells come as ISO text, whole numbers without a decimal part, truth values as `true` and `false`. Blank
    rows above the heading are not there. Columns without a heading are left out; a title above it refuses the file.
    """
    cells = _cells(file, sheet)
    names = _names(file, cells)
    rows = cells.slice(1).with_row_index(ROW, offset=1).filter(has_content(cells.schema))
    days = (pl.col(at).str.strip_suffix(MIDNIGHT).alias(name) for at, name in names.items())
    return rows.select(pl.col(ROW).cast(pl.Int64), *days)


def _cells(file: Path, sheet: str | None) -> pl.DataFrame:
    """The heading is the first row. The library's own words are not passed on."""
    import fastexcel  # slow to load, and most deliveries have no spreadsheet

    assert_bounded(file)
    try:
        book = fastexcel.read_excel(file)
        loaded = book.load_sheet(sheet if sheet is not None else 0, header_row=None, dtypes="string")
        batch, errors = loaded.to_arrow_with_errors()
    except fastexcel.SheetNotFoundError:
        raise files.refused(file, f"it has no sheet {sheet or ''}".strip(), "Name a sheet that it has.") from None
    except fastexcel.FastExcelError:
        raise files.refused(file, "it is not a whole Excel file", "Open and save it, or ask for it again.") from None
    except OSError as fault:
        raise files.unreadable(file, fault) from fault
    cells = pl.DataFrame(batch)
    return _with_errors(cells, [one.offset_position for one in errors.errors]) if errors else cells


def _with_errors(cells: pl.DataFrame, places: list[tuple[int, int]]) -> pl.DataFrame:
    """`places`: row and column of cells that hold an error. They would else be read as empty."""
    failed = pl.DataFrame(places, schema=["row", "column"], orient="row").group_by("column").agg("row")
    at = pl.int_range(pl.len())
    return cells.with_columns(
        pl.when(at.is_in(rows)).then(pl.lit(ERROR)).otherwise(pl.nth(column)).name.keep()
        for column, rows in failed.iter_rows()
    )


def _names(file: Path, cells: pl.DataFrame) -> dict[str, str]:
    """The columns of `cells` that have a heading, and it. RefusedDelivery where the first row is none."""
    first = cells.row(0) if cells.height else ()
    named = {at: name for at, name in zip(cells.columns, first, strict=False) if name}
    if not named:
        raise files.refused(file, "it has no heading", "A sheet without rows still has its heading.")
    used = sum(cells.select(given(at, pl.String()).any() for at in cells.columns).row(0))
    if len(named) * 2 < used or len(named) == 1 < used:
        raise files.refused(
            file,
            f"its first row names {len(named)} of {used} columns: a title stands above them, or cells are merged",
            "Take the title away and split merged cells, so that the first row names every column.",
        )
    files.assert_own_names(file, list(named.values()))
    return named
