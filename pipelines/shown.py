"""What the command shows: stages as they happen, and small tables of a run. Figures only, never a row of a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from rich.box import SIMPLE
from rich.console import Console, Group
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines.definitions.rewording import reworded
from pipelines.progress import Stage
from pipelines.store import Snapshot

HEADLINES = (
    "registered",
    "on_child_record",
    "handed_over",
    "carried_in_record",
    "carried_at_move",
    "carried_at_transition:school_start",
    "screened",
    "referred",
)


class Stages:
    """Shows stages as a running list; without a console it is silent."""

    def __init__(self, bars: Progress | None) -> None:
        self.bars = bars
        self._task: TaskID | None = None

    def begun(self, stage: Stage) -> None:
        """A line that runs while the stage does."""
        if self.bars:
            self._task = self.bars.add_task(stage.name, total=None, rows="")

    def ended(self, stage: Stage) -> None:
        """The line stands, with rows."""
        if self.bars and self._task is not None:
            rows = stage.told or (f"{stage.rows:,} rows" if stage.rows else "")
            self.bars.update(self._task, total=1, completed=1, rows=rows)

    def said(self, line: str) -> None:
        """A word on the way."""
        if self.bars:
            if self._task is not None:
                self.bars.update(self._task, total=1, completed=1)
            self._task = self.bars.add_task(line, total=None, rows="")


@contextmanager
def stages_on(console: Console | None) -> Iterator[Stages]:
    """Progress on a console, or silence."""
    if console is None:
        yield Stages(None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<26}"),
        BarColumn(bar_width=18),
        TextColumn("{task.fields[rows]:>18}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        shown = Stages(bars)
        yield shown
        for task in bars.tasks:
            bars.update(task.id, total=1, completed=1)


def accounting(snapshot: Snapshot) -> Group:
    """Rows read = accepted + quarantined + exact duplicates, per table, and below them the rules that were broken."""
    shown = Table(title="Where every row went", title_justify="left")
    shown.add_column("Table", no_wrap=True)
    for heading in ("Read", "Accepted", "Quarantined", "Copies"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for row in snapshot.table("row_accounting").collect().iter_rows(named=True):
        numbers = [f"{row[name]:,}" for name in ("rows_read", "accepted", "quarantined", "exact_duplicates")]
        shown.add_row(row["table"], *numbers)
    rules = (
        snapshot.table("quarantine")
        .group_by("table", "rule", "column")
        .len()
        .sort("table", "len", "rule", "column", descending=[False, True, False, False])
        .select(pl.format("{} {} {} ({})", "table", "rule", "column", "len"))
        .collect()
        .to_series()
        .to_list()
    )
    return Group(shown, "Quarantined: " + ", ".join(rules) if rules else "Nothing was quarantined.")


def summary(snapshot: Snapshot) -> Group:
    """The headline counts of the country, and where to look next."""
    shown = Table(title=f"The country as of {snapshot.run['as_of']}", title_justify="left")
    shown.add_column("Measure", no_wrap=True)
    for heading in ("Due", "Done", "In time"):
        shown.add_column(heading, justify="right", no_wrap=True)
    numbers = ["denominator", "numerator_ever", "numerator_timely"]
    rows = snapshot.table("counts").group_by("measure").agg(pl.col(numbers).sum()).collect()
    for measure in HEADLINES:
        for row in rows.filter(pl.col("measure") == measure).iter_rows(named=True):
            shown.add_row(measure, *(f"{row[name]:,}" for name in numbers))
    exposed, gaps = (snapshot.table(name).select(pl.len()).collect().item() for name in ("exposed", "gaps"))
    sample = "Synthetic sample data. " if snapshot.run["is_sample"] else ""
    store, whom = snapshot.folder, reworded("exposed children", "en")
    return Group(
        shown,
        f"{sample}{exposed:,} {whom}, {gaps:,} gaps. Run {snapshot.run['run_id']}, "
        f"{snapshot.run['duration_seconds']:.1f} s, reference files {snapshot.run['reference_version']}.",
        f"Look at it: roedtraad app --store {store} · roedtraad gaps --store {store} --municipality 0479",
    )


def runs_table(runs: pl.DataFrame) -> Group:
    """Finished ingests and runs, the latest first; and on what the latest stands."""
    shown = Table("Run", "Kind", "Finished (UTC)", "As of", "Seconds", box=SIMPLE, padding=(0, 1, 0, 0))
    for row in runs.iter_rows(named=True):
        shown.add_row(
            row["run_id"],
            row["kind"],
            f"{row['finished_at']:%Y-%m-%d %H:%M}",
            str(row["as_of"] or ""),
            f"{row['duration_seconds']:.1f}",
        )
    last = runs.row(0, named=True)
    stands_on = ("reference_version", "code_version", "inputs_hash")
    return Group(shown, "The latest stands on: " + ", ".join(f"{n.split('_')[0]} {last[n]}" for n in stands_on))


def stages_table(snapshot: Snapshot) -> Table:
    """Rows and seconds of each stage of the last run."""
    shown = Table("Stage", title="The last run", title_justify="left")
    for heading in ("Rows", "Seconds"):
        shown.add_column(heading, justify="right")
    for name, stage in json.loads(snapshot.run["stages"]).items():
        shown.add_row(name, f"{stage['rows']:,}", f"{stage['seconds']:.2f}")
    return shown


def answers_table(compared: pl.DataFrame, floor: float) -> Table:
    """Recall and precision per kind and reason; a dash where nothing was planted or found."""
    shown = Table(
        title=f"Planted losses found (floor {floor:.0%})", title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0)
    )
    for heading in ("Kind", "Reason"):
        shown.add_column(heading, no_wrap=True)
    for heading in ("Planted", "Found", "Recall", "Precision"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for row in compared.iter_rows(named=True):
        shares = ["–" if row[name] is None else f"{row[name]:.2%}" for name in ("recall", "precision")]
        counts = [f"{row[name]:,}" for name in ("planted", "found")]
        shown.add_row(row["kind"], row["reason"] or "contradicted", *counts, *shares)
    return shown
