"""Returns put together in a process of its own that ends itself with SIGKILL: `combine STORE TABLES FILE ...`."""

from __future__ import annotations

import sys
from pathlib import Path

from interrupted_run import kill_after_commits

from pipelines.definitions.reference import Reference
from pipelines.returns.combining import combine
from pipelines.store import Store

if __name__ == "__main__":
    store, tables, *files = sys.argv[1:]
    kill_after_commits(int(tables))
    combine(Store(Path(store)), [Path(file) for file in files], Reference.load(), "somebody")
