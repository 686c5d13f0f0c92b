"""What a night is known by: its configuration, and what has been delivered."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.nightly.configuration import Configuration


def fingerprint(configuration: Configuration) -> str:
    """Of the bytes of the configuration, and of every file that lies where the deliveries are: its place, its size and
    when it was last written. What a database holds is not seen here: its rows are read anew each night, not within one.
    """
    summed = hashlib.sha256(configuration.file.read_bytes())
    for file in _delivered(configuration):
        summed.update(f"{file}\0{_seen(file)}\n".encode(errors="surrogateescape"))
    return summed.hexdigest()


def _seen(file: Path) -> str:
    """Size and time; nothing of a link to nowhere, or of a file that has gone since the folder was read."""
    try:
        known = file.stat()
    except OSError:
        return ""
    return f"{known.st_size}\0{known.st_mtime_ns}"


def _delivered(configuration: Configuration) -> Iterator[Path]:
    """Files beside the source's declaration or in the canonical folder, whatever depth, in one order everywhere.

    Not the store, and not what the night writes itself.
    """
    source, canonical = (configuration.path("ingest", name) for name in ("source", "canonical"))
    folder = source.parent if source else canonical
    own = _written_to(configuration)
    if folder is None or not folder.is_dir():
        return
    for inside, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if Path(inside, name).resolve() not in own)
        yield from (Path(inside, name) for name in sorted(files) if Path(inside, name).resolve() not in own)


def _written_to(configuration: Configuration) -> set[Path]:
    store = configuration.store.resolve()
    beside = {store, store.with_name(f"{store.name}-nightly"), store.with_name(f"{store.name}-audit")}
    named = [configuration.path(step, name) for step in configuration.steps for name in ("out", "report")]
    return beside | {path.resolve() for path in named if path is not None}
