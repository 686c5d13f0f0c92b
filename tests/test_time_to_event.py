"""Time to event: single children worked by hand, and a judge in plain Python on random children."""

from __future__ import annotations

from typing import Any

import pytest
from course_stories import AS_OF, LAST, Rows, course, day, judged, random_course, story

from pipelines.definitions.times_to_event import TIMES_TO_EVENT
from pipelines.time_to_event import ENDINGS, time_to_event


@pytest.mark.parametrize(("evidence", "expected"), [(12, (12, "event", False)), (0, (0, "event", False))])
def test_evidence_after_birth_counts_from_birth(evidence: int, expected: tuple[int, str, bool]) -> None:
    assert story("birth_to_first_evidence", exposed=[{"first_evidence_date": day(evidence)}]) == expected


def test_evidence_before_birth_counts_on_day_0_and_is_told() -> None:
    assert story("birth_to_first_evidence", exposed=[{"first_evidence_date": day(-90)}]) == (0, "event", True)


def test_evidence_found_after_death_does_not_make_the_child_live_longer() -> None:
    tables = {"children": [{"death_date": day(5)}], "exposed": [{"first_evidence_date": day(9)}]}
    assert story("birth_to_first_evidence", **tables) == (5, "died", False)


def test_a_child_that_died_before_its_first_evidence_is_in_no_interval_that_starts_with_it() -> None:
    tables = {"children": [{"death_date": day(9)}]}
    assert story("first_evidence_to_support_record", **tables) is None
    assert story("first_evidence_to_support_record", children=[{"death_date": day(10)}]) == (0, "died", False)


def test_a_child_without_evidence_is_in_no_interval_of_exposed_children() -> None:
    rows = time_to_event(course(children=[{}], residences=[{}])).collect()
    assert rows["interval"].to_list() == ["birth_to_first_concern"]


# Hand-over


def test_a_handover_counts_when_its_receipt_is_confirmed() -> None:
    assert story("first_evidence_to_handover", handovers=[{"received_date": day(24)}]) == (14, "event", False)


@pytest.mark.parametrize(
    "lacking",
    [
        {"received_date": None},
        {"has_exposure": False},
        {"has_exposure": None},
        {"to_actor": "gp"},
        {"from_actor": "school"},
    ],
)
def test_what_does_not_hand_the_exposure_over_to_the_municipality_is_no_handover(lacking: dict[str, Any]) -> None:
    handover = {"received_date": day(24), **lacking}
    assert story("first_evidence_to_handover", handovers=[handover]) == (LAST - 10, "censored", False)


def test_where_the_municipality_knew_first_nobody_hands_over_to_it() -> None:
    known = [{"first_evidence_date": day(10), "municipal_first_knowers": 1}]
    assert story("first_evidence_to_handover", exposed=known, handovers=[{"received_date": day(24)}]) is None


def test_the_clock_of_evidence_before_birth_starts_at_birth() -> None:
    early = [{"first_evidence_date": day(-90)}]
    assert story("first_evidence_to_handover", exposed=early, handovers=[{"received_date": day(4)}]) == (
        4,
        "event",
        False,
    )
    assert story("first_evidence_to_handover", exposed=early, handovers=[{"received_date": day(-60)}]) == (
        0,
        "event",
        True,
    )


# Support records

SUPPORT = "first_evidence_to_support_record"


@pytest.mark.parametrize(
    ("opened", "closed", "expected"),
    [
        (40, None, (30, "event", False)),
        (10, None, (0, "event", False)),
        (3, None, (0, "event", True)),
        (3, 10, (0, "event", True)),
        (3, 9, (LAST - 10, "censored", False)),
    ],
    ids=["later", "the same day", "open already", "closed that day", "closed before"],
)
def test_a_record_that_was_open_already_counts_on_day_0_and_a_closed_one_never(
    opened: int, closed: int | None, expected: tuple[int, str, bool]
) -> None:
    record = {"opened_date": day(opened), "closed_date": None if closed is None else day(closed)}
    assert story(SUPPORT, support_records=[record]) == expected


def test_a_record_closed_before_does_not_hide_the_next_one() -> None:
    records = [{"opened_date": day(3), "closed_date": day(5)}, {"opened_date": day(60)}]
    assert story(SUPPORT, support_records=records) == (50, "event", False)


