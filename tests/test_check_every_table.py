"""What holds for every table alike: no date lies far ahead, and no text holds anything like a person's number."""

from __future__ import annotations

import polars as pl
import pytest
from check_worlds import AS_OF, changed, clean_world, stored_tables

from checks.catalogue import check_named
from checks.catalogue.every_table import looks_like_a_person_number
from checks.declared import Check
from checks.frames import Days, canonical_frames
from pipelines.definitions.contract import Table
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES
from pipelines.identity import NUMBER_AS_TOKEN

REFERENCE = Reference.load()
TEST_NUMBER = "680125-4001"


def failing(check: Check, change: str) -> int:
    """How many rows fail in the clean world after a change."""
    known = canonical_frames(stored_tables(changed(change)), REFERENCE, Days(AS_OF, AS_OF))
    return known[check.frame].rows.filter(check.is_failing).collect().height


AHEAD = {
    "pregnancies.due_date": "2029-01-01",
    "residences.to_date": "2199-12-31",
    "treatments.end_date": "2099-12-31",
    "support_records.closed_date": "2099-12-31",
    "costs.end_date": "2099-12-31",
}


@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column.name) for table in TABLES for column in table.columns if column.type_name == "date"],
    ids=lambda part: getattr(part, "name", part),
)
def test_no_date_of_any_table_may_lie_far_ahead(table: Table, column: str) -> None:
    key = "|".join(str(clean_world()[table.name][-1][name]) for name in table.key)
    check = check_named(f"{table.name}.in_the_future")
    for day, count in ((AHEAD.get(f"{table.name}.{column}", "2027-06-01"), 1), ("2026-11-15", 0)):
        assert failing(check, f"{table.name} {key}: {column}={day}") == count, day


@pytest.mark.parametrize("day", ["2031-08-01", "2029-02-01"])
def test_the_end_of_a_measure_may_be_planned_for_years(day: str) -> None:
    assert failing(check_named("support_records.in_the_future"), f"support_records s3: closed_date={day}") == 0


TELLING = [
    "CPR{0}-{1}", "rec{0}{1}", "{0}{1}a", "E{0}{1}.csv", "a{0}{1}", "f{0}-{1}", "{0} {1}", "{0}\u2013{1}", "{0}/{1}",
    "{0}_{1}", "sag {0}{1}, mor", "{0}{1}.0", "{0}{1}-01",
]  # fmt: skip


@pytest.mark.parametrize("written", TELLING)
def test_a_number_is_seen_in_text_as_ingest_sees_it(written: str) -> None:
    text = pl.DataFrame({"text": [written.format(*TEST_NUMBER.split("-"))]})
    assert text.select(looks_like_a_person_number(pl.col("text"))).item()
    assert text.select(pl.col("text").str.contains(NUMBER_AS_TOKEN)).item()


def test_what_a_program_made_is_no_number_though_ten_digits_stand_in_a_row() -> None:
    digits = TEST_NUMBER.replace("-", "")
    made = [
        f"x{digits}abcdefabcdefab",
        f"ab{digits}abcdefabcdef|k1",
        f"part-00000-ab{digits[:6]}-{digits[6:]}-4a0c-9a0c-0305e82c3301.parquet",
        f"20{digits}9",
        "k0000000",
        None,
    ]
    found = pl.DataFrame({"text": made}).select(looks_like_a_person_number(pl.col("text")))
    assert found.to_series().to_list() == [False] * len(made)
