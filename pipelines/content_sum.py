"""The hash of a file's content, which the log of a table keeps of each: a byte that flips later is found by it."""

from __future__ import annotations

import hashlib
from pathlib import Path

SUM = "sha256"
"""Its name among the statistics of a file in the log of a Delta table; other readers pass over it."""


def sha256_of(file: Path) -> str:
    """Of the content, without holding it in memory."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, SUM).hexdigest()
