"""Before figures are made: the critical checks that canonical rows alone can answer. A failure stops the run.

Plain Polars, one streaming pass per table, Great Expectations never imported: it must cost next to nothing. What ingest
has already judged (the form of rows) is not asked again, and what needs results is asked by `roedtraad check`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from checks.catalogue import CATALOGUE
from checks.counting import COUNTS_BY_MUNICIPALITY, VALIDATED, counted, counted_by_municipality, each_on_its_own
from checks.decisions import Accepted, in_force
from checks.declared import Check
from checks.findings import FOUND, MOST_FINDINGS, names_of, naming_columns, with_row_keys
from checks.frames import OF_RECORDS, Days, Frame, canonical_frames
from checks.results import LastCheck
from checks.statuses import CRITICAL_FAILED, status
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLE_NAMES, table_named
from pipelines.errors import UserError
from pipelines.store import Store

Tables = Mapping[str, pl.LazyFrame]
Gate = Callable[[Tables, pl.LazyFrame, date], None]
"""Canonical tables by name, identities, and the day as of which figures would be made; raises ChecksFailed."""

OF_THE_CHILD = ("birth_date", "death_date")
OF_THE_RUN = ("as_of", "latest_day")
"""What a rule may read beside the columns of its own table: as the frames name it."""

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
    day = today or datetime.now(UTC).date()

    def passed(tables: Tables, identities: pl.LazyFrame, as_of: date) -> None:
        decisions = in_force(LastCheck.of(store).table("check_decisions").collect(), day)
        delivered = Delivered(tables, identities, reference, Days(as_of, day))
        judged = delivered.judged(asked, decisions)
        stopping = judged.filter(pl.col("status").is_in(["failed", "error"]))
        if stopping.height:
            raise _refusal(stopping, {check.id: check for check in asked})

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
    """The rows that figures would be made of."""

    tables: Tables
    identities: pl.LazyFrame
    reference: Reference
    days: Days

    def judged(self, checks: Sequence[Check], decisions: pl.DataFrame) -> pl.DataFrame:
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
            self._with_accepted(counts, checks, decisions)
            .join(thresholds, on="check_id", how="left", maintain_order="left")
            .with_columns(status().alias("status"))
        )

    @property
    def _frames(self) -> Mapping[str, Frame]:
        return canonical_frames(self.tables, self.reference, self.days)

    def _counts(self, checks: Sequence[Check]) -> pl.DataFrame:
        rows = self._rows(checks)
        parts, faults = each_on_its_own(checks, lambda some: counted(rows, some))
        errors = [{"check_id": name, "error": fault} for name, fault in faults.items()]
        return pl.concat(
            [pl.DataFrame(schema=VALIDATED), *parts, *([pl.DataFrame(errors)] if errors else [])], how="diagonal"
        )

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

    def _with_accepted(self, counts: pl.DataFrame, checks: Sequence[Check], decisions: pl.DataFrame) -> pl.DataFrame:
        """Keys and municipalities are looked for only where something fails and something is accepted."""
        failing = counts.filter(pl.col("failing") > 0).join(decisions, on="check_id", how="semi")["check_id"]
        suspects = [check for check in checks if check.id in set(failing)]
        found, places = [pl.DataFrame(schema=FOUND)], [pl.DataFrame(schema=COUNTS_BY_MUNICIPALITY)]
        if suspects:
            found += [self._found(check, self._frames[check.frame]) for check in suspects]
            places += [_places(check, self._frames[check.frame]) for check in suspects]
        return Accepted.among(decisions).overall(counts, pl.concat(places), pl.concat(found))

    def _found(self, check: Check, frame: Frame) -> pl.DataFrame:
        rows = frame.rows.filter(check.is_failing).select(naming_columns(frame)).head(MOST_FINDINGS)
        listed = rows.select(pl.lit(check.id).alias("check_id"), pl.all()).collect(engine="streaming")
        return with_row_keys(listed, frame.key, frame.municipality, names_of([(listed, frame.key)], self.identities))


def _places(check: Check, frame: Frame) -> pl.DataFrame:
    nothing = pl.DataFrame(schema=COUNTS_BY_MUNICIPALITY)
    return nothing if frame.municipality is None else counted_by_municipality(frame.rows, frame.municipality, [check])


def _refusal(stopping: pl.DataFrame, checks: Mapping[str, Check]) -> ChecksFailed:
    """Which claims do not hold, in how many rows, and what the supplier must do; never which rows."""
    lines = [
        f"{row['check_id']}: {checks[row['check_id']].claim_en} "
        + (row["error"] or f"Does not hold for {row['failing'] - row['accepted']:,} of {row['applicable']:,} rows.")
        for row in stopping.iter_rows(named=True)
    ]
    mend = dict.fromkeys(checks[name].supplier_en for name in stopping["check_id"])
    return ChecksFailed(
        f"No figures were made: {stopping.height} critical checks failed. The last good version stays.",
        where="\n  ".join(lines),
        to_do=" ".join(
            [*mend, "`roedtraad ingest` and then `roedtraad check` show which rows; a steward can accept them."]
        ),
    )
