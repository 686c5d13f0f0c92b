"""A steward's decisions about findings: they hold through their last day, and then the finding is back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from checked_stores import MONDAY, TUESDAY, WEDNESDAY, checked, claim, contacts_in, findings, result, store_with

from checks.acceptance import Finding, accept, assign, take_back
from checks.decisions import DECISIONS, in_force, with_decisions
from checks.findings import FAILURES
from checks.run import Outcome
from pipelines.errors import StoreIsEmpty, UserError, WrongUse
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

TODAY, TOMORROW = MONDAY.date(), TUESDAY.date()
ODENSE, AARHUS = "0461", "0751"
EVERY = claim("contacts.every", pl.col("contact_id").is_not_null(), severity="critical")
BY = "steward in Odense"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three contacts in Odense (k0, k1, k2) and one in Aarhus (k3): all fail."""
    store = store_with(tmp_path, contacts=contacts_in(m0461=3, m0751=1))
    checked(store, EVERY)
    return store


def yes(store: Store, finding: Finding, until: date = TODAY) -> Snapshot:
    return accept(store, finding, reason="seen and right", until=until, by=BY, now=MONDAY).snapshot


def told(outcome: Outcome, municipality: str | None = None) -> tuple[str, int, int]:
    row = result(outcome, EVERY.id, municipality)
    return row["status"], row["failing"], row["accepted"]


def test_an_accepted_row_shows_it_at_once_and_no_longer_fails_its_check(store: Store) -> None:
    at_once = yes(store, Finding(EVERY.id, "k0"), until=TOMORROW).table("check_failures").collect()
    assert at_once.select("row_key", "accepted_until", "accepted_reason").rows()[:2] == [
        ("k0", TOMORROW, "seen and right"),
        ("k1", None, None),
    ]
    assert told(checked(store, EVERY)) == ("failed", 4, 1)
    for key in ("k1", "k2", "k3"):
        yes(store, Finding(EVERY.id, key))
    assert told(checked(store, EVERY)) == ("passed_with_failing_rows", 4, 4)


def test_it_comes_back_when_the_day_has_passed(store: Store) -> None:
    yes(store, Finding(EVERY.id), until=TOMORROW)
    assert told(checked(store, EVERY, now=TUESDAY)) == ("passed_with_failing_rows", 4, 4)
    after = checked(store, EVERY, now=WEDNESDAY)
    assert told(after) == ("failed", 4, 0)
    assert findings(after)["accepted_until"].null_count() == 4


def test_a_municipality_is_accepted_as_a_whole_and_no_row_is_counted_twice(store: Store) -> None:
    yes(store, Finding(EVERY.id, municipality_code=ODENSE))
    yes(store, Finding(EVERY.id, "k1"))
    outcome = checked(store, EVERY)
    assert told(outcome) == ("failed", 4, 3)
    assert told(outcome, ODENSE) == ("passed_with_failing_rows", 3, 3)
    assert told(outcome, AARHUS) == ("failed", 1, 0)


def test_an_assigned_finding_names_somebody_and_fails_all_the_same(store: Store) -> None:
    decided = assign(store, Finding(EVERY.id, "k3"), to="Aarhus", reason="theirs", until=TOMORROW, by=BY, now=MONDAY)
    assert decided.snapshot.table("check_failures").collect()["assigned_to"].to_list() == [None, None, None, "Aarhus"]
    outcome = checked(store, EVERY)
    assert told(outcome) == ("failed", 4, 0)
    assert findings(outcome)["assigned_to"].to_list() == [None, None, None, "Aarhus"]


def test_the_later_decision_holds_and_one_can_be_taken_back(store: Store) -> None:
    everything = Finding(EVERY.id)
    yes(store, everything, until=TODAY)
    accept(store, everything, reason="longer", until=TOMORROW, by=BY, now=MONDAY + timedelta(hours=1))
    assert findings(checked(store, EVERY))["accepted_reason"].unique().to_list() == ["longer"]
    take_back(store, everything, "accepted", by=BY, now=MONDAY + timedelta(hours=2))
    outcome = checked(store, EVERY)
    assert told(outcome) == ("failed", 4, 0)
    assert outcome.snapshot.table("check_decisions").collect().height == 3


