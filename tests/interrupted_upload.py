"""A run in a process of its own that ends itself with SIGKILL when so many files are uploaded: before their commit."""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from pathlib import Path

from pipelines import objects
from pipelines.definitions.reference import Reference
from pipelines.flow import How, Source, run
from pipelines.progress import Progress
from pipelines.store import Store


def kill_after(files: int) -> None:
    upload, done = objects.upload, 0

    def dying(file: Path, address: str) -> None:
        nonlocal done
        upload(file, address)
        done += 1
        if done == files:
            os.kill(os.getpid(), signal.SIGKILL)

    objects.upload = dying


if __name__ == "__main__":
    delivery, store, as_of, files = sys.argv[1:]
    kill_after(int(files))
    day = date.fromisoformat(as_of)
    run(Store(Path(store)), Source(Path(delivery)), day, Reference.load(), Progress(), how=How(3))
