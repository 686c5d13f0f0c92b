"""Brings a store to a version of the contract, and back, in one commit of `runs`.

The migrated tables are new Delta versions. The runs that they were made of stay behind them with their tables, so the
way back brings exactly those; what was made since goes back by the declared way. Published tables are never touched.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from pipelines.definitions.tables import CONTRACT_VERSION
from pipelines.errors import StoreIsEmpty
from pipelines.migrations import MIGRATIONS
from pipelines.migrations.declared import FromTheFuture, Migration, NoWayThere, Step, way
from pipelines.store import Snapshot, Store, Writer

UPGRADE = "upgrade"
"""The stage in a run's row that says of which run it was migrated."""


@dataclass(frozen=True)
class Upgraded:
    """`steps`: in words, none where nothing was to be done. `carried`: the kinds of the runs that were brought over."""

    before: str
    after: str
    steps: tuple[str, ...]
    carried: tuple[str, ...] = ()


def version_of(store: Store) -> str:
    """The contract of the last run or ingest. StoreIsEmpty when there is none."""
    last = store.last("run", "ingest")
    if last is None:
        raise StoreIsEmpty(f"Nothing has been read into {store.folder}", to_do="Start with `roedtraad run`.")
    return str(last.run["contract_version"])


def assert_readable(store: Store, goal: str = CONTRACT_VERSION) -> None:
    """FromTheFuture for a store under a later contract: what its columns mean is not known here."""
    later = [version for version in store.runs().head(1)["contract_version"].drop_nulls() if int(version) > int(goal)]
    if later:
        raise FromTheFuture(
            f"The store was made under contract {later[0]}; this program knows {goal}",
            where=str(store.folder),
            to_do="Install the release that it was made with, or there: roedtraad upgrade --back",
        )


def planned(store: Store, goal: str = CONTRACT_VERSION, known: Sequence[Migration] = MIGRATIONS) -> list[Step]:
    """What an upgrade would do; nothing is written. FromTheFuture, NoWayThere, StoreIsEmpty."""
    assert_readable(store, goal)
    return way(version_of(store), goal, known)


def upgrade(store: Store, goal: str = CONTRACT_VERSION, known: Sequence[Migration] = MIGRATIONS) -> Upgraded:
    """Bring the last runs to the goal. NoWayThere also when a migration would gain or lose rows: nothing is changed."""
    before = version_of(store)
    steps = planned(store, goal, known)
    if not steps:
        return Upgraded(before, goal, ())
    with store.writing() as writer:
        kept = _last_ones(store)
        rows = _migrated(kept, steps, goal, writer)
        _commit(writer, rows, [])
    return Upgraded(before, goal, tuple(step.words for step in steps), tuple(str(row["kind"]) for row in rows))


def back(store: Store, known: Sequence[Migration] = MIGRATIONS) -> Upgraded:
    """One version back, for a store that an earlier release shall read again. NoWayThere at the first version."""
    before = version_of(store)
    goal = str(int(before) - 1)
    steps = way(before, goal, known)
    with store.writing() as writer:
        runs = store.runs()
        old = set(runs.filter(pl.col("versions") != "{}", pl.col("contract_version") == goal)["run_id"])
        later = runs.filter(pl.col("contract_version").cast(pl.Int64, strict=False) > int(goal))
        made_since = [one for one in _last_ones(store) if _migrated_from(one.run) not in old]
        rows = _migrated(made_since, steps, goal, writer)
        _commit(writer, rows, later["run_id"].to_list())
    return Upgraded(before, goal, tuple(step.words for step in steps), tuple(str(row["kind"]) for row in rows))


def _last_ones(store: Store) -> list[Snapshot]:
    """What later commands and pages read, the earliest first."""
    found = (store.last("run"), store.last("run", "ingest"), store.last("check"), store.last("publish"))
    kept = {one.run["run_id"]: one for one in found if one is not None}
    return sorted(kept.values(), key=lambda one: one.run["finished_at"])


def _migrated_from(run: Any) -> str | None:
    told: str | None = json.loads(run["stages"] or "{}").get(UPGRADE, {}).get("of")
    return told


def _migrated(kept: Sequence[Snapshot], steps: Sequence[Step], goal: str, writer: Writer) -> list[dict[str, object]]:
    """The rows of `runs` that name the migrated tables; a version that two runs share is written once."""
    done: dict[tuple[str, int], int] = {}
    rows = []
    for at, snapshot in enumerate(kept):
        own = Writer(writer.store, uuid.uuid4().hex[:12])
        own.staging.mkdir(parents=True)
        fresh = [name for name, version in snapshot.versions.items() if (name, version) not in done]
        for name in fresh:
            _write_migrated(name, snapshot, steps, own)
        made = snapshot.versions | own.commit_tables()
        done |= {(name, snapshot.versions[name]): made[name] for name in fresh}
        versions = {name: done[name, version] for name, version in snapshot.versions.items()}
        rows.append(_row(snapshot, own.run_id, versions, goal, at))
    return rows


def _write_migrated(name: str, snapshot: Snapshot, steps: Sequence[Step], writer: Writer) -> None:
    """A table that no step changes stays as it is."""
    changes = [change for step in steps for change in step.of(name)]
    if not changes:
        return
    before = snapshot.table(name)
    after = before
    for change in changes:
        after = change(after)
    writer.write(name, after)
    if _height(before) != _height(writer.rows(name)):
        raise NoWayThere(
            f"A migration would change how many rows {name} has, so nothing was changed",
            where=", ".join(step.words for step in steps),
            to_do="Stay with the release that made the store, and tell who made this one.",
        )


def _row(snapshot: Snapshot, run_id: str, versions: dict[str, int], goal: str, at: int) -> dict[str, object]:
    """The same run under the other contract. Its moment is now, in the order in which the runs were made."""
    run = dict(snapshot.run)
    stages = json.loads(run["stages"] or "{}") | {
        UPGRADE: {"rows": None, "seconds": 0.0, "from": run["contract_version"], "of": run["run_id"]}
    }
    moment = datetime.now(UTC)
    return run | {
        "run_id": run_id,
        "finished_at": moment.replace(microsecond=min(moment.microsecond + at, 999_999)),
        "contract_version": goal,
        "stages": json.dumps(stages),
        "versions": json.dumps(versions, sort_keys=True),
    }


def _commit(writer: Writer, rows: list[dict[str, object]], without: Sequence[str]) -> None:
    """All in one step: earlier runs stay as they are, `without` are gone, the migrated ones are the last."""
    runs = writer.store.runs()
    others = runs.filter(~pl.col("run_id").is_in(list(without)))
    writer.commit_instead([*others.iter_rows(named=True), *rows], runs["run_id"].to_list())
    writer.store.tidy()


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect(engine="streaming").item())