def test_what_is_taken_back_stays_in_the_history_with_who_and_when(store: Store) -> None:
    odense = Finding(EVERY.id, municipality_code=ODENSE)
    yes(store, odense, until=TOMORROW)
    assign(store, odense, to="Odense", reason="theirs", until=TOMORROW, by=BY, now=MONDAY)
    yes(store, Finding(EVERY.id, "k3"), until=TOMORROW)
    after = take_back(store, odense, by="another steward", now=TUESDAY)
    history = after.table("check_decisions").select("kind", "municipality_code", "until", "decided_by", "decided_at")
    assert history.collect().rows() == [
        ("accepted", ODENSE, TOMORROW, BY, MONDAY),
        ("assigned", ODENSE, TOMORROW, BY, MONDAY),
        ("accepted", None, TOMORROW, BY, MONDAY),
        ("accepted", ODENSE, None, "another steward", TUESDAY),
        ("assigned", ODENSE, None, "another steward", TUESDAY),
    ]
    open_findings = after.table("check_failures").select("row_key", "accepted_until", "assigned_to").collect()
    assert open_findings.rows() == [("k0", None, None), ("k1", None, None), ("k2", None, None), ("k3", TOMORROW, None)]
    assert told(checked(store, EVERY, now=TUESDAY)) == ("failed", 4, 1)


@pytest.mark.parametrize(
    "other",
    [Finding(EVERY.id), Finding(EVERY.id, "k1"), Finding(EVERY.id, municipality_code=AARHUS), Finding("a.b", "k0")],
    ids=["everything", "another row", "a municipality", "another check"],
)
def test_only_a_decision_that_holds_can_be_taken_back_and_by_its_own_name(store: Store, other: Finding) -> None:
    yes(store, Finding(EVERY.id, "k0"), until=TODAY)
    before = store.last("check")
    with pytest.raises(UserError, match="No decision about this holds"):
        take_back(store, other, by=BY, now=MONDAY)
    with pytest.raises(UserError, match="No decision about this holds"):
        take_back(store, Finding(EVERY.id, "k0"), by=BY, now=TUESDAY)
    with pytest.raises(WrongUse, match="and a name"):
        take_back(store, Finding(EVERY.id, "k0"), by=" ", now=MONDAY)
    assert store.last("check") == before


def test_a_decision_about_a_finding_that_is_gone_can_be_taken_back(store: Store) -> None:
    yes(store, Finding(EVERY.id, "k3"), until=TOMORROW)
    store_with(store.folder.parent, contacts=contacts_in(m0461=3))
    checked(store, EVERY)
    after = take_back(store, Finding(EVERY.id, "k3"), by=BY, now=MONDAY)
    assert after.table("check_failures").select("still_open", "accepted_until").collect().row(-1) == (False, None)


def test_results_stay_when_something_is_decided(store: Store) -> None:
    before = checked(store, EVERY).snapshot.table("check_results").collect()
    assert yes(store, Finding(EVERY.id)).table("check_results").collect().equals(before)


@pytest.mark.parametrize(
    "finding",
    [
        Finding("contacts.unknown", "k0"),
        Finding(EVERY.id, "k9"),
        Finding("contacts.unknown"),
        Finding(EVERY.id, municipality_code="0101"),
    ],
    ids=["no such check", "no such row", "no such check at all", "nothing fails there"],
)
def test_a_decision_about_nothing_is_refused(store: Store, finding: Finding) -> None:
    with pytest.raises(UserError, match="There is no such finding"):
        yes(store, finding)


