"""Before figures are made: the critical checks that canonical rows alone can answer. A failure stops the run.

Plain Polars, one streaming pass per table, Great Expectations never imported: it must cost next to nothing. What ingest
has already judged (the form of rows) is not asked again, and what needs results is asked by `roedtraad check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import ceil
from textwrap import indent
from typing import Any

import polars as pl

from checks.accepted import Accepted
from checks.catalogue import CATALOGUE
from checks.counting import COUNTS_BY_MUNICIPALITY, VALIDATED, counted, counted_by_municipality, each_on_its_own
from checks.days import danish_day
from checks.decisions import in_force
from checks.declared import Check
from checks.findings import FINDING, FOUND, MOST_FINDINGS, names_of, naming_columns, with_row_keys, with_rows
from checks.frames import OF_RECORDS, Days, Frame, canonical_frames
from checks.frames.sizes import rows_of
from checks.results import LastCheck
from checks.statuses import CRITICAL_FAILED, overall, status
from pipelines.buckets import Buckets, height
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLE_NAMES, table_named
from pipelines.errors import UserError
from pipelines.store import Snapshot, Store

Tables = Mapping[str, pl.LazyFrame]
Gate = Callable[[Tables, pl.LazyFrame, date], None]
"""Canonical tables by name, identities, and the day as of which figures would be made; raises ChecksFailed."""

OF_THE_CHILD = ("birth_date", "death_date")
OF_THE_RUN = ("as_of", "latest_day")
"""What a rule may read beside the columns of its own table: as the frames name it."""

CHILDREN_AT_ONCE = 2_000_000
BY_CHILD = ("children", "residences")
"""Frames with much joined on, of which a row stands on its child's own rows: made of so many children at a time."""

OF_ANOTHER_CHILD = "mother_birth_date"
"""The one column of theirs that comes from somewhere else among the children."""

LINKED = {"children": {"mother_id", "pregnancy_id"}}
"""Columns that mean something else in a frame than in its table: there they are the linked ones."""


class ChecksFailed(UserError):
    """A critical check fails: no figures are made from these rows, and the last good version stays."""

    exit_code = CRITICAL_FAILED


def gate_of(
    store: Store, reference: Reference, catalogue: Sequence[Check] = CATALOGUE, today: date | None = None
) -> Gate:
    """What a run asks before it makes figures. Findings that a steward of this store has accepted do not stop it."""
    asked = [check for check in catalogue if is_asked(check)]
    day = today or danish_day(datetime.now(UTC))

    def passed(tables: Tables, identities: pl.LazyFrame, as_of: date) -> None:
        last_run = store.last("run")
        delivered = Delivered(tables, identities, reference, Days(as_of, day), last_run)
        judged = delivered.judged(asked, LastCheck.of(store), day)
        stopping = judged.filter(pl.col("status").is_in(["failed", "error"]))
        if stopping.height:
            raise _refusal(stopping, {check.id: check for check in asked}, is_first=last_run is None)

    return passed


def is_asked(check: Check) -> bool:
    """Critical, no matter of form, and about a frame that is made of canonical tables alone."""
    return check.severity == "critical" and check.category != "conformance" and check.frame in OF_RECORDS


def needs_its_frame(check: Check) -> bool:
    """Not answered by the rows of one canonical table and the dates of their child: the frame joins the rest on."""
    if check.frame not in TABLE_NAMES:
        return True
    own = set(table_named(check.frame).column_names)
    beside = {*OF_THE_RUN, *(OF_THE_CHILD if "child_id" in own else ())}
    return not check.columns <= (own - LINKED.get(check.frame, set())) | beside


