"""Which rows keep the contract: every way to break it has a rule, and every row is accounted for."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from deliveries import Row, changed, deliver

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow


def ingested(folder: Path, changes: dict[str, list[Row]] | None = None) -> Snapshot:
    delivery = deliver(folder / "delivery", changes)
    return ingest_into(Store(folder / "store"), Source(canonical=delivery), Reference.load(), Progress()).snapshot


def accounting(snapshot: Snapshot, table: str) -> tuple[int, int, int, int]:
    row = snapshot.table("row_accounting").filter(pl.col("table") == table).collect().row(0, named=True)
    return row["rows_read"], row["accepted"], row["quarantined"], row["exact_duplicates"]


def quarantine(snapshot: Snapshot) -> list[tuple[str, int, str, str]]:
    rows = snapshot.table("quarantine").sort("table", "row_number").collect()
    return [(row["table"], row["row_number"], row["rule"], row["column"]) for row in rows.iter_rows(named=True)]


def test_a_delivery_that_keeps_the_contract_is_accepted_whole(tmp_path: Path) -> None:
    snapshot = ingested(tmp_path)
    rows = snapshot.table("row_accounting").collect()
    assert rows["accepted"].to_list() == [1] * 11
    assert quarantine(snapshot) == []
    child = snapshot.table("children").collect().row(0, named=True)
    assert (child["gestational_age_days"], child["birth_weight_g"], child["death_date"]) == (278, 3200, None)


BROKEN = [
    ("children", {"birth_date": "08-01-2025"}, "type", "birth_date"),
    ("children", {"birth_date": "2025-02-30"}, "type", "birth_date"),
    ("children", {"birth_date": "0025-02-03"}, "type", "birth_date"),
    ("children", {"birth_date": "9999-12-31"}, "type", "birth_date"),
    ("children", {"gestational_age_days": "40 uger"}, "type", "gestational_age_days"),
    ("children", {"gestational_age_days": "278.5"}, "type", "gestational_age_days"),
    ("children", {"birth_date": None}, "required", "birth_date"),
    ("children", {"child_id": ""}, "required", "child_id"),
    ("children", {"sex": "F"}, "enumeration", "sex"),
    ("children", {"pregnancy_id": "p9"}, "reference", "pregnancy_id"),
    ("pregnancies", {"care_level": "5"}, "enumeration", "care_level"),
    ("pregnancies", {"care_level": "0"}, "enumeration", "care_level"),
    ("pregnancies", {"municipality_code": "461"}, "reference", "municipality_code"),
    ("pregnancies", {"alcohol_asked": "ja"}, "type", "alcohol_asked"),
    ("exposures", {"pregnancy_id": None}, "at_least_one", "pregnancy_id+child_id"),
    ("exposures", {"substance": "tobacco"}, "enumeration", "substance"),
    ("residences", {"to_date": "2025-01-08"}, "ends_before_it_begins", "to_date"),
    ("residences", {"to_date": "2025-01-07"}, "ends_before_it_begins", "to_date"),
    ("residences", {"municipality_code": "9999"}, "reference", "municipality_code"),
    ("residences", {"child_id": "c9"}, "reference", "child_id"),
    ("diagnoses", {"is_refuted": None}, "required", "is_refuted"),
    ("handovers", {"to_actor": "kommunen"}, "enumeration", "to_actor"),
    ("handovers", {"pregnancy_id": "p9"}, "reference", "pregnancy_id"),
    ("support_records", {"exposure_status": "yes"}, "enumeration", "exposure_status"),
    ("contacts", {"contact_code": "week_6"}, "reference", "contact_code"),
    ("contacts", {"programme": "family_clinic"}, "reference", "contact_code"),
    ("contacts", {"programme": "dentist"}, "enumeration", "programme"),
    ("assessments", {"z_score": "inf"}, "type", "z_score"),
    ("costs", {"amount_dkk": "12.500,50"}, "type", "amount_dkk"),
    ("costs", {"service": "dentist"}, "reference", "service"),
]


@pytest.mark.parametrize(("table", "values", "rule", "column"), BROKEN)
def test_a_row_that_breaks_a_rule_is_set_aside_with_its_reason(
    tmp_path: Path, table: str, values: Row, rule: str, column: str
) -> None:
    snapshot = ingested(tmp_path, {table: [changed(table, **values)]})
    assert (table, 1, rule, column) in quarantine(snapshot)
    assert accounting(snapshot, table) == (1, 0, 1, 0)


ALLOWED = [
    ("residences", {"municipality_code": "0411"}),
    ("residences", {"to_date": "2025-01-09"}),
    ("diagnoses", {"person_id": "somebody-else"}),
    ("handovers", {"received_date": "2025-01-01"}),
    ("children", {"death_date": "2024-01-01"}),
    ("exposures", {"detected_date": "2025-09-09"}),
    ("exposures", {"pregnancy_id": None, "child_id": "c1"}),
    ("children", {"mother_id": "m7"}),
    ("assessments", {"z_score": None}),
    ("pregnancies", {"alcohol_asked": "False"}),
]


@pytest.mark.parametrize(("table", "values"), ALLOWED)
def test_dates_that_contradict_each_other_and_unlinked_persons_stay_in_use(
    tmp_path: Path, table: str, values: Row
) -> None:
    assert accounting(ingested(tmp_path, {table: [changed(table, **values)]}), table) == (1, 1, 0, 0)


def test_all_faults_of_a_row_are_told_and_it_counts_once(tmp_path: Path) -> None:
    snapshot = ingested(tmp_path, {"children": [changed("children", sex="x", birth_date="?")]})
    row = snapshot.table("quarantine").filter(pl.col("table") == "children").collect().row(0, named=True)
    assert (row["rule"], row["column"], row["other_faults"]) == ("type", "birth_date", "enumeration:sex")
    assert accounting(snapshot, "children") == (1, 0, 1, 0)


def test_rows_about_a_quarantined_child_are_quarantined_too(tmp_path: Path) -> None:
    snapshot = ingested(tmp_path, {"children": [changed("children", sex="x")]})
    assert ("residences", 1, "reference", "child_id") in quarantine(snapshot)
    assert accounting(snapshot, "pregnancies") == (1, 1, 0, 0)


def test_exact_copies_are_counted_and_change_nothing(tmp_path: Path) -> None:
    contacts = [changed("contacts"), changed("contacts"), changed("contacts", contact_id="k2")]
    snapshot = ingested(tmp_path, {"contacts": contacts})
    assert accounting(snapshot, "contacts") == (3, 2, 0, 1)


def test_a_number_written_in_two_ways_is_the_same_row(tmp_path: Path) -> None:
    costs = [changed("costs", amount_dkk="100"), changed("costs", amount_dkk="100.00")]
    assert accounting(ingested(tmp_path, {"costs": costs}), "costs") == (2, 1, 0, 1)


def test_a_key_with_two_contents_cannot_be_trusted_in_either(tmp_path: Path) -> None:
    contacts = [changed("contacts"), changed("contacts", status="declined"), changed("contacts", contact_id="k2")]
    snapshot = ingested(tmp_path, {"contacts": contacts})
    assert accounting(snapshot, "contacts") == (3, 1, 2, 0)
    assert quarantine(snapshot) == [("contacts", 1, "key", "contact_id"), ("contacts", 2, "key", "contact_id")]


def test_a_bad_row_with_the_same_key_does_not_take_the_good_one_with_it(tmp_path: Path) -> None:
    contacts = [changed("contacts"), changed("contacts", status="?")]
    snapshot = ingested(tmp_path, {"contacts": contacts})
    assert accounting(snapshot, "contacts") == (2, 1, 1, 0)
    assert quarantine(snapshot) == [("contacts", 2, "enumeration", "status")]


def test_a_copy_of_a_bad_row_is_a_copy(tmp_path: Path) -> None:
    contacts = [changed("contacts", status="?"), changed("contacts", status="?")]
    assert accounting(ingested(tmp_path, {"contacts": contacts}), "contacts") == (2, 0, 1, 1)


def test_a_key_of_two_columns_is_one_key(tmp_path: Path) -> None:
    residences = [
        changed("residences"),
        changed("residences", from_date="2025-03-01"),
        changed("residences", from_date="2025-03-01", municipality_code="0410"),
    ]
    assert accounting(ingested(tmp_path, {"residences": residences}), "residences") == (3, 1, 2, 0)


def test_typed_parquet_gives_the_same_tables_as_text(tmp_path: Path) -> None:
    as_text = ingested(tmp_path / "text")
    folder = deliver(tmp_path / "typed" / "delivery")
    for name, schema in ((table.name, table.schema) for table in TABLES):
        rows = pl.read_csv(folder / f"{name}.csv", schema_overrides=schema, try_parse_dates=True)
        rows.cast(schema).write_parquet(folder / f"{name}.parquet")
        (folder / f"{name}.csv").unlink()
    typed = ingest_into(Store(tmp_path / "store"), Source(canonical=folder), Reference.load(), Progress()).snapshot
    for name in ("children", "handovers", "costs"):
        assert typed.table(name).collect().equals(as_text.table(name).collect())
