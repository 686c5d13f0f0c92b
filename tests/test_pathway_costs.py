"""Costs by pathway and age: amounts on their days, prices, discounting, who lived through what; worked by hand."""

from __future__ import annotations

import shutil
from datetime import date
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.pathway_costs import (
    BLOCKS,
    Blocks,
    followed,
    oldest_common_age,
    pathway_costs,
)
from pipelines.pathways import PATHWAY
from pipelines.yearly_costs import BEFORE_BIRTH, Prices, yearly_costs, years_lived

REFERENCE = Reference.load()
AS_OF = date(2026, 9, 30)
PLAIN = Prices(2026, 0.0, dict.fromkeys(range(2000, 2031), 1.0))
BIRTH = date(2020, 3, 1)
COSTS = {
    "child_id": pl.Int64(),
    "service": pl.String(),
    "payer": pl.String(),
    "start_date": pl.Date(),
    "end_date": pl.Date(),
    "amount_dkk": pl.Float64(),
}
CHILDREN = {"child_id": pl.Int64(), "birth_date": pl.Date(), "death_date": pl.Date()}
Cost = tuple[int, str, str, date, date, float]


def children_of(*lives: tuple[int, date, date | None]) -> pl.LazyFrame:
    return pl.LazyFrame(lives, CHILDREN, orient="row")


def costs_of(*costs: Cost) -> pl.LazyFrame:
    return pl.LazyFrame(costs, COSTS, orient="row")


def by_age(
    *costs: tuple[date, date, float], birth: date = BIRTH, death: date | None = None, prices: Prices = PLAIN
) -> dict[int, float]:
    """Cost of one child in each year of age."""
    rows = costs_of(*((1, "foster_care", "municipality", *cost) for cost in costs))
    lives = years_lived(children_of((1, birth, death)), AS_OF)
    found = yearly_costs(rows, lives, prices, AS_OF).sort("age").collect()
    return dict(found.select("age", "cost_dkk").iter_rows())


# Days and ages


def test_an_amount_lies_evenly_on_its_days_both_ends_included() -> None:
    """Ten days, 23 February to 4 March: six of them before the first birthday (2021 has no 29 February)."""
    assert by_age((date(2021, 2, 23), date(2021, 3, 4), 1000.0)) == pytest.approx({0: 600, 1: 400})


def test_the_day_of_birth_is_of_age_0_and_the_days_before_are_before_birth() -> None:
    assert by_age((date(2020, 2, 29), date(2020, 3, 1), 100.0)) == pytest.approx({BEFORE_BIRTH: 50, 0: 50})


def test_a_cost_of_one_day_and_one_that_ends_before_it_begins_lie_on_the_first_day() -> None:
    day, before = date(2021, 3, 1), date(2021, 2, 1)
    assert by_age((day, day, 10.0), (day, before, 5.0)) == pytest.approx({1: 15})


def test_a_repayment_counts_with_its_minus() -> None:
    assert by_age((BIRTH, BIRTH, 100.0), (BIRTH, BIRTH, -30.0)) == pytest.approx({0: 70})


def test_a_cost_over_several_years_of_age_is_laid_on_each() -> None:
    """1 March 2020 to 28 February 2023: 1095 days, 365 in each year of age (29 February 2020 was before birth)."""
    assert by_age((BIRTH, date(2023, 2, 28), 1095.0)) == pytest.approx({0: 365, 1: 365, 2: 365})


def test_a_child_born_on_29_february_has_its_birthday_on_the_28th_in_common_years() -> None:
    born = date(2020, 2, 29)
    assert by_age((date(2021, 2, 27), date(2021, 2, 28), 2.0), birth=born) == pytest.approx({0: 1, 1: 1})
    assert by_age((date(2024, 2, 28), date(2024, 2, 29), 2.0), birth=born) == pytest.approx({3: 1, 4: 1})


def test_a_year_of_age_that_is_not_over_has_no_cost_yet() -> None:
    """The child turns seven on 1 March 2027, after the as-of date; days to come take their part of the amount."""
    running = by_age((date(2026, 2, 27), date(2027, 2, 26), 365.0))
    assert running == pytest.approx({5: 2})


