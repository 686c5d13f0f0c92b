"""Checks in the terminal: how many of which status, which to look at, and the catalogue. Counts and claims only."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from rich.box import SIMPLE
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


def counts_table(title: str, rows: pl.DataFrame) -> Table:
    """Text under headings, the first column a name and the others numbers."""
    shown = Table(title=title, title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0))
    for at, heading in enumerate(rows.columns):
        shown.add_column(Text(heading), justify="right" if at else "left", no_wrap=not at)
    for row in rows.iter_rows():
        shown.add_row(*map(Text, row))
    return shown


def listed(title: str, entries: Iterable[tuple[str, str]]) -> Group:
    """Which check, and below it what is said of it; ids stay whole, so that they can be copied."""
    lines = [(Text(which, style="bold"), Padding(Text(said), (0, 0, 0, 4))) for which, said in entries]
    return Group(Text(title), *(line for entry in lines for line in entry))