CARRYING = "first_evidence_to_carrying_record"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"exposure_status": "recorded", "exposure_recorded_date": day(50)}, (40, "event", False)),
        ({"exposure_status": "recorded"}, (20, "event", False)),
        ({"exposure_status": "denied", "exposure_recorded_date": day(50)}, (LAST - 10, "censored", False)),
        ({"exposure_status": None}, (LAST - 10, "censored", False)),
        ({"exposure_status": "recorded", "record_type": "other"}, (LAST - 10, "censored", False)),
    ],
    ids=["dated", "undated", "denied", "unknown", "a type that does not carry"],
)
def test_a_record_carries_the_exposure_from_the_day_it_is_recorded(
    record: dict[str, Any], expected: tuple[int, str, bool]
) -> None:
    assert story(CARRYING, support_records=[{"opened_date": day(30), **record}]) == expected


# Concern


def test_the_first_concern_counts_whatever_the_domain_and_what_is_no_concern_does_not() -> None:
    assessed = [
        {"assessed_date": day(50), "result": "monitor"},
        {"assessed_date": day(90)},
        {"assessed_date": day(70)},
    ]
    assert story("birth_to_first_concern", assessments=assessed) == (70, "event", False)


def test_support_after_a_concern_is_followed_for_children_who_are_not_exposed_too() -> None:
    tables: dict[str, Rows] = {
        "exposed": [],
        "assessments": [{"assessed_date": day(70)}],
        "support_records": [{"opened_date": day(100)}],
    }
    assert story("first_concern_to_support_record", **tables) == (30, "event", False)


# Dying, leaving, and the last day

CONCERN = "birth_to_first_concern"


def test_a_child_is_followed_to_the_last_day_and_that_day_counts() -> None:
    assert story(CONCERN) == (LAST, "censored", False)
    assert story(CONCERN, assessments=[{"assessed_date": AS_OF}]) == (LAST, "event", False)
    assert story(CONCERN, children=[{"death_date": AS_OF}]) == (LAST, "died", False)


def test_on_one_day_the_event_comes_first_then_death_then_leaving() -> None:
    tables: dict[str, Rows] = {"children": [{"death_date": day(20)}], "residences": [{"to_date": day(20)}]}
    assert story(CONCERN, **tables, assessments=[{"assessed_date": day(20)}]) == (20, "event", False)
    assert story(CONCERN, **tables) == (20, "died", False)
    assert story(CONCERN, residences=[{"to_date": day(20)}]) == (20, "left", False)


def test_what_happens_after_leaving_is_not_seen() -> None:
    tables: dict[str, Rows] = {"residences": [{"to_date": day(20)}], "assessments": [{"assessed_date": day(21)}]}
    assert story(CONCERN, **tables) == (20, "left", False)
    assert story(CONCERN, **tables, children=[{"death_date": day(30)}]) == (20, "left", False)


def test_a_pause_between_two_spells_is_not_leaving() -> None:
    home = [{"to_date": day(20)}, {"from_date": day(400), "to_date": None}]
    assert story(CONCERN, residences=home) == (LAST, "censored", False)
    home[1]["to_date"] = day(500)
    assert story(CONCERN, residences=home) == (500, "left", False)


def test_a_child_without_a_spell_has_not_left() -> None:
    assert story(CONCERN, residences=[]) == (LAST, "censored", False)


@pytest.mark.parametrize("seed", range(12))
def test_random_children_have_the_stories_that_the_judge_tells(seed: int) -> None:
    tables = random_course(seed)
    rows = time_to_event(course(**tables)).collect()
    told = set(rows.select("interval", "child_id", "days", "ending", "is_before_origin").iter_rows())
    assert told == judged(tables)
    assert rows.height == len(told)


def test_the_random_children_end_in_every_way_in_every_interval() -> None:
    told = {(row[0], row[3]) for seed in range(12) for row in judged(random_course(seed))}
    possible = {(declared.name, ending) for declared in TIMES_TO_EVENT for ending in ENDINGS}
    assert told == possible - {(declared.name, "censored") for declared in TIMES_TO_EVENT if declared.all_arrive}
