"""Finished files into a folder: each is seen whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from pipelines.errors import UserError

READABLE = 0o755


def put_into(folder: Path, files: Mapping[str, bytes]) -> None:
    """All files are written beside the folder first. A new folder then appears as a whole; in one that is there each
    file takes the place of its former self in one step, in the order given, and what else lies there is left alone.

    UserError when they cannot be written: a new folder is then not there, in an old one every file is whole.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _write(beside, files)
            _move(beside, folder, files)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as fault:
        raise UserError(
            f"The files cannot be written to {folder}", where=str(fault.strerror), to_do="Choose another place."
        ) from fault


def _write(beside: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (beside / name).write_bytes(content)


def _move(beside: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    if folder.exists():
        for name in files:
            (beside / name).replace(folder / name)
        return
    beside.chmod(READABLE)
    beside.rename(folder)
