"""A check in a process of its own that stops at a stage, waiting for a line or ending itself with SIGKILL."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from checked_stores import claim
from interrupted_run import KilledAt, kill_after_commits

from checks.run import check
from pipelines.progress import Progress, Stage
from pipelines.store import Store

EVERY = claim("contacts.each", pl.col("contact_id").is_not_null())


class Waits:
    """Looks like a progress display; when the first frame is judged it says so, and waits until it may go on."""

    def begun(self, stage: Stage) -> None:
        sys.stdout.write(f"{stage.name}\n")
        sys.stdout.flush()
        sys.stdin.readline()

    def ended(self, stage: Stage) -> None:
        """Only beginnings matter here."""


if __name__ == "__main__":
    store, moment = sys.argv[1:]
    if moment.isdigit():
        kill_after_commits(int(moment))
    shown = Waits() if moment == "wait" else KilledAt(moment)
    check(Store(Path(store)), catalogue=(EVERY,), progress=Progress(shown))
