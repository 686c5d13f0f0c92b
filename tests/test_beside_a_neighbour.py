"""A defect is found although a sound record stands beside it: a twin, a later registration, a home that is to come."""

from __future__ import annotations

from datetime import date

import pytest
from check_worlds import AS_OF, World, changed, names, stored_tables

from checks.catalogue import check_named
from checks.frames import Days, canonical_frames
from pipelines.definitions.reference import Reference

pytestmark = pytest.mark.slow

REFERENCE = Reference.load()
TWINS = [f"t{number}" for number in range(8)]
"""Numbers are made of names, so that some of these come between the child and its second record, whatever they are."""


def failing(check_id: str, world: World, as_of: date = AS_OF) -> list[str]:
    """The own ids of the rows that fail."""
    check, known = check_named(check_id), names(world)
    frame = canonical_frames(stored_tables(world), REFERENCE, Days(as_of, as_of))[check.frame]
    keys = frame.rows.filter(check.is_failing).select(frame.key).collect()
    return sorted(known.get(key, str(key)) for (key,) in keys.iter_rows())


@pytest.mark.parametrize("twin", TWINS)
def test_a_child_that_is_there_twice_is_found_beside_its_twin(twin: str) -> None:
    world = changed(f"children +c9 like c2; children +{twin} like c2: sex=female, birth_weight_g=3100")
    assert failing("siblings.near_duplicate", world) == ["c9"]


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ("gestational_age_days=", ["c9"]),
        ("sex=", ["c9"]),
        ("sex=female", []),
        ("gestational_age_days=200", []),
        ("birth_weight_g=", []),
        ("birth_weight_g=3501", []),
    ],
)
def test_two_records_are_of_one_child_when_they_share_the_weight_and_contradict_in_nothing(
    second: str, found: list[str]
) -> None:
    assert failing("siblings.near_duplicate", changed(f"children +c9 like c2: {second}")) == found


@pytest.mark.parametrize("as_of", [date(2022, 2, 1), AS_OF])
def test_a_contact_of_a_child_whose_home_is_still_to_come_is_judged_by_that_home(as_of: date) -> None:
    """k3 is of c2, who has lived in 0101 since 1 March 2022."""
    assert failing("contacts.never_lived_there", changed("contacts k3: municipality_code=0751"), as_of) == ["k3"]
    assert failing("contacts.never_lived_there", changed("contacts k3: municipality_code=0101"), as_of) == []


def test_a_substance_ruled_out_on_that_day_is_found_although_it_was_ruled_out_later_as_well() -> None:
    that_day = "exposures +e3 like e1: certainty=ruled_out"
    later = "exposures +e4 like e1: certainty=ruled_out, registered_date=2020-01-01"
    assert failing("exposures.ruled_out_and_confirmed", changed(f"{that_day}; {later}")) == ["e1"]
    assert failing("exposures.ruled_out_and_confirmed", changed(later)) == []


def test_two_courses_of_no_known_substance_at_a_time_are_an_overlap_and_those_of_two_substances_are_not() -> None:
    overlapping = "treatments t1: end_date=2020-07-01"
    both_unknown = "; treatments t1: substance=; treatments t2: substance="
    assert failing("treatments.overlap", changed(overlapping + both_unknown)) == ["t1"]
    assert failing("treatments.overlap", changed(f"{overlapping}; treatments t2: substance=opioids")) == []


def test_of_twins_and_a_sibling_soon_after_all_three_are_found() -> None:
    """c3 and c4 are twins; whichever of the two comes last, both were born too close to c5."""
    sibling = "children +c5 like c3: birth_date=2021-07-20, pregnancy_id="
    assert failing("siblings.births_too_close", changed(sibling)) == ["c3", "c4", "c5"]


def test_siblings_of_another_mother_are_not_births_too_close() -> None:
    other = "children c2: birth_date=2021-02-25, pregnancy_id="
    assert failing("siblings.births_too_close", changed(other)) == []


@pytest.mark.parametrize(
    ("second", "found"),
    [("due_date=2027-01-01", ["r1"]), ("due_date=2028-03-01", [])],
)
def test_a_pregnancy_that_is_still_running_ends_on_its_due_date(second: str, found: list[str]) -> None:
    running = "pregnancies +r1 like p2: due_date=2026-12-01, end_date=, outcome=unknown, first_contact_date=2026-05-01"
    world = changed(f"{running}; pregnancies +r2 like r1: {second}")
    assert failing("pregnancies.overlaps_the_next", world) == found


@pytest.mark.parametrize(
    ("exposure", "found"),
    [
        ("child_id=, pregnancy_id=p3", ["s3"]),
        ("child_id=c3", ["s3"]),
        ("child_id=c4", []),
        ("child_id=c3, registered_date=2022-01-01", []),
        ("child_id=c3, certainty=suspected", []),
    ],
)
def test_a_record_denies_what_was_confirmed_of_the_child_or_its_pregnancy_by_then(
    exposure: str, found: list[str]
) -> None:
    """s3 is about c3, who was born of p3, and says since May 2021 that there was no exposure."""
    world = changed(f"support_records s3: exposure_status=denied; exposures e2: {exposure}")
    assert failing("support_records.denied_though_confirmed", world) == found


@pytest.mark.parametrize("asked", ["alcohol_asked", "substances_asked"])
def test_what_was_registered_in_a_running_pregnancy_she_was_asked_about(asked: str) -> None:
    substance = {"alcohol_asked": "alcohol", "substances_asked": "opioids"}[asked]
    running = f"pregnancies p1: end_date=, outcome=unknown, {asked}=false; children -c1"
    about = f"; exposures e1: substance={substance}"
    check_id = f"pregnancies.denied_{asked.removesuffix('_asked')}_but_registered"
    assert failing(check_id, changed(running + about)) == ["p1"]
