"""The national release: what adds up to what follows from the hierarchies, and it is the store's counts added up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from counted_stores import AS_OF, HANDED_OVER, continuity, counted_store, counts_by_group

from pipelines.definitions.reference import Reference
from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.national import NationalRelease, national_release
from pipelines.disclosure.places_and_periods import NOWHERE, Calendar, Division, places
from pipelines.disclosure.published_tables import published_tables
from pipelines.disclosure.sensitivity import sensitive
from pipelines.errors import StoreFailed

pytestmark = pytest.mark.slow

REFERENCE = Reference.load()


def release_of(folder: Path, counts: pl.DataFrame | None = None, thread: pl.DataFrame | None = None) -> NationalRelease:
    return national_release(counted_store(folder, counts, thread), AS_OF, REFERENCE, 5)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> NationalRelease:
    return release_of(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def figures(release: NationalRelease) -> pl.DataFrame:
    return release.obligations(release.hidden)


def rows_of(figures: pl.DataFrame, **wanted: str) -> list[dict[str, object]]:
    """The figures of one place and period."""
    of = {"measure": "handed_over", "attribution": "responsible"} | wanted
    return figures.filter(pl.all_horizontal(pl.col(name) == value for name, value in of.items())).to_dicts()


def counts_of(figures: pl.DataFrame, **wanted: str) -> dict[object, object]:
    """Outcome to count, hidden or not."""
    return {row["outcome"]: row["count"] for row in rows_of(figures, **wanted)}


def cell_of(figures: pl.DataFrame, **wanted: str) -> object:
    (row,) = rows_of(figures, **{"outcome": "denominator"} | wanted)
    return row["cell"]


def parts_of(axis: Axis, kind: str, value: str) -> list[set[tuple[str, str]]]:
    """The labels of the parts, for each way to add a group up."""
    total = axis.number(kind, value)
    ways = next(each.ways for each in axis.sums if each.total == total)
    return [{axis.groups[part].labels[0] for part in way} for way in ways]


def test_a_region_is_the_sum_of_its_municipalities_and_the_country_that_of_its_regions() -> None:
    axis = places(REFERENCE, "responsible")
    (municipalities,) = parts_of(axis, "responsible/region", "1083")
    assert len(municipalities) == 22
    assert {kind for kind, _ in municipalities} == {"responsible/municipality"}
    assert ("responsible/region", "Region Østdanmark") in parts_of(axis, "country", "country")[0]
    assert len(parts_of(axis, "country", "country")[-1]) == 98


def test_the_region_of_2027_is_the_sum_of_the_two_that_it_is_merged_from() -> None:
    axis = places(REFERENCE, "responsible")
    nearest, *_ = parts_of(axis, "responsible/region", "Region Østdanmark")
    assert nearest == {("responsible/region", "1084"), ("responsible/region", "1085")}
    assert sum(("responsible/region", "1083") in group.labels for group in axis.groups) == 1
    division = Division.of(axis, "responsible")
    assert list(division.merged) == [axis.number("responsible/region", "Region Østdanmark")]
    assert (len(division.regions), sum(map(len, division.inside))) == (5, 98)


def test_a_region_of_one_municipality_is_that_municipality() -> None:
    axis = Axis.of_levels(
        {
            "now/municipality": {"x": ["x"], "y": ["y"], "z": ["z"]},
            "now/region": {"both": ["x", "y"], "alone": ["z"]},
            "now/country": {"country": ["x", "y", "z"]},
        }
    )
    division = Division.of(axis, "now")
    assert axis.number("now/region", "alone") == axis.number("now/municipality", "z")
    inside = dict(zip(division.regions, division.inside, strict=True))
    assert len(inside[axis.number("now/region", "both")]) == 2
    assert inside[axis.number("now/region", "alone")] == []


def test_fixed_periods_are_sums_of_years_and_years_of_quarters() -> None:
    axis = Calendar(AS_OF).due()
    assert parts_of(axis, "three_years", "2023-2025")[0] == {("year", str(year)) for year in range(2023, 2026)}
    assert parts_of(axis, "year", "2024") == [{("quarter", f"2024-Q{quarter}") for quarter in range(1, 5)}]
    assert not axis.of_kinds("five_years")


@pytest.mark.parametrize(
    ("as_of", "last_year", "last_period"),
    [
        (date(2026, 1, 1), 2025, [2023, 2024, 2025]),
        (date(2026, 12, 31), 2025, [2023, 2024, 2025]),
        (date(2027, 1, 1), 2026, [2023, 2024, 2025]),
        (date(2028, 12, 31), 2027, [2023, 2024, 2025]),
        (date(2029, 1, 1), 2028, [2026, 2027, 2028]),
    ],
)
def test_only_periods_that_are_over_are_published_and_none_of_them_overlap(
    as_of: date, last_year: int, last_period: list[int]
) -> None:
    calendar = Calendar(as_of)
    assert (calendar.years[-1], calendar.quarters[-1]) == (last_year, f"{last_year}-Q4")
    assert calendar.periods[-1] == last_period
    years = [year for period in calendar.periods for year in period]
    assert years == calendar.years[: len(years)]
    assert all(int(name[-4:]) <= last_year for kind in ("three_years", "five_years") for name in calendar.windows(kind))


def test_all_relations_hold_of_the_counts_and_names_are_told_apart(release: NationalRelease) -> None:
    tables = release.tables
    assert len(tables.relations)
    assert not len(tables.relations.broken(tables.counts))
    assert len(set(tables.names)) == len(tables)


def test_no_cell_stands_alone(release: NationalRelease) -> None:
    linked = np.zeros(len(release.tables), dtype=bool)
    linked[release.tables.relations.totals] = True
    linked[release.tables.relations.parts] = True
    assert linked.all()


def test_the_country_is_the_sum_of_its_municipalities_and_of_nobody_else(figures: pl.DataFrame) -> None:
    due, timely, late = (
        sum(numbers[at] for (place, _), numbers in HANDED_OVER.items() if place not in NOWHERE) for at in range(3)
    )
    counted = counts_of(figures, group_kind="country", period="2023-2025")
    assert (counted["denominator"], counted["numerator_timely"], counted["late"]) == (due, timely, late)
    assert counted["numerator_ever"] == timely + late
    assert counted["missed"] == due - timely - late == counted["lost_otherwise"]


def test_children_of_no_municipality_stand_in_no_table(release: NationalRelease) -> None:
    for rows in published_tables(release, release.hidden, AS_OF).values():
        assert not rows.select(pl.col("group_value").is_in(NOWHERE).any()).collect().item()


def test_the_attributions_share_no_cell(release: NationalRelease, figures: pl.DataFrame) -> None:
    own = [
        cell_of(figures, group_kind="country", period="2025", attribution=a) for a in ("responsible", "at_birth", "now")
    ]
    assert len(set(own)) == 3
    names = [name.split("|") for name in release.tables.names]
    kind = [parts[1].split(":")[0] if parts[0].startswith("measure") else "residence" for parts in names]
    attribution = ["responsible" if each == "country" else each.split("/")[0] for each in kind]
    for total, parts in release.tables.relations:
        assert len({attribution[cell] for cell in (total, *parts)}) == 1


def test_exposed_and_all_other_children_make_up_the_country(release: NationalRelease, figures: pl.DataFrame) -> None:
    exposed, others = (
        cell_of(figures, group_kind="exposure", group_value=value, period="2025") for value in ("exposed", "others")
    )
    country = cell_of(figures, group_kind="country", period="2025")
    assert (country, {exposed, others}) in [(total, set(parts)) for total, parts in release.tables.relations]


def test_children_who_are_not_exposed_and_those_of_whom_nobody_knows_are_others_alike(tmp_path: Path) -> None:
    counts = counts_by_group()
    is_others = (pl.col("group_value") == "not_exposed") & (pl.col("group_kind") == "substance_group")
    unknown = counts.filter(is_others).with_columns(pl.lit("unknown").alias("group_value"))
    figures = release_of(tmp_path / "one").obligations
    twice = release_of(tmp_path / "two", pl.concat([counts, unknown, _at_copenhagen(counts)]).group_by(KEYS).agg(SUMS))
    one, two = (
        counts_of(of, group_kind="exposure", group_value="others", period="2025")["denominator"]
        for of in (figures(release_of(tmp_path / "again").hidden), twice.obligations(twice.hidden))
    )
    assert (one, two) == (47, 94)


KEYS = ("measure", "period_kind", "period", "attribution", "group_kind", "group_value")
SUMS = pl.all().exclude(KEYS).sum()


def _at_copenhagen(counts: pl.DataFrame) -> pl.DataFrame:
    """The same children once more in 0101, so that the country has them too."""
    return counts.filter((pl.col("group_kind") == "municipality") & (pl.col("group_value") == "0101"))


def test_quarters_of_municipalities_are_not_asked_for(figures: pl.DataFrame) -> None:
    quarters = figures.filter(pl.col("period_kind") == "quarter")
    assert sorted(quarters["group_kind"].unique()) == ["country", "region"]
    assert quarters["attribution"].unique().to_list() == ["responsible"]


def test_missed_and_late_are_protected_but_are_no_share_of_their_own(
    release: NationalRelease, figures: pl.DataFrame
) -> None:
    place = {"group_kind": "municipality", "period": "2023-2025"}
    is_sensitive = sensitive(release.tables)
    rows = rows_of(figures, **place, group_value="0461")
    assert {row["outcome"] for row in rows if is_sensitive[row["cell"]]} == set()
    assert {row["outcome"] for row in rows if row["has_share"]} == {"numerator_ever", "numerator_timely"}
    small = {row["outcome"]: is_sensitive[row["cell"]] for row in rows_of(figures, **place, group_value="0479")}
    assert small["late"]
    assert not small["denominator"]


def test_a_region_of_2027_is_told_where_its_parts_are(figures: pl.DataFrame) -> None:
    told = {
        (row["group_value"], row["period"], row["outcome"]): (row["is_told"], row["count"])
        for row in rows_of(figures, group_kind="region")
    }
    merged = {key: found for key, found in told.items() if key[0] == "Region Østdanmark" and "Q" not in key[1]}
    assert any(is_told for is_told, _ in merged.values())
    for (_, period, outcome), (is_told, count) in merged.items():
        parts = [told[key] for part in ("1084", "1085") if (key := (part, period, outcome)) in told]
        assert count == sum(of_part for _, of_part in parts)
        if len(period) == 4 or period == "2023-2025":
            assert is_told == all(is_part for is_part, _ in parts)


def test_nothing_sensitive_is_told(release: NationalRelease) -> None:
    assert not (sensitive(release.tables) & ~release.hidden).any()


def test_a_child_inside_a_step_is_inside_the_next_or_lost_there(release: NationalRelease) -> None:
    rows = release.thread(release.hidden).filter(
        pl.col("group_kind") == "country", pl.col("birth_period_kind") == "year", pl.col("birth_period") == "2024"
    )
    counts = {(row["quantity"], row["step"]): row["count"] for row in rows.to_dicts()}
    assert counts["inside", "exposed"] == 29
    assert counts["inside", "known_before_birth"] == 18
    assert counts["lost", "known_before_birth"] == 11


def test_birth_years_follow_from_windows_of_three(release: NationalRelease) -> None:
    rows = release.thread(release.hidden).filter(pl.col("group_kind") == "country", pl.col("count") > 0)
    years = rows.filter(pl.col("birth_period_kind") == "year")["birth_period"].unique().to_list()
    assert years == ["2024"]


def test_reasons_of_losses_are_told_of_the_country_alone(tmp_path: Path) -> None:
    thread = continuity({"0479": (30, 12), "0461": (40, 16)})
    half = thread.filter(pl.col("lost_reason").is_not_null()).with_columns(pl.col("lost") // 2)
    reasons = [half.with_columns(pl.lit(reason).alias("lost_reason")) for reason in ("one", "other")]
    release = release_of(tmp_path, thread=pl.concat([thread.filter(pl.col("lost_reason").is_null()), *reasons]))
    rows = release.thread(release.hidden).filter(pl.col("quantity") == "lost_for")
    assert set(rows["lost_reason"]) == {"one", "other"}
    assert set(rows["group_kind"]) == {"country"}


def test_counts_that_do_not_add_up_are_not_released(tmp_path: Path) -> None:
    counts = counts_by_group()
    certain = counts.filter(pl.col("attribution") == "placed", pl.col("group_value") == "confirmed")
    wrong = pl.concat([counts, certain.head(1).with_columns(pl.lit("probable").alias("group_value"))])
    with pytest.raises(StoreFailed, match="do not add up"):
        release_of(tmp_path, wrong)


def test_a_store_without_any_counts_is_released_as_such(tmp_path: Path) -> None:
    release = release_of(tmp_path, counts_by_group().clear(), continuity())
    assert len(release.tables) == 0
    tables = published_tables(release, np.zeros(0, dtype=bool), AS_OF)
    assert tables["published_shares"].collect().is_empty()
    assert set(tables["published_continuity"].collect()["state"]) == {"not_applicable"}
