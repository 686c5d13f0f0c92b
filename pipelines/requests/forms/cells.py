"""The cells of a sheet that came back, read row by row: a small file that claims millions of cells costs nothing.

Nothing but cells is read. What a workbook can say of ranges (merged cells, links) is what such a file blows up with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from pipelines.requests.forms.guard import FormRefused

MOST_ROWS, MOST_COLUMNS = 400, 60
"""Cells that are looked at: a form has far fewer."""


class Cell(Protocol):
    """`data_type`: Excel's letter for what stands in it."""

    value: Any
    data_type: str


@dataclass(frozen=True)
class Cells:
    """Rows of cells, all from 0."""

    rows: tuple[tuple[Cell, ...], ...]

    def at(self, row: int, column: int) -> Cell:
        """The cell, an empty one where nothing stands."""
        of_row = self.rows[row] if row < len(self.rows) else ()
        found: Cell = of_row[column] if column < len(of_row) else EMPTY_CELL
        return found

    def written(self) -> Iterator[tuple[int, int]]:
        """Row and column of every cell in which something stands."""
        for row, of_row in enumerate(self.rows):
            yield from ((row, column) for column, cell in enumerate(of_row) if cell.value not in (None, ""))


def cells_of(sheet: ReadOnlyWorksheet) -> Cells:
    """All of them; FormRefused when one stands far outside a form."""
    sheet.reset_dimensions()
    rows: list[tuple[Cell, ...]] = []
    for row in sheet.iter_rows():
        if len(rows) >= MOST_ROWS or len(row) > MOST_COLUMNS:
            raise FormRefused("moved", "Something stands far outside the form", "Fetch the form again.")
        rows.append(row)
    return Cells(tuple(rows))
