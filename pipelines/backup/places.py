"""Where a backup lies: a folder, or one .zip; written under a passing name, flushed, and named at the end."""

from __future__ import annotations

import os
import shutil
import socket
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pipelines.backup.manifest import BackupNotWhole

ZIP = ".zip"
HALF = ".half-copy"
BLOCK = 1 << 20
Begin = Callable[[str], IO[bytes]]
"""A file of the backup by its name, to be written and closed before the next one."""

PACKED_ALREADY = (".parquet", ".release", ".zip", ".xlsx")


@contextmanager
def new_place(place: Path) -> Iterator[Path]:
    """A name beside the place, which becomes the place when all went well; what a killed copy left there goes first."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_what_killed_copies_left(place.parent)
    half = place.with_name(f".{place.name}.{socket.gethostname()}.{os.getpid()}{HALF}")
    try:
        yield half
        if half.exists():
            half.rename(place)
            flush_folder(place.parent)
    finally:
        _remove(half)


def remove_what_killed_copies_left(folder: Path) -> None:
    """Only of processes of this machine that are gone."""
    for half in folder.glob(f".*.{socket.gethostname()}.*{HALF}"):
        process = half.name.removesuffix(HALF).rsplit(".", 1)[1]
        if process.isdigit() and not _is_alive(int(process)):
            _remove(half)


@contextmanager
def writing(half: Path, *, as_zip: bool) -> Iterator[Begin]:
    """What begins each file; all of it is on the disk at the end."""
    if not as_zip:
        half.mkdir(mode=0o700)
        yield lambda name: begun(half / name)
        for folder in (half, *(each for each in half.rglob("*") if each.is_dir())):
            flush_folder(folder)
        return
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            yield lambda name: packed.open(_info(name), "w", force_zip64=True)
        opened.flush()
        os.fsync(opened.fileno())


def begun(file: Path) -> IO[bytes]:
    """A new file for its owner alone; the folders above it are made."""
    for folder in reversed([each for each in file.parents if not each.exists()]):
        folder.mkdir(mode=0o700)
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def flush_folder(folder: Path) -> None:
    """The names in it are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Opened:
    """A backup to read from. BackupNotWhole for a file that is none."""

    def __init__(self, place: Path) -> None:
        self.place = place
        try:
            self._packed = None if place.is_dir() else zipfile.ZipFile(place)
        except FileNotFoundError:
            raise BackupNotWhole(f"{place} is not there", to_do="Give the folder or .zip of a backup.") from None
        except (OSError, zipfile.BadZipFile):
            raise BackupNotWhole(f"{place} cannot be read", to_do="Take another backup.") from None

    def names(self) -> set[str]:
        """Of all files in it."""
        if self._packed is not None:
            return {info.filename for info in self._packed.infolist() if not info.is_dir()}
        files = (file for file in self.place.rglob("*") if not file.is_dir() or file.is_symlink())
        return {file.relative_to(self.place).as_posix() for file in files}

    def open(self, name: str) -> IO[bytes]:
        """One of them. KeyError or OSError when it is not there."""
        if self._packed is not None:
            return self._packed.open(name)
        file = self.place / name
        if file.is_symlink():
            raise OSError("a link is no file of a backup")
        return file.open("rb")

    def close(self) -> None:
        """After the last file."""
        if self._packed is not None:
            self._packed.close()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o600 << 16
    info.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED_ALREADY) else zipfile.ZIP_DEFLATED
    return info


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove(half: Path) -> None:
    if half.is_dir():
        shutil.rmtree(half, ignore_errors=True)
    else:
        with suppress(OSError):
            half.unlink(missing_ok=True)
