"""Who may read what is written: rows of persons and exact counts are for their owner alone, and whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import StoreFailed

FOR_THE_OWNER, FOLDER_FOR_THE_OWNER = 0o600, 0o700
FOR_EVERYBODY, FOLDER_FOR_EVERYBODY = 0o644, 0o755


def owner_alone() -> None:
    """From now on what this process and its children write is for the owner alone, whatever library writes it.

    Called where a process begins. What is meant for readers (`open_to_all`) says so itself.
    """
    os.umask(0o077)


def open_to_all(file: Path) -> None:
    """Published figures in a file or folder that is handed on: whoever is on the machine may read it."""
    file.chmod(FOLDER_FOR_EVERYBODY if file.is_dir() else FOR_EVERYBODY)


def write_private(file: Path, content: bytes) -> None:
    """In the place of an earlier one. Nobody else may read it at any moment; StoreFailed when the disk refuses."""
    with writing_private(file) as beside, beside.open("wb") as writing:
        writing.write(content)
        writing.flush()
        os.fsync(writing.fileno())


def write_at_once(file: Path, content: bytes, how: int = os.O_APPEND) -> None:
    """In one write, for the owner alone, and on the disk before it returns. `how`: after what stands there, or with
    O_TRUNC instead of it. OSError when the disk refuses."""
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | how, FOR_THE_OWNER)
    try:
        if os.write(opened, content) < len(content):
            raise OSError("the disk is full")
        os.fsync(opened)
    finally:
        os.close(opened)


def write_in_turn(file: Path, content: bytes) -> None:
    """In the place of an earlier one, by whoever has the turn: what a kill leaves has one name, and goes with the next
    time. OSError when the disk refuses; then the file is as before, and nothing is left."""
    beside = file.with_name(f"{file.name}.new")
    try:
        write_at_once(beside, content, os.O_TRUNC)
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def writing_private(file: Path) -> Iterator[Path]:
    """The same for whoever writes by a path: an empty file that is the owner's, and takes the place at the end."""
    beside = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_THE_OWNER))
        yield beside
        beside.replace(file)
    except OSError as fault:
        from pipelines.addresses import is_of_objects

        if is_of_objects(fault):  # what was to be written could not be read
            raise
        what = fault.strerror or type(fault).__name__
        raise StoreFailed(f"{file} cannot be written: {what}", to_do="Choose another place.") from fault
    finally:
        beside.unlink(missing_ok=True)
