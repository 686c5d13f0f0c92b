"""A defect is found although a sound record stands beside it: a twin, a later registration, a home that is to come."""

from __future__ import annotations

from datetime import date

import pytest
from check_worlds import AS_OF, World, changed, names, stored_tables

from checks.catalogue import check_named
from checks.frames import Days, canonical_frames
from pipelines.definitions.reference import Reference

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
