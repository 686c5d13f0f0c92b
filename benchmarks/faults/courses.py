"""Pieces of work without any fault: what is before and after them. Every fault is judged beside that."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from benchmarks.faults.outcomes import NEW, OLD, QUICKLY, Outcome, State, between, seen, unlike
from benchmarks.faults.processes import done, succeeded
from benchmarks.faults.works import Work, work_named
from benchmarks.faults.worlds import Worlds


@dataclass(frozen=True)
class Course:
    """A piece of work undisturbed: the store before and after it, its seconds, and by how many bytes it grows."""

    work: Work
    before: State
    after: State
    seconds: float
    grows: int


@dataclass
class Bench:
    """The prepared worlds, the seed of all chance, and the courses that were needed so far."""

    worlds: Worlds
    seed: int
    _courses: dict[str, Course] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)

    def course(self, name: str) -> Course:
        """Undisturbed work, done once and kept."""
        with self._turn:
            if name not in self._courses:
                self._courses[name] = _undisturbed(work_named(name), self.worlds)
            return self._courses[name]

    def command(self, course: Course, store: Path) -> list[str]:
        return course.work.command(self.worlds, store)

    def judged(self, outcome: Outcome, course: Course, store: Path) -> Outcome:
        """What a new process sees after the fault; and that the same work can be done again, with the same result."""
        work, found = course.work, seen(store)
        outcome.wrong += between(found, course.before, course.after)
        is_done = found["pieces"][work.piece] == course.after["pieces"][work.piece]
        outcome.version = NEW if is_done else OLD
        if is_done and not work.again:
            outcome.wrong += unlike(seen(store, QUICKLY), course.after)
            return outcome
        again = done(self.command(course, store))
        if again.code:
            outcome.wrong.append(f"doing it again ended with exit code {again.code}: {again.said[-300:]}")
        outcome.wrong += unlike(seen(store, QUICKLY), course.after)
        return outcome


def _undisturbed(work: Work, worlds: Worlds) -> Course:
    with worlds.copied(work.world) as store:
        before, size = seen(store), _bytes(store.parent)
        took = succeeded(work.command(worlds, store)).seconds
        after, grown = seen(store, QUICKLY), _bytes(store.parent)
    if before["pieces"][work.piece] == after["pieces"][work.piece]:
        raise SystemExit(f"{work.name} changes nothing: it cannot be told whether it was done")
    return Course(work, before, after, took, grown - size)


def _bytes(folder: Path) -> int:
    """As blocks of the disk."""
    return sum(-(-file.lstat().st_size // 4096) * 4096 for file in folder.rglob("*") if file.is_file())