def test_what_is_known_later_is_not_counted() -> None:
    assert by_age((date(2026, 10, 1), date(2026, 10, 1), 10.0)) == {}


def test_a_year_of_age_that_the_child_did_not_live_through_has_no_cost() -> None:
    costs = [(date(2021, 2, 1), date(2021, 2, 1), 10.0), (date(2021, 4, 1), date(2021, 4, 1), 5.0)]
    assert by_age(*costs, death=date(2021, 2, 28)) == {}
    assert by_age(*costs, death=date(2021, 3, 1)) == pytest.approx({0: 10})


@pytest.mark.parametrize(
    ("birth", "death", "years"),
    [
        (date(2020, 9, 30), None, 6),
        (date(2020, 10, 1), None, 5),
        (date(2026, 9, 30), None, 0),
        (date(2026, 12, 1), None, 0),
        (date(2020, 3, 1), date(2023, 3, 1), 3),
        (date(2020, 3, 1), date(2023, 2, 28), 2),
        (date(2020, 3, 1), date(2030, 3, 1), 6),
    ],
)
def test_years_are_lived_through_on_the_birthday_that_ends_them(birth: date, death: date | None, years: int) -> None:
    assert years_lived(children_of((1, birth, death)), AS_OF).collect()["years_lived"].to_list() == [years]


def test_a_cost_of_a_child_that_is_not_in_view_is_left_out() -> None:
    rows = costs_of((2, "hospital", "region", BIRTH, BIRTH, 10.0))
    lives = years_lived(children_of((1, BIRTH, None)), AS_OF)
    assert yearly_costs(rows, lives, PLAIN, AS_OF).collect().is_empty()


# Prices


def test_a_krone_is_lifted_from_its_calendar_year_to_the_price_year() -> None:
    """Two days in 2021 and two in 2022, at indices of 100 and 110, told in prices of 2022: 2 x 1.1 + 2."""
    prices = Prices(2022, 0.0, {2021: 1.1, 2022: 1.0})
    assert by_age((date(2021, 12, 30), date(2022, 1, 2), 4.0), prices=prices) == pytest.approx({1: 4.2})


def test_costs_are_discounted_to_birth_by_whole_years_of_age() -> None:
    prices = Prices(2026, 0.035, PLAIN.factors)
    days = [date(2020, 1, 1), BIRTH, date(2021, 2, 28), date(2021, 3, 1), date(2025, 6, 1)]
    expected = {BEFORE_BIRTH: 100, 0: 200, 1: 100 / 1.035, 5: 100 / 1.035**5}
    assert by_age(*((day, day, 100.0) for day in days), prices=prices) == pytest.approx(expected)


def test_prices_come_from_the_files_with_the_year_of_the_as_of_date() -> None:
    prices = Prices.of(REFERENCE, AS_OF)
    index = dict(REFERENCE.price_index.select("year", "index").iter_rows())
    assert (prices.price_year, prices.discount_rate, prices.factors[2026]) == (2026, 0.035, 1)
    assert prices.factors[2010] == pytest.approx(index[2026] / index[2010])


def test_without_an_index_for_the_as_of_date_the_last_known_year_gives_the_prices() -> None:
    assert Prices.of(REFERENCE, date(2099, 1, 1)).price_year == max(REFERENCE.price_index["year"])


def test_a_price_year_without_an_index_is_told() -> None:
    with pytest.raises(UserError, match=r"There is no price index for 1950\nprice_index.csv\nPut in the row"):
        Prices.of(REFERENCE, AS_OF, price_year=1950)


