"""What is accepted is what was there when it was decided, until the day has passed: no later row, and no later day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from checked_stores import MONDAY, TUESDAY, WEDNESDAY, checked, claim, contact, contacts_in, result, store_with

from checks.acceptance import Finding, accept, take_back
from checks.accepted import Accepted, on_day
from checks.decisions import DECISIONS
from checks.findings import FAILURES
from checks.run import Outcome
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

TODAY, TOMORROW = MONDAY.date(), TUESDAY.date()
ODENSE, AARHUS = "0461", "0751"
EVERY = claim("contacts.every", pl.col("contact_id").is_not_null(), severity="critical")
COUNTS = {"check_id": pl.String, "municipality_code": pl.String, "failing": pl.Int64}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three contacts in Odense (k0, k1, k2) and one in Aarhus (k3): all fail."""
    store = store_with(tmp_path, contacts=contacts_in(m0461=3, m0751=1))
    checked(store, EVERY)
    return store


def yes(store: Store, finding: Finding, until: date = TOMORROW) -> int:
    return accept(store, finding, reason="seen and right", until=until, by="steward", now=MONDAY).rows


def redelivered(store: Store, *codes: str, first: int = 0) -> Outcome:
    """Contacts in these municipalities, numbered from `first`, checked on Tuesday."""
    rows = [contact(number, municipality_code=code) for number, code in enumerate(codes, start=first)]
    store_with(store.folder.parent, contacts=rows)
    return checked(store, EVERY, now=TUESDAY)


def accepted(outcome: Outcome, municipality: str | None = None) -> tuple[int, int]:
    row = result(outcome, EVERY.id, municipality)
    return row["failing"], row["accepted"]


def test_a_decision_says_how_many_rows_it_is_about(store: Store) -> None:
    assert yes(store, Finding(EVERY.id, "k0")) == 1
    assert yes(store, Finding(EVERY.id, municipality_code=ODENSE)) == 3
    assert yes(store, Finding(EVERY.id)) == 4


@pytest.mark.parametrize("finding", [Finding(EVERY.id), Finding(EVERY.id, municipality_code=ODENSE)])
def test_a_row_that_comes_later_is_not_accepted_with_the_whole(store: Store, finding: Finding) -> None:
    yes(store, finding)
    assert accepted(redelivered(store, *[ODENSE] * 3, AARHUS, ODENSE, ODENSE), ODENSE) == (5, 3)
    found = store.last("check").table("check_failures").filter(pl.col("still_open")).collect()  # type: ignore[union-attr]
    assert found.filter(pl.col("accepted_until").is_not_null())["row_key"].to_list()[:3] == ["k0", "k1", "k2"]
    assert found.filter(pl.col("row_key") == "k4")["accepted_until"].to_list() == [None]


def test_other_rows_in_the_place_of_the_accepted_ones_are_not_accepted(store: Store) -> None:
    yes(store, Finding(EVERY.id, municipality_code=ODENSE))
    assert accepted(redelivered(store, *[ODENSE] * 3, first=7), ODENSE) == (3, 0)


def test_a_new_row_can_be_accepted_beside_its_municipality(store: Store) -> None:
    yes(store, Finding(EVERY.id, municipality_code=ODENSE))
    redelivered(store, *[ODENSE] * 4)
    accept(store, Finding(EVERY.id, "k3"), reason="too", until=TOMORROW, by="steward", now=TUESDAY)
    after = checked(store, EVERY, now=TUESDAY)
    assert accepted(after) == (4, 4)
    assert result(after, EVERY.id)["status"] == "passed_with_failing_rows"


def decision(check_id: str, rows: int | None, municipality: str | None = None) -> dict[str, object]:
    about = {"check_id": check_id, "row_key": None, "municipality_code": municipality}
    return {"kind": "accepted", "until": TODAY, "decided_at": MONDAY, "rows": rows, "checked_at": MONDAY, **about}


def finding(key: str, municipality: str | None, seen: datetime = MONDAY, rows: int = 1) -> dict[str, object]:
    about = {"check_id": "a.b", "row_key": key, "municipality_code": municipality}
    return {"first_seen": seen, "still_open": True, "rows": rows, **about}


