"""Lines that are only ever added, of what people decide and answer: a file beside the tables of a store.

A line is there whole or not at all, whenever the process dies; two writers wait for each other and lose nothing;
reading needs no lock, and what is half-written is not read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipelines.errors import StoreFailed, StoreInUse
from pipelines.line_sums import (
    BEGINNING,
    NONE,
    Sum,
    append_whole,
    fitting,
    note,
    note_anew,
    noted,
    sum_beside,
    whole_lines,
)
from pipelines.private_file import write_at_once

SECONDS_TO_WAIT = 20.0


@dataclass(frozen=True)
class Refusals:
    """What is said when lines cannot be read, when the turn does not come, and when the disk refuses."""

    unread: str
    busy: str
    unwritten: str


@dataclass(frozen=True)
class Lines:
    """A file of JSON lines. Its folder is made by the first line, for the owner alone; the folder above is there."""

    file: Path
    refusals: Refusals

    def read(self) -> Iterator[dict[str, Any]]:
        """Whole lines, the oldest first; StoreFailed when the file cannot be read."""
        try:
            if self.file.exists():
                with self.file.open("rb") as opened:
                    yield from (json.loads(line) for line in opened if line.endswith(b"\n"))
        except (OSError, ValueError) as fault:
            raise StoreFailed(self.refusals.unread, where=str(self.file)) from fault

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes meanwhile. StoreInUse when the turn does not come; StoreFailed when the disk refuses."""
        try:
            self.file.parent.mkdir(mode=0o700, exist_ok=True)
            with FileLock(self.file.with_suffix(".lock"), timeout=SECONDS_TO_WAIT):
                yield
        except Timeout as fault:
            raise StoreInUse(self.refusals.busy, to_do="Try again.") from fault
        except OSError as fault:
            raise StoreFailed(
                self.refusals.unwritten,
                where=str(self.file.parent),
                to_do="Give this user the right to write there, and room on the disk.",
            ) from fault

    def append(self, *told: Mapping[str, Any]) -> None:
        """A line for each, all or none, under the lock. What a crash has left without its end was never confirmed to
        anybody, and goes."""
        if not told:
            return
        before, lines = self._whole(), [as_line(each) for each in told]
        known = self._noted(before)
        try:
            append_whole(self.file, b"".join(lines))
            note(self.file, known.then(*before[known.lines :], *lines))
        except OSError:
            if self.file.exists():
                os.truncate(self.file, sum(map(len, before)))
            raise

    def replace(self, lines: Iterator[str]) -> None:
        """Under the lock: all lines anew, in one step, and nothing left of the old file."""
        written, content = self.file.with_suffix(".new"), "".join(lines).encode()
        goal = NONE.then(*whole_lines(content))
        written.unlink(missing_ok=True)
        write_at_once(written, content)
        note(self.file, self._noted(self._whole()), goal)
        written.replace(self.file)
        note_anew(self.file, goal)

    def remove(self) -> None:
        """Under the lock: all lines go, and the file with them."""
        note(self.file, self._noted(self._whole()), NONE)
        self.file.unlink()
        sum_beside(self.file).unlink()

    def _whole(self) -> list[bytes]:
        return whole_lines(self.file.read_bytes()) if self.file.exists() else []

    def _noted(self, lines: list[bytes]) -> Sum:
        """What is known of these lines; of a file from before there were notes, what stands in it."""
        try:
            known = noted(self.file) or [NONE.then(*lines)]
        except ValueError:
            known = [Sum(len(lines), BEGINNING)]
        return fitting(known, lines) or known[0]


def as_line(told: Mapping[str, Any]) -> bytes:
    """As it stands in the file; days in ISO 8601."""
    return f"{json.dumps(told, ensure_ascii=False, default=date.isoformat)}\n".encode()
