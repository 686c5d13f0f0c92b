"""What the defect bench found, in the terminal. Counts only."""

from __future__ import annotations

import polars as pl
from rich.box import SIMPLE
from rich.console import Group
from rich.table import Table

NOTHING = "–"


def defects_table(scores: pl.DataFrame, floor: float) -> Table:
    """One line per defect: planted and found at each rate, the worst recall, and the checks that found it."""
    rates = sorted(scores["rate"].unique())
    shown = Table(
        title=f"Planted defects found (floor {floor:.0%})", title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0)
    )
    shown.add_column("Defect", no_wrap=True)
    for rate in rates:
        shown.add_column(f"{rate:.1%}", justify="right", no_wrap=True)
    for heading in ("Recall", "False"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("Found by")
    for (name,), rows in scores.group_by("defect", maintain_order=True):
        shown.add_row(str(name), *_found_of_planted(rows, rates), *_summary(rows), _checks(rows))
    return shown


def _found_of_planted(rows: pl.DataFrame, rates: list[float]) -> list[str]:
    of_rate = {
        rate: f"{found:,}/{planted:,}" for rate, found, planted in rows.select("rate", "found", "planted").rows()
    }
    return [of_rate.get(rate, NOTHING) for rate in rates]


def _summary(rows: pl.DataFrame) -> tuple[str, str]:
    recall = None if rows["recall"].has_nulls() else rows["recall"].min()
    return NOTHING if recall is None else f"{float(str(recall)):.1%}", f"{rows['false_alarms'].sum():,}"


def _checks(rows: pl.DataFrame) -> str:
    return rows.select(pl.col("found_by").filter(pl.col("found_by") != "").first()).item() or "no check"


def verdict(scores: pl.DataFrame, on_clean_data: pl.DataFrame, elsewhere: pl.DataFrame, floor: float) -> Group:
    """How many types were found, and what was named although nothing is wrong with it."""
    of_type = scores.group_by("defect").agg((pl.col("recall").fill_null(0.0) >= floor).all().alias("is_found"))
    lines = [
        f"{of_type['is_found'].sum()} of {of_type.height} types of defects found at every rate.",
        f"Checks that fail on flawless records: {on_clean_data.height}.{_named(on_clean_data)}",
        f"False alarms where nothing was planted: {elsewhere.height:,}.{_named(elsewhere)}",
    ]
    return Group(*lines)


def _named(rows: pl.DataFrame) -> str:
    names = rows["check_id"].unique().sort()
    return f" By {', '.join(names)}." if len(names) else ""
