"""Before figures are made: critical checks of canonical rows stop a run, and say what to do, and never which rows."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from checked_stores import MONDAY, checked, claim, contacts_in, store_with
from deliveries import changed

from checks.acceptance import Finding, accept
from checks.catalogue import CATALOGUE
from checks.declared import Check
from checks.frames import frames
from checks.gate import ChecksFailed, gate_of, is_asked, needs_its_frame
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLE_NAMES
from pipelines.store import Store

TODAY = MONDAY.date()
AS_OF = date(2026, 9, 30)
BEFORE_BIRTH = claim("contacts.not_born", pl.col("contact_date") < pl.col("birth_date"), severity="critical")
TOO_EARLY = "2024-12-24"


def early(*days: str) -> list[dict[str, object]]:
    return [
        changed("contacts", contact_id=f"k{at}", contact_date=day, municipality_code="0461")
        for at, day in enumerate(days)
    ]


def at_the_gate(store: Store, *catalogue: Check) -> None:
    snapshot = store.last("run", "ingest")
    assert snapshot is not None
    tables = {name: snapshot.table(name) for name in TABLE_NAMES}
    gate_of(store, Reference.load(), catalogue, TODAY)(tables, snapshot.table("identities"), AS_OF)


def test_rows_that_keep_every_critical_claim_pass(tmp_path: Path) -> None:
    at_the_gate(store_with(tmp_path), BEFORE_BIRTH)


def test_a_critical_failure_stops_the_run_and_tells_counts_and_what_to_do(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=early(TOO_EARLY, "2025-03-01", TOO_EARLY))
    with pytest.raises(ChecksFailed) as stopped:
        at_the_gate(store, BEFORE_BIRTH)
    error = stopped.value
    assert error.exit_code == 11
    assert error.where == "contacts.not_born: So it is Does not hold for 2 of 3 rows."
    assert error.to_do.startswith("Mend it `roedtraad ingest`")
    assert "k0" not in str(error)
    assert TOO_EARLY not in str(error)


def test_a_share_below_the_threshold_does_not_stop_it(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=early(TOO_EARLY, *["2025-03-01"] * 9))
    rule = pl.col("contact_date") < pl.col("birth_date")
    at_the_gate(store, claim("contacts.few", rule, severity="critical", threshold=0.1))
    with pytest.raises(ChecksFailed):
        at_the_gate(store, claim("contacts.too_many", rule, severity="critical", threshold=0.09))


def test_a_critical_check_that_cannot_be_calculated_stops_it_too_in_our_own_words(tmp_path: Path) -> None:
    store = store_with(tmp_path)
    as_date = pl.col("contact_id").str.to_date("%Y", strict=True).is_null()
    with pytest.raises(ChecksFailed, match="the rule cannot be calculated: InvalidOperationError") as stopped:
        at_the_gate(store, claim("contacts.raises", as_date, severity="critical"), BEFORE_BIRTH)
    assert "k1" not in str(stopped.value)
    assert "not_born" not in str(stopped.value)


def test_every_critical_check_that_canonical_rows_can_answer_is_asked() -> None:
    rule = pl.col("contact_date") < pl.col("birth_date")
    assert is_asked(claim("contacts.a", rule, severity="critical"))
    assert is_asked(claim("residences.b", pl.col("next_from_date").is_null(), severity="critical"))
    assert is_asked(claim("volume.c", pl.col("rows") < pl.col("expected"), severity="critical"))
    assert not is_asked(claim("contacts.d", rule, severity="warning"))
    assert not is_asked(claim("obligations.e", pl.col("kind").is_null(), severity="critical"))
    assert not is_asked(replace(claim("contacts.f", rule, severity="critical"), category="conformance"))


def test_the_critical_checks_that_the_gate_leaves_to_the_check_are_about_results() -> None:
    left = [check for check in CATALOGUE if check.severity == "critical" and not is_asked(check)]
    beside = {check.id for check in left if check.category != "conformance"}
    assert beside == {"evidence.from_the_future", "evidence.known_before_it_showed", "exposed.known_before_it_showed"}


def test_joins_are_made_only_where_a_rule_reads_more_than_its_table_and_the_dates_of_the_child() -> None:
    assert not needs_its_frame(BEFORE_BIRTH)
    assert not needs_its_frame(claim("contacts.a", pl.col("contact_date") > pl.col("as_of")))
    assert needs_its_frame(claim("contacts.b", pl.col("lived_there")))
    assert needs_its_frame(claim("pregnancies.c", pl.col("birth_date").is_null()))
    assert needs_its_frame(claim("children.d", pl.col("mother_id").is_null()))
    assert needs_its_frame(claim("volume.e", pl.col("rows") == 0))


def test_what_needs_a_join_stops_a_run_too(tmp_path: Path) -> None:
    spell = {"child_id": "c1", "municipality_code": "0461"}
    spells = [spell | {"from_date": "2025-01-08", "to_date": "2025-09-01"}, spell | {"from_date": "2025-08-01"}]
    overlap = claim("residences.two_at_once", pl.col("next_from_date") < pl.col("to_date"), severity="critical")
    at_the_gate(store_with(tmp_path / "fine", residences=spells[:1]), overlap)
    with pytest.raises(ChecksFailed, match=r"residences\.two_at_once: So it is Does not hold for 1 of 2 rows"):
        at_the_gate(store_with(tmp_path / "both", residences=spells), overlap)


def test_an_accepted_row_does_not_stop_it_until_its_day_has_passed(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=early(TOO_EARLY, TOO_EARLY, "2025-03-01"))
    checked(store, BEFORE_BIRTH, frames=frames)
    for key, until in (("k0", TODAY), ("k1", date(2026, 11, 30))):
        accept(store, Finding("contacts.not_born", key), reason="looked at", until=until, by="steward", now=MONDAY)
        if key == "k0":
            with pytest.raises(ChecksFailed, match="1 of 3 rows"):
                at_the_gate(store, BEFORE_BIRTH)
    at_the_gate(store, BEFORE_BIRTH)


def test_an_accepted_municipality_does_not_stop_it(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=early(TOO_EARLY, TOO_EARLY))
    checked(store, BEFORE_BIRTH, frames=frames)
    here = Finding("contacts.not_born", municipality_code="0461")
    accept(store, here, reason="looked at", until=TODAY, by="steward", now=MONDAY)
    at_the_gate(store, BEFORE_BIRTH)


def test_great_expectations_is_not_imported_for_the_gate() -> None:
    told = "import sys, checks.gate; sys.exit('great_expectations' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0


def test_an_empty_table_passes(tmp_path: Path) -> None:
    at_the_gate(store_with(tmp_path, contacts=contacts_in()), BEFORE_BIRTH)
