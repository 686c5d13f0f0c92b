"""The audit log: who saw, exported, published or decided what, when, and under what scope.

Lines are only ever added. Each carries the hash of the one before, so a changed, removed or inserted byte is found by
`verify`; a log that was cut short at its end is found by its `head`, which is written beside it, or by a head that
somebody noted elsewhere. It lies beside the store, for owners' eyes alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock, Timeout

from pipelines.errors import UserError
from pipelines.private_file import write_at_once

FOLDER_VARIABLE = "ROEDTRAAD_AUDIT_LOG"
"""The environment variable that names the folder; else it is beside the store, `<store>-audit`."""

ACTIONS = (
    "signed_in",
    "refused",
    "saw",
    "exported",
    "decided",
    "published",
    "returned",
    "approved",
    "setting",
    "rekeyed",
    "deleted_rows",
    "upgraded",
    "repaired",
)
ENTRIES: dict[str, pl.DataType] = {
    "number": pl.Int64(),
    "at": pl.Datetime("us", "UTC"),
    "who": pl.String(),
    "role": pl.String(),
    "municipality_code": pl.String(),
    "action": pl.String(),
    "what": pl.String(),
    "record": pl.String(),
    "rows": pl.Int64(),
    "why": pl.String(),
    "before": pl.String(),
    "hash": pl.String(),
}
"""One row per entry. `what`: page, table or file; `record`: the pseudonym of one child; `before`: the hash of the entry
before."""

SEEN_BY = ("action", "what", "municipality_code")
LOG, HEAD, NEW_HEAD, LOCK, CUT_SHORT = "log.jsonl", "head", "head.new", "LOCK", "cut-short"
BEGINNING = "0" * 64
LONGEST = 300
"""Characters of a text in an entry."""

SECONDS_TO_WAIT = 20.0
TAIL = 65_536
"""Bytes from the end in which the last entry is looked for: an entry is far shorter."""

BLOCK = 1 << 20
"""Bytes that are read at a time from the end."""

LATEST = 20_000
"""Entries that a page reads and goes through: a long log is read as a whole by commands alone."""


class AuditLogFailed(UserError):
    """The log cannot be written or read: what would have been shown is not shown."""

    exit_code = 15


@dataclass(frozen=True)
class Verdict:
    """Whether the chain is whole. `broken_at`: the number of the first entry that does not fit; `why` in a word.

    `first`: the number of the first entry that was gone through.
    """

    entries: int
    head: str
    broken_at: int | None = None
    why: str | None = None
    first: int = 1

    @property
    def is_whole(self) -> bool:
        """Every entry follows the one before, to the end."""
        return self.why is None


@dataclass(frozen=True)
class AuditLog:
    """A folder with the log. Adding waits for its turn; reading needs none."""

    folder: Path

    @staticmethod
    def of(store: Path) -> AuditLog:
        """The log of a store; it exists from its first entry on."""
        named = os.environ.get(FOLDER_VARIABLE)
        place = store.resolve()
        return AuditLog(Path(named) if named else place.with_name(f"{place.name}-audit"))

    def add(
        self,
        action: str,
        what: str,
        *,
        who: str,
        role: str,
        municipality_code: str | None = None,
        record: str | None = None,
        rows: int | None = None,
        why: str | None = None,
    ) -> None:
        """Add an entry and return when it is on the disk. ValueError for an unknown action; AuditLogFailed when it
        could not be written: then nothing may be shown or done."""
        if action not in ACTIONS:
            raise ValueError(f"the log knows no action {action}")
        told = {"who": who, "role": role, "municipality_code": municipality_code, "action": action, "what": what}
        with self._alone():
            self._append(told | {"record": record, "rows": rows, "why": why})

    def entries(self, latest: int | None = None) -> pl.DataFrame:
        """Entries that can be read, in their order (columns ENTRIES): of the last so many lines, or all."""
        lines = self._lines() if latest is None else self._last_lines(latest)
        rows = [entry for entry in map(_read, lines) if entry is not None]
        frame = pl.DataFrame(rows, schema={**ENTRIES, "at": pl.String()}, strict=False)
        return frame.with_columns(pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", strict=False))

    def last_seen(self, who: str, what: str, municipality_code: str | None, before: datetime) -> datetime | None:
        """When this person last saw a page of a municipality before a moment; null when never. Reads from the end."""
        asked, person = ("saw", what, municipality_code), _short(who)
        written = json.dumps(person, ensure_ascii=False).encode()
        for block in self._from_end():
            named = (_read(_text(line)) for line in reversed(block.splitlines()) if written in line)
            for entry in named if written in block else ():
                if entry and entry["who"] == person and asked == tuple(entry[name] for name in SEEN_BY):
                    at = _moment(entry["at"])
                    if at is not None and at < before:
                        return at
        return None

    def verify(self, noted: str | None = None, *, latest: int | None = None) -> Verdict:
        """Go through the whole chain, or through its last so many entries.

        `noted`: a head (`number:hash`) that was kept elsewhere and must be among them. The head is read before the
        lines, so that an entry that is added meanwhile is none too few.
        """
        missed = {noted, self._noted()} - {None}
        number, last, lines = self._beginning(latest)
        first = number + 1
        for line in lines:
            entry = _read(line)
            if entry is None:
                return Verdict(number, _head(number, last), number + 1, "unreadable", first)
            if not _follows(entry, line, number, last):
                return Verdict(number, _head(number, last), number + 1, "changed", first)
            number, last = number + 1, entry["hash"]
            missed.discard(_head(number, last))
        if self._cut_off():
            return Verdict(number, _head(number, last), number + 1, "cut_short", first)
        if missed:
            return Verdict(number, _head(number, last), number + 1, "entries_missing", first)
        return Verdict(number, _head(number, last), first=first)

    def _beginning(self, latest: int | None) -> tuple[int, str, Iterable[str]]:
        """Number and hash before the first entry that is gone through, and the lines from there.

        The entry before the last so many is taken at its word; a line that is none makes all be gone through.
        """
        if latest is not None:
            before, *lines = self._last_lines(latest + 1) or [""]
            entry = _read(before) if len(lines) == latest else None
            if entry is not None:
                return entry["number"], entry["hash"], lines
        return 0, BEGINNING, self._lines()

    def state(self) -> tuple[int, int]:
        """Size and moment of the last change: another log, another state."""
        log = self.folder / LOG
        known = log.stat() if log.exists() else None
        return (known.st_size, known.st_mtime_ns) if known else (0, 0)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(self.folder / LOCK, timeout=SECONDS_TO_WAIT):
                yield
        except (OSError, Timeout) as fault:
            raise AuditLogFailed(
                "The audit log cannot be written, so nothing is shown",
                where=str(self.folder),
                to_do="Give this user the right to write there, and room on the disk.",
            ) from fault

    def _append(self, told: dict[str, Any]) -> None:
        """Under the lock. What a crash left half-written is set aside first, and said in an entry of its own."""
        last = self._last()
        if cut_off := self._cut_off():
            self._set_aside(cut_off)
            repaired = {"who": "", "role": "", "action": "repaired", "what": LOG, "why": f"{len(cut_off)} bytes"}
            last = self._write(repaired, last)
        self._write(told, last)

    def _write(self, told: dict[str, Any], last: tuple[int, str]) -> tuple[int, str]:
        number, before = last
        cut = {name: _short(value) if isinstance(value, str) else value for name, value in told.items()}
        entry = dict.fromkeys(ENTRIES) | cut
        entry |= {"number": number + 1, "at": datetime.now(UTC).isoformat(timespec="microseconds"), "before": before}
        entry["hash"] = _hash(entry)
        write_at_once(self.folder / LOG, f"{_line(entry)}\n".encode(), os.O_APPEND)
        write_at_once(self.folder / NEW_HEAD, _head(number + 1, entry["hash"]).encode(), os.O_TRUNC)
        (self.folder / NEW_HEAD).replace(self.folder / HEAD)
        return number + 1, entry["hash"]

    def _set_aside(self, cut_off: bytes) -> None:
        log = self.folder / LOG
        write_at_once(self.folder / f"{CUT_SHORT}-{log.stat().st_size}", cut_off, os.O_TRUNC)
        with log.open("r+b") as opened:
            opened.truncate(log.stat().st_size - len(cut_off))

    def _last(self) -> tuple[int, str]:
        """Number and hash of the last whole entry."""
        whole = self._tail()[: -len(self._cut_off()) or None]
        lines = whole.splitlines()
        entry = _read(lines[-1].decode("utf-8", "replace")) if lines else None
        if lines and (entry is None or entry["hash"] != _hash(entry)):
            raise AuditLogFailed(
                "The last entry of the audit log cannot be read, so nothing is added to it",
                where=str(self.folder),
                to_do="Look at: roedtraad audit-log verify. Keep the folder, and begin a new one beside it.",
            )
        return (entry["number"], entry["hash"]) if entry else (0, BEGINNING)

    def _tail(self) -> bytes:
        log = self.folder / LOG
        if not log.exists():
            return b""
        with log.open("rb") as opened:
            opened.seek(max(0, log.stat().st_size - TAIL))
            return opened.read()

    def _cut_off(self) -> bytes:
        """What stands after the last line's end: the beginning of an entry whose writing was interrupted."""
        return self._tail().rpartition(b"\n")[2]

    def _noted(self) -> str | None:
        """The head as it was noted beside the log; null before the first entry.

        One that is gone is an empty text, which no chain has in it. Whether there is a log is asked before its head.
        The first entry is on the disk a moment before its head: whoever may be writing it is waited for.
        """
        head = self.folder / HEAD
        has_log = (self.folder / LOG).exists()
        if has_log and not head.exists():
            with suppress(OSError, Timeout), FileLock(self.folder / LOCK, timeout=SECONDS_TO_WAIT):
                pass
        if head.exists():
            return head.read_text("utf-8", "replace")
        return "" if has_log else None

    def _lines(self) -> Iterator[str]:
        """Whole lines, without their ends."""
        log = self.folder / LOG
        try:
            if log.exists():
                with log.open("rb") as opened:
                    yield from (_text(line[:-1]) for line in opened if line.endswith(b"\n"))
        except OSError as fault:
            raise AuditLogFailed("The audit log cannot be read", where=str(self.folder)) from fault

    def _last_lines(self, number: int) -> list[str]:
        found: list[str] = []
        for block in self._from_end():
            found = [*map(_text, block.split(b"\n")[:-1]), *found]
            if len(found) >= number:
                break
        return found[-number:]

    def _from_end(self) -> Iterator[bytes]:
        """Whole lines with their ends, the last block first; what stands after the last line's end is left out."""
        log, rest = self.folder / LOG, b""
        try:
            start = log.stat().st_size if log.exists() else 0
            while start:
                end, start = start, max(0, start - BLOCK)
                with log.open("rb") as opened:
                    opened.seek(start)
                    read = opened.read(end - start) + rest
                first, _, lines = read.partition(b"\n") if start else (b"", b"", read)
                rest = read if start and not lines else first + b"\n"
                yield lines[: lines.rfind(b"\n") + 1]
        except OSError as fault:
            raise AuditLogFailed("The audit log cannot be read", where=str(self.folder)) from fault


def _moment(told: object) -> datetime | None:
    """None where somebody else has written into the file."""
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def _read(line: str) -> dict[str, Any] | None:
    """An entry; none when the line is not one."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and entry.keys() == ENTRIES.keys() else None


def _follows(entry: dict[str, Any], line: str, number: int, last: str) -> bool:
    """Whether an entry is the next one, and its line is written as we write it, byte for byte."""
    is_next = (entry["number"], entry["before"]) == (number + 1, last)
    return is_next and entry["hash"] == _hash(entry) and line == _line(entry)


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False)


def _hash(entry: dict[str, Any]) -> str:
    """Of everything in an entry but its hash; that of the entry before is a part of it."""
    told = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _head(number: int, last: str) -> str:
    return f"{number}:{last}"


def _short(text: str) -> str:
    return text[:LONGEST]
