"""Rows of persons are deleted for good when they have been in the store for a set time; what was published stays.

Runs stay in the history without their tables. One commit of `runs` makes the rows unreachable, then the files go;
killed in between, the same command removes what is left. Only tables that are known to hold nobody's row stay: an
unknown table goes with the rows.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import DeltaTable

from pipelines.errors import StoreFailed, WrongUse
from pipelines.flow import digest
from pipelines.gap_decisions import GapDecisions
from pipelines.numbers_of_checks import RESULTS, Over
from pipelines.store import DELETED_ON, RETENTION, Snapshot, Store, Writer
from pipelines.tables_at import assert_here

STAYS = frozenset({"row_accounting", "deliveries", "number_hints", "check_results", "returns"})
"""Beside the published tables: sums, names of files, and how checks ended, without their numbers. Counts that the gate
has not passed go."""


@dataclass(frozen=True)
class Expired:
    """A run whose rows are over the time: what it loses, and how many rows that is."""

    snapshot: Snapshot
    tables: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Deletion:
    """What goes, or has gone: runs with rows over the time, decisions about gaps that are as old, and the numbers of
    checks of such rows."""

    before: datetime
    runs: tuple[Expired, ...]
    decisions: int
    checks: int
    over: Over

    @property
    def rows(self) -> int:
        """Over all runs; a table that two runs share is counted once."""
        return sum(expired.rows for expired in self.runs)


def planned(store: Store, keep_days: int, now: datetime) -> Deletion:
    """What `delete` would do; nothing is written. WrongUse for fewer days than none."""
    assert_here(store.folder, "Retention")
    if keep_days < 0:
        raise WrongUse("Rows cannot be kept for less than no days", to_do="Give --keep-rows-days 0 or more.")
    before = now - timedelta(days=keep_days)
    first_read = _first_read(store)
    counted: set[tuple[str, int]] = set()
    expired = []
    runs, kept = store.runs(), store.kept_versions()
    for run in runs.iter_rows(named=True):
        snapshot = Snapshot(store.folder, run)
        tables = tuple(sorted(name for name in snapshot.versions if not _stays(name)))
        if tables and first_read[_rows_of(run)] < before:
            expired.append(Expired(snapshot, tables, _rows_in(snapshot, tables, kept, counted)))
    decisions = sum(_is_older(line, before) for one in GapDecisions.of_all(store.folder) for line in one.lines())
    over = Over(before, [run["run_id"] for run in runs.iter_rows(named=True) if first_read[_rows_of(run)] < before])
    return Deletion(before, tuple(expired), decisions, over.count(store), over)


def delete(store: Store, keep_days: int, now: datetime | None = None) -> Deletion:
    """Delete rows that were first read more than `keep_days` ago; again without harm, also after it was killed.

    StoreFailed when a file could not be removed: then the rows can no longer be reached, and the command is to be given
    again.
    """
    moment = now or datetime.now(UTC)
    with store.writing() as writer:
        found = planned(store, keep_days, moment)
        if found.runs or found.checks:
            _forget(store, found, moment, writer)
        _remove_files(store)
        for decisions in GapDecisions.of_all(store.folder):
            decisions.keep_lines(lambda line: not _is_older(line, found.before))
    return found


def _stays(table: str) -> bool:
    return table.startswith("published_") or table in STAYS


def _rows_of(run: Mapping[str, Any]) -> str:
    """What rows a run is about: a run, check or publication of the same rows later does not make them younger."""
    return str(run["canonical_fingerprint"] or run["run_id"])


def _first_read(store: Store) -> dict[str, datetime]:
    first: dict[str, datetime] = {}
    for run in store.runs().iter_rows(named=True):
        rows = _rows_of(run)
        first[rows] = min(first.get(rows, run["started_at"]), run["started_at"])
    return first


def _rows_in(
    snapshot: Snapshot, tables: tuple[str, ...], kept: Mapping[str, list[int]], counted: set[tuple[str, int]]
) -> int:
    """Rows that are still there: the tables of older runs were tidied away before."""
    named = {(name, snapshot.versions[name]) for name in tables}
    fresh = {(name, version) for name, version in named if version in kept.get(name, ())} - counted
    counted |= fresh
    return sum(int(snapshot.table(name).select(pl.len()).collect().item()) for name, _ in fresh)


def _is_older(line: Mapping[str, Any], before: datetime) -> bool:
    return datetime.fromisoformat(line["decided_at"]) < before


def _forget(store: Store, found: Deletion, moment: datetime, writer: Writer) -> None:
    """All runs anew in one commit. Rows, runs and publications that belonged together still agree with each other."""
    expired = {one.snapshot.run["run_id"]: one for one in found.runs}
    gone = {_rows_of(one.snapshot.run) for one in found.runs}
    runs = store.runs()
    there = store.kept_versions().get(RESULTS, [])
    checked = {version: version for version in there} | found.over.taken_from(store, writer)
    rows = []
    for run in runs.iter_rows(named=True):
        row = _without(run, expired[run["run_id"]].tables, moment.date()) if run["run_id"] in expired else dict(run)
        if _rows_of(run) in gone and run["canonical_fingerprint"]:
            row["canonical_fingerprint"] = digest(["rows deleted", run["canonical_fingerprint"]])
        rows.append(row | {"versions": _with_checks(str(row["versions"]), checked)})
    writer.commit_instead(rows, runs["run_id"].to_list())


def _with_checks(versions: str, instead: Mapping[int, int]) -> str:
    named = json.loads(versions)
    if RESULTS in named:
        stays = instead.get(named.pop(RESULTS))
        named |= {} if stays is None else {RESULTS: stays}
    return json.dumps(named, sort_keys=True)


def _without(run: Mapping[str, Any], tables: tuple[str, ...], day: date) -> dict[str, object]:
    """The next run of the same deliveries is a new one: it no longer finds this one's fingerprint."""
    versions = {name: version for name, version in json.loads(run["versions"]).items() if name not in tables}
    told = {"rows": 0, "seconds": 0.0, DELETED_ON: day.isoformat()}
    stages = json.dumps(json.loads(run["stages"] or "{}") | {RETENTION: told})
    fingerprint = run["fingerprint"] if run["kind"] == "publish" else None
    return dict(run) | {"versions": json.dumps(versions, sort_keys=True), "stages": stages, "fingerprint": fingerprint}


