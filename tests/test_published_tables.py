"""The tables that readers get: five states, the store's counts, and nothing small that could be subtracted."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from counted_stores import AS_OF, HANDED_OVER, Counts, continuity, counted_store, counts_by_group

from pipelines.definitions.reference import Reference
from pipelines.disclosure.auditor import audit
from pipelines.disclosure.linked_tables import Published
from pipelines.disclosure.national import national_release
from pipelines.disclosure.places_and_periods import NOWHERE
from pipelines.disclosure.published_tables import published_tables
from pipelines.disclosure.sensitivity import sensitive

pytestmark = pytest.mark.slow

REFERENCE = Reference.load()
REGION_OF = dict(
    REFERENCE.municipalities.filter(pl.col("region_code").is_not_null())
    .select("municipality_code", "region_code")
    .rows()
)
NUMBERS = {
    "published_counts": ["count"],
    "published_shares": ["numerator", "denominator", "share", "low", "high"],
    "published_continuity": ["children", "exposed", "share", "low", "high"],
}
Tables = dict[str, pl.DataFrame]


def tables_of(folder: Path, counts: Counts = HANDED_OVER, thread: pl.DataFrame | None = None) -> Tables:
    release = national_release(counted_store(folder, counts_by_group(counts), thread), AS_OF, REFERENCE, 5)
    return {name: rows.collect() for name, rows in published_tables(release, release.hidden, AS_OF).items()}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return tables_of(tmp_path_factory.mktemp("store"))


def share_of(tables: Tables, place: str, period: str, kind: str = "municipality") -> dict[str, object]:
    rows = tables["published_shares"].filter(
        pl.col("attribution") == "responsible",
        pl.col("group_kind") == kind,
        pl.col("group_value") == place,
        pl.col("period") == period,
        pl.col("share_of") == "numerator_ever",
    )
    return rows.row(0, named=True)


def some_counts(seed: int) -> dict[tuple[str, str], tuple[int, int, int]]:
    """A few municipalities of two regions, one of them large, over six years: many have few children, some none."""
    chance = random.Random(seed)
    places = ["0479", "0461", "0420", "0430", "0101", "0400", "0157"][: chance.randint(2, 7)]
    found = {}
    for place in places:
        usual = chance.choice([1, 3, 8, 30])
        for quarter in (f"{year}-Q{chance.randint(1, 4)}" for year in range(2020, 2026)):
            due = chance.choice([0, chance.randint(0, usual), chance.randint(0, 2 * usual)])
            timely = chance.choice([0, due, chance.randint(0, due)])
            if due:
                found[place, quarter] = (due, timely, chance.choice([0, due - timely, chance.randint(0, due - timely)]))
    return found


SEEDS = range(8)


def test_a_share_that_may_be_shown_has_its_counts_and_its_interval(tables: Tables) -> None:
    share = share_of(tables, "0461", "2023-2025")
    assert (share["state"], share["numerator"], share["denominator"]) == ("number", 44, 55)
    assert share["share"] == pytest.approx(0.8)
    assert share["low"] == pytest.approx(0.6756, abs=1e-3)
    assert share["high"] == pytest.approx(0.8850, abs=1e-3)


def test_the_five_states_are_told_apart(tables: Tables) -> None:
    states = {
        (place, period): share_of(tables, place, period, kind)["state"]
        for place, period, kind in (
            ("0461", "2023-2025", "municipality"),  # its own figure
            ("0479", "2024", "municipality"),  # a year that is not told
            ("0461", "2026", "municipality"),  # the year that runs
            ("0461", "2024-2026", "municipality"),  # a window that ends in it
            ("0157", "2024", "municipality"),  # nothing was delivered, as its region's zero says
            ("exposed", "2023", "exposure"),  # nobody was there
        )
    }
    assert list(states.values()) == ["number", "suppressed", "not_yet_due", "not_yet_due", "missing", "not_applicable"]


def test_a_place_without_children_is_suppressed_where_its_zero_would_tell_of_others(tables: Tables) -> None:
    assert share_of(tables, "0400", "2023-2025")["state"] == "suppressed"
    assert share_of(tables, "0157", "2023-2025")["state"] == "missing"


def test_five_children_in_five_places_look_like_any_others(tmp_path: Path) -> None:
    one_each = {(place, "2024-Q2"): (1, 1, 0) for place in ("0479", "0461", "0420", "0430", "0440")}
    elsewhere = {(place, "2024-Q2"): (40, 20, 10) for place in ("0101", "0751", "0851")}
    tables = tables_of(tmp_path, {**one_each, **elsewhere})
    of_region = [place for place, region in REGION_OF.items() if region == "1083"]
    for period in ("2024", "2023-2025"):
        assert {share_of(tables, place, period)["state"] for place in of_region} == {"suppressed"}
        assert share_of(tables, "1083", period, "region")["denominator"] in (None, 5)


def test_no_value_is_left_where_there_is_no_number(tmp_path: Path) -> None:
    release = national_release(counted_store(tmp_path), AS_OF, REFERENCE, 5)
    everything = np.ones(len(release.tables), dtype=bool)
    for name, rows in published_tables(release, everything, AS_OF).items():
        assert rows.select(pl.col(NUMBERS[name]).is_not_null().any()).collect().row(0) == (False,) * len(NUMBERS[name])


def test_a_number_stands_only_in_the_state_number(tables: Tables) -> None:
    for name, columns in NUMBERS.items():
        state = "share_state" if name == "published_continuity" else "state"
        for column in columns:
            own = "state" if column == "children" else state
            assert (tables[name][column].is_not_null() <= (tables[name][own] == "number").fill_null(value=False)).all()
    assert set(tables["published_counts"]["state"]) == {"number", "suppressed"}


def test_each_figure_stands_once(tables: Tables) -> None:
    place = ["group_kind", "group_value"]
    keys = {
        "published_counts": ["measure", "attribution", *place, "period_kind", "period", "outcome"],
        "published_shares": ["measure", "attribution", *place, "period_kind", "period", "share_of"],
        "published_continuity": [*place, "birth_period_kind", "birth_period", "quantity", "step", "lost_reason"],
    }
    for name, columns in keys.items():
        assert not tables[name].select(columns).is_duplicated().any()


def test_a_country_without_an_exposed_child_has_no_thread_to_speak_of(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, thread=continuity())
    assert set(tables["published_continuity"]["state"]) == {"not_applicable"}


def true_counts(counts: Counts) -> dict[tuple[str, str, str], dict[str, int]]:
    """Kind, place and year to counts, from the store's rows, in plain Python."""
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (place, quarter), (due, timely, late) in counts.items():
        if place in NOWHERE:
            continue
        outcomes = {"denominator": due, "numerator_timely": timely, "late": late, "numerator_ever": timely + late}
        outcomes |= {"missed": due - timely - late, "lost_otherwise": due - timely - late}
        for group in (("municipality", place), ("region", REGION_OF[place]), ("country", "country")):
            for outcome, n in outcomes.items():
                for period in (quarter, quarter[:4]):
                    found[*group, period][outcome] += n
    return found


