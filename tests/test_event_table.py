"""Tables of events: groups add up, bins hold everybody, and the order of rows changes nothing."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest
from course_stories import Rows, course, day, random_course

from pipelines.definitions.times_to_event import BEYOND, EVIDENCE_TO_HANDOVER, TIMES_TO_EVENT
from pipelines.event_table import COMPETING, binned, event_table, grids
from pipelines.statistics.aalen_johansen import curve_on_grid, curves
from pipelines.time_to_event import ENDINGS, time_to_event


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
