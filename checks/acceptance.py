"""A steward accepts a finding, or assigns it to somebody, with a reason and an end date.

What is accepted is what was there when it was decided: one row, or all that failed a check then, in a municipality or
everywhere; a row that fails later is a new finding. The finding shows it at once; the gate and the next check go by it.
When the day has passed, the finding is back as if nothing had been decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import polars as pl

from checks.days import danish_day
from checks.decisions import DECISIONS, in_force, with_decisions
from checks.results import NAMES, LastCheck, commit
from pipelines.errors import StoreIsEmpty, UserError, WrongUse
from pipelines.identity import NUMBER_AS_TOKEN
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

LONGEST = timedelta(days=731)
"""A decision holds for two years at most: then somebody looks again."""


@dataclass(frozen=True)
class Finding:
    """One failing row of a check; without `row_key` all that fails the check, in a municipality or everywhere."""

    check_id: str
    row_key: str | None = None
    municipality_code: str | None = None

    def __post_init__(self) -> None:
        """WrongUse for a row and a municipality at once: only one of them would count."""
        if self.row_key is not None and self.municipality_code is not None:
            raise WrongUse(
                "A row stands for itself, wherever it belongs", to_do="Give its key or a municipality, not both."
            )


@dataclass(frozen=True)
class Decided:
    """The store after a decision, and how many failing rows it is about."""

    snapshot: Snapshot
    rows: int


def accept(
    store: Store, finding: Finding, *, reason: str, until: date, by: str, now: datetime | None = None
) -> Decided:
    """The finding no longer fails its check, through `until`, a day in Denmark."""
    return _decide(store, "accepted", finding, now, until=until, reason=_said(reason), by=by)


def assign(
    store: Store, finding: Finding, *, to: str, reason: str, until: date, by: str, now: datetime | None = None
) -> Decided:
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

    def taken_back(last: LastCheck) -> list[dict[str, object]]:
        holding = in_force(last.table("check_decisions").collect(), danish_day(moment))
        about = _about(finding)
        is_meant = [pl.col(name).eq_missing(pl.lit(value, pl.String)) for name, value in about.items()]
        held = holding.filter(*is_meant, *([] if kind is None else [pl.col("kind") == kind]))
        if held.is_empty():
            raise UserError(
                "No decision about this holds, so nothing was taken back",
                where=f"check {finding.check_id}",
                to_do="Name the key or the municipality with which it was decided; the worklist shows both.",
            )
        return [about | {"kind": each, "decided_by": who, "decided_at": moment} for each in held["kind"]]

    return _kept(store, taken_back, danish_day(moment)).snapshot


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
) -> Decided:
    moment = now or datetime.now(UTC)
    decision = _about(finding) | {
        "kind": kind,
        "until": until,
        "reason": reason,
        "assigned_to": assigned_to,
        "decided_by": _said(by),
        "decided_at": moment,
    }
    today = danish_day(moment)
    _assert_not_too_far(until, today)

    def decided(last: LastCheck) -> list[dict[str, object]]:
        rows, checked_at = _found(finding, last)
        return [decision | {"rows": rows, "checked_at": checked_at}]

    return _kept(store, decided, today)


def _assert_not_too_far(until: date, today: date) -> None:
    if until < today:
        raise WrongUse(f"The end date {until} has passed", to_do="Give a day from today on.")
    if until > today + LONGEST:
        raise WrongUse(f"The end date {until} is too far ahead", to_do=f"Give {today + LONGEST} at the latest.")


def _about(finding: Finding) -> dict[str, object]:
    return {
        "check_id": finding.check_id,
        "row_key": finding.row_key,
        "municipality_code": finding.municipality_code,
    }


def _kept(store: Store, decide: Callable[[LastCheck], list[dict[str, object]]], today: date) -> Decided:
    """The decisions that are made on top of those of the last check, and the findings that they hold for."""
    _last_of(store)  # before a folder is made that was a typing error
    with store.writing() as writer:
        last, snapshot = _last_of(store)
        made = pl.DataFrame(decide(last), schema=DECISIONS)
        decisions = pl.concat([last.table("check_decisions").collect(), made])
        failures = last.table("check_failures").collect()
        writer.write("check_decisions", decisions.lazy())
        writer.write("check_failures", with_decisions(failures, in_force(decisions, today)).lazy())
        writer.keep(snapshot, *(name for name in ("check_results", NAMES) if name in snapshot.versions))
        return Decided(commit(writer, snapshot.run, Progress()), int(made["rows"].sum()))


def _last_of(store: Store) -> tuple[LastCheck, Snapshot]:
    last = LastCheck.of(store)
    if last.snapshot is None:
        raise StoreIsEmpty(
            f"Nothing was checked in {store.folder}", to_do="Mind the name of the folder; start with `roedtraad check`."
        )
    return last, last.snapshot


def _found(finding: Finding, last: LastCheck) -> tuple[int, Any]:
    """How many failing rows the finding is now, and when they were counted.

    A decision about nothing would be a typing error that nobody sees: UserError for a finding that is closed, or that
    only earlier checks had.
    """
    of_check = pl.col("check_id") == finding.check_id
    results = last.table("check_results").filter(of_check).collect()
    latest = results.filter(pl.col("checked_at") == pl.col("checked_at").max())
    if finding.row_key is not None:
        is_meant = of_check & pl.col("still_open") & (pl.col("row_key") == finding.row_key)
        rows = last.table("check_failures").filter(is_meant).collect()["rows"].fill_null(1).sum()
    else:
        is_there = pl.col("municipality_code").eq_missing(pl.lit(finding.municipality_code, pl.String))
        rows = latest.filter(is_there)["failing"].sum()
    if rows == 0 or latest.is_empty():
        raise UserError(
            "There is no such finding, so nothing was decided",
            where=f"check {finding.check_id}",
            to_do="The worklist shows check, row key and municipality of each finding.",
        )
    return int(rows), latest["checked_at"][0]


def _said(text: str) -> str:
    """What a steward writes stays in the store for years and is shown: never empty, and nobody's number in it."""
    if not text.strip():
        raise WrongUse("A decision needs a reason, and a name", to_do="Write both in a few words.")
    if pl.Series([text]).str.contains(NUMBER_AS_TOKEN).item():
        raise WrongUse("The text holds something like a person's number", to_do="Leave the number out.")
    return text.strip()
