"""Records through the whole pipeline and all checks, in a store that is thrown away: what was named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from checks.catalogue import CATALOGUE
from checks.defects.clean import Clean
from checks.defects.declared import Defect, Patch
from checks.defects.found import Named
from checks.defects.spoiling import IDENTITIES
from checks.defects.worlds import patched, planted_in_store, planted_world
from checks.frames import Days, Frame, frames_of, sizes
from checks.run import check
from checks.statuses import overall
from pipelines.definitions.reference import Reference
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store
from pipelines.table_of_runs import RUNS

NOW = datetime(2026, 12, 1, tzinfo=UTC)
"""The day of every run and check here, whatever the clock says: after the last day on which the sample writes."""

OF_EACH_RUN = ("run_id", "started_at", "finished_at", "duration_seconds", "versions")


@dataclass(frozen=True)
class Tried:
    """What was planted, by the defect's id, into which tables, and what the checks named then."""

    planted: Mapping[str, Sequence[Patch]]
    tables: Mapping[str, pl.DataFrame]
    named: Named


def flawless(clean: Clean) -> Named:
    """What is named although nothing was planted."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        return _named(store, _ran(store, clean.tables, clean.as_of))


def tried(clean: Clean, lot: Sequence[Defect], rate: float, seed: int) -> Tried:
    """The defects of one world planted, in records or in a store, and the checks on what came of it."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        if lot[0].scope in ("rows", "feed"):
            world = planted_world(clean, lot, rate, seed)
            named = _named(store, _ran(store, world.tables, clean.as_of))
            return Tried(world.planted, clean.tables, named)
        return _with_spoiled_store(store, clean, lot, rate, seed)


def _ran(store: Store, tables: Mapping[str, pl.DataFrame], as_of: date) -> Snapshot:
    delivered = store.folder.parent / "canonical"
    delivered.mkdir()
    for name, rows in tables.items():
        rows.write_parquet(delivered / f"{name}.parquet", compression="lz4")
    return run(store, Source(canonical=delivered), as_of, Reference.load(), Progress()).snapshot


def _with_spoiled_store(store: Store, clean: Clean, lot: Sequence[Defect], rate: float, seed: int) -> Tried:
    """A second run takes everything over from the first, but for the tables that are spoiled.

    A run promises no order of rows; they are sorted, so that the same seed spoils the same ones.
    """
    ran = _ran(store, clean.tables, clean.as_of)
    names = {name for defect in lot for name in defect.planting.tables}
    stored = Clean(
        {name: ran.table(name).collect().sort(pl.all()) for name in sorted(names | {IDENTITIES})}, clean.as_of
    )
    planted = planted_in_store(stored, lot, rate, seed)
    with store.writing() as writer:
        writer.keep(ran, *(name for name in ran.versions if name not in names))
        for name in sorted(names):
            patches = [patch for each in planted.values() for patch in each if patch.table == name]
            writer.write(name, patched(stored.tables[name], patches).lazy())
        spoiled = writer.commit(**{name: ran.run[name] for name in RUNS if name not in OF_EACH_RUN})
    return Tried(planted, stored.tables, _named(store, spoiled))


def _named(store: Store, ran: Snapshot) -> Named:
    outcome = check(store, now=NOW, frames=_frames)
    keys = {name: frame.key for name, frame in _frames(ran, Reference.load()).items()}
    failures = outcome.snapshot.table("check_failures").filter(pl.col("still_open"))
    return Named(
        statuses=overall(outcome.results).select("check_id", "status", "severity"),
        failures=failures.select("check_id", "row_key").collect(),
        keys={each.id: keys[each.frame] for each in CATALOGUE},
        pseudonyms=ran.table(IDENTITIES).select("pseudonym").collect().to_series(),
    )


def _frames(ran: Snapshot, reference: Reference) -> Mapping[str, Frame]:
    """As `roedtraad check` has them on that day."""

    def rows_before() -> pl.LazyFrame:
        return sizes.rows_of(sizes.run_before(ran))

    days = Days(ran.run["as_of"], NOW.date())
    return frames_of(ran.table, reference, days, has_results=True, rows_before=rows_before)
