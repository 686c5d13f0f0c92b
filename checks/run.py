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
from checks.catalogue import CATALOGUE
from checks.counting import COUNTS_BY_MUNICIPALITY
from checks.decisions import Accepted, in_force, with_decisions
from checks.declared import Check, Severity
from checks.findings import FOUND, carried_on, names_of, with_row_keys
from checks.frames import Frame
from checks.frames import frames as frames_of_a_run
from checks.judging import Judged, judged, not_judged
from checks.results import NAMES, RESULTS, LastCheck, commit, with_history
from pipelines.definitions.reference import Reference
from pipelines.errors import StoreFailed, StoreIsEmpty, WrongUse
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store, Writer

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult

Frames = Callable[[Snapshot, Reference], dict[str, Frame]]


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
    frames: Frames = frames_of_a_run,
) -> Outcome:
    """The checks of the catalogue, or those of some frames only (`tables`), on what was read or run last.

    Of an ingest that no run has followed, the frames that need results are left out. StoreInUse when somebody writes.
    """
    progress, moment = progress or Progress(), now or datetime.now(UTC)
    asked = _asked(catalogue, tables)
    with store.writing() as writer:
        checked = store.last("run", "ingest")
        if checked is None:
            raise StoreIsEmpty(f"Nothing has been read into {store.folder}", to_do="Start with `roedtraad run`.")
        known, why_not = _frames(checked, reference or Reference.load(), frames)
        of_frames = _of_frames(asked, known, leave_out=checked.run["kind"] == "ingest" and not why_not)
        parts = [
            _judged(name, checks, known.get(name), why_not, writer, progress) for name, checks in of_frames.items()
        ]
        results = _written(parts, catalogue, checked, moment, writer)
        snapshot = commit(writer, checked.run, progress)
    return Outcome(snapshot, checked, results, {part.frame: part.told for part in parts if part.told})


def _asked(catalogue: Sequence[Check], tables: Collection[str] | None) -> list[Check]:
    names = {check.frame for check in catalogue}
    unknown = sorted(set(tables or ()) - names)
    if unknown:
        raise WrongUse(f"No check is about {', '.join(unknown)}", to_do=f"There are: {', '.join(sorted(names))}.")
    return [check for check in catalogue if tables is None or check.frame in tables]


def _frames(checked: Snapshot, reference: Reference, frames: Frames) -> tuple[dict[str, Frame], str]:
    """The frames, and why there are none where a table that they stand on is gone."""
    try:
        return frames(checked, reference), ""
    except StoreFailed as fault:
        return {}, fault.what
    except (OSError, DeltaError, pl.exceptions.PolarsError) as fault:
        return {}, f"a table of the store cannot be read: {type(fault).__name__}"


def _of_frames(checks: Sequence[Check], known: Collection[str], *, leave_out: bool) -> dict[str, list[Check]]:
    """Checks by frame, in the order of the catalogue."""
    of_frames: dict[str, list[Check]] = {}
    for each in checks:
        if each.frame in known or not leave_out:
            of_frames.setdefault(each.frame, []).append(each)
    return of_frames


def _judged(
    name: str, checks: list[Check], frame: Frame | None, why_not: str, writer: Writer, progress: Progress
) -> Judged:
    with progress.stage(f"check {name}") as stage:
        if frame is None:
            return not_judged(name, checks, why_not or f"this run has no frame {name}")
        part = judged(frame, checks, writer.staging)
        stage.rows = part.rows
    return part


def _written(
    parts: Sequence[Judged], catalogue: Sequence[Check], checked: Snapshot, moment: datetime, writer: Writer
) -> pl.DataFrame:
    """Results and findings into the store's next version, on top of what was known before."""
    earlier = LastCheck.of(writer.store)
    decisions = earlier.table("check_decisions").collect()
    holding = in_force(decisions, moment.date())
    found = _found(parts, checked)
    results = _results(parts, found, Accepted.among(holding), checked, moment)
    failures = earlier.table("check_failures").collect()
    ids = [each.id for each in catalogue]
    closing = [*_all_listed(results), *failures.filter(~pl.col("check_id").is_in(ids))["check_id"].unique()]
    carried = carried_on(failures, found, closing, moment)
    writer.write("check_results", with_history(earlier.table("check_results"), results, ids))
    writer.write("check_failures", with_decisions(carried, holding).lazy())
    writer.write("check_decisions", decisions.lazy())
    writer.keep(checked, NAMES)
    return results


def _found(parts: Sequence[Judged], checked: Snapshot) -> pl.DataFrame:
    """FOUND of all frames."""
    names = names_of([(part.found, part.key) for part in parts], checked.table(NAMES))
    keyed = [with_row_keys(part.found, part.key, part.municipality, names) for part in parts]
    return pl.concat([pl.DataFrame(schema=FOUND), *keyed])


def _results(
    parts: Sequence[Judged], found: pl.DataFrame, accepted: Accepted, checked: Snapshot, moment: datetime
) -> pl.DataFrame:
    by_municipality = pl.concat([pl.DataFrame(schema=COUNTS_BY_MUNICIPALITY), *(part.places for part in parts)])
    places = accepted.in_municipalities(by_municipality, found)
    counts = accepted.overall(pl.concat([part.counts for part in parts]), by_municipality, found)
    about = pl.DataFrame(
        [
            {"check_id": each.id, "frame": each.frame, "severity": each.severity, "threshold": each.threshold}
            for part in parts
            for each in part.checks
        ]
    )
    return (
        pl.concat([counts, places], how="diagonal")
        .join(about, on="check_id", how="left", maintain_order="left")
        .with_columns(
            pl.lit(checked.run["run_id"]).alias("run_id"),
            pl.lit(moment).cast(RESULTS["checked_at"]).alias("checked_at"),
            statuses.status().alias("status"),
            statuses.share().alias("share"),
        )
        .select(list(RESULTS))
        .cast(RESULTS)  # type: ignore[arg-type]  # Polars types a mapping of names more narrowly
    )


def _all_listed(results: pl.DataFrame) -> list[str]:
    """Checks whose findings are known to the last row."""
    is_whole = pl.col("error").is_null() & (pl.col("listed") == pl.col("failing"))
    return statuses.overall(results).filter(is_whole)["check_id"].to_list()