def test_every_index_of_the_demo_says_that_it_is_an_assumption() -> None:
    assert REFERENCE.price_index["basis"].unique().to_list() == ["assumption"]
    assert REFERENCE.price_index["source"].str.contains("not the official series").all()
    assert set(range(2007, 2027)) <= set(REFERENCE.price_index["year"])


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("2026,123.0,assumption,twice", "price_index.csv: one row per year"),
        ("2030,0,assumption,none", "price_index.csv: every year has an index above 0"),
        ("2030,,assumption,empty", "price_index.csv: every year has an index above 0"),
        ("2030,125.0,,no basis", "price_index.csv: the basis of each year is given"),
    ],
)
def test_a_slip_in_the_price_index_is_told_at_once(row: str, rule: str, tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    shutil.copytree(Path(str(resources.files("pipelines.definitions") / "reference")), folder)
    with (folder / "price_index.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")
    with pytest.raises(UserError, match=rule):
        Reference.load(folder)


def test_years_without_an_index_are_named() -> None:
    rows = costs_of(
        (1, "hospital", "region", date(1999, 5, 1), date(1999, 5, 1), 1.0),
        (1, "hospital", "region", date(1998, 12, 1), date(2000, 1, 1), 1.0),
        (1, "hospital", "region", date(2020, 5, 1), date(2199, 12, 31), 1.0),
    )
    found = PLAIN.years_without_index(rows, AS_OF).collect()
    assert list(found.iter_rows()) == [(1998, 1), (1999, 2)]


# Means


def blocks_of(lives: pl.LazyFrame, costs: pl.LazyFrame, pathways: dict[int, str], prices: Prices = PLAIN) -> Blocks:
    named = pl.LazyFrame(list(pathways.items()), {"child_id": pl.Int64(), "pathway": PATHWAY}, orient="row")
    people = followed(lives, named, AS_OF)
    return Blocks.of(yearly_costs(costs, people, prices, AS_OF), people, REFERENCE)


def figures_of(blocks: Blocks, resamples: int = 50, prices: Prices = PLAIN) -> pl.DataFrame:
    return pathway_costs(blocks, prices, resamples)


def numbers(
    figures: pl.DataFrame, pathway: str, part: str, span: str, column: str = "mean_dkk"
) -> dict[int, float | None]:
    rows = figures.filter((pl.col("pathway") == pathway) & (pl.col("part") == part) & (pl.col("span") == span))
    return dict(rows.sort("age").select("age", column).iter_rows())


THREE = children_of((1, date(2023, 6, 1), None), (2, date(2024, 6, 1), None), (3, date(2024, 12, 1), None))
"""They have lived through three, two and one years of age."""

OF_THREE = costs_of(
    (1, "foster_care", "municipality", date(2023, 7, 1), date(2023, 7, 1), 300.0),
    (2, "hospital", "region", date(2024, 7, 1), date(2024, 7, 1), 60.0),
    (2, "hospital", "state", date(2025, 7, 1), date(2025, 7, 1), 40.0),
    (3, "family_support", "municipality", date(2026, 1, 1), date(2026, 1, 1), 999.0),
    (1, "family_support", "municipality", date(2025, 7, 1), date(2025, 7, 1), 90.0),
)
"""The 999 kroner fall in the second year of the third child, which is not over."""


def test_means_are_over_the_children_who_lived_through_the_year() -> None:
    figures = figures_of(blocks_of(THREE, OF_THREE, dict.fromkeys((1, 2, 3), "late")))
    assert numbers(figures, "late", "all", "at_age", "children") == {-1: 3, 0: 3, 1: 2, 2: 1}
    assert numbers(figures, "late", "all", "at_age") == pytest.approx({-1: 0, 0: 120, 1: 20, 2: 90})
    assert numbers(figures, "late", "all", "to_age") == pytest.approx({-1: 0, 0: 120, 1: 140, 2: 230})
    assert numbers(figures, "late", "municipality", "to_age") == pytest.approx({-1: 0, 0: 100, 1: 100, 2: 190})
    assert numbers(figures, "late", "region", "at_age") == pytest.approx({-1: 0, 0: 20, 1: 0, 2: 0})
    assert numbers(figures, "late", "hospital", "to_age") == pytest.approx({-1: 0, 0: 20, 1: 40, 2: 40})
    assert numbers(figures, "late", "direct", "to_age") == pytest.approx({-1: 0, 0: 0, 1: 0, 2: 90})


def test_children_without_a_pathway_are_the_others() -> None:
    figures = figures_of(blocks_of(THREE, OF_THREE, {1: "early"}))
    assert figures["pathway"].unique(maintain_order=True).to_list() == ["early", "others"]
    assert numbers(figures, "others", "all", "at_age", "children") == {-1: 2, 0: 2, 1: 1, 2: 0}


def test_an_age_that_nobody_lived_through_is_not_applicable_and_has_no_number() -> None:
    figures = figures_of(blocks_of(THREE, OF_THREE, {1: "early"}))
    assert numbers(figures, "others", "all", "at_age", "state")[2] == "not_applicable"
    assert numbers(figures, "others", "all", "to_age", "state")[2] == "not_applicable"
    assert numbers(figures, "others", "all", "to_age")[2] is None


def test_a_year_without_an_index_makes_what_touches_it_missing_and_nothing_else() -> None:
    """2024 has no index: it touches the second child's stay in hospital, at age 0, and all sums from there."""
    prices = Prices(2026, 0.0, {2023: 1.0, 2025: 1.0, 2026: 1.0})
    figures = figures_of(blocks_of(THREE, OF_THREE, dict.fromkeys((1, 2, 3), "late"), prices))
    assert numbers(figures, "late", "hospital", "at_age", "state") == {
        -1: "number",
        0: "missing",
        1: "number",
        2: "number",
    }
    assert numbers(figures, "late", "hospital", "to_age", "state")[2] == "missing"
    assert numbers(figures, "late", "all", "at_age")[0] is None
    assert numbers(figures, "late", "foster_care", "to_age")[2] == pytest.approx(100)
    assert (
        figures.filter(pl.col("state") == "missing")["low_dkk"].null_count()
        == figures.filter(pl.col("state") == "missing").height
    )


def test_one_child_alone_has_a_mean_without_an_interval() -> None:
    figures = figures_of(blocks_of(THREE, OF_THREE, {1: "early"}))
    assert numbers(figures, "early", "all", "at_age")[0] == 300
    assert numbers(figures, "early", "all", "at_age", "low_dkk")[0] is None


def test_no_children_give_a_table_without_rows() -> None:
    nobody = children_of()
    assert figures_of(blocks_of(nobody, costs_of(), {})).is_empty()


def test_the_price_year_and_the_rate_stand_in_every_row() -> None:
    figures = figures_of(blocks_of(THREE, OF_THREE, {}))
    assert figures.select("price_year", "discount_rate").unique().rows() == [(2026, 0.0)]


def random_world(seed: int, children: int) -> tuple[pl.DataFrame, pl.DataFrame, dict[int, str]]:
    random = np.random.default_rng(seed)
    ids = list(range(children))
    births = [date(2015 + int(year), int(month), 1) for year, month in random.integers((0, 1), (11, 13), (children, 2))]
    lives = pl.DataFrame({"child_id": ids, "birth_date": births, "death_date": [None] * children}, schema=CHILDREN)
    services = REFERENCE.services["service"].to_list()
    rows = [
        (
            int(random.integers(children)),
            services[int(random.integers(len(services)))],
            ("municipality", "region", "state")[int(random.integers(3))],
            date(2015 + int(random.integers(11)), int(random.integers(1, 13)), 5),
            date(2015 + int(random.integers(12)), int(random.integers(1, 13)), 5),
            float(random.integers(-100, 5000)),
        )
        for _ in range(4 * children)
    ]
    pathways = {child: ("never", "lost", "late", "early")[int(random.integers(4))] for child in ids[: children // 2]}
    return lives, pl.DataFrame(rows, COSTS, orient="row"), pathways


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_payers_services_natures_and_ages_add_up(seed: int) -> None:
    lives, costs, pathways = random_world(seed, 40)
    figures = figures_of(blocks_of(lives.lazy(), costs.lazy(), pathways), resamples=2)
    keys = ["pathway", "span", "age"]
    sums = figures.group_by(*keys, "breakdown").agg(pl.col("mean_dkk").sum()).sort(*keys, "breakdown")
    for breakdown in ("payer", "service", "nature"):
        parts = sums.filter(pl.col("breakdown") == breakdown)["mean_dkk"].to_list()
        assert parts == pytest.approx(sums.filter(pl.col("breakdown") == "total")["mean_dkk"].to_list())
    at_age, to_age = (numbers(figures, "others", "all", span) for span in ("at_age", "to_age"))
    for before, age in pairwise(sorted(age for age, mean in to_age.items() if mean is not None)):
        assert to_age[age] - to_age[before] == pytest.approx(at_age[age])


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_children_and_costs_changes_nothing(seed: int) -> None:
    lives, costs, pathways = random_world(seed, 30)
    one = figures_of(blocks_of(lives.lazy(), costs.lazy(), pathways), resamples=20)
    mixed = dict(reversed(pathways.items()))
    other = figures_of(
        blocks_of(lives.reverse().lazy(), costs.sample(fraction=1, shuffle=True, seed=1).lazy(), mixed), resamples=20
    )
    for column in ("mean_dkk", "low_dkk", "high_dkk"):
        left, right = (table[column].fill_null(-1).to_list() for table in (one, other))
        assert left == pytest.approx(right, rel=1e-6, abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_at_rate_0_and_prices_of_the_year_the_costs_are_the_plain_sums(seed: int) -> None:
    """An independent second implementation, day by day in plain Python."""
    lives, costs, _ = random_world(seed, 12)
    found = yearly_costs(costs.lazy(), years_lived(lives.lazy(), AS_OF), PLAIN, AS_OF).collect()
    ours = {row[:2]: row[2] for row in found.group_by("child_id", "age").agg(pl.col("cost_dkk").sum()).iter_rows()}
    births = dict(lives.select("child_id", "birth_date").iter_rows())
    plain: dict[tuple[int, int], float] = {}
    for child, _, _, start, end, amount in costs.iter_rows():
        days = range(start.toordinal(), max(start, end).toordinal() + 1)
        for day in map(date.fromordinal, days):
            born = births[child]
            age = day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if day >= born else -1
            over = date(born.year + age + 1, born.month, born.day) <= AS_OF if age >= 0 else True
            if over and start <= AS_OF and day <= AS_OF:
                plain[child, age] = plain.get((child, age), 0) + amount / len(days)
    assert {key: round(cost, 4) for key, cost in ours.items()} == pytest.approx(plain, abs=1e-3)


def test_more_children_than_blocks_are_resampled_in_blocks_of_equal_size() -> None:
    many = BLOCKS * 2 + 1
    lives = pl.LazyFrame({"child_id": range(many), "birth_date": [BIRTH] * many}).with_columns(
        pl.lit(None, pl.Date).alias("death_date")
    )
    sizes = followed(lives, pl.LazyFrame(schema={"child_id": pl.Int64, "pathway": PATHWAY}), AS_OF)
    counted = sizes.group_by("block").len().collect()["len"].value_counts(sort=True)
    assert dict(counted.iter_rows()) == {2: BLOCKS - 1, 3: 1}


def test_blocks_give_the_same_uncertainty_as_children() -> None:
    """The interval of the mean of 20,000 skewed costs: as wide as the normal one, within the noise of the draws."""
    many = 20_000
    amounts = np.random.default_rng(3).gamma(0.5, 10_000, many)
    lives = pl.LazyFrame({"child_id": range(many), "birth_date": [BIRTH] * many}).with_columns(
        pl.lit(None, pl.Date).alias("death_date")
    )
    costs = pl.LazyFrame({"child_id": range(many), "amount_dkk": amounts}).with_columns(
        pl.lit("hospital").alias("service"),
        pl.lit("region").alias("payer"),
        pl.lit(BIRTH).alias("start_date"),
        pl.lit(BIRTH).alias("end_date"),
    )
    figures = figures_of(blocks_of(lives, costs, {}), resamples=1000)
    low, high = (numbers(figures, "others", "all", "at_age", end)[0] for end in ("low_dkk", "high_dkk"))
    assert low is not None
    assert high is not None
    assert (high - low) / (2 * 1.96 * amounts.std() / many**0.5) == pytest.approx(1, abs=0.1)


# Ages that can be compared


def test_sums_are_compared_to_the_oldest_age_that_enough_children_of_each_lived_through() -> None:
    figures = figures_of(blocks_of(THREE, OF_THREE, {1: "early", 2: "late", 3: "late"}))
    assert oldest_common_age(figures, ["early", "late"], 1) == 1
    assert oldest_common_age(figures, ["late"], 2) == 0
    assert oldest_common_age(figures, ["early", "late"], 2) is None
    assert oldest_common_age(figures, ["early", "never"], 1) is None
    assert oldest_common_age(figures, [], 1) is None
