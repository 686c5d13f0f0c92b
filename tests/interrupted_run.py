"""A run in a process of its own that ends itself with SIGKILL at a stage, or after some table commits."""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from pathlib import Path

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, run
from pipelines.progress import Progress, Stage
from pipelines.store import Store, Writer


class KilledAt:
    """Looks like a progress display; kills the process when the named stage begins."""

    def __init__(self, stage: str) -> None:
        self.stage = stage

    def begun(self, stage: Stage) -> None:
        if stage.name == self.stage:
            os.kill(os.getpid(), signal.SIGKILL)

    def ended(self, stage: Stage) -> None:
        """Only beginnings matter here."""


def kill_after_commits(tables: int) -> None:
    """Let so many tables get their new version, then die before `runs` says so."""
    commit_table = Writer._commit_table
    done = 0

    def dying(writer: Writer, name: str, schema: object) -> int:
        nonlocal done
        if done == tables:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1
        return commit_table(writer, name, schema)  # type: ignore[arg-type]

    Writer._commit_table = dying  # type: ignore[method-assign]


if __name__ == "__main__":
    delivery, store, as_of, moment = sys.argv[1:]
    if moment.isdigit():
        kill_after_commits(int(moment))
    shown = KilledAt(moment)
    run(
        Store(Path(store)),
        Source(canonical=Path(delivery)),
        date.fromisoformat(as_of),
        Reference.load(),
        Progress(shown),
    )
