"""Stages of a run as they happen: name, rows, seconds. What shows them is somebody else's choice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass
class Stage:
    """One stage; whoever runs it says how many rows went through, and in `told` what else is worth a word."""

    name: str
    rows: int = 0
    seconds: float = 0.0
    told: str = ""


class Shown(Protocol):
    """Something that shows stages, such as a progress bar."""

    def begun(self, stage: Stage) -> None:
        """A stage starts."""

    def ended(self, stage: Stage) -> None:
        """A stage is done, with rows and seconds."""


@dataclass
class Progress:
    """Measures stages, remembers them for the run's record, and passes them on."""

    shown: Shown | None = None
    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Time what happens inside."""
        stage = Stage(name)
        if self.shown:
            self.shown.begun(stage)
        started = time.perf_counter()
        yield stage
        stage.seconds = time.perf_counter() - started
        self.stages.append(stage)
        if self.shown:
            self.shown.ended(stage)
