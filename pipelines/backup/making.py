"""Making a backup: collect what belongs to it, copy it byte by byte, note every hash, look at it once more, name it."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from pipelines.backup.belonging import Belonging, Piece, belonging
from pipelines.backup.manifest import FORMAT, MANIFEST, SEAL, Entry, Manifest, RunIn, sealed
from pipelines.backup.places import BLOCK, ZIP, Begin, new_place, writing
from pipelines.doctor.findings import Looked
from pipelines.doctor.history import history_of
from pipelines.errors import StoreFailed, UserError, WrongUse
from pipelines.store import fault_of_the_disk
from pipelines.tables_at import assert_here

TIMES = 5
"""So often a copy is begun again because a run took files away that nobody needs any more."""

SPARE = 10_000_000
"""Bytes of room beyond the copy itself."""


@dataclass(frozen=True)
class Backup:
    """What was made, and the hash by which it is known."""

    place: Path
    manifest: Manifest
    seal: str


class _Moved(Exception):
    """The store has moved on in a way that a copy begun before is not whole."""


def back_up(store: Path, place: Path) -> Backup:
    """A backup of all that kept runs need, as it stands now, at a place where nothing is yet: a folder, or `NAME.zip`.

    Readers and a writer go on meanwhile. WrongUse when something lies there; StoreFailed when the store is damaged, or
    there is no room. Nothing is left of a backup that did not end well.
    """
    assert_here(store, "A backup")
    if place.exists():
        raise WrongUse(f"{place} is there already", to_do="Give a new name, for example with the day in it.")
    if place.suffix in (".zst", ".tar", ".gz", ".tgz"):
        raise WrongUse(f"A backup is a folder or a {ZIP}", to_do=f"Name it {place.with_suffix('').name}{ZIP}.")
    if place.resolve().is_relative_to(store.resolve()):
        raise WrongUse("A backup cannot lie within the store", to_do="Name a place on another disk.")
    for _ in range(TIMES):
        try:
            return _once(store, place)
        except (FileNotFoundError, _Moved):
            continue
        except OSError as fault:
            raise StoreFailed(
                f"The backup could not be written: {fault_of_the_disk(fault) or type(fault).__name__}",
                where=str(place),
                to_do="Free space there or choose another place. The store is untouched.",
            ) from fault
    raise UserError(
        "The store changed again and again while it was copied, or a file of it is missing",
        where=str(store),
        to_do=f"Look at it: roedtraad doctor --store {store}. If it is sound, try again.",
    )


def _once(store: Path, place: Path) -> Backup:
    found = belonging(store)
    with new_place(place) as half:
        _assert_room(place.parent, sum(piece.length for piece in found.pieces))
        with writing(half, as_zip=place.suffix == ZIP) as begin:
            entries = tuple(_copied(piece, begin, store) for piece in found.pieces)
            _assert_not_moved(store, found)
            manifest = _manifest(found, entries)
            written = sealed(manifest)
            _written(begin(MANIFEST), written.content)
            _written(begin(SEAL), f"{written.seal}\n".encode())
    return Backup(place, manifest, written.seal)


def _copied(piece: Piece, begin: Begin, store: Path) -> Entry:
    """The bytes of a file; StoreFailed when they are not those that were committed."""
    if piece.content is not None:
        _written(begin(piece.name), piece.content)
        return Entry(piece.name, piece.length, hashlib.sha256(piece.content).hexdigest())
    digest, left = hashlib.sha256(), piece.length
    with piece.file.open("rb") as read, begin(piece.name) as opened:
        while left and (block := read.read(min(BLOCK, left))):
            digest.update(block)
            opened.write(block)
            left -= len(block)
        _flushed(opened)
    if left or (piece.sha256 is not None and piece.sha256 != digest.hexdigest()):
        raise StoreFailed(
            "The store is damaged, so no backup was made of it",
            where=str(piece.file.relative_to(store)) if piece.file.is_relative_to(store) else piece.file.name,
            to_do=f"See what is wrong and what to do: roedtraad doctor --store {store}",
        )
    return Entry(piece.name, piece.length, digest.hexdigest())


def _assert_not_moved(store: Path, found: Belonging) -> None:
    """Another run is no harm. A rotation of the secret takes runs away and renames what people decided."""
    now = {run.id for run in history_of(Looked(store, quick=True)).runs}
    if not {run.id for run in found.history.runs} <= now:
        raise _Moved


def _assert_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise StoreFailed(
            f"There is no room for the backup: {needed / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free",
            where=str(folder),
            to_do="Free space there or choose another place. The store is untouched.",
        )


def _manifest(found: Belonging, entries: tuple[Entry, ...]) -> Manifest:
    runs = tuple(RunIn(run.id, run.kind, run.finished_at, run.as_of) for run in found.history.kept)
    return Manifest(FORMAT, datetime.now(UTC), f"roedtraad {version('roedtraad')}", runs, entries, found.audit_head)


def _written(opened: IO[bytes], content: bytes) -> None:
    with opened:
        opened.write(content)
        _flushed(opened)


def _flushed(opened: IO[bytes]) -> None:
    """Files within a .zip are flushed with it."""
    try:
        descriptor = opened.fileno()
    except OSError:
        return
    opened.flush()
    os.fsync(descriptor)
