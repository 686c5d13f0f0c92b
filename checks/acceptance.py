"""A steward accepts a finding, or assigns it to somebody, with a reason and an end date.

The finding shows it at once; statuses follow with the next check, and the gate before the next run. When the day has
passed, the finding is back as if nothing had been decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import polars as pl

from checks.decisions import DECISIONS, in_force, with_decisions
from checks.results import NAMES, LastCheck, commit
from pipelines.errors import StoreIsEmpty, UserError, WrongUse
from pipelines.identity import NUMBER_AS_TOKEN
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store


@dataclass(frozen=True)
class Finding:
    """One failing row of a check; without `row_key` all that fails the check, in a municipality or everywhere."""

    check_id: str
    row_key: str | None = None
    municipality_code: str | None = None


def accept(
    store: Store, finding: Finding, *, reason: str, until: date, by: str, now: datetime | None = None
) -> Snapshot:
    """The finding no longer fails its check, through `until`."""
    return _decide(store, "accepted", finding, now, until=until, reason=_said(reason), by=by)


def assign(
    store: Store, finding: Finding, *, to: str, reason: str, until: date, by: str, now: datetime | None = None
) -> Snapshot:
    """Somebody works on it, through `until`; it fails its check all the same."""
    return _decide(store, "assigned", finding, now, until=until, reason=_said(reason), by=by, assigned_to=_said(to))


def take_back(
    store: Store,
    finding: Finding,
    kind: Literal["accepted", "assigned"] | None = None,
    *,
    by: str,
    now: datetime | None = None,
) -> Snapshot:
    """Decisions about exactly this no longer hold: of one kind, or both. They stay in the history, with who took them
    back and when. UserError when none holds; the finding itself may be gone."""
    moment, who = now or datetime.now(UTC), _said(by)

    def taken_back(last: LastCheck) -> pl.DataFrame:
        holding = in_force(last.table("check_decisions").collect(), moment.date())
        about = _about(finding)
        is_meant = [pl.col(name).eq_missing(pl.lit(value, pl.String)) for name, value in about.items()]
        held = holding.filter(*is_meant, *([] if kind is None else [pl.col("kind") == kind]))
        if held.is_empty():
            raise UserError(
                "No decision about this holds, so nothing was taken back",
                where=f"check {finding.check_id}",
                to_do="Name the key or the municipality with which it was decided; the worklist shows both.",
            )
        return _decisions([about | {"kind": each, "decided_by": who, "decided_at": moment} for each in held["kind"]])

    return _kept(store, taken_back, moment.date())


def _decide(
    store: Store,
    kind: str,
    finding: Finding,
    now: datetime | None,
    *,
    by: str,
    until: date,
    reason: str,
    assigned_to: str | None = None,
) -> Snapshot:
    moment = now or datetime.now(UTC)
    decision = _about(finding) | {
        "kind": kind,
        "until": until,
        "reason": reason,
        "assigned_to": assigned_to,
        "decided_by": _said(by),
        "decided_at": moment,
    }
    if until < moment.date():
        raise WrongUse(f"The end date {until} has passed", to_do="Give a day from today on.")

    def decided(last: LastCheck) -> pl.DataFrame:
        _assert_found(finding, last)
        return _decisions([decision])

    return _kept(store, decided, moment.date())


def _about(finding: Finding) -> dict[str, object]:
    """A row stands for itself, wherever it belongs."""
    municipality = None if finding.row_key else finding.municipality_code
    return {"check_id": finding.check_id, "row_key": finding.row_key, "municipality_code": municipality}


def _decisions(made: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(made, schema=DECISIONS)


def _kept(store: Store, decide: Callable[[LastCheck], pl.DataFrame], today: date) -> Snapshot:
    """The decisions that are made on top of those of the last check, and the findings that they hold for."""
    with store.writing() as writer:
        last = LastCheck.of(store)
        if last.snapshot is None:
            raise StoreIsEmpty(f"Nothing was checked in {store.folder}", to_do="Start with `roedtraad check`.")
        decisions = pl.concat([last.table("check_decisions").collect(), decide(last)])
        failures = last.table("check_failures").collect()
        writer.write("check_decisions", decisions.lazy())
        writer.write("check_failures", with_decisions(failures, in_force(decisions, today)).lazy())
        writer.keep(last.snapshot, *(name for name in ("check_results", NAMES) if name in last.snapshot.versions))
        return commit(writer, last.snapshot.run, Progress())


def _assert_found(finding: Finding, last: LastCheck) -> None:
    """A decision about nothing would be a typing error that nobody sees."""
    if finding.row_key is not None:
        rows = last.table("check_failures").filter(pl.col("row_key") == finding.row_key)
    else:
        is_there = pl.col("municipality_code").eq_missing(pl.lit(finding.municipality_code, pl.String))
        rows = last.table("check_results").filter(is_there & (pl.col("failing") > 0))
    if rows.filter(pl.col("check_id") == finding.check_id).head(1).collect().is_empty():
        raise UserError(
            "There is no such finding, so nothing was decided",
            where=f"check {finding.check_id}",
            to_do="The worklist shows check, row key and municipality of each finding.",
        )


def _said(text: str) -> str:
    """What a steward writes stays in the store for years and is shown: never empty, and nobody's number in it."""
    if not text.strip():
        raise WrongUse("A decision needs a reason, and a name", to_do="Write both in a few words.")
    if pl.Series([text]).str.contains(NUMBER_AS_TOKEN).item():
        raise WrongUse("The text holds something like a person's number", to_do="Leave the number out.")
    return text.strip()
