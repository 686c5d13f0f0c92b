"""Two stores beside each other, in the terminal."""

from __future__ import annotations

import polars as pl
from rich.box import SIMPLE
from rich.table import Table

COLUMNS = {
    "rows_one": "First",
    "rows_other": "Second",
    "equal": "Equal",
    "only_one": "Only first",
    "only_other": "Only second",
}


def comparison_table(comparison: pl.DataFrame) -> Table:
    """Rows per kind of obligation on each side, equal ones, and those of one side only; the sum at the end."""
    shown = Table(
        title="Obligations compared", title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0), show_footer=True
    )
    shown.add_column("Kind", footer="all", no_wrap=True)
    for name, heading in COLUMNS.items():
        shown.add_column(heading, justify="right", no_wrap=True, footer=f"{comparison[name].sum():,}")
    for row in comparison.iter_rows(named=True):
        shown.add_row(row["kind"], *(f"{row[name]:,}" for name in COLUMNS))
    return shown
