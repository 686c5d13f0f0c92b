"""The ledger of releases: everything that was ever published, in a folder that only grows.

One file for each release, named by its number and the hash of its bytes; each holds the hash of the one before, and
`HEAD` names the last. A release is in the ledger from the moment that `HEAD` names it: a process that dies before
leaves a file that nobody counts, one that dies after leaves a file that is put in its place by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipelines.disclosure.linked_tables import Published
from pipelines.disclosure.release_file import content_of, packed, unpacked
from pipelines.errors import StoreFailed, StoreInUse, UserError

HEAD, LOCK, SUFFIX, PENDING = "HEAD", "LOCK", ".release", ".pending"
NOTHING_BEFORE = "0" * 64


class LedgerBroken(UserError):
    """The ledger is not what was written: without it nobody can say what an attacker already knows."""

    exit_code = 14


@dataclass(frozen=True, eq=False)
class Release:
    """One entry. `facts`: as_of, reason, threshold, when, what it was made from; `hash` is that of its file."""

    number: int
    hash: str
    before: str
    content: str
    facts: Mapping[str, Any]
    body: bytes = field(repr=False)

    @cached_property
    def published(self) -> Published:
        """What the public saw."""
        return unpacked(self.body)

    @property
    def is_correction(self) -> bool:
        """Whether it was declared with a reason, so that figures may differ from earlier ones."""
        return bool(self.facts.get("reason"))


@dataclass(frozen=True)
class Ledger:
    """A folder; it need not exist before the first release."""

    folder: Path

    def releases(self) -> list[Release]:
        """All of them, the first one first. LedgerBroken when one is changed, missing or inserted."""
        number, head = self._head()
        files = sorted(self.folder.glob(f"*{SUFFIX}")) if self.folder.is_dir() else []
        last = self._pending(head)
        expected = [f"{at:06}" for at in range(1, number + 1)]
        if [file.name[:6] for file in files] + ([f"{number:06}"] if last else []) != expected:
            raise self._broken("A release is missing or was put in")
        releases = [self._read(file) for file in [*files, *last]]
        befores = [NOTHING_BEFORE, *(release.hash for release in releases)]
        if [release.before for release in releases] != befores[:-1] or befores[-1] != head:
            raise self._broken("The chain of releases is broken")
        return releases

    @contextmanager
    def writing(self) -> Iterator[list[Release]]:
        """The right to append, for one process at a time, with all that was released so far."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self.folder / LOCK, timeout=0)
            lock.acquire()
        except Timeout:
            raise StoreInUse(f"Somebody is publishing to {self.folder}", to_do="Wait until it is done.") from None
        except OSError as fault:
            raise self._failed(fault) from None
        try:
            self._mend()
            yield self.releases()
        finally:
            lock.release()

    def append(self, published: Published, facts: Mapping[str, Any]) -> Release:
        """A release at the end, or the last one when it is the same again. Only within `writing`."""
        number, head = self._head()
        content = content_of(published)
        before = self._at(head) if number else None
        if before and before.content == content and before.facts.get("as_of") == facts.get("as_of"):
            return before
        entry = {"number": number + 1, "before": head, "content": content, "facts": dict(facts)}
        whole = json.dumps(entry, sort_keys=True, ensure_ascii=False).encode() + b"\n" + packed(published)
        own = hashlib.sha256(whole).hexdigest()
        try:
            _write(self.folder / f"{own}{PENDING}", whole)
            _write(self.folder / HEAD, f"{number + 1} {own}\n".encode())
            self._mend()
        except OSError as fault:
            raise self._failed(fault) from None
        return self._read(self._file(number + 1, own))

    def _mend(self) -> None:
        """What a killed process left: the last release to its place, anything that `HEAD` does not name away."""
        number, head = self._head()
        for file in self._pending(head):
            file.replace(self._file(number, head))
        for file in (*self.folder.glob(f"*{PENDING}"), *self.folder.glob(".*.new")):
            file.unlink()

    def _pending(self, head: str) -> list[Path]:
        """The last release, when it is written and named but not yet in its place."""
        file = self.folder / f"{head}{PENDING}"
        return [file] if file.exists() else []

    def _file(self, number: int, own: str) -> Path:
        return self.folder / f"{number:06}-{own[:16]}{SUFFIX}"

    def _at(self, head: str) -> Release:
        return self._read(next(iter(self.folder.glob(f"*-{head[:16]}{SUFFIX}")), self.folder / f"{head}{SUFFIX}"))

    def _head(self) -> tuple[int, str]:
        try:
            number, head = (self.folder / HEAD).read_text(encoding="ascii").split()
            return int(number), head
        except FileNotFoundError:
            if self.folder.is_dir() and any(self.folder.glob(f"*{SUFFIX}")):
                raise self._broken("HEAD is missing") from None
            return 0, NOTHING_BEFORE
        except (OSError, ValueError):
            raise self._broken("HEAD cannot be read") from None

    def _read(self, file: Path) -> Release:
        try:
            whole = file.read_bytes()
            own = hashlib.sha256(whole).hexdigest()
            if not (file.name.endswith(f"-{own[:16]}{SUFFIX}") or file.name == f"{own}{PENDING}"):
                raise self._broken(f"{file.name} was changed")
            head, _, body = whole.partition(b"\n")
            entry = json.loads(head)
            return Release(entry["number"], own, entry["before"], entry["content"], entry["facts"], body)
        except (OSError, ValueError, KeyError):
            raise self._broken(f"{file.name} cannot be read") from None

    def _broken(self, what: str) -> LedgerBroken:
        return LedgerBroken(
            f"The ledger of releases is broken: {what}",
            where=str(self.folder),
            to_do="Restore the folder from a copy. Nothing is published before it is whole.",
        )

    def _failed(self, fault: OSError) -> StoreFailed:
        return StoreFailed(f"The ledger cannot be written: {fault.strerror}", where=str(self.folder))


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, also when the power goes."""
    beside = file.with_name(f".{file.name}.new")
    with beside.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
