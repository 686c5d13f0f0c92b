"""Two processes at once: writers take turns or are told so, readers are never in the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.faults.courses import Bench
from benchmarks.faults.outcomes import NEW, OLD, QUICKLY, Outcome, between, seen, unlike
from benchmarks.faults.processes import Done, done, ended, module, roedtraad, started, succeeded
from benchmarks.faults.worlds import REQUEST
from pipelines.store import STAGING

AT_ONCE = "two at once"
IN_USE = 4
WRITERS = (("run", "run"), ("run", "ingest"), ("ingest", "check"), ("publish", "publish"))


def two_at_once(bench: Bench) -> Iterator[Outcome]:
    """Writers of the same store, writers and readers, and two people who edit the same thing."""
    yield from (second_writer(bench, *names) for names in WRITERS)
    yield from (reader_of(bench, name) for name in ("run", "publish"))
    yield two_decisions(bench)
    yield two_changes(bench)


def second_writer(bench: Bench, first: str, second: str) -> Outcome:
    """The second comes while the first is writing: it is told that the store is in use, and the first goes on."""
    course, other = bench.course(first), bench.course(second)
    outcome = Outcome(AT_ONCE, f"{first}, meanwhile {second}", "the second starts when the first is writing")
    with bench.worlds.copied(course.work.world) as store:
        one, told = while_it_writes(store, bench.command(course, store), bench.command(other, store))
        if told.code != IN_USE or not told.told_plainly:
            outcome.wrong.append(f"the second ended with {told.code}: {told.said[-300:]}")
        if one.code:
            outcome.wrong.append(f"the first ended with {one.code}: {one.said[-300:]}")
        outcome.wrong += unlike(seen(store, QUICKLY), course.after)
    return outcome


def while_it_writes(store: Path, first: list[str], second: list[str]) -> tuple[Done, Done]:
    """The first one stands still from its first file on until the second has ended: it surely still has the lock."""
    since = time.monotonic()
    process = started(first)
    while process.poll() is None and not (store / STAGING).exists():
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGSTOP)
    told = done(second)
    os.killpg(process.pid, signal.SIGCONT)
    return ended(process, since), told


def reader_of(bench: Bench, name: str) -> Outcome:
    """Readers, one after the other, while somebody writes: each sees the old version or the new one, whole."""
    course = bench.course(name)
    outcome = Outcome(AT_ONCE, f"{name}, meanwhile readers", "readers all the time")
    with bench.worlds.copied(course.work.world) as store:
        since = time.monotonic()
        process = started(bench.command(course, store))
        while process.poll() is None:
            found = seen(store)
            outcome.wrong += between(found, course.before, course.after)
            outcome.version = NEW if found["pieces"] == course.after["pieces"] else OLD
        one = ended(process, since)
        if one.code:
            outcome.wrong.append(f"the writer ended with {one.code}: {one.said[-300:]}")
        outcome.wrong += unlike(seen(store, QUICKLY), course.after)
    return outcome


def two_decisions(bench: Bench) -> Outcome:
    """Two stewards decide at the same time: every decision of both is there."""
    outcome = Outcome(AT_ONCE, "two stewards decide", "both at once")
    with bench.worlds.copied("rows") as store:
        commands = [module("decide", store, who, 8) for who in ("one", "other")]
        outcome.wrong += _both(commands, [_one_after_the_other(bench, "rows", "decisions", commands, store)], store)
    return outcome


def two_changes(bench: Bench) -> Outcome:
    """Two people change the same request: both changes are there, in the order in which they came."""
    outcome = Outcome(AT_ONCE, "two change a request", "both at once")
    with bench.worlds.copied("published") as store:
        days = (("answers", "2026-09-01"), ("k22", "2026-10-01"))
        commands = [
            roedtraad("request", "change", REQUEST, "--step", step, "--due", due, "--store", store)
            for step, due in days
        ]
        orders = (commands, commands[::-1])
        told = [_one_after_the_other(bench, "published", "requests", order, store) for order in orders]
        outcome.wrong += _both(commands, told, store)
    return outcome


def _both(commands: list[list[str]], orders: list[tuple[str, str]], store: Path) -> list[str]:
    since = time.monotonic()
    processes = [started(command) for command in commands]
    ends = [ended(process, since) for process in processes]
    wrong = [f"one ended with {end.code}: {end.said[-300:]}" for end in ends if end.code]
    found = seen(store)
    is_one = any(found["pieces"][piece] == told for piece, told in orders)
    return [*wrong, *found["faults"], *([] if is_one else ["one of the two is lost"])]


def _one_after_the_other(
    bench: Bench, world: str, piece: str, commands: list[list[str]], store: Path
) -> tuple[str, str]:
    with bench.worlds.copied(world) as other:
        for command in commands:
            succeeded([part.replace(str(store), str(other)) for part in command])
        return piece, seen(other)["pieces"][piece]
