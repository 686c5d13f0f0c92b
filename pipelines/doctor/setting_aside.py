"""Runs that are damaged and cannot be restored, out of the way of readers and of the next run."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines.delta_log import DeltaLog
from pipelines.doctor.examination import examine
from pipelines.doctor.findings import Looked
from pipelines.errors import WrongUse
from pipelines.store import Store
from pipelines.table_of_runs import RUNS, add_rows
from pipelines.tables_at import folder_of

SET_ASIDE = "damaged_"
"""Before the kind of a run in `runs`: it stays in the history, and nobody reads it."""


def set_aside(store: Path, run_ids: Sequence[str]) -> list[str]:
    """Readers take the last whole run then, and the next run makes its tables anew even from the same deliveries.

    WrongUse for a run that is whole, or that the store does not have. Entries of a damaged log are moved beside the
    store, into `STORE-set-aside`; nothing is deleted that a whole run needs.
    """
    examined = examine(Looked(store))
    whole = {run.id for run in examined.whole}
    broken = {run.id: run for run in examined.kept if run.id not in whole}
    if wrong := [run_id for run_id in run_ids if run_id not in broken]:
        raise WrongUse(
            f"There is no damaged run {wrong[0]} in the store",
            where=f"damaged are: {', '.join(broken) or 'none'}",
            to_do="See: roedtraad doctor --store STORE",
        )
    opened = Store(store)
    with opened.writing() as writer:
        named = {name for run_id in run_ids for name in broken[run_id].versions}
        left = [run for run in examined.kept if run.id not in run_ids]
        for name in sorted(named):
            needed = max((run.versions[name] for run in left if name in run.versions), default=-1)
            _move_damaged_entries(store, name, needed)
        rows = opened.runs().select(list(RUNS))
        is_aside = pl.col("run_id").is_in(list(run_ids))
        whole_history = rows.with_columns(
            pl.when(is_aside).then(SET_ASIDE + pl.col("kind")).otherwise("kind").alias("kind"),
            pl.when(is_aside).then(pl.lit("{}")).otherwise("versions").alias("versions"),
        ).sort("finished_at")
        add_rows(store, whole_history, writer.staging, "overwrite")
        opened.tidy()
    return [broken[run_id].said() for run_id in run_ids]


def _move_damaged_entries(store: Path, name: str, needed: int) -> None:
    """From the first damaged entry on; the log goes on from the one before. Not while a run is left that needs them."""
    log = DeltaLog(folder_of(store, name))
    first = min([*log.missing, *log.damaged], default=None)
    if first is None or needed >= first:
        return
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    place = store.resolve().with_name(f"{store.resolve().name}-set-aside") / f"{name}-{moment}"
    place.mkdir(mode=0o700, parents=True)
    if first == 0:
        shutil.move(log.folder, place)
        return
    for version in sorted(log.entries, reverse=True):
        if version >= first:
            shutil.move(log.entry(version), place)
