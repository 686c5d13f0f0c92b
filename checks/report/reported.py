"""What reports say of a check of a store, shaped once for all of them: claims, counts, places and earlier runs.

The report of a whole store is for its data steward; of municipalities it shows no count from 1 to 4 and none that gives
one away. The report of one municipality has that municipality's own counts, and of the others nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from checks import statuses
from checks.catalogue import CATALOGUE
from checks.declared import STATUSES, Check, Severity, Status
from checks.report.findings import Findings, findings_of
from checks.report.places import Places, places_of
from checks.report.seen_from import seen_from
from pipelines.definitions.reference import Reference
from pipelines.errors import WrongUse

if TYPE_CHECKING:
    from checks.run import Outcome

MOST_EARLIER = 12
"""Runs that a report looks back on."""


@dataclass(frozen=True)
class Past:
    """A check in one run."""

    checked_at: datetime
    status: Status
    applicable: int | None
    failing: int | None
    run_id: str


@dataclass(frozen=True)
class Reported:
    """One check with what came of it. Counts are null where it could not be calculated; in the report of a municipality
    also where it is not counted for municipalities."""

    check: Check
    status: Status
    rows: int | None
    applicable: int | None
    failing: int | None
    accepted: int | None
    listed: int | None
    share: float | None
    error: str | None
    places: Places
    history: tuple[Past, ...]
    findings: Findings


@dataclass(frozen=True)
class About:
    """The run whose rows were judged, and when."""

    run_id: str
    kind: str
    as_of: date | None
    is_sample: bool
    contract_version: str
    reference_version: str
    code_version: str
    checked_at: datetime
    municipality_code: str | None


@dataclass(frozen=True)
class Report:
    """Everything that a report says; `checks` in the order of the catalogue, `runs` the latest last."""

    about: About
    checks: tuple[Reported, ...]
    exit_code: int
    worst_failure: Severity | None

    def of_status(self, *wanted: Status) -> list[Reported]:
        """The checks with one of these statuses."""
        return [each for each in self.checks if each.status in wanted]

    def counted(self, checks: Sequence[Reported] | None = None) -> dict[Status, int]:
        """How many of each status, in the fixed order."""
        some = self.checks if checks is None else checks
        return {status: sum(each.status == status for each in some) for status in STATUSES}


def reported(
    outcome: Outcome,
    *,
    municipality: str | None = None,
    catalogue: Sequence[Check] = CATALOGUE,
    reference: Reference | None = None,
) -> Report:
    """The whole store, or only what concerns a municipality. WrongUse for a code that is none."""
    reference = reference or Reference.load()
    if municipality is not None and municipality not in reference.municipality_codes:
        raise WrongUse("There is no such municipality", to_do="Give its four digits, such as 0479.")
    declared = {check.id: check for check in catalogue}
    now = seen_from(outcome.results, municipality).filter(pl.col("check_id").is_in(list(declared)))
    earlier = _history(outcome, municipality)
    places = places_of(outcome.results, reference) if municipality is None else {}
    findings = findings_of(outcome, municipality)
    rows = {row["check_id"]: row for row in now.iter_rows(named=True)}
    checks = [
        _reported(check, rows[check.id], places.get(check.id), earlier.get(check.id, ()), findings.get(check.id))
        for check in catalogue
        if check.id in rows
    ]
    return Report(_about(outcome, municipality), tuple(checks), outcome.exit_code, statuses.worst_failure(now))


def _reported(
    check: Check,
    row: Mapping[str, Any],
    places: Places | None,
    history: tuple[Past, ...],
    findings: Findings | None,
) -> Reported:
    counts = {name: row[name] for name in ("rows", "applicable", "failing", "accepted", "listed", "share", "error")}
    return Reported(
        check=check,
        status=row["status"],
        places=places or Places(),
        history=history,
        findings=findings or Findings(),
        **counts,
    )


def _history(outcome: Outcome, municipality: str | None) -> dict[str, tuple[Past, ...]]:
    """The last runs of each check, this one included, the latest last."""
    rows = seen_from(outcome.snapshot.table("check_results").collect(), municipality)
    told = rows.sort("checked_at").select("check_id", "checked_at", "status", "applicable", "failing", "run_id")
    return {
        str(check_id): tuple(Past(*row[1:]) for row in some.tail(MOST_EARLIER).iter_rows())
        for (check_id,), some in told.group_by("check_id", maintain_order=True)
    }


def _about(outcome: Outcome, municipality: str | None) -> About:
    run = outcome.checked.run
    told = {name: run[name] for name in ("run_id", "kind", "as_of", "is_sample")}
    versions = {name: run[name] for name in ("contract_version", "reference_version", "code_version")}
    moments: list[datetime] = outcome.results["checked_at"].to_list()
    checked_at = max(moments, default=outcome.snapshot.run["finished_at"])
    return About(**told, **versions, checked_at=checked_at, municipality_code=municipality)
