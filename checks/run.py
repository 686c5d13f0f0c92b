"""All checks on the last run or ingest of a store: every frame validated, counted per municipality, results kept.

A check that cannot be calculated is an error for itself alone. Nothing of a row leaves but its key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
from deltalake.exceptions import DeltaError

from checks import statuses
from checks.accepted import Accepted
from checks.catalogue import CATALOGUE
from checks.counting import COUNTS_BY_MUNICIPALITY
from checks.days import danish_day
from checks.decisions import in_force, with_decisions
from checks.declared import Check, Severity
from checks.faults import Fault
from checks.findings import FOUND, NO_NAMES, carried_on, names_of, with_row_keys
from checks.frames import Frame
from checks.frames import frames as frames_of_a_run
from checks.judging import Judged, judged, not_judged
from checks.of_the_group import of_the_group
from checks.results import NAMES, RESULTS, LastCheck, commit, with_history
from checks.targets import TargetsFailed
from pipelines.definitions.reference import Reference
from pipelines.errors import StoreFailed, StoreIsEmpty, UserError, WrongUse
from pipelines.progress import Progress
from pipelines.store import OF_RETURNS, Snapshot, Store, Writer

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult

MakeFrames = Callable[[Snapshot, Reference], Mapping[str, Frame]]
GONE = (OSError, DeltaError, pl.exceptions.PolarsError)
"""What reading raises of a table whose files are not there, or not what they were."""


@dataclass(frozen=True)
class Outcome:
    """One check of a store. `results`: schema RESULTS, this check's rows. `validations`: Great Expectations' own result
    of each frame, without keys."""

    snapshot: Snapshot
    checked: Snapshot
    results: pl.DataFrame
    validations: Mapping[str, ExpectationSuiteValidationResult]

    @property
    def worst_failure(self) -> Severity | None:
        """The gravest severity that failed."""
        return statuses.worst_failure(self.results)

    @property
    def exit_code(self) -> int:
        """For schedulers."""
        return statuses.exit_code(self.results)


def check(
    store: Store,
    *,
    tables: Collection[str] | None = None,
    reference: Reference | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
    catalogue: Sequence[Check] = CATALOGUE,
    frames: MakeFrames = frames_of_a_run,
) -> Outcome:
    """The checks of the catalogue, or those of some frames only (`tables`), on what was read or run last.

    Of an ingest that no run has followed, the frames that need results are left out. StoreInUse when somebody writes.
    """
    progress, moment = progress or Progress(), now or datetime.now(UTC)
    reference = reference or Reference.load()
    asked = [of_the_group(each, reference.target) for each in _asked(catalogue, tables)]
    _last_read(store)  # before a folder is made that was a typing error
    with store.writing() as writer:
        checked = _last_read(store)
        known = frames(checked, reference)
        if checked.run["kind"] == "ingest":
            asked = _without_results(asked, known, tables)
        made = {name: _made(name, known) for name in dict.fromkeys(each.frame for each in asked)}
        parts = [_judged(name, asked, frame, writer, progress) for name, frame in made.items()]
        results = _written(parts, catalogue, checked, moment, writer)
        snapshot = commit(writer, checked.run, progress)
    return Outcome(snapshot, checked, results, {part.frame: part.told for part in parts if part.told})


def _last_read(store: Store) -> Snapshot:
    found = store.last("run", "ingest")
    if found is None:
        raise StoreIsEmpty(
            f"Nothing has been read into {store.folder}",
            to_do="Mind the name of the folder. `roedtraad ingest` reads a delivery that may be wrong, `roedtraad run` "
            "one to make figures of.",
        )
    if OF_RETURNS in found.versions:
        raise UserError(
            "This store is made from returns: it has no rows to check",
            to_do="Each municipality checks its own rows; returns are tried when they are combined.",
        )
    return found


def _asked(catalogue: Sequence[Check], tables: Collection[str] | None) -> list[Check]:
    names = {check.frame for check in catalogue}
    unknown = sorted(set(tables or ()) - names)
    if unknown:
        raise WrongUse(f"No check is about {', '.join(unknown)}", to_do=f"There are: {', '.join(sorted(names))}.")
    return [check for check in catalogue if tables is None or check.frame in tables]


def _without_results(asked: list[Check], known: Collection[str], tables: Collection[str] | None) -> list[Check]:
    """The checks that an ingest can answer. WrongUse when one that it cannot was asked for by name, or none is left."""
    needing = sorted({each.frame for each in asked} - set(known))
    left = [each for each in asked if each.frame in known]
    if needing and (tables is not None or not left):
        raise WrongUse(
            f"Nothing can be said of {', '.join(needing)}: no run has made results of what was read last",
            to_do="Run `roedtraad run` first, then `roedtraad check`.",
        )
    return left


def _made(name: str, known: Mapping[str, Frame]) -> Frame | str:
    """The frame, or why there is none: of a table that is gone only the frames that stand on it know."""
    if name not in known:
        return str(Fault("no_frame", name))
    try:
        return known[name]
    except TargetsFailed as fault:
        return str(Fault("targets", name, fault.where))
    except (StoreFailed, *GONE) as fault:
        return str(Fault("table_unread", name, type(fault).__name__))


def _judged(name: str, asked: list[Check], frame: Frame | str, writer: Writer, progress: Progress) -> Judged:
    checks = [each for each in asked if each.frame == name]
    with progress.stage(f"check {name}") as stage:
        if isinstance(frame, str):
            return not_judged(name, checks, frame)
        part = judged(frame, checks, writer.staging)
        stage.rows = part.rows
    return part


def _written(
    parts: Sequence[Judged], catalogue: Sequence[Check], checked: Snapshot, moment: datetime, writer: Writer
) -> pl.DataFrame:
    """Results and findings into the store's next version, on top of what was known before."""
    earlier = LastCheck.of(writer.store)
    decisions = earlier.table("check_decisions").collect()
    holding = in_force(decisions, danish_day(moment))
    counts, ids = _counts(parts), [each.id for each in catalogue]
    failures = earlier.table("check_failures").collect()
    closing = [*_all_listed(counts), *failures.filter(~pl.col("check_id").is_in(ids))["check_id"].unique()]
    carried = carried_on(failures, _found(parts, checked), closing, moment)
    accepted = Accepted.among(holding).counted(counts, carried.filter(pl.col("still_open")))
    results = _results(parts, accepted, checked, moment)
    writer.write("check_results", with_history(earlier.table("check_results"), results, ids))
    writer.write("check_failures", with_decisions(carried, holding).lazy())
    writer.write("check_decisions", decisions.lazy())
    writer.keep(checked, *(name for name in (NAMES,) if name in checked.versions))
    return results