def test_a_finding_that_is_gone_is_nothing_to_decide_about(store: Store) -> None:
    store_with(store.folder.parent, contacts=contacts_in(m0461=3))
    checked(store, EVERY, now=TUESDAY)
    for gone in (Finding(EVERY.id, "k3"), Finding(EVERY.id, municipality_code=AARHUS)):
        with pytest.raises(UserError, match="There is no such finding"):
            yes(store, gone)
    yes(store, Finding(EVERY.id, municipality_code=ODENSE))


def test_a_row_and_a_municipality_at_once_are_refused() -> None:
    with pytest.raises(WrongUse, match="A row stands for itself"):
        Finding(EVERY.id, "k0", AARHUS)


def test_a_store_that_does_not_exist_stays_so(tmp_path: Path) -> None:
    typing_error = Store(tmp_path / "stoer")
    with pytest.raises(StoreIsEmpty):
        yes(typing_error, Finding(EVERY.id))
    with pytest.raises(StoreIsEmpty):
        take_back(typing_error, Finding(EVERY.id), by=BY, now=MONDAY)
    with pytest.raises(StoreIsEmpty):
        checked(typing_error, EVERY)
    assert not typing_error.folder.exists()


def test_a_day_is_a_day_in_denmark(store: Store) -> None:
    yes(store, Finding(EVERY.id), until=TODAY)
    late_in_denmark = MONDAY.replace(hour=23, minute=30)
    assert told(checked(store, EVERY, now=late_in_denmark.replace(hour=22))) == ("passed_with_failing_rows", 4, 4)
    assert told(checked(store, EVERY, now=late_in_denmark)) == ("failed", 4, 0)
    with pytest.raises(WrongUse, match="has passed"):
        accept(store, Finding(EVERY.id), reason="late", until=TODAY, by=BY, now=late_in_denmark)


def test_a_decision_needs_a_day_to_come_a_reason_and_nobodys_number(store: Store, tmp_path: Path) -> None:
    finding = Finding(EVERY.id, "k0")
    with pytest.raises(WrongUse, match="has passed"):
        yes(store, finding, until=TODAY - timedelta(days=1))
    with pytest.raises(WrongUse, match="too far ahead"):
        yes(store, finding, until=TODAY + timedelta(days=732))
    with pytest.raises(WrongUse, match="needs a reason"):
        accept(store, finding, reason=" ", until=TODAY, by=BY, now=MONDAY)
    with pytest.raises(WrongUse, match="something like a person's number") as refused:
        accept(store, finding, reason="born 680125-4001", until=TODAY, by=BY, now=MONDAY)
    assert "680125" not in str(refused.value)
    with pytest.raises(StoreIsEmpty, match="Nothing was checked"):
        yes(store_with(tmp_path / "unchecked"), finding)


def test_what_is_said_of_the_row_comes_before_its_municipality_and_that_before_the_whole_check() -> None:
    def decision(reason: str, row_key: str | None = None, municipality: str | None = None) -> dict[str, object]:
        about = {"check_id": "a.b", "row_key": row_key, "municipality_code": municipality}
        made = {"kind": "accepted", "until": TODAY, "decided_at": MONDAY, "rows": 4, "checked_at": MONDAY}
        return {"reason": reason, **about, **made}

    made = pl.DataFrame(
        [decision("row", "k1"), decision("place", None, ODENSE), decision("check")],
        schema=DECISIONS,
    )
    rows = [
        ("a.b", "k1", ODENSE, MONDAY),
        ("a.b", "k2", ODENSE, MONDAY),
        ("a.b", "k3", AARHUS, MONDAY),
        ("a.b", "k4", None, MONDAY),
        ("a.b", "k5", ODENSE, TUESDAY),
        ("c.d", "k1", None, MONDAY),
    ]
    found = pl.DataFrame(rows, schema=["check_id", "row_key", "municipality_code", "first_seen"], orient="row")
    findings = pl.concat([pl.DataFrame(schema=FAILURES), found], how="diagonal_relaxed")
    said = with_decisions(findings, in_force(made, TODAY))
    assert said["accepted_reason"].to_list() == ["row", "place", "check", "check", None, None]
