"""What `roedtraad check-linkage` prints."""

from __future__ import annotations

import polars as pl
from rich.box import SIMPLE
from rich.console import Group
from rich.table import Table


def linkage_steps(found: pl.DataFrame) -> Group:
    """Precision and recall per sender and step; a dash where there is none. `found` as checks/linkage.py makes it."""
    senders = [_of_a_sender(rows) for rows in found.partition_by("delivery", maintain_order=True)]
    return Group(
        *senders,
        "Recall of a step is of the records that no earlier step had linked.\n"
        "Floors: precision 99.9 % of every sender, recall 98 % of the sender who writes numbers.",
    )


def _of_a_sender(found: pl.DataFrame) -> Table:
    shown = Table(title=f"Linkage against the truth: {found.item(0, 'delivery')}", title_justify="left", box=SIMPLE)
    shown.add_column("Step", no_wrap=True)
    for heading in ("Records", "Linked", "Right", "Precision", "Recall"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for row in found.iter_rows(named=True):
        counts = [f"{row[name]:,}" for name in ("records", "linked", "right")]
        shares = ["–" if row[name] is None else f"{row[name]:.3%}" for name in ("precision", "recall")]
        shown.add_row(row["step"], *counts, *shares)
    return shown
