"""Damage of the folder itself: what a killed run left, locks, rights, room, files that are none of ours."""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from pipelines.audit_log import AuditLog
from pipelines.doctor.findings import REPAIR, Finding, Looked
from pipelines.store import STAGING

OWNER_FILE, OWNER_FOLDER, OTHERS = 0o600, 0o700, 0o077
PRIVATE = (
    "tables",
    "gap-decisions",
    "requests",
    "returns",
    "ledger",
    "failures.jsonl",
    STAGING,
    "throw-away-secret",
)
"""With rows of persons, exact counts, or what gives them away: for the owner alone."""

OURS = re.compile(
    r"LOCK|runs(\.last)?|tables|published|ledger|gap-decisions|requests|returns|guidance|\.guidance\.part|failures\.jsonl"
    r"|failures\.lock|throw-away-secret(\.next(\.unfinished)?)?|" + re.escape(STAGING)
)
OF_A_TABLE = re.compile(r".+\.parquet|_delta_log")
OF_A_LOG = re.compile(r"\d{20}\.(json|checkpoint.*\.parquet|crc)|_last_checkpoint|_(temporary|commits|sidecars)")
ROOM = 200_000_000
"""Bytes that are free on a disk with room, whatever the store holds."""


def leftover_staging(looked: Looked) -> Iterator[Finding]:
    """Of a run that was killed. Only where nobody is writing. An empty folder, as after a commit, is nothing."""
    folder = looked.store / STAGING
    if files := sum(1 for file in folder.rglob("*") if file.is_file()):
        yield Finding(
            "leftover_staging",
            STAGING,
            f"A run was stopped in the middle and left {files} files that no reader sees",
            f"The next run clears them; or now: {REPAIR}",
            works="Everything reads: the last good version is untouched.",
            repair=partial(shutil.rmtree, folder),
        )
    for half in (looked.store / ".guidance.part",):
        if half.exists():
            yield Finding(
                "leftover_staging",
                half.name,
                "A run was stopped while it kept its guidance",
                f"The next run clears it; or now: {REPAIR}",
                works="Everything reads.",
                repair=partial(shutil.rmtree, half),
            )


def too_little_room(looked: Looked, last_run: int, free: int | None = None) -> Iterator[Finding]:
    """A run needs its tables' size again while the old ones stay. `last_run`: bytes of its tables."""
    needed = max(ROOM, 2 * last_run)
    free = shutil.disk_usage(looked.store).free if free is None else free
    if free < needed:
        yield Finding(
            "disk_nearly_full",
            str(looked.store),
            f"{free / 1e6:,.0f} MB are free; a run may need {needed / 1e6:,.0f} MB",
            "Free space on this disk, outside the store; or move the store with backup and restore.",
            works="Everything reads; a run that finds no room stops and leaves the last version as it is.",
        )


def open_to_others(looked: Looked) -> Iterator[Finding]:
    """Files with rows or exact counts that somebody else may read, and the folders above let them in."""
    folders = [looked.store / name for name in PRIVATE] + [AuditLog.of(looked.store).folder]
    for area in folders:
        above = [area.parent] if area.parent == looked.store else []
        if any(not folder.stat().st_mode & 0o011 for folder in above):
            continue
        seen = list(_open(area))
        if seen:
            yield Finding(
                "open_to_others",
                looked.name_of(area),
                f"{len(seen)} files can be read by others than their owner",
                f"Close them: {REPAIR}",
                works="Everything reads.",
                repair=partial(_close, area),
            )


def wrong_owner(looked: Looked) -> Iterator[Finding]:
    """Files of another user than the store's: written by somebody who ran a command as another user."""
    owner = looked.store.stat().st_uid
    for area in sorted(looked.store.iterdir()):
        strangers = [file for file in (area, *area.rglob("*")) if file.lstat().st_uid != owner]
        if strangers:
            yield Finding(
                "wrong_owner",
                looked.name_of(area),
                f"{len(strangers)} files belong to another user than the store, first {looked.name_of(strangers[0])}",
                "As administrator: chown -R OWNER STORE. Start every command as that user.",
                works="What that user may read is read; a run may fail.",
            )


def closed_to_its_owner(looked: Looked) -> Iterator[Finding]:
    """Folders and files beside the tables that not even their owner may read."""
    for file in sorted(looked.store.rglob("*")):
        mode, is_folder = file.lstat().st_mode, file.is_dir()
        needed = 0o500 if is_folder else 0o400
        if mode & needed != needed and file.suffix != ".parquet" and not stat.S_ISLNK(mode):
            yield Finding(
                "closed_to_us",
                looked.name_of(file),
                "Its owner may not read it",
                f"Mend the rights: {REPAIR}",
                works="What lies elsewhere reads.",
                repair=partial(file.chmod, OWNER_FOLDER if is_folder else OWNER_FILE),
            )


def unknown_files(looked: Looked) -> Iterator[Finding]:
    """What no command of ours has put there."""
    found = [file for file in looked.store.iterdir() if not OURS.fullmatch(file.name)]
    tables = [looked.store / "runs", *_folders(looked.store / "tables"), *_folders(looked.store / "published")]
    for table in tables:
        found += [file for file in _children(table) if not OF_A_TABLE.fullmatch(file.name)]
        found += [file for file in _children(table / "_delta_log") if not OF_A_LOG.fullmatch(file.name)]
    for file in sorted(found):
        yield Finding(
            "unknown_file",
            looked.name_of(file),
            "No command of this program has put it there",
            "Find out who did, and move it elsewhere. It is in no backup.",
            works="Everything reads.",
        )


def _open(area: Path) -> Iterator[Path]:
    """Going into folders that let others in alone."""
    with suppress(OSError):
        mode = area.lstat().st_mode
        if not mode & OTHERS or stat.S_ISLNK(mode):
            return
        if not area.is_dir():
            if area.name not in ("LOCK",) and area.suffix != ".lock":
                yield area
        elif mode & 0o011:
            for inside in area.iterdir():
                yield from _open(inside)


def _close(area: Path) -> None:
    for file in (area, *area.rglob("*")):
        if not file.is_symlink():
            file.chmod(OWNER_FOLDER if file.is_dir() else OWNER_FILE)


def _folders(folder: Path) -> list[Path]:
    return [each for each in _children(folder) if each.is_dir()]


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
