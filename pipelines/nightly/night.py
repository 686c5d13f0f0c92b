"""What is known of a night: its steps, how each ended, and when. A file beside the store, whole at every moment.

A night goes from noon to noon in Denmark and has the name of the day that it ends on. It is known by its configuration
and what was delivered: when one of them changes, the steps are done anew.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

DANISH_CLOCK = ZoneInfo("Europe/Copenhagen")
HALF_A_DAY = timedelta(hours=12)
LAST, LOG, LOCK, PAGE = "last.json", "nightly.log", "LOCK", "status.html"
Outcome = Literal["waiting", "running", "done", "failed", "left_out"]


class StepTaken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step. `code`: the exit code of its command; `said`: the first thing that it complained of; `because`: the
    failed step that left it out."""

    name: str
    outcome: Outcome = "waiting"
    code: int | None = None
    began_at: datetime | None = None
    seconds: float | None = None
    said: str = ""
    because: str | None = None


class Night(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`name`: the day that it ends on. `attempts`: how many times it was begun or taken up again."""

    name: date
    fingerprint: str
    as_of: date
    began_at: datetime
    attempts: int
    steps: tuple[StepTaken, ...]
    ended_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Every step is done."""
        return all(step.outcome == "done" for step in self.steps)

    @property
    def failed(self) -> StepTaken | None:
        """The first step that failed."""
        return next((step for step in self.steps if step.outcome == "failed"), None)

    @property
    def exit_code(self) -> int:
        """0, or that of the first step that failed."""
        return self.failed.code or 1 if self.failed else 0

    @property
    def seconds(self) -> float:
        """All that its steps took."""
        return sum(step.seconds or 0 for step in self.steps)

    def with_step(self, taken: StepTaken) -> Night:
        """The same night with a step in its place."""
        steps = tuple(taken if step.name == taken.name else step for step in self.steps)
        return msgspec.structs.replace(self, steps=steps)


@dataclass(frozen=True)
class NightFolder:
    """Beside a store: the record of its last night, the log, the status page, and what the steps said."""

    folder: Path

    @staticmethod
    def of(store: Path) -> NightFolder:
        """It exists from the first night on."""
        place = store.resolve()
        return NightFolder(place.with_name(f"{place.name}-nightly"))

    def last(self) -> Night | None:
        """The last night; none before the first, and where the file is not ours or cannot be read."""
        file = self.folder / LAST
        try:
            return msgspec.json.decode(file.read_bytes(), type=Night)
        except (OSError, msgspec.DecodeError):
            return None

    def keep(self, night: Night) -> None:
        """Written beside and renamed, and on the disk before it returns."""
        write_whole(self.folder / LAST, msgspec.json.format(msgspec.json.encode(night)))

    def log(self, line: str) -> None:
        """Add a line."""
        with (self.folder / LOG).open("a", encoding="utf-8") as opened:
            opened.write(f"{line}\n")


def night_of(now: datetime) -> date:
    """The day that the night ends on: from noon on it is the next one's."""
    return (now.astimezone(DANISH_CLOCK) + HALF_A_DAY).date()


def begun_or_resumed(
    earlier: Night | None, fingerprint: str, steps: tuple[str, ...], as_of: date, now: datetime
) -> Night:
    """The same night with what is done kept, and of the same day; else a new one."""
    name = night_of(now)
    if earlier is None or (earlier.name, earlier.fingerprint) != (name, fingerprint):
        waiting = tuple(StepTaken(step) for step in steps)
        return Night(name, fingerprint, as_of, now, 1, waiting)
    if earlier.is_finished:
        return earlier
    kept = tuple(step if step.outcome == "done" else StepTaken(step.name) for step in earlier.steps)
    return msgspec.structs.replace(earlier, steps=kept, attempts=earlier.attempts + 1, ended_at=None)


def write_whole(file: Path, content: bytes) -> None:
    """In the place of an earlier one, in one step."""
    beside = file.with_name(f".{file.name}.new")
    with beside.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