def counted(
    decisions: list[dict[str, object]], *findings: dict[str, object], everywhere: int, **there: int
) -> list[int]:
    """`m0461=500`: failing rows in Odense. The accepted ones of the country first, then of the municipalities."""
    rows = [("a.b", None, everywhere), *(("a.b", name[1:], failing) for name, failing in there.items())]
    counts = pl.DataFrame(rows, schema=COUNTS, orient="row")
    known = pl.DataFrame(list(findings), schema=FAILURES)
    found = Accepted.among(pl.DataFrame(decisions, schema=DECISIONS)).counted(counts, known)
    return found["accepted"].to_list()


def test_what_a_cut_list_leaves_out_is_accepted_by_its_number_with_the_whole() -> None:
    listed = (finding("k1", ODENSE), finding("k2", AARHUS))
    there = {"m0461": 500, "m0751": 70}
    odense = [decision("a.b", 500, ODENSE)]
    assert counted(odense, *listed, everywhere=575, **there) == [500, 500, 0]
    assert counted(odense, *listed, everywhere=600, m0461=525, m0751=70) == [500, 500, 0]
    assert counted([decision("a.b", 575)], *listed, everywhere=575, **there) == [575, 500, 70]


def test_where_more_fail_than_were_seen_nobody_knows_which_municipality_has_the_accepted_ones() -> None:
    listed = (finding("k1", ODENSE), finding("k2", AARHUS))
    assert counted([decision("a.b", 575)], *listed, everywhere=576, m0461=501, m0751=70) == [575, 1, 1]


def test_no_more_rows_are_accepted_than_were_counted_when_it_was_decided() -> None:
    known = [finding(f"k{number}", ODENSE) for number in range(4)]
    assert counted([decision("a.b", 3, ODENSE)], *known, everywhere=4, m0461=4) == [3, 3]
    assert counted([decision("a.b", None, ODENSE)], *known, everywhere=4, m0461=4) == [0, 0]


def test_rows_under_one_key_are_accepted_together() -> None:
    assert counted([decision("a.b", 3, ODENSE)], finding("k1", ODENSE, rows=3), everywhere=3, m0461=3) == [3, 3]


def told_today(kept: Snapshot) -> pl.DataFrame:
    results, found, decided = (kept.table(f"check_{name}").collect() for name in ("results", "failures", "decisions"))
    return on_day(results, found, decided, TODAY)


def test_a_status_is_that_of_the_day_on_which_it_is_read(store: Store) -> None:
    yes(store, Finding(EVERY.id, municipality_code=ODENSE), until=TODAY)
    yes(store, Finding(EVERY.id, "k3"), until=TOMORROW)
    kept = checked(store, EVERY).snapshot
    results, findings, decisions = (
        kept.table(name).collect() for name in ("check_results", "check_failures", "check_decisions")
    )

    def on(day: date) -> dict[str | None, tuple[str, int]]:
        told = on_day(results, findings, decisions, day)
        assert told.columns == results.columns
        return {row["municipality_code"]: (row["status"], row["accepted"]) for row in told.iter_rows(named=True)}

    passed, failed = "passed_with_failing_rows", "failed"
    assert on(TODAY) == {None: (passed, 4), ODENSE: (passed, 3), AARHUS: (passed, 1)}
    assert on(TOMORROW) == {None: (failed, 1), ODENSE: (failed, 0), AARHUS: (passed, 1)}
    assert on(WEDNESDAY.date()) == {None: (failed, 0), ODENSE: (failed, 0), AARHUS: (failed, 0)}


def test_what_is_decided_after_the_check_counts_before_the_next_one(store: Store) -> None:
    yes(store, Finding(EVERY.id))
    last = store.last("check")
    assert last is not None
    told = told_today(last)
    assert told["status"].unique().to_list() == ["passed_with_failing_rows"]
    after = take_back(store, Finding(EVERY.id), by="steward", now=MONDAY)
    told = told_today(after)
    assert told["status"].unique().to_list() == ["failed"]


def test_an_error_stays_an_error(store: Store) -> None:
    broken = claim(
        "contacts.halted", pl.col("contact_id").str.to_date("%Y", strict=True).is_null(), severity="critical"
    )
    kept = checked(store, broken).results
    assert on_day(kept, pl.DataFrame(schema=FAILURES), pl.DataFrame(schema=DECISIONS), TODAY).equals(kept)
