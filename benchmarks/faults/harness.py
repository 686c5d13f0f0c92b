"""All faults, one after the other, each on copies of stores that were prepared once."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.faults.clock import wrong_clocks
from benchmarks.faults.courses import Bench
from benchmarks.faults.damage import damages
from benchmarks.faults.database import lost_databases
from benchmarks.faults.disk import full_disks, short_files
from benchmarks.faults.kills import kills
from benchmarks.faults.outcomes import Outcome, failures, table
from benchmarks.faults.rights import without_rights
from benchmarks.faults.together import two_at_once
from benchmarks.faults.worlds import MAKERS, prepared

KILLS, SEED = 200, 1
FAULTS: dict[str, Callable[[Bench], Iterator[Outcome]]] = {
    "disk": full_disks,
    "quota": short_files,
    "database": lost_databases,
    "damage": damages,
    "rights": without_rights,
    "clock": wrong_clocks,
    "together": two_at_once,
}
"""Beside `kill`, whose number is asked for."""

NAMES = ("kill", *FAULTS)


def measure(folder: Path) -> list[str]:
    """The part of the benchmarks: every fault, as it is asked for without arguments."""
    started = time.monotonic()
    outcomes = list(all_faults(folder, KILLS, SEED, NAMES))
    return told(outcomes, time.monotonic() - started)


def all_faults(folder: Path, number: int, seed: int, names: Sequence[str]) -> Iterator[Outcome]:
    """Outcomes as they come; each is told on the error stream."""
    bench = Bench(prepared(folder / "worlds", *MAKERS), seed)
    asked = {"kill": lambda own: kills(own, number), **FAULTS}
    for name in names:
        for outcome in _as_far_as_it_goes(name, asked[name], bench):
            _say(outcome)
            yield outcome


def _as_far_as_it_goes(name: str, fault: Callable[[Bench], Iterator[Outcome]], bench: Bench) -> Iterator[Outcome]:
    """What cannot be tried did not end well, and the other faults are tried all the same."""
    try:
        yield from fault(bench)
    except SystemExit as stopped:
        yield Outcome(name, "what could not be tried", "see what went before it", wrong=[str(stopped)])


def told(outcomes: Sequence[Outcome], seconds: float) -> list[str]:
    """For the README: the table, and every failure."""
    killed = sum(outcome.fault.startswith("kill") for outcome in outcomes)
    well = sum(outcome.ended_well for outcome in outcomes)
    return [
        f"{len(outcomes)} faults, {killed} of them kills, in {seconds / 60:.0f} minutes: "
        f"**{well} of {len(outcomes)} ended well** (target: all).",
        "",
        *table(outcomes),
        *(["", "Did not end well:", "", *failures(outcomes)] if well < len(outcomes) else []),
    ]


def _say(outcome: Outcome) -> None:
    end = "well" if outcome.ended_well else f"NOT WELL: {'; '.join(outcome.wrong)}"
    sys.stderr.write(f"{outcome.fault}, {outcome.what} ({outcome.how}): {end}\n")
    sys.stderr.flush()
