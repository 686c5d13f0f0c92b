"""A command that fails again and again, in a process of its own: `fail STORE NAME NUMBER`."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.errors import StoreInUse
from pipelines.failures import noted_failure

if __name__ == "__main__":
    store, name, number = sys.argv[1:]
    for at in range(int(number)):
        noted_failure(Path(store), "run", StoreInUse(f"{name}{at}"))
