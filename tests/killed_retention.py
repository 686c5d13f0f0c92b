"""A deletion in a process of its own that ends itself with SIGKILL after one of its steps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from interrupted_rotation import killed_after

from pipelines import retention
from pipelines.gap_decisions import GapDecisions
from pipelines.store import Store, Writer

STEPS: dict[str, tuple[Any, str]] = {
    "it is planned": (retention, "planned"),
    "the runs are committed": (Writer, "commit_instead"),
    "a table is removed": (retention, "_remove_unneeded"),
    "the decisions are removed": (GapDecisions, "keep_lines"),
}

if __name__ == "__main__":
    store, moment = sys.argv[1:]
    place, name = STEPS[moment]
    setattr(place, name, killed_after(getattr(place, name)))
    retention.delete(Store(Path(store)), 0)
