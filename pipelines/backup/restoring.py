"""From a backup to a store: verified first, written beside, examined, and named at the end."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipelines.audit_log import LOG, AuditLog
from pipelines.backup.manifest import AUDIT_LOG, STORE, BackupNotWhole, Manifest
from pipelines.backup.places import BLOCK, Opened, begun, flush_folder, new_place
from pipelines.backup.verifying import blocks, verified
from pipelines.doctor.examination import Examination, examine
from pipelines.doctor.findings import Finding, Looked
from pipelines.errors import StoreFailed, WrongUse
from pipelines.store import fault_of_the_disk

EXPECTED = frozenset({"secret_missing", "disk_nearly_full", "clock_went_back", "publication_unfinished"})
"""Findings that say nothing against the copy: the secret is kept apart, and the others are as they were."""


@dataclass(frozen=True)
class Restored:
    """The new store, and what is still to be done about it. `keeps_audit_log`: the log that lay there goes on from the
    one in the backup, so it stayed."""

    store: Path
    manifest: Manifest
    audit_log: Path
    keeps_audit_log: bool
    to_do: tuple[Finding, ...]


def restore(place: Path, store: Path, noted: str | None = None) -> Restored:
    """A store at a place where nothing is yet. BackupNotWhole before anything is written there, or when what was
    written does not read; WrongUse when something lies there. Nothing is left of a restoring that did not end well."""
    if store.exists() and not (store.is_dir() and not any(store.iterdir())):
        raise WrongUse(f"{store} is not empty", to_do="Give a new folder; nothing was touched.")
    manifest = verified(place, noted)
    try:
        with new_place(store) as half:
            _copy(place, manifest, half)
            keeps = _goes_on(AuditLog.of(store).folder, half / AUDIT_LOG)
            examined = _examined(half, manifest)
            if not keeps and (half / AUDIT_LOG).is_dir():
                _named_in_one_step(half / AUDIT_LOG, AuditLog.of(store).folder)
            (half / STORE).rename(store)
            flush_folder(store.parent)
            shutil.rmtree(half)
    except OSError as fault:
        raise StoreFailed(
            f"The backup could not be restored: {fault_of_the_disk(fault) or type(fault).__name__}",
            where=str(store),
            to_do="Free space there or choose another place. The backup is untouched.",
        ) from fault
    return Restored(store, manifest, AuditLog.of(store).folder, keeps, examined.findings)


def _copy(place: Path, manifest: Manifest, half: Path) -> None:
    """Every hash is looked at once more while the bytes go by."""
    half.mkdir(mode=0o700)
    with closing(Opened(place)) as backup:
        for entry in manifest.files:
            with begun(half / entry.name) as opened:
                for block in blocks(backup, entry):
                    opened.write(block)
                opened.flush()
                os.fsync(opened.fileno())
    for folder in (half, *(each for each in half.rglob("*") if each.is_dir())):
        flush_folder(folder)


def _goes_on(there: Path, copied: Path) -> bool:
    """Whether the log that lies there begins with the one in the backup: then it has all of it, and more. WrongUse when
    it is another one."""
    if not (there / LOG).exists():
        return False
    if (copied / LOG).exists() and not _begins_with(there / LOG, copied / LOG):
        raise WrongUse(
            "Another audit log lies where the one of the backup belongs, so nothing was restored",
            where=str(there),
            to_do="Restore to another place, or move that folder elsewhere and keep it.",
        )
    return True


def _begins_with(file: Path, beginning: Path) -> bool:
    if file.stat().st_size < beginning.stat().st_size:
        return False
    with file.open("rb") as whole, beginning.open("rb") as first:
        return all(whole.read(len(block)) == block for block in iter(lambda: first.read(BLOCK), b""))


def _examined(half: Path, manifest: Manifest) -> Examination:
    """The copy as the doctor sees it, before it has its name. The log of the backup ends at the noted head."""
    examined = examine(Looked(half / STORE))
    wrong = [finding for finding in examined.findings if finding.kind not in EXPECTED | {"audit_log_broken"}]
    verdict = AuditLog(half / AUDIT_LOG).verify(manifest.audit_head)
    if wrong or not verdict.is_whole:
        raise BackupNotWhole(
            "The restored store is not sound, so it was taken away again",
            where="; ".join(f"{each.kind}: {each.where}" for each in wrong) or "the audit log",
            to_do="Take another backup. This one was made of a store that had the fault already.",
        )
    return examined


def _named_in_one_step(copied: Path, folder: Path) -> None:
    """The place may be on another disk, as the machine's settings say."""
    with new_place(folder) as beside:
        beside.mkdir(mode=0o700)
        for file in sorted(copied.iterdir()):
            with begun(beside / file.name) as opened, file.open("rb") as read:
                shutil.copyfileobj(read, opened, BLOCK)
                opened.flush()
                os.fsync(opened.fileno())
        flush_folder(beside)
        if folder.is_dir() and not any(each.stat().st_size for each in folder.iterdir()):
            shutil.rmtree(folder)
