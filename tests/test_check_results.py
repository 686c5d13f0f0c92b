"""What the store keeps of checks: findings with the day they were first seen, and the results of all runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from checked_stores import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    checked,
    claim,
    contacts_in,
    findings,
    small_frames,
    store_with,
)
from deliveries import changed

from checks.findings import FAILURES, FOUND, carried_on
from checks.frames import Frame
from checks.report.findings import findings_of
from checks.run import Outcome
from pipelines.definitions.reference import Reference
from pipelines.store import Snapshot

pytestmark = pytest.mark.slow

FIRST_ONES = pl.col("contact_id").is_in(["k0", "k1"])
EARLY = claim("contacts.early", pl.col("contact_date") < pl.date(2025, 1, 8), severity="critical")


def early(*days: str) -> list[dict[str, object]]:
    """Contacts k0, k1, ... on these days; before 8 January 2025 is too early."""
    return [changed("contacts", contact_id=f"k{at}", contact_date=day) for at, day in enumerate(days)]


def history(outcome: Outcome) -> pl.DataFrame:
    kept = outcome.snapshot.table("check_results").collect().filter(pl.col("municipality_code").is_null())
    return kept.sort("checked_at", "check_id").select("checked_at", "check_id", "failing")


def seen(outcome: Outcome) -> list[tuple[object, ...]]:
    return findings(outcome).select("row_key", "first_seen", "still_open").rows()


def test_a_finding_keeps_the_day_it_was_first_seen_is_closed_when_gone_and_opened_when_it_comes_back(
    tmp_path: Path,
) -> None:
    bad, good = "2024-12-24", "2025-02-12"
    checked(store_with(tmp_path, contacts=early(bad, good)), EARLY, now=MONDAY)
    second = checked(store_with(tmp_path, contacts=early(bad, bad)), EARLY, now=TUESDAY)
    assert seen(second) == [("k0", MONDAY, True), ("k1", TUESDAY, True)]
    third = checked(store_with(tmp_path, contacts=early(good, bad)), EARLY, now=WEDNESDAY)
    assert seen(third) == [("k0", MONDAY, False), ("k1", TUESDAY, True)]
    last = checked(store_with(tmp_path, contacts=early(bad, good)), EARLY, now=WEDNESDAY)
    assert seen(last) == [("k0", MONDAY, True), ("k1", TUESDAY, False)]


def test_findings_stay_as_they_were_where_the_check_was_not_asked_or_could_not_answer(tmp_path: Path) -> None:
    def without_dates(snapshot: Snapshot, reference: Reference) -> dict[str, Frame]:
        frames = small_frames(snapshot, reference)
        contacts = frames["contacts"]
        return frames | {"contacts": replace(contacts, rows=contacts.rows.drop("contact_date"))}

    of_children = claim("children.other", pl.col("child_id").is_null())
    store = store_with(tmp_path, contacts=early("2024-12-24"))
    before = findings(checked(store, EARLY, of_children))
    assert before["still_open"].to_list() == [True]
    assert findings(checked(store, EARLY, of_children, tables=["children"])).equals(before)
    in_doubt = checked(store, EARLY, frames=without_dates)
    assert in_doubt.exit_code == 12
    assert findings(in_doubt).equals(before)


def test_findings_of_a_check_that_nobody_asks_any_more_are_closed(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=1))
    checked(store, claim("contacts.retired", FIRST_ONES))
    after = findings(checked(store, claim("contacts.new", FIRST_ONES)))
    assert after.select("check_id", "still_open").rows() == [("contacts.new", True), ("contacts.retired", False)]


def test_results_of_all_runs_stay_and_a_run_that_is_checked_again_has_one_result(tmp_path: Path) -> None:
    other = claim("children.other", pl.col("child_id").is_null())
    store = store_with(tmp_path, contacts=early("2024-12-24"))
    checked(store, EARLY, other, now=MONDAY)
    store_with(tmp_path, contacts=early("2024-12-24", "2024-12-25"))
    checked(store, EARLY, other, now=TUESDAY)
    again = checked(store, EARLY, other, now=WEDNESDAY, tables=["contacts"])
    assert history(again).rows() == [
        (MONDAY, "children.other", 0),
        (MONDAY, "contacts.early", 1),
        (TUESDAY, "children.other", 0),
        (WEDNESDAY, "contacts.early", 2),
    ]


def test_rows_under_one_key_are_one_finding_and_what_a_cut_list_leaves_out_stays_open() -> None:
    nothing = pl.DataFrame(schema=FAILURES)
    twice = pl.DataFrame([("contacts.z", "k1", "0461"), ("contacts.z", "k1", "0751")], schema=FOUND, orient="row")
    first = carried_on(nothing, twice, ["contacts.z"], MONDAY)
    assert first.select("row_key", "municipality_code").rows() == [("k1", "0461")]
    another = pl.DataFrame([("contacts.z", "k2", "0461")], schema=FOUND, orient="row")
    cut = carried_on(first, another, [], TUESDAY)
    assert cut.select("row_key", "first_seen", "still_open").rows() == [("k1", MONDAY, True), ("k2", TUESDAY, True)]


def test_nobody_knows_what_is_new_of_a_check_that_was_never_asked_before(tmp_path: Path) -> None:
    first = claim("contacts.asked_first", FIRST_ONES)
    later = claim("contacts.asked_later", FIRST_ONES)
    checked(store_with(tmp_path, contacts=contacts_in(m0461=1)), first, now=MONDAY)
    both = checked(store_with(tmp_path, contacts=contacts_in(m0461=2)), first, later, now=TUESDAY)
    assert {name: told.new for name, told in findings_of(both, None).items()} == {first.id: 1, later.id: None}
