"""What a backup says of itself: every file with its size and hash, the runs in it, and what is not in it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from pipelines.errors import UserError

MANIFEST, SEAL = "MANIFEST.json", "MANIFEST.sha256"
FORMAT = 1
STORE, AUDIT_LOG = "store", "audit-log"
"""The two folders of a backup."""

NAME = re.compile(rf"(?:{STORE}|{AUDIT_LOG})(?:/[^/\\\0]+)+")
NOT_INCLUDED = "The secret of the pseudonyms is not in this backup: keep it apart, and never beside it."


class BackupNotWhole(UserError):
    """A backup is not what was written: nothing is restored from it."""

    exit_code = 37


class Entry(msgspec.Struct, frozen=True):
    """A file of a backup, by its name in it."""

    name: str
    bytes: int
    sha256: str


class RunIn(msgspec.Struct, frozen=True):
    """A run whose tables are in the backup."""

    run_id: str
    kind: str
    finished_at: datetime
    as_of: date | None


class Manifest(msgspec.Struct, frozen=True):
    """Of one backup. `audit_head`: number and hash of the last entry of the audit log; null without a log."""

    format: int
    made_at: datetime
    program: str
    runs: tuple[RunIn, ...]
    files: tuple[Entry, ...]
    audit_head: str | None
    not_included: str = NOT_INCLUDED

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(entry.bytes for entry in self.files)


@dataclass(frozen=True)
class Sealed:
    """A manifest as it stands in a backup, and its own hash."""

    content: bytes

    @property
    def seal(self) -> str:
        """The hash of the manifest: whoever notes it elsewhere knows every byte of the backup."""
        return hashlib.sha256(self.content).hexdigest()


def sealed(manifest: Manifest) -> Sealed:
    """As it is written."""
    return Sealed(msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def opened(content: bytes, seal: bytes) -> Manifest:
    """BackupNotWhole when it is not what was written, of a later program, or names what may not be in a backup."""
    if hashlib.sha256(content).hexdigest() != seal.decode("ascii", "replace").strip():
        raise _not_whole("The list of files was changed")
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise _not_whole("The list of files cannot be read") from None
    if manifest.format > FORMAT:
        raise BackupNotWhole(
            f"The backup is of format {manifest.format}, this program knows {FORMAT}",
            to_do="Restore it with the version of the program that made it, or a later one.",
        )
    if not all(NAME.fullmatch(entry.name) and _stays_inside(entry.name) for entry in manifest.files):
        raise _not_whole("A name in it leads out of the backup")
    return manifest


def _stays_inside(name: str) -> bool:
    return not any(part in ("..", ".") for part in name.split("/"))


def _not_whole(what: str) -> BackupNotWhole:
    return BackupNotWhole(f"The backup is not whole: {what}", to_do="Take another backup. Nothing was restored.")
