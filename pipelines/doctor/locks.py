"""Who holds the lock of a store, and locks whose holder is gone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.doctor.findings import REPAIR, Finding, Looked
from pipelines.store import LOCK

LONG = 24 * 3600.0
"""Seconds after which a run that still holds the lock is looked at by a human."""


@dataclass(frozen=True)
class Holder:
    """Whoever is writing. `process` and `seconds` are null where the system does not tell."""

    process: int | None
    name: str
    seconds: float | None

    def said(self) -> str:
        """In words."""
        who = f"process {self.process} ({self.name})" if self.process else "a process that this system does not show"
        return f"{who}, running for {self.seconds / 60:,.0f} minutes" if self.seconds is not None else who


def holder_of(store: Path) -> Holder | None:
    """Null when nobody is writing. Takes the lock for a moment; a store that may not be written has no lock to take."""
    file = store / LOCK
    if not file.exists() or not os.access(file, os.W_OK):
        return None
    lock = FileLock(file, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return _shown(file)
    except OSError:
        return None
    lock.release()
    return None


def lock_findings(looked: Looked, holder: Holder | None) -> Iterator[Finding]:
    """A holder that has been at it for a day, and a lock file that names a process that is gone."""
    if holder is not None and (holder.seconds or 0.0) > LONG:
        yield Finding(
            "lock_held_long",
            LOCK,
            f"The store is held by {holder.said()}",
            "Look whether that run still goes on. If it hangs, end that process; the lock goes with it.",
            works="Everything reads; nobody else can write.",
        )
    if (named := _named_and_gone(looked.store / LOCK)) is not None:
        yield Finding(
            "stale_lock",
            LOCK,
            f"The lock names process {named}, which is gone",
            f"Take it away: {REPAIR}",
            works="Everything reads; nobody can write.",
            repair=(looked.store / LOCK).unlink,
        )


def _named_and_gone(file: Path) -> int | None:
    """Only file systems without locks of their own have the name of a process in the file."""
    with suppress(OSError, ValueError):
        told = file.read_text("ascii").split()
        if told and len(told) > 1 and told[1] == os.uname().nodename and not Path(f"/proc/{int(told[0])}").exists():
            return int(told[0])
    return None


def _shown(file: Path) -> Holder:
    process = _process(file)
    if process is None:
        return Holder(None, "", None)
    with suppress(OSError):
        folder = Path(f"/proc/{process}")
        return Holder(process, (folder / "comm").read_text().strip(), max(0.0, time.time() - folder.stat().st_ctime))
    return Holder(process, "gone", None)


def _process(file: Path) -> int | None:
    """Linux tells who holds which file."""
    with suppress(OSError, ValueError, IndexError):
        inode = file.stat().st_ino
        for line in Path("/proc/locks").read_text().splitlines():
            told = line.split()
            if told[1] == "FLOCK" and told[5].rsplit(":", 1)[1] == str(inode) and int(told[4]) > 0:
                return int(told[4])
    return None
