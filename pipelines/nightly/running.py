"""Runs a night: each step is a command in a process of its own, so that one that dies takes nothing with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from msgspec.structs import replace

from pipelines.errors import StoreFailed, StoreInUse
from pipelines.failures import without_numbers
from pipelines.nightly.configuration import Configuration
from pipelines.nightly.inputs import fingerprint
from pipelines.nightly.night import DANISH_CLOCK, LOCK, Night, NightFolder, Outcome, StepTaken, begun_or_resumed
from pipelines.nightly.steps import NAMED, stopped_by

KILLED = 128
"""Added to the number of the signal that ended a command, as shells do."""

TRACE = "Traceback"
WIDE = {**os.environ, "COLUMNS": "250"}
"""So that what a command says first is one line."""


@dataclass(frozen=True)
class Runner:
    """`told` hears of the night whenever it has changed, `line` of what goes into the log."""

    configuration: Configuration
    told: Callable[[Night], None]
    line: Callable[[str], None]

    @property
    def folder(self) -> NightFolder:
        """Beside the store."""
        return NightFolder.of(self.configuration.store)

    def planned(self, now: datetime) -> Night:
        """The night as it would begin now; nothing is written."""
        asked = self.configuration
        as_of = asked.as_of(now.astimezone(DANISH_CLOCK).date())
        return begun_or_resumed(self.folder.last(), fingerprint(asked), tuple(asked.steps), as_of, now)

    def run(self, now: datetime) -> Night:
        """Do what is left of the night. StoreInUse when another one is at it; StoreFailed when nothing can be noted."""
        with alone(self.folder):
            night = self.planned(now)
            if night.is_finished:
                self._log(f"night={night.name} outcome=finished_already")
                self.told(night)
                return night
            for step in night.steps:
                night = night if step.outcome == "done" else self._taken(night, step.name)
            return self._kept(replace(night, ended_at=datetime.now(UTC)))

    def _taken(self, night: Night, name: str) -> Night:
        failed = [step.name for step in night.steps if step.outcome == "failed"]
        because = stopped_by(NAMED[name], failed)
        if because:
            self._log(f"night={night.name} step={name} outcome=left_out because={because}")
            return self._kept(night.with_step(StepTaken(name, "left_out", because=because)))
        began_at = datetime.now(UTC)
        night = self._kept(night.with_step(StepTaken(name, "running", began_at=began_at)))
        self._log(f"night={night.name} step={name} outcome=running")
        started = time.monotonic()
        code, said = self._done(name, night)
        seconds = round(time.monotonic() - started, 1)
        outcome: Outcome = "failed" if code else "done"
        taken = StepTaken(name, outcome, code, began_at, seconds, said if code else "")
        night = self._kept(night.with_step(taken))
        self._log(f"night={night.name} step={name} outcome={outcome} code={code} seconds={seconds}")
        return night

    def _done(self, name: str, night: Night) -> tuple[int, str]:
        """Exit code and complaint. What it complains of stands in a file of its own, for whoever runs the machine.

        The command is given a pipe that closes when this process ends, however it ends, and then ends too.
        """
        command = [sys.executable, "-m", "pipelines.commands.step_of_a_night"]
        command += self.configuration.arguments(name, night.as_of)
        said = self.folder.folder / f"{name}.txt"
        with _noting(self.folder.folder), said.open("wb") as opened:
            done = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=opened, env=WIDE)
            code = done.wait()
            if done.stdin:
                done.stdin.close()
        return (code if code >= 0 else KILLED - code), _complaint(said)

    def _kept(self, night: Night) -> Night:
        with _noting(self.folder.folder):
            self.folder.keep(night)
        self.told(night)
        return night

    def _log(self, told: str) -> None:
        """A line with the moment in Danish time; it is said whether or not it could be written."""
        line = f"{datetime.now(DANISH_CLOCK).isoformat(timespec='seconds')} {told}"
        self.line(line)
        with _noting(self.folder.folder):
            self.folder.log(line)


@contextmanager
def alone(folder: NightFolder) -> Iterator[None]:
    """Nobody else runs a night of this store meanwhile."""
    with _noting(folder.folder):
        folder.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(folder.folder / LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout as fault:
            raise StoreInUse(
                "Another night of this store is running", where=str(folder.folder), to_do="Wait until it has finished."
            ) from fault
    try:
        yield
    finally:
        lock.release()


def _complaint(file: Path) -> str:
    """The first line that it said, without long numbers; of a fault that nobody foresaw its kind alone."""
    lines = [line.strip() for line in file.read_text("utf-8", "replace").splitlines() if line.strip()]
    if not lines:
        return ""
    if any(line.startswith(TRACE) for line in lines):
        return lines[-1].split(":")[0].rpartition(".")[2]
    return without_numbers(lines[0])


@contextmanager
def _noting(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise StoreFailed(
            f"The night cannot be noted: {os.strerror(fault.errno) if fault.errno else 'the disk refuses'}",
            where=str(folder),
            to_do="Give this user the right to write there, and room on the disk; then run it again.",
        ) from fault
