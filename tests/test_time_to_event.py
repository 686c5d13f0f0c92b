"""Time to event: single children worked by hand, a judge in plain Python on random children, and what adds up."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

from pipelines.definitions.reference import Reference
from pipelines.definitions.times_to_event import BEYOND, EVIDENCE_TO_HANDOVER, TIMES_TO_EVENT
from pipelines.event_table import COMPETING, binned, event_table, grids
from pipelines.residence import spells
from pipelines.statistics.aalen_johansen import curve_on_grid, curves
from pipelines.time_to_event import ENDINGS, Course, time_to_event

AS_OF = date(2026, 9, 30)
BIRTH = date(2024, 1, 10)
Rows = list[dict[str, Any]]

SCHEMAS: dict[str, dict[str, Any]] = {
    "children": {"child_id": pl.Int64, "birth_date": pl.Date, "death_date": pl.Date},
    "exposed": {
        "child_id": pl.Int64,
        "first_evidence_date": pl.Date,
        "municipal_first_knowers": pl.Int32,
        "substance_group": pl.String,
        "known_before_birth": pl.Boolean,
    },
    "handovers": {
        "child_id": pl.Int64,
        "from_actor": pl.String,
        "to_actor": pl.String,
        "received_date": pl.Date,
        "has_exposure": pl.Boolean,
    },
    "support_records": {
        "child_id": pl.Int64,
        "record_type": pl.String,
        "opened_date": pl.Date,
        "closed_date": pl.Date,
        "exposure_status": pl.String,
        "exposure_recorded_date": pl.Date,
    },
    "assessments": {"child_id": pl.Int64, "assessed_date": pl.Date, "result": pl.String},
    "residences": {"child_id": pl.Int64, "from_date": pl.Date, "to_date": pl.Date, "municipality_code": pl.String},
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "children": {"birth_date": BIRTH},
    "exposed": {"municipal_first_knowers": 0, "substance_group": "alcohol", "known_before_birth": False},
    "handovers": {"from_actor": "midwife", "to_actor": "health_visitor", "has_exposure": True},
    "support_records": {"record_type": "child_plan", "exposure_status": "not_recorded"},
    "assessments": {"result": "concern"},
    "residences": {"from_date": BIRTH, "municipality_code": "0461"},
}


def course(**tables: Rows) -> Course:
    """The tables that are not given are empty; a row without a column has the default or null; child 1 by default."""
    frames = {}
    for name, schema in SCHEMAS.items():
        rows = [{"child_id": 1, **DEFAULTS[name], **row} for row in tables.get(name, [])]
        frames[name] = pl.LazyFrame(rows, schema=schema)
    home = spells(frames.pop("residences"))
    return Course(**frames, spells=home, reference=Reference.load(), as_of=AS_OF)


def story(interval: str, **tables: Rows) -> tuple[int, str, bool] | None:
    """Days, ending, and whether it came before the origin, of the one child; none when it is not in the interval."""
    tables = {"children": [{}], "residences": [{}], "exposed": [{"first_evidence_date": day(10)}], **tables}
    rows = time_to_event(course(**tables)).filter(pl.col("interval") == interval).collect()
    return rows.select("days", "ending", "is_before_origin").row(0) if rows.height else None


def day(days: int) -> date:
    """So many days after birth."""
    return BIRTH + timedelta(days=days)


LAST = (AS_OF - BIRTH).days

# First evidence


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


# Random children before a judge in plain Python


def random_course(seed: int, children: int = 60) -> dict[str, Rows]:
    """Few different days, so that nearly everything falls on the same day as something else at some time."""
    random = Random(seed)

    def some_day(start: int = -6) -> date:
        return AS_OF - timedelta(days=random.randint(0, 40)) + timedelta(days=min(start, 0))

    def known(value: date) -> date | None:
        return value if value <= AS_OF and random.random() < 0.7 else None

    tables: dict[str, Rows] = {name: [] for name in SCHEMAS}
    for child in range(children):
        birth = some_day(0)
        later = [birth + timedelta(days=random.randint(0, 25)) for _ in range(6)]
        tables["children"].append(
            {"child_id": child, "birth_date": birth, "death_date": known(later[0]) if child % 3 == 0 else None}
        )
        if random.random() < 0.7:
            tables["exposed"].append(
                {
                    "child_id": child,
                    "first_evidence_date": some_day(),
                    "municipal_first_knowers": random.randint(0, 1),
                    "substance_group": random.choice(["alcohol", "opioids"]),
                    "known_before_birth": random.random() < 0.5,
                }
            )
        for _ in range(random.randint(0, 2)):
            tables["handovers"].append(
                {
                    "child_id": child,
                    "from_actor": random.choice(["midwife", "school"]),
                    "to_actor": random.choice(["school", "gp", "health_visitor"]),
                    "received_date": known(some_day()),
                    "has_exposure": random.choice([True, True, False, None]),
                }
            )
            opened = some_day()
            tables["support_records"].append(
                {
                    "child_id": child,
                    "record_type": random.choice(["child_plan", "other"]),
                    "opened_date": opened,
                    "closed_date": known(opened + timedelta(days=random.randint(0, 9))),
                    "exposure_status": random.choice(["recorded", "recorded", "denied", None]),
                    "exposure_recorded_date": known(opened + timedelta(days=random.randint(0, 9))),
                }
            )
            tables["assessments"].append(
                {"child_id": child, "assessed_date": some_day(), "result": random.choice(["concern", "typical"])}
            )
        start = birth
        for _ in range(random.randint(0, 3)):
            end = start + timedelta(days=random.randint(1, 20))
            code = random.choice(["0461", "0101", "0411"])
            tables["residences"].append(
                {"child_id": child, "from_date": start, "to_date": known(end), "municipality_code": code}
            )
            start = end + timedelta(days=random.randint(0, 9))
            if start > AS_OF:
                break
    return tables


MUNICIPAL = {
    "family_department",
    "substance_treatment",
    "health_visitor",
    "educational_psychology",
    "daycare",
    "school",
}


def judged(tables: dict[str, Rows]) -> set[tuple[Any, ...]]:
    """The rows of all intervals, from the words of docs/time-to-event.md, child by child."""
    rows = set()
    for child in tables["children"]:
        own = {name: [row for row in of if row["child_id"] == child["child_id"]] for name, of in tables.items()}
        evidence = own["exposed"][0]["first_evidence_date"] if own["exposed"] else None
        concerns = [(row["assessed_date"], None) for row in own["assessments"] if row["result"] == "concern"]
        handovers = [
            (row["received_date"], None)
            for row in own["handovers"]
            if row["received_date"] and row["has_exposure"]
            if row["to_actor"] in MUNICIPAL and row["from_actor"] not in MUNICIPAL
        ]
        records = [(row["opened_date"], row["closed_date"]) for row in own["support_records"]]
        carrying = [
            (row["exposure_recorded_date"] or row["opened_date"], None)
            for row in own["support_records"]
            if row["exposure_status"] == "recorded" and row["record_type"] != "other"
        ]
        concern = min(concerns)[0] if concerns else None
        intervals: list[tuple[str, date | None, list[tuple[date, date | None]]]] = [
            ("birth_to_first_concern", child["birth_date"], concerns),
            ("first_concern_to_support_record", concern, records),
        ]
        if evidence:
            intervals += [
                ("birth_to_first_evidence", child["birth_date"], [(evidence, None)]),
                ("first_evidence_to_support_record", evidence, records),
                ("first_evidence_to_carrying_record", evidence, carrying),
            ]
            if not own["exposed"][0]["municipal_first_knowers"]:
                intervals.append(("first_evidence_to_handover", evidence, handovers))
        left = date_left(own["residences"])
        for name, start, events in intervals:
            if start and (row := one_story(child, max(start, child["birth_date"]), events, left)):
                rows.add((name, child["child_id"], *row))
    return rows


def date_left(residences: Rows) -> date | None:
    ordered = sorted(residences, key=lambda row: row["from_date"])
    following: list[date | None] = [*(row["from_date"] for row in ordered[1:]), None]
    ends = [row["to_date"] or end for row, end in zip(ordered, following[: len(ordered)], strict=True)]
    return None if not ends or None in ends else max(ends)


def one_story(
    child: dict[str, Any], origin: date, events: list[tuple[date, date | None]], left: date | None
) -> tuple[int, str, bool] | None:
    if any(gone and gone < origin for gone in (child["death_date"], left)):
        return None
    open_then = [happened for happened, closed in events if closed is None or closed >= origin]
    endings = [(min(open_then), 0, "event")] if open_then else []
    endings += [
        (gone, order, name) for gone, order, name in ((child["death_date"], 1, "died"), (left, 2, "left")) if gone
    ]
    happened, _, name = min([*endings, (AS_OF, 3, "censored")])
    return max((happened - origin).days, 0), name, name == "event" and happened < origin


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


# Tables of events


def events_of(tables: dict[str, Rows]) -> pl.DataFrame:
    followed = course(**tables)
    keys = ["interval", "group_kind", "group_value", "cohort", "days"]
    return event_table(time_to_event(followed), followed).collect().sort(keys)


def totals(events: pl.DataFrame, kind: str) -> pl.DataFrame:
    keys = ["interval", "cohort", "days"]
    return events.filter(group_kind=kind).group_by(keys).agg(pl.col(*ENDINGS, "before_origin").sum()).sort(keys)


@pytest.mark.parametrize("kind", ["region", "substance_group", "known_before_birth"])
def test_the_groups_of_exposed_children_add_up_to_all_of_them(kind: str) -> None:
    events = events_of(random_course(3))
    assert events.filter(group_kind=kind)["group_value"].n_unique() > 1
    assert totals(events, kind).equals(totals(events, "all"))


def test_exposed_and_others_are_all_children_of_the_interval() -> None:
    tables = random_course(4)
    events = events_of(tables)
    rows = time_to_event(course(**tables)).collect()
    told = totals(events, "exposure").select(pl.sum_horizontal(pl.col(ENDINGS).sum())).item()
    assert told == rows.height
    exposed = events.filter(group_kind="exposure", group_value="exposed").drop("group_kind", "group_value")
    assert exposed.equals(events.filter(group_kind="all").drop("group_kind", "group_value"))


def test_the_order_of_the_rows_changes_nothing() -> None:
    tables = random_course(5)
    mixed = {name: Random(name).sample(rows, len(rows)) for name, rows in tables.items()}
    assert events_of(mixed).equals(events_of(tables))


def test_what_is_kept_gives_the_same() -> None:
    followed = course(**random_course(6))
    kept = followed.kept(lambda rows: rows.collect().lazy())
    again = event_table(time_to_event(kept), kept).collect()
    assert again.sort(pl.all()).equals(event_table(time_to_event(followed), followed).collect().sort(pl.all()))


def test_a_child_counts_in_the_region_where_it_lived_when_its_clock_started() -> None:
    """Leaving and moving are part of what is followed: they must not decide the group."""
    home = [{"to_date": day(50)}, {"from_date": day(50), "municipality_code": "0101", "to_date": day(90)}]
    events = events_of({"children": [{}], "residences": home, "exposed": [{"first_evidence_date": day(10)}]})
    regions = events.filter(group_kind="region", interval="first_evidence_to_support_record")
    assert regions.select("group_value", "days", "left").rows() == [("1083", 80, 1)]


def test_nobody_at_all_is_an_empty_table() -> None:
    assert events_of({}).height == 0
    assert binned(events_of({}).lazy()).collect().height == 0


# Bins and the grid


def test_the_last_day_of_a_bin_belongs_to_it() -> None:
    declared = EVIDENCE_TO_HANDOVER
    days = [0, 1, 7, 8, declared.grid[-1], declared.grid[-1] + 1]
    events = pl.LazyFrame(
        {
            "interval": [declared.name] * len(days),
            "group_kind": "all",
            "group_value": "all",
            "cohort": 2024,
            "days": pl.Series(days, dtype=pl.Int32),
            "event": 1,
            "died": 1,
            "left": 2,
            "censored": 5,
        }
    ).with_columns(pl.col("interval").cast(pl.Enum([each.name for each in TIMES_TO_EVENT])))
    bins = binned(events).collect().sort("bin")
    assert bins.select("bin", "event", "competing", "censored").rows() == [
        (0, 1, 3, 5),
        (7, 2, 6, 10),
        (14, 1, 3, 5),
        (declared.grid[-1], 1, 3, 5),
        (BEYOND, 1, 3, 5),
    ]


def test_bins_hold_everybody_who_is_in_the_table_of_events() -> None:
    events = events_of(random_course(7))
    keys = ["interval", "group_kind", "group_value", "cohort"]
    everybody = pl.sum_horizontal(pl.col(ENDINGS).sum()).alias("children")
    in_bins = pl.sum_horizontal(pl.col("event", "competing", "censored").sum()).alias("children")
    expected = events.group_by(keys).agg(everybody).sort(keys)
    assert binned(events.lazy()).collect().group_by(keys).agg(in_bins).sort(keys).equals(expected)


def test_those_at_risk_on_a_day_of_the_grid_lie_between_the_bins_before_and_with_it() -> None:
    by = ["interval", "group_kind", "group_value"]
    events = events_of(random_course(8)).lazy()
    shown = curve_on_grid(curves(events, by, competing=COMPETING), grids(), by).collect()
    gone = (
        binned(events).select(*by, "bin", pl.sum_horizontal("event", "competing", "censored").alias("gone")).collect()
    )
    pairs = shown.join(gone, on=by).group_by(*by, "days", "at_risk")
    limits = pairs.agg(
        pl.col("gone").filter(pl.col("bin") > pl.col("days")).sum().alias("after_it"),
        pl.col("gone").filter(pl.col("bin") >= pl.col("days")).sum().alias("on_it_or_after"),
    )
    assert limits.height == shown.height
    assert limits.filter(~pl.col("at_risk").is_between("after_it", "on_it_or_after")).height == 0


# What is declared


def test_every_interval_has_its_ticks_on_its_grid_and_starts_with_day_0() -> None:
    for declared in TIMES_TO_EVENT:
        assert set(declared.ticks) <= set(declared.grid)
        assert declared.grid[0] == declared.ticks[0] == 0
        assert list(declared.grid) == sorted(set(declared.grid))
        assert declared.grid[-1] < BEYOND
