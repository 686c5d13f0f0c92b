"""Files that are corrupted or removed: nobody reads wrong figures, somebody finds it, and a copy is the way back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.faults.courses import Bench, Course
from benchmarks.faults.outcomes import WHOLLY, Outcome, State, seen, unsound
from benchmarks.faults.processes import Done, done, roedtraad, succeeded
from benchmarks.faults.state import UNREADABLE
from benchmarks.faults.worlds import REQUEST

CORRUPTED, REMOVED = "a file is corrupted", "a file is removed"
AT_ONCE = 2
OUT = "out.csv"


@dataclass(frozen=True)
class Place:
    """A file of a store (the last of a pattern, as names go), whose work it is part of, and a command that reads it."""

    what: str
    pattern: str
    work: str
    reading: tuple[str, ...]


PLACES = (
    Place("rows of obligations", "tables/obligations/*.parquet", "run", ("export", "obligations")),
    Place("rows of a canonical table", "tables/contacts/*.parquet", "run again, as of another day", ("check",)),
    Place("log of obligations", "tables/obligations/_delta_log/*.json", "run", ("export", "obligations")),
    Place("rows of runs", "runs/*.parquet", "run", ("status",)),
    Place("log of runs", "runs/_delta_log/*.json", "run", ("status",)),
    Place("results of checks", "tables/check_results/*.parquet", "check", ("status",)),
    Place("decisions about gaps", "gap-decisions/*.jsonl", "decide about gaps", ("status",)),
    Place("published shares", "published/published_shares/*.parquet", "publish", ("export", "published_shares")),
    Place("a release", "ledger/*.release", "publish", ("ledger", "verify")),
    Place("head of the ledger", "ledger/HEAD", "publish", ("ledger", "verify")),
    Place("a request", f"requests/{REQUEST}/log.jsonl", "request change", ("request", "status", REQUEST)),
    Place("the audit log", "../store-audit/log.jsonl", "request change", ("audit-log", "verify")),
    Place("head of the audit log", "../store-audit/head", "request change", ("audit-log", "verify")),
    Place("combined counts", "tables/counts_by_group/*.parquet", "return combine", ("status",)),
)


def _flip(file: Path, chance: Random) -> None:
    whole = bytearray(file.read_bytes())
    at = chance.randrange(len(whole))
    whole[at] ^= 1 << chance.randrange(8)
    file.write_bytes(whole)


def _halve(file: Path, _: Random) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])


def _empty(file: Path, _: Random) -> None:
    file.write_bytes(b"")


def _remove(file: Path, _: Random) -> None:
    file.unlink()


WAYS: dict[str, Callable[[Path, Random], None]] = {
    "one bit is another": _flip,
    "cut in half": _halve,
    "emptied": _empty,
    "removed": _remove,
}


def damages(bench: Bench) -> Iterator[Outcome]:
    """Every place in every way."""
    asked = [(place, way) for place in PLACES for way in WAYS]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda each: damaged(bench, *each), asked)


def damaged(bench: Bench, place: Place, way: str) -> Outcome:
    """Harm a file, read, ask the doctor, go the way back, and do the work."""
    course, chance = bench.course(place.work), Random(f"{bench.seed}:{place.what}:{way}")
    outcome = Outcome(REMOVED if way == "removed" else CORRUPTED, place.what, f"{way}, seed {bench.seed}")
    with bench.worlds.copied(course.work.world) as store:
        spare = _kept(store)
        file = _in_use(store, place)
        WAYS[way](file, chance)
        read = done(roedtraad(*_reading(place, store)))
        if read.code == 0:
            (store.parent / OUT).unlink(missing_ok=True)  # what was asked for is no leftover
        outcome.wrong += [] if read.told_plainly else [f"not told plainly: {read.said[-400:]}"]
        outcome.wrong += unfound(seen(store, WHOLLY), course, read, file)
        _go_back(spare, store)
        return bench.judged(outcome, course, store)


def _in_use(store: Path, place: Place) -> Path:
    """The newest file of the pattern: the last version stands on it."""
    return max(store.glob(place.pattern), key=lambda file: (file.stat().st_mtime_ns, file.name))


def _reading(place: Place, store: Path) -> list[str]:
    out = ["--out", str(store.parent / OUT)] if place.reading[0] == "export" else []
    return [*place.reading, "--store", str(store), *out]


def unfound(now: State, course: Course, read: Done, file: Path) -> list[str]:
    """What is wrong and nobody says so: figures that are other than they were, or damage that no command names."""
    other = [name for name, told in now["pieces"].items() if told != course.before["pieces"][name]]
    silent = [name for name in other if not now["pieces"][name].startswith(UNREADABLE)]
    doctor = now["doctor"]
    found = unsound(now, course.after)
    if any(name in told for told in found for name in (file.name, file.parent.name, file.parents[1].name)):
        return []
    if doctor is not None:
        return [f"doctor does not name {file.parent.name}/{file.name}: {found}"]
    if silent:
        return [f"{', '.join(silent)} read as something else, and nobody says so"]
    is_noticed = bool(other or now["faults"] or read.code)
    return [] if is_noticed else [f"nobody notices the damage of {file.name}"]


def _kept(store: Path) -> Path:
    """A backup from before the damage."""
    spare = store.parents[1] / "spare.zip"
    succeeded(roedtraad("backup", "--store", store, "--to", spare))
    return spare


def _go_back(spare: Path, store: Path) -> None:
    for gone in (store, store.with_name("store-audit")):
        shutil.rmtree(gone, ignore_errors=True)
    succeeded(roedtraad("restore", spare, "--store", store))
