"""Every check fires on the one thing that it is about and on nothing in a clean world, and every check is told well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from check_worlds import AS_OF, World, changed, clean_world, delivered, names, of_records, of_rows, stored_tables

from checks.catalogue import CATALOGUE, DERIVED, OWN, check_named
from checks.catalogue.contract import CHECKS as CONTRACT_CHECKS
from checks.catalogue.contract import UNREADABLE, Rule, rules_of
from checks.catalogue.every_table import CHECKS as EVERY_TABLE_CHECKS
from checks.catalogue.every_table import REPEATABLE
from checks.counting import counted
from checks.declared import CATEGORIES, EVERY_FIGURE, SEVERITIES, Check
from checks.frames import Days, Frame, canonical_frames, frames
from checks.frames.delivered import delivered as delivered_frame
from checks.targets import targets
from pipelines.definitions import enumerations as e
from pipelines.definitions.contract import Table
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES, table_named
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Store
from pipelines.table_ingest import QUARANTINE

REFERENCE = Reference.load()
TEST_NUMBER = "680125-4001"
RECORDS, ROWS = of_records(), of_rows()
HAS_A_TEST_OF_ITS_OWN = {"siblings.too_many_of_one_mother"}


def failing(frame: Frame, check: Check, known: dict[int, str] | None = None) -> list[str]:
    """The keys of the rows that fail, with names for numbers."""
    rows = frame.rows.filter(check.is_failing).select(frame.key).collect()
    cells = [["" if cell is None else (known or {}).get(cell, str(cell)) for cell in row] for row in rows.iter_rows()]
    return sorted("|".join(row) for row in cells)


def frames_of_world(world: World) -> Mapping[str, Frame]:
    return canonical_frames(stored_tables(world), REFERENCE, Days(AS_OF, AS_OF))


@cache
def _clean_store(folder: Path) -> Store:
    store = Store(folder / "store")
    run(store, Source(canonical=delivered(folder / "clean", clean_world())), AS_OF, REFERENCE, Progress())
    return store


@pytest.fixture(scope="module")
def clean_frames(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Frame]:
    """All frames of a real run of the clean world."""
    snapshot = _clean_store(tmp_path_factory.mktemp("clean")).snapshot()
    return frames(snapshot, REFERENCE)


@pytest.mark.parametrize("name", sorted({check.frame for check in CATALOGUE}))
def test_nothing_fails_in_a_clean_world(name: str, clean_frames: Mapping[str, Frame]) -> None:
    counts = counted(clean_frames[name].rows, [check for check in CATALOGUE if check.frame == name])
    assert counts.filter(pl.col("failing") > 0)["check_id"].to_list() == []


@pytest.mark.parametrize("check_id", RECORDS)
def test_a_check_of_records_finds_what_is_wrong_and_nothing_else(check_id: str) -> None:
    changes, keys = RECORDS[check_id]
    world, check = changed(changes), check_named(check_id)
    assert failing(frames_of_world(world)[check.frame], check, names(world)) == sorted(keys)


@pytest.mark.parametrize("check_id", ROWS)
def test_a_check_of_a_run_finds_the_broken_row(check_id: str, clean_frames: Mapping[str, Frame]) -> None:
    check = check_named(check_id)
    schema = clean_frames[check.frame].rows.collect_schema()
    assert set(ROWS[check_id]) <= set(schema)
    text = pl.DataFrame([ROWS[check_id]], schema=dict.fromkeys(schema, pl.String()))
    row = text.select(_cast(name, dtype) for name, dtype in schema.items())
    assert row.select(check.is_failing.alias("fails"))["fails"].to_list() == [True]


def _cast(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Boolean:
        return (pl.col(name) == "true").alias(name)
    return pl.col(name).str.to_date("%Y-%m-%d") if dtype == pl.Date else pl.col(name).cast(dtype)


def test_a_mother_of_twenty_one_children_is_nobodys_mother() -> None:
    births = "; ".join(f"children +n{at} like c2: birth_date={1990 + at}-03-01, pregnancy_id=" for at in range(20))
    world = changed(births)
    found = failing(frames_of_world(world)["siblings"], check_named("siblings.too_many_of_one_mother"), names(world))
    assert len(found) == 22


def test_every_check_of_our_own_has_its_case() -> None:
    assert {check.id for check in OWN} == set(RECORDS) | set(ROWS) | HAS_A_TEST_OF_ITS_OWN


@pytest.mark.parametrize("check", EVERY_TABLE_CHECKS, ids=lambda check: check.id)
def test_a_claim_about_every_table_fires_on_a_broken_row(check: Check) -> None:
    world = changed(_broken(check))
    assert failing(frames_of_world(world)[check.frame], check, names(world))


def _broken(check: Check) -> str:
    """The last row of the table with the one thing wrong that the claim is about."""
    table, wrong = table_named(check.frame), check.id.rsplit(".", maxsplit=1)[-1]
    key = "|".join(str(clean_world()[table.name][-1][name]) for name in table.key)
    text = {"diagnoses": "sks_code", "assessments": "instrument"}.get(table.name, table.key[0])
    values = {
        "in_the_future": f"{table.known_by}=2031-05-17",
        "too_early": f"{table.known_by}=1900-01-01",
        "person_number_in_text": f"{text}=nr {TEST_NUMBER}",
        "unknown_child": "child_id=nobody",
    }
    if wrong == "near_duplicate":
        return f"{table.name} +z9 like {key}:"
    return f"{table.name} {key}: {values[wrong]}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_rule_of_the_contract_fires_on_a_row_in_quarantine(table: Table) -> None:
    for rule in rules_of(table):
        assert _fired_on_quarantine(table, rule) == [f"{table.name}_delivered.{rule.name}"]


def _fired_on_quarantine(table: Table, rule: Rule) -> list[str]:
    name = "of_no_adapter" if rule is UNREADABLE else rule.name
    told = {"table": table.name, "source": "a.csv", "row_number": 7, "key": "k", "rule": name, "column": "somewhere"}
    quarantine = pl.LazyFrame([told], schema=QUARANTINE)
    rows = stored_tables(clean_world())[table.name]
    frame = delivered_frame(table, rows, quarantine, REFERENCE)
    return [each.id for each in CONTRACT_CHECKS if each.frame == frame.name and failing(frame, each)]


@pytest.mark.parametrize(
    ("table", "change", "rule"),
    [
        ("pregnancies", "outcome=", "required"),
        ("pregnancies", "outcome=levendefødt", "enumeration"),
        ("pregnancies", "care_level=9", "enumeration"),
        ("children", "birth_date=", "required"),
        ("residences", "municipality_code=101", "reference"),
        ("contacts", "contact_code=week_99", "reference"),
        ("costs", "service=5.28.20.1", "reference"),
        ("exposures", "child_id=, pregnancy_id=", "at_least_one"),
        ("residences", "to_date=2021-02-20", "ends_before_it_begins"),
    ],
)
def test_a_stored_row_that_breaks_the_contract_is_found_as_well(table: str, change: str, rule: str) -> None:
    key = "|".join(str(clean_world()[table][-1][name]) for name in table_named(table).key)
    world = changed(f"{table} {key}: {change}")
    frame = delivered_frame(table_named(table), stored_tables(world)[table], pl.LazyFrame(schema=QUARANTINE), REFERENCE)
    assert len(failing(frame, check_named(f"{table}_delivered.{rule}"))) == 1


def test_a_date_of_no_calendar_is_found_in_a_stored_row() -> None:
    rows = stored_tables(clean_world())["contacts"].with_columns(pl.date(9999, 12, 31).alias("contact_date"))
    frame = delivered_frame(table_named("contacts"), rows, pl.LazyFrame(schema=QUARANTINE), REFERENCE)
    assert len(failing(frame, check_named("contacts_delivered.type"))) == 3


def test_a_second_fault_of_a_row_in_quarantine_counts_as_well() -> None:
    told = {"table": "contacts", "source": "a.csv", "row_number": 7, "rule": "type", "column": "contact_date"}
    quarantine = pl.LazyFrame([told | {"other_faults": "reference:child_id; key:contact_id"}], schema=QUARANTINE)
    rows = stored_tables(clean_world())["contacts"]
    frame = delivered_frame(table_named("contacts"), rows, quarantine, REFERENCE)
    fired = [each.id for each in CONTRACT_CHECKS if each.frame == frame.name and failing(frame, each)]
    assert fired == ["contacts_delivered.type", "contacts_delivered.reference", "contacts_delivered.key"]
    assert failing(frame, check_named("contacts_delivered.key")) == ["|a.csv|7"]


def test_ids_are_unique_and_begin_with_their_frame() -> None:
    ids = [check.id for check in CATALOGUE]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(rf"{check.frame}\.[a-z_0-9]+", check.id) for check in CATALOGUE)


def test_there_are_at_least_120_checks_and_70_of_our_own() -> None:
    assert len(CATALOGUE) >= 120
    assert len(OWN) >= 70
    assert len(CATALOGUE) == len(OWN) + len(DERIVED)


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda check: check.id)
def test_a_check_is_told_completely_in_both_languages(check: Check) -> None:
    said = [
        (check.claim_da, check.claim_en),
        (check.supplier_da, check.supplier_en),
        (check.reader_da, check.reader_en),
    ]
    for danish, english in said:
        assert danish != english
        assert all(re.fullmatch(r"\S.{8,240}[.]", text) and "  " not in text for text in (danish, english))
    assert check.category in CATEGORIES
    assert check.severity in SEVERITIES
    assert 0 <= check.threshold < 1


def test_claims_are_told_apart() -> None:
    for language in ("claim_da", "claim_en"):
        claims = [(check.frame, getattr(check, language)) for check in CATALOGUE]
        assert len(claims) == len(set(claims))


def test_a_check_touches_known_figures() -> None:
    figures = {*e.KINDS, EVERY_FIGURE, "development", "costs", "continuity", "worklist"}
    assert {figure for check in CATALOGUE for figure in check.touches} <= figures


@pytest.mark.parametrize(
    "check_id",
    [
        "pregnancies.end_before_first_contact",
        "exposures.before_pregnancy",
        "diagnoses.many_refuted",
        "treatments.of_nobody_known",
        "handovers.before_birth",
        "support_records.before_birth",
    ],
)
def test_what_is_wrong_in_a_source_of_evidence_touches_every_figure(check_id: str) -> None:
    assert check_named(check_id).touches == (EVERY_FIGURE,)


def test_a_pregnancy_of_no_municipality_touches_the_figures_of_pregnancies() -> None:
    check = check_named("pregnancies.without_municipality")
    assert check.touches == ("screened", "referred", "plan_before_birth")
    assert check.severity == "warning"


def test_the_catalogue_comes_in_the_same_order_every_time() -> None:
    assert [check.id for check in CATALOGUE] == [check.id for check in sorted((*OWN, *DERIVED), key=lambda c: c.frame)]


def test_an_unknown_check_says_where_to_look() -> None:
    with pytest.raises(KeyError, match="checks list"):
        check_named("contacts.of_the_moon")


def test_every_kind_has_a_target() -> None:
    assert {target.kind for target in targets()} == set(e.KINDS)


def test_repeatable_tables_are_tables() -> None:
    assert set(REPEATABLE) <= {table.name for table in TABLES}