@dataclass(frozen=True)
class Delivered:
    """The rows that figures would be made of; `last_run` has made the figures that stand."""

    tables: Tables
    identities: pl.LazyFrame
    reference: Reference
    days: Days
    last_run: Snapshot | None

    def judged(self, checks: Sequence[Check], last: LastCheck, today: date) -> pl.DataFrame:
        """`check_id, applicable, failing, accepted, error, threshold, status` of each check."""
        of_frames = {name: [check for check in checks if check.frame == name] for name in OF_RECORDS}
        counts = pl.concat(
            [pl.DataFrame(schema=VALIDATED), *(self._counts(some) for some in of_frames.values() if some)]
        )
        thresholds = pl.DataFrame(
            [(check.id, check.threshold) for check in checks],
            schema={"check_id": pl.String, "threshold": pl.Float64},
            orient="row",
        )
        return (
            self._with_accepted(counts, checks, last, today)
            .join(thresholds, on="check_id", how="left", maintain_order="left")
            .with_columns(status().alias("status"))
        )

    @property
    def _frames(self) -> Mapping[str, Frame]:
        return canonical_frames(self.tables, self.reference, self.days, lambda: rows_of(self.last_run))

    def _counts(self, checks: Sequence[Check]) -> pl.DataFrame:
        parts, faults = each_on_its_own(checks, self._counted)
        errors = [{"check_id": name, "error": fault} for name, fault in faults.items()]
        return pl.concat(
            [pl.DataFrame(schema=VALIDATED), *parts, *([pl.DataFrame(errors)] if errors else [])], how="diagonal"
        )

    def _counted(self, checks: Sequence[Check]) -> pl.DataFrame:
        is_by_child = checks[0].frame in BY_CHILD and not any(OF_ANOTHER_CHILD in check.columns for check in checks)
        parts = [counted(part._rows(checks), checks) for part in (self._parts() if is_by_child else [self])]
        return pl.concat(parts).group_by("check_id", maintain_order=True).agg(pl.all().sum())

    def _parts(self) -> Iterator[Delivered]:
        """The same of CHILDREN_AT_ONCE: with their own rows, and all that is about no child."""
        buckets = Buckets(max(1, ceil(height(self.tables["children"]) / CHILDREN_AT_ONCE)))
        for at in range(buckets.count):
            own = {name: self.tables[name].filter(buckets.number() == at) for name in BY_CHILD}
            yield replace(self, tables={**self.tables, **own}) if buckets.count > 1 else self

    def _rows(self, checks: Sequence[Check]) -> pl.LazyFrame:
        """One table, with no more beside it than its rules read; the whole frame only where a rule needs it."""
        if any(map(needs_its_frame, checks)):
            return self._frames[checks[0].frame].rows
        table = table_named(checks[0].frame)
        read = {name for check in checks for name in check.columns} - set(table.column_names)
        rows = self.tables[table.name].with_columns(self.days.as_columns())
        of_child = [name for name in OF_THE_CHILD if name in read]
        if not of_child:
            return rows
        return rows.join(self.tables["children"].select("child_id", *of_child), on="child_id", how="left")

    def _with_accepted(
        self, counts: pl.DataFrame, checks: Sequence[Check], last: LastCheck, today: date
    ) -> pl.DataFrame:
        """Keys and municipalities are looked for only where something fails and something is accepted. A row that the
        last check did not know was seen by nobody."""
        decisions = in_force(last.table("check_decisions").collect(), today)
        failing = counts.filter(pl.col("failing") > 0).join(decisions, on="check_id", how="semi")["check_id"]
        suspects = [check for check in checks if check.id in set(failing)]
        found = [self._found(check, self._frames[check.frame]) for check in suspects]
        places = [_places(check, self._frames[check.frame]) for check in suspects]
        seen = last.table("check_failures").select(*FINDING, "first_seen").collect()
        findings = with_rows(pl.concat([pl.DataFrame(schema=FOUND), *found])).join(seen, on=FINDING, how="left")
        everywhere = counts.with_columns(pl.lit(None, pl.String).alias("municipality_code"))
        every_count = pl.concat([everywhere, pl.DataFrame(schema=COUNTS_BY_MUNICIPALITY), *places], how="diagonal")
        return overall(Accepted.among(decisions).counted(every_count, findings))

    def _found(self, check: Check, frame: Frame) -> pl.DataFrame:
        rows = frame.rows.filter(check.is_failing).select(naming_columns(frame)).head(MOST_FINDINGS)
        listed = rows.select(pl.lit(check.id).alias("check_id"), pl.all()).collect(engine="streaming")
        return with_row_keys(listed, frame.key, frame.municipality, names_of([(listed, frame.key)], self.identities))


def _places(check: Check, frame: Frame) -> pl.DataFrame:
    nothing = pl.DataFrame(schema=COUNTS_BY_MUNICIPALITY)
    return nothing if frame.municipality is None else counted_by_municipality(frame.rows, frame.municipality, [check])


def _refusal(stopping: pl.DataFrame, checks: Mapping[str, Check], *, is_first: bool) -> ChecksFailed:
    """Of each check which claim does not hold, in how many rows, and what the supplier must do; never which rows."""
    blocks = [_told(row, checks[row["check_id"]]) for row in stopping.iter_rows(named=True)]
    number = "A critical check" if len(blocks) == 1 else f"{len(blocks)} critical checks"
    stays = "No version has been made yet." if is_first else "The last good version stays."
    return ChecksFailed(
        f"No figures were made. {number} failed. {stays}",
        where=indent("\n\n".join(blocks), "  ").lstrip() + "\n",
        to_do="Which rows: `roedtraad ingest` reads the delivery as it is, then `roedtraad check` shows them. Findings "
        "that are right can be accepted until a day: `roedtraad checks accept`.",
    )


def _told(row: Mapping[str, Any], check: Check) -> str:
    from dashboards.language import Words
    from dashboards.quality.declared import fault_in_words, unit_of

    words = Words("en")
    if row["error"]:
        return f"{check.id}: {check.claim_en}\n  Nobody knows. {fault_in_words(row['error'], words)}"
    failing = f"{row['failing'] - row['accepted']:,} of {row['applicable']:,} {unit_of(check.frame, words)}"
    if row["applicable"] == 1:
        return f"{check.id}: {check.claim_en}\n  It does not hold.\n  {check.supplier_en}"
    accepted = f" ({row['accepted']:,} more are accepted)" if row["accepted"] else ""
    return f"{check.id}: {check.claim_en}\n  It does not hold for {failing}{accepted}.\n  {check.supplier_en}"
