"""What several files need and takes seconds to make: made once in a run of the tests, whichever worker asks first.

It lies beside the workers' own folders, so the next run makes it anew. Nobody changes it: who asks gets a copy.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def copy_of(name: str, make: Callable[[Path], Path], folders: pytest.TempPathFactory) -> Path:
    """A copy of the store that `make` makes in the folder that it is given, in a folder of its own as `store`."""
    own = folders.getbasetemp()
    place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "made-once"
    place.mkdir(exist_ok=True)
    with FileLock(place / f"{name}.lock"):
        if not (place / name).exists():
            making = place / f"{name}.making"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            make(making).rename(place / name)
    return Path(shutil.copytree(place / name, folders.mktemp(name) / "store"))
