"""A rotation in a process of its own that ends itself with SIGKILL after one of its steps."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines import rekey
from pipelines.identity import secret
from pipelines.renaming import Renaming
from pipelines.store import Store, Writer

STEPS: dict[str, tuple[Any, str]] = {
    "the new secret is written": (secret, "write_secret"),
    "the new secret is beside": (rekey, "begin_rotation"),
    "a table is renamed": (Renaming, "renamed"),
    "the tables are committed": (Writer, "commit_tables"),
    "the runs are committed": (Writer, "commit_instead"),
    "the new secret is in place": (rekey, "finish_rotation"),
    "old files are removed": (Store, "tidy"),
}


def killed_after(step: Callable[..., Any]) -> Callable[..., Any]:
    def dying(*arguments: Any, **named: Any) -> Any:
        step(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return dying


if __name__ == "__main__":
    store, secret_file, moment = sys.argv[1:]
    place, name = STEPS[moment]
    setattr(place, name, killed_after(getattr(place, name)))
    rekey.rotate(Store(Path(store)), Path(secret_file))