def added_up(true: dict[tuple[str, str, str], dict[str, int]], row: dict[str, str]) -> int:
    """The count of a quarter, year or window."""
    first, _, last = row["period"].partition("-")
    years = range(int(first), int(last) + 1) if last.isdigit() else None
    periods = [row["period"]] if years is None else [str(year) for year in years]
    value = row["group_value"]
    places = ("1084", "1085") if value == "Region Østdanmark" else (value,)
    found = [true.get((row["group_kind"], place, period), {}) for place in places for period in periods]
    return sum(each.get(row["outcome"], 0) for each in found)


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_published_counts_are_those_of_the_store_added_up_and_none_is_small(tmp_path: Path, seed: int | None) -> None:
    counts = HANDED_OVER if seed is None else some_counts(seed)
    tables = tables_of(tmp_path, counts)
    true = true_counts(counts)
    is_place = pl.col("group_kind").is_in(["municipality", "region", "country"])
    shown = tables["published_counts"].filter(pl.col("state") == "number", is_place)
    assert seed is not None or shown.filter(pl.col("period_kind") == "five_years").height > 20
    for row in shown.to_dicts():
        assert row["count"] == added_up(true, row)
    rows = tables["published_counts"].filter(pl.col("state") == "number")
    assert not rows["count"].is_between(1, 4).any()
    shares = tables["published_shares"].filter(pl.col("state") == "number")
    assert (shares["denominator"] >= 5).all()
    assert not shares["numerator"].is_between(1, 4).any()
    assert (shares["numerator"] < shares["denominator"]).all()
    of_thread = tables["published_continuity"]
    assert not pl.concat([of_thread["children"], of_thread["exposed"]]).is_between(1, 4).any()


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_what_is_left_of_a_region_beside_the_municipalities_that_are_told_is_not_small(
    tmp_path: Path, seed: int | None
) -> None:
    """Also in the years of municipalities that are no figures of their own."""
    tables = tables_of(tmp_path, HANDED_OVER if seed is None else some_counts(seed))
    counts = tables["published_counts"].filter(pl.col("period_kind") != "quarter")
    shown = counts.filter(pl.col("state") == "number")
    keys = ["attribution", "region", "period", "outcome"]
    region = pl.col("group_value").replace_strict(REGION_OF, default=None).alias("region")
    told = shown.filter(pl.col("group_kind") == "municipality").with_columns(region).group_by(keys).agg(pl.sum("count"))
    regions = shown.filter(pl.col("group_kind") == "region").rename({"group_value": "region"})
    rest = regions.join(told, on=keys, suffix="_told").select(pl.col("count") - pl.col("count_told"))
    assert not rest["count"].is_between(1, 4).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_auditor_finds_nothing_in_small_countries(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    thread = continuity(
        {place: (n, chance.randint(0, n)) for place in ("0479", "0461", "0101") if (n := chance.randint(0, 9))}
    )
    release = national_release(counted_store(tmp_path, counts_by_group(some_counts(seed)), thread), AS_OF, REFERENCE, 5)
    own = sensitive(release.tables)
    published = Published.of(release.tables, release.hidden)
    verdict = audit(published, sensitive=own, counts=release.tables.counts, blind=False)
    assert verdict.clean, verdict.reasons
