"""A command as a process of its own, measured by the operating system."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

OF_THIS_ENGINE = "_RJEM_MALLOC_CONF"
"""Polars writes its own settings into the environment, where the command that is measured would take them for ours."""


@dataclass(frozen=True)
class Measured:
    """Wall seconds, processor seconds and peak memory of one process."""

    wall: float
    cpu: float
    peak_gb: float


def measured(command: Sequence[object]) -> Measured:
    """One process from start to end, by the operating system's own accounting."""
    started = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != OF_THIS_ENGINE}
    process = subprocess.Popen([str(part) for part in command], env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status:
        raise SystemExit(f"failed: {' '.join(map(str, command))}")
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024**2)


def roedtraad(*arguments: object) -> list[object]:
    return [sys.executable, "-m", "pipelines.cli", *arguments]