def _remove_files(store: Store) -> None:
    """Every file under `tables/` that no run names goes from the disk."""
    needed: dict[str, set[int]] = {}
    for named in store.runs()["versions"]:
        for table, version in json.loads(named).items():
            needed.setdefault(table, set()).add(version)
    folder = store.folder / "tables"
    left = 0
    for table in sorted(folder.iterdir()) if folder.is_dir() else []:
        left += _remove_unneeded(table, needed.get(table.name, set()))
    if left:
        raise StoreFailed(
            f"The rows can no longer be reached, but {left} files of theirs could not be removed",
            where=str(folder),
            to_do="Mend the rights and give the same command again.",
        )


def _remove_unneeded(table: Path, versions: set[int]) -> int:
    """How many files are left that should be gone."""
    if not versions:
        shutil.rmtree(table, ignore_errors=True)
        return sum(part.is_file() for part in table.rglob("*")) if table.exists() else 0
    if not (table / "_delta_log").is_dir():
        return 0
    kept = {Path(file).name for version in versions for file in _files(table, version)}
    old = [part for part in table.glob("*.parquet") if part.name not in kept]
    for part in old:
        part.unlink(missing_ok=True)
    return sum(part.exists() for part in old)


def _files(table: Path, version: int) -> list[str]:
    try:
        return list(DeltaTable(str(table), version=version).file_uris())
    except Exception as fault:  # the engine's own errors share no base class; nothing may be removed by a guess
        raise StoreFailed(
            f"The table {table.name} cannot be read, so its files stay",
            where=str(table),
            to_do="See what is wrong: roedtraad doctor",
        ) from fault
