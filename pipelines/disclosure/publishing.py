"""From a store to published tables: release, gate, ledger, store, in this order and never half."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.counted import is_of_returns
from pipelines.definitions.reference import Reference
from pipelines.disclosure.beside_counts import BesideCounts, beside_counts
from pipelines.disclosure.closed import CLOSED_BY, Closed
from pipelines.disclosure.files import write_published
from pipelines.disclosure.gate import Passed, protected
from pipelines.disclosure.holding_back import released_beside
from pipelines.disclosure.ledger import Ledger, Release
from pipelines.disclosure.linked_tables import Flags, Integers, LinkedTables, Published, joined
from pipelines.disclosure.national import NationalRelease, national_release
from pipelines.disclosure.published_tables import published_tables
from pipelines.disclosure.relations_file import LOWEST_THRESHOLD
from pipelines.disclosure.utility import Usefulness
from pipelines.errors import StoreIsEmpty
from pipelines.progress import Progress
from pipelines.store import OF_RETURNS, TAKEN_OVER, Snapshot, Store

KIND = "publish"
LEDGER = "ledger"
"""The folder of the store that holds the ledger."""


@dataclass(frozen=True, eq=False)
class Publication:
    """What went out, as which release, and where it can be read. `of_figures`: see `share_of_figures`; `of_counts` and
    `of_rest`: how much stays of the counts of obligations, and of what is published beside them."""

    passed: Passed
    release: Release
    snapshot: Snapshot
    tables: LinkedTables
    of_figures: float | None
    of_counts: Usefulness
    of_rest: Usefulness


def ledger_of(store: Store) -> Ledger:
    """The releases that were ever made from this store."""
    return Ledger(store.folder / LEDGER)


def publish(
    store: Store,
    reference: Reference,
    reason: str | None = None,
    progress: Progress | None = None,
    *,
    renew_closed: bool = False,
) -> Publication:
    """The national release of the last run, through the gate, into the ledger, and then into the store for readers.

    The same figures again make no new release. When anything stops it, readers keep what was published before. What
    was published of closed periods beside the counts is taken over as it was, unless `renew_closed`.
    """
    shown = progress or Progress()
    with store.writing() as writer:
        run = store.last("run")
        if run is None:
            raise StoreIsEmpty(f"No run has finished in {store.folder}", to_do="Make one with `roedtraad run`.")
        as_of = run.run["as_of"]
        with ledger_of(store).writing() as releases:
            with shown.stage("release") as stage:
                national = national_release(run, as_of, reference, threshold(reference))
                stage.rows = len(national.tables)
            with shown.stage("development, times, costs") as stage:
                closed = Closed({} if renew_closed else _before(store), as_of)
                beside = beside_counts(run, as_of, reference, threshold(reference), closed)
                stage.rows = len(beside.protected.tables)
            tables = joined(national.tables, beside.protected.tables)
            with shown.stage("gate") as stage:
                gone_through = released_beside(tables, *_wishes(national, beside), releases, reason)
                published = gone_through.published
                stage.rows = int(gone_through.hidden.sum())
            of_counts, of_rest = np.split(gone_through.hidden, [len(national.tables)])
            told = told_shares(national, of_counts)
            counted = published_tables(national, of_counts, as_of, silent_places(run, reference))
            for name, rows in (counted | beside.published(of_rest, told)).items():
                writer.write(name, rows)
            release = ledger_of(store).append(published, facts_of(published, as_of, reason, run.run))
        stages = {stage.name: {"rows": stage.rows, "seconds": round(stage.seconds, 3)} for stage in shown.stages}
        taken = {name: run.run[name] for name in TAKEN_OVER}
        snapshot = writer.commit(kind=KIND, fingerprint=release.hash, stages=json.dumps(stages), **taken)
    asked = share_of_figures(national.obligations(of_counts), published.threshold)
    usefulness = Usefulness.of(national.tables, of_counts), Usefulness.of(beside.protected.tables, of_rest)
    return Publication(gone_through, release, snapshot, tables, asked, *usefulness)


def silent_places(run: Snapshot, reference: Reference) -> list[str]:
    """Municipalities without a return, and regions of which none has one; nobody where the run was made from rows."""
    if not is_of_returns(run):
        return []
    accepted = run.table(OF_RETURNS).filter(pl.col("state") == "accepted").collect()["municipality_code"].to_list()
    places = reference.municipalities.with_columns(
        pl.coalesce("region_code", "region_name").alias("region"), reports=pl.col("municipality_code").is_in(accepted)
    )
    of_level = [places.group_by(level).agg(pl.col("reports").any()) for level in ("municipality_code", "region")]
    return [code for level in of_level for code, reports in level.iter_rows() if not reports]


def _before(store: Store) -> dict[str, pl.DataFrame]:
    """What the last publication told beside the counts; nothing when it had not all of these tables."""
    published = store.last(KIND)
    if published is None or not set(CLOSED_BY) <= set(published.versions):
        return {}
    tables = {name: published.table(name).collect() for name in CLOSED_BY}
    return tables if all("as_of" in table.columns for table in tables.values()) else {}


def told_shares(national: NationalRelease, of_counts: Flags) -> pl.DataFrame:
    """`programme, period` of which the share of exposed children and that of the others are both told, for the fixed
    periods of the country."""
    is_share = (pl.col("group_kind") == "exposure") & (pl.col("outcome") == "numerator_ever")
    told = national.obligations(of_counts).filter(
        is_share & (pl.col("period_kind") == "three_years") & pl.col("is_told") & pl.col("denominator_is_told")
    )
    both = told.group_by(pl.col("measure").alias("programme"), "period").agg(pl.col("group_value").n_unique())
    return both.filter(pl.col("group_value") == 2).select("programme", "period")


def _wishes(national: NationalRelease, beside: BesideCounts) -> tuple[Flags, Integers]:
    """What should be hidden, and the table of each cell; those beside the counts are numbered after the others.

    What is beside the counts is judged alone first: it is small, and what must be held back of it need not be found by
    judging everything again.
    """
    last, own = int(national.belongs_to.max(initial=0)) + 1, beside.protected
    alone = released_beside(own.tables, own.hidden, own.belongs_to, [], None)
    return (
        np.concatenate([national.hidden, alone.hidden]),
        np.concatenate([national.belongs_to, beside.protected.belongs_to + last]),
    )


def share_of_figures(figures: pl.DataFrame, threshold: int) -> float | None:
    """How many of the figures that readers may ask for are told, of those with a denominator of at least the threshold:
    single years and rolling windows of every place too, whether they are cells of the release or not."""
    base = pl.when("has_share").then("denominator").otherwise("count")
    share: float | None = figures.filter(base >= threshold)["is_told"].mean()  # type: ignore[assignment]
    return share


def threshold(reference: Reference) -> int:
    """The smallest count that is shown: the steward may raise it in `parameters.csv`, never lower it below 3."""
    return max(LOWEST_THRESHOLD, reference.days_of("suppression_threshold"))


def facts_of(
    published: Published, as_of: date | None, reason: str | None, run: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What the ledger says of a release beside its figures."""
    made_from = {} if run is None else {name: run[name] for name in ("run_id", "code_version", "reference_version")}
    return {
        "as_of": as_of.isoformat() if as_of else None,
        "reason": reason,
        "threshold": published.threshold,
        "released_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **made_from,
    }


def protect_file(tables: LinkedTables, out: Path, ledger: Ledger | None, reason: str | None) -> Passed:
    """Any linked tables through the gate; into the ledger when there is one, and only then into the file."""
    if ledger is None:
        alone = protected(tables, reason=reason)
        write_published(alone.published, out)
        return alone
    with ledger.writing() as releases:
        beside = protected(tables, releases, reason)
        ledger.append(beside.published, facts_of(beside.published, None, reason))
        write_published(beside.published, out)
    return beside
