"""Finished files into a folder: each is seen whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from pipelines.errors import UserError
from pipelines.private_file import open_to_all, write_private


def put_into(folder: Path, files: Mapping[str, bytes], *, for_all: bool = True) -> None:
    """All files are written beside the folder first. A new folder then appears as a whole; in one that is there each
    file takes the place of its former self in one step, in the order given, and what else lies there is left alone.

    `for_all`: published figures, that everybody on the machine may read; else the files are for their owner alone.
    UserError when they cannot be written: a new folder is then not there, in an old one every file is whole.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _write(beside, files, for_all=for_all)
            _move(beside, folder, files)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as fault:
        raise UserError(
            f"The files cannot be written to {folder}", where=str(fault.strerror), to_do="Choose another place."
        ) from fault


def _write(beside: Path, files: Mapping[str, bytes], *, for_all: bool) -> None:
    for name, content in files.items():
        write_private(beside / name, content)
    if for_all:
        for file in (*beside.iterdir(), beside):
            open_to_all(file)


def _move(beside: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    if folder.exists():
        for name in files:
            (beside / name).replace(folder / name)
        return
    beside.rename(folder)
