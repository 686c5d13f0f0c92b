"""The national release: what adds up to what follows from the hierarchies, and figures say which state they are in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from counted_stores import AS_OF, HANDED_OVER, continuity, counted_store, counts_by_group

from pipelines.definitions.reference import Reference
from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.linked_tables import Flags
from pipelines.disclosure.national import NationalRelease, national_release
from pipelines.disclosure.places_and_periods import Calendar, places
from pipelines.disclosure.published_tables import published_tables
from pipelines.disclosure.sensitivity import sensitive
from pipelines.errors import StoreFailed


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> NationalRelease:
    run = counted_store(tmp_path_factory.mktemp("store"))
    return national_release(run, AS_OF, Reference.load(), 5)


def counts_of(release: NationalRelease, **wanted: str) -> dict[str, int]:
    """Outcome to count of one place and period."""
    of = {"measure": "handed_over", "attribution": "responsible"} | wanted
    rows = release.obligations.filter(pl.all_horizontal(pl.col(name) == value for name, value in of.items()))
    return {row["outcome"]: int(release.tables.counts[row["cell"]]) for row in rows.to_dicts()}


def cell_of(release: NationalRelease, **wanted: str) -> int:
    of = {"measure": "handed_over", "attribution": "responsible", "outcome": "denominator"} | wanted
    rows = release.obligations.filter(pl.all_horizontal(pl.col(name) == value for name, value in of.items()))
    return int(rows["cell"].item())


def parts_of(axis: Axis, kind: str, value: str) -> list[set[tuple[str, str]]]:
    """The labels of the parts, for each way to add a group up."""
    total = axis.number(kind, value)
    ways = next(each.ways for each in axis.sums if each.total == total)
    return [{axis.groups[part].labels[0] for part in way} for way in ways]


def test_a_region_is_the_sum_of_its_landsdele_and_the_country_that_of_its_regions() -> None:
    axis = places(Reference.load(), "responsible")
    nearest, farthest = parts_of(axis, "responsible/region", "1083")
    assert nearest == {("responsible/landsdel", "Fyn"), ("responsible/landsdel", "Sydjylland")}
    assert len(farthest) == 22
    assert ("responsible/region", "Region Østdanmark") in parts_of(axis, "country", "country")[0]


def test_the_region_of_2027_is_the_sum_of_the_two_that_it_is_merged_from() -> None:
    axis = places(Reference.load(), "responsible")
    nearest, *_ = parts_of(axis, "responsible/region", "Region Østdanmark")
    assert nearest == {("responsible/region", "1084"), ("responsible/region", "1085")}
    assert sum(("responsible/region", "1083") in group.labels for group in axis.groups) == 1


def test_a_landsdel_of_one_municipality_is_that_municipality() -> None:
    axis = places(Reference.load(), "responsible")
    assert axis.number("responsible/landsdel", "Bornholm") == axis.number("responsible/municipality", "0400")
    assert axis.number("responsible/landsdel", "Nordjylland") == axis.number("responsible/region", "1081")


def test_rolling_windows_are_sums_of_years_and_years_of_quarters() -> None:
    axis = Calendar(AS_OF).due()
    years = {("year", str(year)) for year in range(2021, 2026)}
    assert parts_of(axis, "five_years", "2021-2025")[0] == years
    assert parts_of(axis, "year", "2024") == [{("quarter", f"2024-Q{quarter}") for quarter in range(1, 5)}]


@pytest.mark.parametrize(
    ("as_of", "last_year", "last_quarter"),
    [
        (date(2026, 9, 30), 2025, "2026-Q2"),
        (date(2026, 10, 1), 2025, "2026-Q3"),
        (date(2026, 12, 31), 2025, "2026-Q3"),
        (date(2027, 1, 1), 2026, "2026-Q4"),
    ],
)
def test_only_periods_that_are_over_are_published(as_of: date, last_year: int, last_quarter: str) -> None:
    calendar = Calendar(as_of)
    assert (calendar.years[-1], calendar.quarters[-1]) == (last_year, last_quarter)
    assert all(int(name[-4:]) <= last_year for kind in ("three_years", "five_years") for name in calendar.windows(kind))


def test_all_relations_hold_of_the_counts(release: NationalRelease) -> None:
    tables = release.tables
    assert len(tables.relations)
    assert not len(tables.relations.broken(tables.counts))
    assert len(set(tables.names)) == len(tables)


def test_no_cell_stands_alone(release: NationalRelease) -> None:
    linked = np.zeros(len(release.tables), dtype=bool)
    linked[release.tables.relations.totals] = True
    linked[release.tables.relations.parts] = True
    assert linked.all()


def test_counts_are_those_of_the_store_added_up(release: NationalRelease) -> None:
    whole = {
        key: sum(numbers[at] for numbers in HANDED_OVER.values()) for at, key in enumerate(("due", "timely", "late"))
    }
    counted = counts_of(release, group_kind="country", group_value="country", period="2021-2025")
    assert counted["denominator"] == whole["due"]
    assert counted["numerator_timely"] == whole["timely"]
    assert counted["numerator_ever"] == whole["timely"] + whole["late"]
    assert counted["missed"] == counted["denominator"] - counted["numerator_ever"] == counted["lost_otherwise"]


def test_the_three_attributions_share_the_country(release: NationalRelease) -> None:
    country = release.obligations.filter(pl.col("group_kind") == "country")
    assert set(country["attribution"]) == {"responsible"}
    cell = cell_of(release, group_kind="country", period="2025")
    totals = {tuple(parts) for total, parts in release.tables.relations if total == cell}
    names = {release.tables.names[parts[0]].split("|")[1].split("/")[0] for parts in totals}
    assert {"responsible", "at_birth", "now"} <= names


def test_exposed_and_all_children_share_the_country(release: NationalRelease) -> None:
    exposed = cell_of(release, group_kind="exposure", group_value="exposed", period="2025")
    others = cell_of(release, group_kind="exposure", group_value="not_exposed", period="2025")
    country = cell_of(release, group_kind="country", period="2025")
    assert (country, {exposed, others}) in [(total, set(parts)) for total, parts in release.tables.relations]


def test_a_municipality_is_the_same_cell_as_its_landsdel_where_it_is_alone(release: NationalRelease) -> None:
    own = cell_of(release, group_kind="municipality", group_value="0400", period="2025")
    assert own == cell_of(release, group_kind="landsdel", group_value="Bornholm", period="2025")


def test_quarters_of_municipalities_are_not_published(release: NationalRelease) -> None:
    kinds = release.obligations.filter(pl.col("period_kind") == "quarter")["group_kind"].unique().to_list()
    assert sorted(kinds) == ["country", "region"]


def test_missed_and_late_are_protected_but_are_no_share_of_their_own(release: NationalRelease) -> None:
    place = {"group_kind": "municipality", "group_value": "0461", "period": "2025"}
    is_sensitive = sensitive(release.tables)
    outcomes = {
        name: is_sensitive[cell_of(release, **place, outcome=name)] for name in ("numerator_ever", "late", "missed")
    }
    assert counts_of(release, **place)["late"] == 5
    assert outcomes == {"numerator_ever": False, "late": False, "missed": False}
    assert is_sensitive[cell_of(release, **place | {"group_value": "0479"}, outcome="missed")]


def test_a_child_inside_a_step_is_inside_the_next_or_lost_there(release: NationalRelease) -> None:
    rows = release.thread.filter(
        (pl.col("group_kind") == "country")
        & (pl.col("birth_period_kind") == "year")
        & (pl.col("birth_period") == "2024")
    )
    counts = {(row["quantity"], row["step"]): int(release.tables.counts[row["cell"]]) for row in rows.to_dicts()}
    assert counts["inside", "exposed"] == 29
    assert counts["inside", "known_before_birth"] == 18
    assert counts["lost", "known_before_birth"] == 11


def test_birth_years_follow_from_windows_of_three(release: NationalRelease) -> None:
    cohorts = release.thread.filter(pl.col("quantity") == "inside")["birth_period"].unique().to_list()
    assert sorted(cohorts) == ["2022-2024", "2023-2025", "2024", "all"]


def test_counts_that_do_not_add_up_are_not_released(tmp_path: Path) -> None:
    counts = counts_by_group()
    is_one = (pl.col("attribution") == "now") & (pl.col("group_value") == "0479")
    wrong = counts.with_columns(
        pl.when(is_one).then(pl.col("denominator") + 1).otherwise("denominator").alias("denominator")
    )
    run = counted_store(tmp_path, wrong)
    with pytest.raises(StoreFailed, match="do not add up"):
        national_release(run, AS_OF, Reference.load(), 5)


def test_a_store_without_any_counts_is_released_as_such(tmp_path: Path) -> None:
    run = counted_store(tmp_path, counts_by_group().clear(), continuity())
    release = national_release(run, AS_OF, Reference.load(), 5)
    assert len(release.tables) == 0
    assert published_tables(release, np.zeros(0, dtype=bool), AS_OF)["published_shares"].collect().is_empty()


@pytest.fixture(scope="module")
def shares(release: NationalRelease) -> pl.DataFrame:
    hidden: Flags = sensitive(release.tables)
    return published_tables(release, hidden, AS_OF)["published_shares"].collect()


def share_of(shares: pl.DataFrame, place: str, period: str, kind: str = "municipality") -> dict[str, object]:
    rows = shares.filter(
        pl.col("attribution") == "responsible",
        pl.col("group_kind") == kind,
        pl.col("group_value") == place,
        pl.col("period") == period,
        pl.col("share_of") == "numerator_ever",
    )
    return rows.row(0, named=True)


def test_a_share_that_may_be_shown_has_its_counts_and_its_interval(shares: pl.DataFrame) -> None:
    share = share_of(shares, "0461", "2025")
    assert (share["state"], share["numerator"], share["denominator"]) == ("number", 25, 30)
    assert share["low"] == pytest.approx(0.6644, abs=1e-3)
    assert share["high"] == pytest.approx(0.9266, abs=1e-3)


def test_what_is_hidden_missing_not_applicable_or_not_due_is_told_apart(shares: pl.DataFrame) -> None:
    states = [
        share_of(shares, place, period)["state"]
        for place, period in (
            ("0461", "2025"),
            ("0461", "2026"),
            ("0461", "2023"),
            ("outside", "2025"),
            ("0479", "2025"),
        )
    ]
    assert states == ["number", "not_yet_due", "missing", "not_applicable", "number"]


def test_no_value_is_left_where_there_is_no_number(release: NationalRelease) -> None:
    everything = np.ones(len(release.tables), dtype=bool)
    tables = {name: rows.collect() for name, rows in published_tables(release, everything, AS_OF).items()}
    values = {
        "published_counts": ["count"],
        "published_shares": ["numerator", "denominator", "share", "low", "high"],
        "published_continuity": ["children", "exposed", "share", "low", "high"],
    }
    for name, columns in values.items():
        assert tables[name].select(pl.col(columns).is_not_null().any()).row(0) == (False,) * len(columns)
    assert "suppressed" in tables["published_shares"]["state"]


def test_each_share_stands_once(shares: pl.DataFrame) -> None:
    keys = ["measure", "attribution", "group_kind", "group_value", "period_kind", "period", "share_of"]
    assert not shares.select(keys).is_duplicated().any()


def test_a_place_without_an_exposed_child_has_no_thread_to_speak_of(release: NationalRelease) -> None:
    hidden = np.zeros(len(release.tables), dtype=bool)
    rows = published_tables(release, hidden, AS_OF)["published_continuity"].collect()
    of_place = rows.filter(pl.col("group_value") == "0101", pl.col("birth_period") == "2022-2024")
    assert set(of_place["state"]) == {"not_applicable"}
    assert of_place.height == 8
