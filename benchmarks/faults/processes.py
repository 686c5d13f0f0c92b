"""The real command, as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 600.0
"""Seconds after which a process hangs: nothing here takes a tenth of it."""


@dataclass(frozen=True)
class Done:
    """How a process ended. `code` is negative when a signal ended it."""

    code: int
    said: str
    seconds: float

    @property
    def told_plainly(self) -> bool:
        """It ended by itself, without a stack trace."""
        return self.code >= 0 and "Traceback" not in self.said and "panicked" not in self.said


def roedtraad(*arguments: object) -> list[str]:
    """The command from the tree that this harness lies in."""
    return [sys.executable, "-m", "pipelines.cli", *map(str, arguments)]


def module(name: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.faults.{name}", *map(str, arguments)]


def started(command: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """A leader of a process group, so that all of it can be killed."""
    own: dict[str, Any] = {"cwd": ROOT, "env": {**os.environ, **(environment or {})}, "start_new_session": True}
    return subprocess.Popen(list(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **own)


def ended(process: subprocess.Popen[str], since: float) -> Done:
    said, _ = process.communicate(timeout=PATIENCE)
    return Done(process.returncode, said, time.monotonic() - since)


def done(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Done:
    """A process from start to end, whatever its end."""
    since = time.monotonic()
    return ended(started(command, environment), since)


def succeeded(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Done:
    """The same; SystemExit when it did not do what it should, for nothing can be measured then."""
    outcome = done(command, environment)
    if outcome.code:
        raise SystemExit(f"exit code {outcome.code}: {' '.join(command)}\n{outcome.said[-2000:]}")
    return outcome