def _counts(parts: Sequence[Judged]) -> pl.DataFrame:
    """Of each check over all rows, and in municipalities."""
    nowhere = pl.lit(None, pl.String).alias("municipality_code")
    by_municipality = [pl.DataFrame(schema=COUNTS_BY_MUNICIPALITY), *(part.places for part in parts)]
    return pl.concat([*(part.counts.with_columns(nowhere) for part in parts), *by_municipality], how="diagonal")


def _found(parts: Sequence[Judged], checked: Snapshot) -> pl.DataFrame:
    """FOUND of all frames."""
    names = _names([(part.found, part.key) for part in parts], checked)
    keyed = [with_row_keys(part.found, part.key, part.municipality, names) for part in parts]
    return pl.concat([pl.DataFrame(schema=FOUND), *keyed])


def _names(found: Sequence[tuple[pl.DataFrame, Sequence[str]]], checked: Snapshot) -> pl.DataFrame:
    """Whom the keys name. If the table of names is gone, the store's own numbers stand for everybody."""
    try:
        return names_of(found, checked.table(NAMES))
    except (StoreFailed, *GONE):
        return names_of([], pl.LazyFrame(schema=NO_NAMES))


def _results(parts: Sequence[Judged], counts: pl.DataFrame, checked: Snapshot, moment: datetime) -> pl.DataFrame:
    about = pl.DataFrame(
        [
            (each.id, each.frame, each.severity, each.threshold, part.targets.get(each.id))
            for part in parts
            for each in part.checks
        ],
        schema={name: RESULTS[name] for name in ("check_id", "frame", "severity", "threshold", "target")},
        orient="row",
    )
    return (
        counts.join(about, on="check_id", how="left", maintain_order="left")
        .with_columns(
            pl.lit(checked.run["run_id"]).alias("run_id"),
            pl.lit(moment).cast(RESULTS["checked_at"]).alias("checked_at"),
            statuses.status().alias("status"),
            statuses.share().alias("share"),
        )
        .select(list(RESULTS))
        .cast(RESULTS)  # type: ignore[arg-type]  # Polars types a mapping of names more narrowly
    )


def _all_listed(counts: pl.DataFrame) -> list[str]:
    """Checks whose findings are known to the last row."""
    is_whole = pl.col("error").is_null() & (pl.col("listed") == pl.col("failing"))
    return statuses.overall(counts).filter(is_whole)["check_id"].to_list()
