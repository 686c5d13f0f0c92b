"""A file with rows of persons, or with exact counts: for its owner alone, and whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.errors import StoreFailed


def write_private(file: Path, content: bytes) -> None:
    """In the place of an earlier one. Nobody else may read it at any moment; StoreFailed when the disk refuses."""
    beside = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as writing:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        beside.replace(file)
    except OSError as fault:
        raise StoreFailed(f"{file} cannot be written: {fault.strerror}", to_do="Choose another place.") from fault
    finally:
        beside.unlink(missing_ok=True)
