"""A check judges the rows that it can judge: a few wrong ones are not lost among many that it is not about."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from check_worlds import AS_OF, World, changed, clean_world, stored_tables

from checks.catalogue import CATALOGUE, check_named
from checks.counting import counted
from checks.frames import Days, Frame, canonical_frames
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES

REFERENCE = Reference.load()
NEEDS_WHAT_MAY_BE_MISSING = (
    "pregnancies.end_before_first_contact",
    "children.birth_off_pregnancy_end",
    "children.mother_differs_from_pregnancy",
    "treatments.end_before_start",
    "support_records.closed_before_opened",
    "residences.overlap",
    "pregnancies.in_the_future",
    "pregnancies.too_early",
)
IS_WELL_WITH_NOTHING_TO_COMPARE_WITH = {
    "contacts.near_duplicate": "contacts",
    "residences.near_duplicate": "residences",
    "treatments.overlap": "treatments",
    "siblings.too_many_born_together": "children",
}


def frames_of_world(world: World) -> Mapping[str, Frame]:
    return canonical_frames(stored_tables(world), REFERENCE, Days(AS_OF, AS_OF))


def judged(check_id: str, world: World) -> tuple[int, int]:
    """Rows in the denominator, and rows that fail."""
    check = check_named(check_id)
    found = counted(frames_of_world(world)[check.frame].rows, [check])
    return found["applicable"].item(), found["failing"].item()


def with_nothing_optional(world: World) -> World:
    """The same rows with no more in them than the contract demands."""
    optional = {(table.name, column.name) for table in TABLES for column in table.columns if column.optional}
    kept = {(table.name, name) for table in TABLES for name in table.at_least_one_of}
    empty = optional - kept
    return {
        table: [{name: None if (table, name) in empty else cell for name, cell in row.items()} for row in rows]
        for table, rows in world.items()
    }


@pytest.mark.parametrize(
    ("check_id", "changes", "of_rows", "failing"),
    [
        (
            "children.mother_differs_from_pregnancy",
            "children c1: mother_id=; children c2: mother_id=; children c3: mother_id=m1; children c4: mother_id=",
            1,
            1,
        ),
        ("contacts.after_death", "children c1: death_date=2020-05-01", 2, 1),
        ("diagnoses.after_death", "children c2: death_date=2023-01-01", 1, 1),
        ("handovers.after_death", "children c1: death_date=2023-01-01", 2, 1),
        ("assessments.after_death", "children c1: death_date=2021-01-01", 2, 1),
        ("support_records.closed_before_opened", "support_records s2: closed_date=2022-04-30", 3, 1),
        ("diagnoses.newborn_code_of_a_mother", "diagnoses m1|DF10.2|2019-09-01: sks_code=DP04.3", 2, 1),
        ("diagnoses.mothers_code_of_a_young_child", "diagnoses c2|DJ45|2024-01-01: sks_code=DF100", 2, 1),
        ("diagnoses.many_refuted", "diagnoses m1|DF10.2|2019-09-01: is_refuted=true", 2, 1),
        ("pregnancies.overlaps_the_next", "pregnancies p1: end_date=2021-07-01", 2, 1),
        ("contacts.attended_and_not", "contacts +k9 like k2: status=no_show", 2, 1),
        ("siblings.twins_alike", "children +c9 like c2: ; residences +x like c2|2022-03-01: child_id=c9", 4, 2),
    ],
)
def test_few_wrong_rows_among_few_that_can_be_judged_fail_the_check(
    check_id: str, changes: str, of_rows: int, failing: int
) -> None:
    assert judged(check_id, changed(changes)) == (of_rows, failing)
    assert failing / of_rows > check_named(check_id).threshold


@pytest.mark.parametrize("check_id", NEEDS_WHAT_MAY_BE_MISSING)
def test_a_claim_about_what_nobody_delivered_judges_no_row(check_id: str) -> None:
    assert judged(check_id, clean_world())[0] > 0
    assert judged(check_id, with_nothing_optional(clean_world())) == (0, 0)


def test_no_check_counts_a_row_that_it_cannot_judge() -> None:
    known = frames_of_world(with_nothing_optional(clean_world()))
    for check in (each for each in CATALOGUE if each.frame in known):
        unjudged = known[check.frame].rows.filter(check.is_applicable & check.fails.is_null())
        assert unjudged.collect().is_empty(), check.id


@pytest.mark.parametrize(("check_id", "table"), IS_WELL_WITH_NOTHING_TO_COMPARE_WITH.items())
def test_a_row_without_another_to_compare_with_keeps_the_claim(check_id: str, table: str) -> None:
    assert judged(check_id, clean_world()) == (len(clean_world()[table]), 0)


@pytest.mark.parametrize("known", ["first_contact_date", "due_date", "end_date", "asked_date"])
def test_one_date_out_of_several_is_enough_to_be_judged(known: str) -> None:
    dates = {"first_contact_date", "due_date", "end_date", "asked_date"} - {known}
    empty = ", ".join(f"{name}=" for name in sorted(dates))
    alone = changed(f"pregnancies p1: {known}=1900-01-01, {empty}")
    assert judged("pregnancies.too_early", alone) == (4, 1)


def test_a_confirmed_exposure_that_nobody_ruled_out_keeps_its_claim() -> None:
    confirmed = [row for row in clean_world()["exposures"] if row["certainty"] == "confirmed"]
    assert judged("exposures.confirmed_then_ruled_out", clean_world()) == (len(confirmed), 0)
