"""An upgrade, or the way back, in a process of its own that ends itself with SIGKILL after one of its steps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from interrupted_rotation import killed_after
from older_contract import OLDER

from pipelines.migrations import applying
from pipelines.store import Store, Writer

STEPS: dict[str, tuple[Any, str]] = {
    "the runs are chosen": (applying, "_last_ones"),
    "a table is written": (applying, "_write_migrated"),
    "a table is committed": (Writer, "_commit_table"),
    "the tables of a run are committed": (Writer, "commit_tables"),
    "the runs are committed": (Writer, "commit_instead"),
    "old files are removed": (Store, "tidy"),
}

if __name__ == "__main__":
    store, way, moment = sys.argv[1:]
    place, name = STEPS[moment]
    setattr(place, name, killed_after(getattr(place, name)))
    (applying.upgrade if way == "upgrade" else applying.back)(Store(Path(store)), known=OLDER)
