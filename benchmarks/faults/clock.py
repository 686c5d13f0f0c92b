"""A clock that is wrong while something is done, and right again afterwards: forwards and backwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from benchmarks.faults.courses import Bench
from benchmarks.faults.killing import with_clock
from benchmarks.faults.outcomes import QUICKLY, Outcome, seen, unlike
from benchmarks.faults.processes import done, succeeded
from benchmarks.faults.works import work_named

SKIPPED = "the clock is wrong"
DAYS = (-3650, -400, -1, 1, 400, 3650)
UNDER_IT = ("ingest", "run", "check", "publish", "decide about gaps", "request change", "return combine")
NEXT = {"run": "run again, as of another day"}
"""What follows under the right clock: it is the last run then, whatever moment the one before believed in."""


def wrong_clocks(bench: Bench) -> Iterator[Outcome]:
    """Needs `faketime`; nothing where it is not."""
    if shutil.which("faketime") is None:
        return
    for name in UNDER_IT:
        yield from (under_a_clock(bench, name, days) for days in (DAYS if name == "run" else DAYS[1::3]))
    yield from (followed(bench, "run", days) for days in DAYS)


def under_a_clock(bench: Bench, name: str, days: int) -> Outcome:
    """The work under a wrong clock: what it made is there, as if it had been right."""
    course, outcome = bench.course(name), Outcome(SKIPPED, name, f"by {days:+d} days")
    with bench.worlds.copied(course.work.world) as store:
        told = done(with_clock(bench.command(course, store), days))
        if told.code:
            outcome.wrong.append(f"exit code {told.code}: {told.said[-300:]}")
        outcome.wrong += _beside_the_clock(unlike(seen(store, QUICKLY), course.after))
    return outcome


def followed(bench: Bench, name: str, days: int) -> Outcome:
    """The next run under a right clock takes the place of one that was made under a wrong one."""
    first, then = bench.course(name).work, work_named(NEXT[name])
    outcome = Outcome(SKIPPED, f"{name}, then {then.name} under the right clock", f"by {days:+d} days")
    with bench.worlds.copied(first.world) as store:
        for work in (first, then):
            succeeded(work.command(bench.worlds, store))
        expected = seen(store, QUICKLY)
    with bench.worlds.copied(first.world) as store:
        for command in (with_clock(first.command(bench.worlds, store), days), then.command(bench.worlds, store)):
            told = done(command)
            if told.code:
                outcome.wrong.append(f"exit code {told.code}: {told.said[-300:]}")
        outcome.wrong += _beside_the_clock(unlike(seen(store, QUICKLY), expected))
    return outcome


def _beside_the_clock(wrong: list[str]) -> list[str]:
    """That the doctor finds the wrong clock is as it should be."""
    return [told for told in wrong if not told.startswith("doctor finds clock_went_back")]
