"""Before figures are made: critical checks of canonical rows stop a run, and say what to do, and never which rows."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from checked_stores import MONDAY, checked, claim, contacts_in, store_with
from deliveries import changed, deliver

from checks import gate
from checks.acceptance import Finding, accept
from checks.catalogue import CATALOGUE
from checks.declared import Check
from checks.frames import frames
from checks.frames.sizes import NEVER_EMPTY
from checks.gate import ChecksFailed, gate_of, is_asked, needs_its_frame
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLE_NAMES
from pipelines.flow import Source, ingest_into, run
from pipelines.progress import Progress
from pipelines.store import Store

pytestmark = pytest.mark.slow

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
    lines = [line.strip() for line in error.where.strip().splitlines()]
    assert lines == ["contacts.not_born: So it is", "It does not hold for 2 of 3 rows.", "Mend it"]
    assert "`roedtraad ingest`" in error.to_do
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
    with pytest.raises(ChecksFailed, match=r"Nobody knows\. The check stopped while rows were read") as stopped:
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
    with pytest.raises(ChecksFailed, match=r"residences\.two_at_once: So it is\s+It does not hold\."):
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


def test_a_row_that_was_not_there_when_its_municipality_was_accepted_stops_it(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=early(TOO_EARLY, TOO_EARLY))
    checked(store, BEFORE_BIRTH, frames=frames)
    here = Finding("contacts.not_born", municipality_code="0461")
    accept(store, here, reason="looked at", until=TODAY, by="steward", now=MONDAY)
    store_with(tmp_path, contacts=early(TOO_EARLY, TOO_EARLY, TOO_EARLY))
    with pytest.raises(ChecksFailed, match=r"1 of 3 rows \(2 more are accepted\)"):
        at_the_gate(store, BEFORE_BIRTH)


def test_each_check_that_stops_it_has_its_own_block_and_it_is_said_whether_a_version_stands(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "delivery", {"contacts": early(TOO_EARLY)})
    second = replace(BEFORE_BIRTH, id="contacts.second", supplier_en="Mend that too")
    store = Store(tmp_path / "store")
    passes = gate_of(store, Reference.load(), [BEFORE_BIRTH, second], TODAY)
    for said in ("No version has been made yet.", "The last good version stays."):
        with pytest.raises(ChecksFailed) as stopped:
            run(store, Source(canonical=delivery), AS_OF, Reference.load(), Progress(), passes)
        assert stopped.value.what == f"No figures were made. 2 critical checks failed. {said}"
        first, other = stopped.value.where.strip().split("\n\n")
        assert ("Mend it" in first, "Mend that too" in other) == (True, True)
        store_with(tmp_path)


@pytest.mark.parametrize("table", NEVER_EMPTY)
def test_without_children_pregnancies_or_homes_there_are_no_figures(tmp_path: Path, table: str) -> None:
    delivery = deliver(tmp_path / "delivery", {table: []})
    store = store_with(tmp_path)
    passes = gate_of(store, Reference.load(), today=TODAY)
    before = store.last("run")
    with pytest.raises(ChecksFailed, match=rf"sizes\.{table}_empty: The table"):
        run(store, Source(canonical=delivery), AS_OF, Reference.load(), Progress(), passes)
    assert store.last("run") == before


def test_children_are_looked_at_in_parts_and_every_row_is_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = [changed("children", child_id=f"c{at}", birth_date="2025-02-01") for at in range(40)]
    spell = {"municipality_code": "0461"}
    first = [spell | {"child_id": f"c{at}", "from_date": "2025-02-01", "to_date": "2025-09-01"} for at in range(30)]
    second = [spell | {"child_id": f"c{at}", "from_date": "2025-08-01"} for at in range(7)]
    delivery = deliver(tmp_path / "delivery", {"children": children, "residences": [*first, *second]})
    store = Store(tmp_path / "store")
    ingest_into(store, Source(canonical=delivery), Reference.load(), Progress())
    catalogue = [check for check in CATALOGUE if check.id in {"residences.overlap", "children.without_home"}]
    said = []
    for at_once in (2_000_000, 6):
        monkeypatch.setattr(gate, "CHILDREN_AT_ONCE", at_once)
        with pytest.raises(ChecksFailed) as stopped:
            at_the_gate(store, *catalogue)
        said.append(stopped.value.where)
    assert said[0] == said[1]
    assert "for 7 of 7 rows" in said[0]
    assert "for 10 of 40 rows" in said[0]


def test_what_is_known_of_another_child_is_not_lost_between_the_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mothers = [changed("children", child_id=f"c{at}", birth_date="1999-02-01", pregnancy_id=None) for at in range(9)]
    daughters = [
        mother | {"child_id": f"d{at}", "mother_id": f"c{at}", "birth_date": "2025-02-01"}
        for at, mother in enumerate(mothers)
    ]
    store = Store(tmp_path / "store")
    delivery = deliver(tmp_path / "delivery", {"children": [*mothers, *daughters]})
    ingest_into(store, Source(canonical=delivery), Reference.load(), Progress())
    known = claim("children.mother_known", pl.col("mother_birth_date").is_not_null(), severity="critical")
    monkeypatch.setattr(gate, "CHILDREN_AT_ONCE", 3)
    with pytest.raises(ChecksFailed, match="9 of 18 rows"):
        at_the_gate(store, known)


def homes(number: int) -> list[dict[str, object]]:
    return [changed("residences", from_date=str(date(2025, 2, 1) + timedelta(days=at))) for at in range(number)]


def test_a_tenth_less_than_in_the_last_run_stops_it_until_a_steward_accepts_that(tmp_path: Path) -> None:
    store = store_with(tmp_path, residences=homes(20))
    shrunk = [check for check in CATALOGUE if check.id == "sizes.residences_shrunk"]
    passes = gate_of(store, Reference.load(), shrunk, TODAY)

    def run_with(rows: int) -> None:
        delivery = deliver(tmp_path / f"homes-{rows}", {"residences": homes(rows)})
        run(store, Source(canonical=delivery), AS_OF, Reference.load(), Progress(), passes)

    run_with(18)
    with pytest.raises(ChecksFailed, match=r"sizes\.residences_shrunk: The table Residences"):
        run_with(16)
    ingest_into(store, Source(canonical=tmp_path / "homes-16"), Reference.load(), Progress())
    outcome = checked(store, *shrunk, frames=frames)
    assert outcome.exit_code == 11
    accept(
        store, Finding("sizes.residences_shrunk", "residences"), reason="right", until=TODAY, by="steward", now=MONDAY
    )
    run_with(16)
    assert checked(store, *shrunk, frames=frames).results.row(0, named=True)["accepted"] == 1


def test_the_first_run_has_nothing_to_compare_with(tmp_path: Path) -> None:
    store = store_with(tmp_path)
    outcome = checked(store, *(check for check in CATALOGUE if check.frame == "sizes"), frames=frames)
    assert dict(outcome.results.select("check_id", "status").iter_rows()) == {
        f"sizes.{table}_{wrong}": status
        for table in NEVER_EMPTY
        for wrong, status in (("empty", "passed"), ("shrunk", "not_applicable"))
    }


def test_the_day_of_a_run_is_a_day_in_denmark(tmp_path: Path) -> None:
    ran = store_with(tmp_path).snapshot()
    late = replace(ran, run=dict(ran.run) | {"started_at": MONDAY.replace(hour=23, minute=30)})
    known = frames(late, Reference.load())["contacts"].rows.select("latest_day").collect()
    assert known["latest_day"].unique().to_list() == [date(2026, 11, 24)]


def test_great_expectations_is_not_imported_for_the_gate() -> None:
    told = "import sys, checks.gate; sys.exit('great_expectations' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0


def test_an_empty_table_passes(tmp_path: Path) -> None:
    at_the_gate(store_with(tmp_path, contacts=contacts_in()), BEFORE_BIRTH)
