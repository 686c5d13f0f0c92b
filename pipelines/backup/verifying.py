"""Whether a backup is what was written: by itself, without the store that it was made of."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

from pipelines.backup.manifest import MANIFEST, SEAL, BackupNotWhole, Entry, Manifest, opened
from pipelines.backup.places import BLOCK, Opened

FAULTS = (OSError, KeyError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""What reading a damaged file raises."""

LARGEST_MANIFEST = 200_000_000
"""Bytes: a list of a million files is smaller."""


def verified(place: Path, noted: str | None = None) -> Manifest:
    """Every file is there, of its size and content, and none beside them. `noted`: the hash that was told when the
    backup was made, which finds one that was made anew as a whole. BackupNotWhole says the first fault."""
    with closing(Opened(place)) as backup:
        manifest, seal = manifest_of(backup)
        if noted is not None and noted != seal:
            raise BackupNotWhole(
                "This is not the backup whose hash was noted",
                where=f"its own is {seal}",
                to_do="Find the right one, or find out who has made it anew.",
            )
        _assert_same_names(backup, manifest)
        for entry in manifest.files:
            for _ in blocks(backup, entry):
                pass
    return manifest


def manifest_of(backup: Opened) -> tuple[Manifest, str]:
    """The list of files, and its hash."""
    try:
        content, seal = _small(backup.open(MANIFEST)), _small(backup.open(SEAL))
    except FAULTS:
        raise BackupNotWhole(
            f"{backup.place} is no backup, or one that was never finished",
            to_do="Give the folder or .zip that `roedtraad backup` has named. Nothing was restored.",
        ) from None
    return opened(content, seal), hashlib.sha256(content).hexdigest()


def blocks(backup: Opened, entry: Entry) -> Iterator[bytes]:
    """The content of a file, piece by piece; BackupNotWhole at its end, or as soon as it is too long."""
    digest, length = hashlib.sha256(), 0
    try:
        with backup.open(entry.name) as read:
            while block := read.read(BLOCK):
                digest.update(block)
                length += len(block)
                if length > entry.bytes:
                    break
                yield block
    except FAULTS:
        raise _not_whole(entry, "is missing or cannot be read") from None
    if (length, digest.hexdigest()) != (entry.bytes, entry.sha256):
        raise _not_whole(entry, "was changed or cut short")


def _assert_same_names(backup: Opened, manifest: Manifest) -> None:
    there = backup.names() - {MANIFEST, SEAL}
    listed = {entry.name for entry in manifest.files}
    for names, what in ((listed - there, "is missing"), (there - listed, "was put in")):
        if names:
            raise BackupNotWhole(
                f"The backup is not whole: a file {what}", where=min(names), to_do="Take another backup."
            )


def _small(read: IO[bytes]) -> bytes:
    with read:
        return read.read(LARGEST_MANIFEST)


def _not_whole(entry: Entry, what: str) -> BackupNotWhole:
    return BackupNotWhole(f"The backup is not whole: a file {what}", where=entry.name, to_do="Take another backup.")
