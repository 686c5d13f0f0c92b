"""`kill -9` of every kind of work at random moments: half of them at a time, half before a change of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from benchmarks.faults.courses import Bench, Course
from benchmarks.faults.killing import Call, changing_calls, killed_after, killed_before
from benchmarks.faults.outcomes import Outcome
from benchmarks.faults.processes import Done
from benchmarks.faults.works import WORKS

AT_ONCE = 2
MOST_TRIES = 6
"""A process that had ended before its kill came is no kill: another moment is tried."""

SIGKILLED = -9
BY_TIME, BY_CALL = "kill -9 at a random time", "kill -9 before a random change of a file"


def kills(bench: Bench, number: int) -> Iterator[Outcome]:
    """So many kills in all, spread over the kinds of work as these tell."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        courses = list(pool.map(bench.course, [work.name for work in WORKS]))
        calls = list(pool.map(lambda course: calls_of(bench, course), courses))
        asked = [
            (course, own, at)
            for course, own in zip(courses, calls, strict=True)
            for at in range(max(1, round(number * course.work.share / 1000)))
        ]
        Random(bench.seed).shuffle(asked)
        yield from pool.map(lambda each: one_kill(bench, *each), asked)


def calls_of(bench: Bench, course: Course) -> Sequence[Call]:
    """By which calls the work changes files, counted once."""
    with bench.worlds.copied(course.work.world) as store:
        return changing_calls(bench.command(course, store), store.parent / "calls")


def one_kill(bench: Bench, course: Course, calls: Sequence[Call], at: int) -> Outcome:
    """Kill, look, do it again, look."""
    chance = Random(f"{bench.seed}:{course.work.name}:{at}")
    fault, how = BY_TIME, ""
    for _ in range(MOST_TRIES):
        with bench.worlds.copied(course.work.world) as store:
            fault, killed, how = _killed(bench, course, calls if at % 2 else (), store, chance)
            if killed.code == SIGKILLED:
                return bench.judged(Outcome(fault, course.work.name, f"seed {bench.seed}, {how}"), course, store)
    wrong = [f"no kill came in time, the last exit code was {killed.code}"]
    return Outcome(fault, course.work.name, f"seed {bench.seed}, {how}", wrong=wrong)


def _killed(bench: Bench, course: Course, calls: Sequence[Call], store: Path, chance: Random) -> tuple[str, Done, str]:
    command = bench.command(course, store)
    if calls:
        call = chance.choice(calls)
        return BY_CALL, killed_before(command, call), str(call)
    seconds = chance.uniform(0, course.seconds)
    how = f"{seconds:.3f} s after its start, of {course.seconds:.3f} s"
    return BY_TIME, killed_after(command, seconds), how
