"""Cohort development: ages, who is looked for in a band, which assessment counts, and what the counts add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.band_populations import BAND_NAMES, TRAITS, band_populations, homes_at_birth
from pipelines.definitions import enumerations as e
from pipelines.definitions.age_bands import AGE_BANDS, age_band, age_in_years, birthday
from pipelines.development import (
    ALIKE,
    CRUDE,
    KEYS,
    OUTCOMES,
    development_counts,
    development_ratios,
    development_strata,
    development_z_sums,
    outcome_cells,
    population_by_group,
    population_cells,
    results_by_group,
)
from pipelines.development_shares import crude_ratios, development_shares
from pipelines.latest_assessments import latest_assessments
from pipelines.residence import spells

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# Ages


@pytest.mark.parametrize(
    ("birth", "on", "years", "band"),
    [
        ("2020-05-17", "2020-05-16", -1, None),
        ("2020-05-17", "2020-05-17", 0, "0-1"),
        ("2020-05-17", "2021-05-16", 0, "0-1"),
        ("2020-05-17", "2021-05-17", 1, "1-2"),
        ("2020-05-17", "2023-05-16", 2, "2-3"),
        ("2020-05-17", "2025-05-16", 4, "3-5"),
        ("2020-05-17", "2025-05-17", 5, "5-7"),
        ("2005-12-31", "2017-12-30", 11, "7-12"),
        ("2005-12-31", "2017-12-31", 12, "12-18"),
        ("2001-01-01", "2025-12-31", 24, "18-25"),
        ("2001-01-01", "2026-01-01", 25, None),
        ("2020-02-29", "2021-02-27", 0, "0-1"),
        ("2020-02-29", "2021-02-28", 1, "1-2"),
        ("2020-02-29", "2024-02-28", 3, "3-5"),
        ("2020-02-29", "2024-02-29", 4, "3-5"),
    ],
)
def test_a_child_turns_a_year_older_on_its_birthday(birth: str, on: str, years: int, band: str | None) -> None:
    row = pl.DataFrame({"birth": [day(birth)], "on": [day(on)]})
    assert row.select(age_in_years("birth", "on"), band=age_band("birth", "on")).row(0) == (years, band)


@given(st.dates(date(2000, 1, 1), date(2026, 1, 1)), st.integers(0, 25))
@settings(max_examples=60, deadline=None)
def test_the_birthday_is_the_first_day_of_the_new_age(birth: date, years: int) -> None:
    row = pl.DataFrame({"birth": [birth]}).with_columns(turns=birthday("birth", years))
    row = row.with_columns(before=pl.col("turns") - timedelta(days=1))
    assert row.select(at=age_in_years("birth", "turns"), before=age_in_years("birth", "before")).row(0) == (
        years,
        years - 1,
    )


def test_the_bands_follow_each_other_from_birth_to_25_without_a_gap() -> None:
    assert [band.from_year for band in AGE_BANDS] == [0, *(band.to_year for band in AGE_BANDS[:-1])]
    assert AGE_BANDS[-1].to_year == 25


# Who is looked for


def children(rows: Iterable[tuple[int, str, str]]) -> pl.LazyFrame:
    """Child, born, died."""
    told = [(child, day(born), day(died)) for child, born, died in rows]
    return pl.LazyFrame(told, schema={"child_id": pl.Int64, "birth_date": pl.Date, "death_date": pl.Date}, orient="row")


def exposed(rows: Iterable[tuple[int, str | None, str | None, bool | None]]) -> pl.LazyFrame:
    schema = {"child_id": pl.Int64, **dict.fromkeys(TRAITS[:2], pl.String), TRAITS[2]: pl.Boolean}
    return pl.LazyFrame(list(rows), schema=schema, orient="row")


def homes(rows: Iterable[tuple[int, str, str, str]]) -> pl.LazyFrame:
    """Child, from, to, municipality, as spells."""
    told = [(child, day(start), day(end), code) for child, start, end, code in rows]
    schema = {"child_id": pl.Int64, "from_date": pl.Date, "to_date": pl.Date, "municipality_code": pl.String}
    return spells(pl.LazyFrame(told, schema=schema, orient="row"))


def assessments(rows: Iterable[tuple[int, str, str, str, float | None]]) -> pl.LazyFrame:
    """Child, day, domain, result, z-score."""
    told = [(child, day(on), domain, result, score) for child, on, domain, result, score in rows]
    schema = {
        "child_id": pl.Int64, "assessed_date": pl.Date, "domain": pl.String, "result": pl.String, "z_score": pl.Float64,
    }  # fmt: skip
    return pl.LazyFrame(told, schema=schema, orient="row")


@pytest.mark.parametrize(
    ("born", "died", "lived_from", "lived_to", "belongs"),
    [
        ("2025-09-30", "", "2025-09-30", "", True),  # turns one on the as-of date
        ("2025-10-01", "", "2025-10-01", "", False),  # turns one the day after
        ("2024-03-01", "2025-03-01", "2024-03-01", "", True),  # dies on its birthday
        ("2024-03-01", "2025-02-28", "2024-03-01", "", False),  # dies the day before
        ("2024-03-01", "", "2024-03-01", "2025-03-01", False),  # leaves on its birthday: the end is not included
        ("2024-03-01", "", "2024-03-01", "2025-03-02", True),  # leaves the day after
        ("2024-03-01", "", "2025-03-01", "", True),  # comes on its birthday
        ("2024-03-01", "", "2025-03-02", "", False),  # comes the day after
        ("2024-03-01", "", "", "", True),  # no residence is known: a broken feed
        ("2024-02-29", "", "2024-02-29", "2025-03-01", True),  # born on 29 February: turns one on 28 February
    ],
)
def test_who_has_lived_through_the_first_year(
    born: str, died: str, lived_from: str, lived_to: str, belongs: bool
) -> None:
    lived = [(1, lived_from, lived_to, "0101")] if lived_from else []
    told = band_populations(children([(1, born, died)]), exposed([]), homes(lived), AS_OF).collect()
    assert told["0-1"].to_list() == [belongs]


def test_a_child_belongs_to_each_band_that_it_has_lived_through_and_to_no_other() -> None:
    told = band_populations(children([(1, "2019-01-01", "")]), exposed([]), homes([]), AS_OF).collect()
    assert [band for band in BAND_NAMES if told[band].item()] == ["0-1", "1-2", "2-3", "3-5", "5-7"]


def test_traits_are_those_of_exposed_children_and_one_that_is_not_known_reads_unknown() -> None:
    told = band_populations(
        children([(1, "2019-01-01", ""), (2, "2019-01-01", "")]),
        exposed([(1, "alcohol", None, False)]),
        homes([]),
        AS_OF,
    )
    rows = told.sort("child_id").select("is_exposed", *TRAITS).collect().rows()
    assert rows == [(True, "alcohol", "unknown", "false"), (False, None, None, None)]


def test_home_at_birth_is_where_the_child_was_born_else_the_first_one_else_unknown() -> None:
    lived = [(1, "2019-01-01", "2020-01-01", "0101"), (1, "2020-01-01", "", "0461"), (2, "2019-06-01", "", "0751")]
    told = homes_at_birth(children([(child, "2019-01-01", "") for child in (1, 2, 3)]), homes(lived))
    assert told.sort("child_id").collect().rows() == [(1, "0101"), (2, "0751"), (3, "unknown")]


# Which assessment counts


def latest(*rows: tuple[str, str, float | None], domain: str = "growth") -> list[tuple[object, ...]]:
    """Assessments of one child, born on 1 January 2019, in one domain."""
    populations = band_populations(children([(1, "2019-01-01", "")]), exposed([]), homes([]), AS_OF)
    told = latest_assessments(assessments((1, on, domain, result, score) for on, result, score in rows), populations)
    return told.select("age_band", "result", "z_score").sort("age_band").collect().rows()


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        ([("2020-02-01", "concern", -2.0), ("2020-03-01", "typical", 0.1)], ("1-2", "typical", 0.1)),
        ([("2020-03-01", "typical", 0.1), ("2020-03-01", "monitor", -1.2)], ("1-2", "monitor", -1.2)),
        ([("2020-03-01", "concern", None), ("2020-03-01", "monitor", -1.2)], ("1-2", "concern", None)),
        ([("2020-03-01", "monitor", None), ("2020-03-01", "monitor", -1.2)], ("1-2", "monitor", -1.2)),
        ([("2020-03-01", "monitor", -1.1), ("2020-03-01", "monitor", -1.2)], ("1-2", "monitor", -1.2)),
        ([("2020-02-01", "monitor", -1.1), ("2020-03-01", "typical", None)], ("1-2", "typical", None)),
    ],
)
def test_the_latest_counts_then_the_more_serious_then_one_with_a_z_score_then_the_lower(
    rows: list[tuple[str, str, float | None]], counts: tuple[object, ...]
) -> None:
    assert latest(*rows) == [counts]
    assert latest(*reversed(rows)) == [counts]


def test_each_band_has_a_latest_assessment_of_its_own() -> None:
    rows = [("2019-12-31", "concern", -2.0), ("2020-01-01", "typical", 0.5), ("2021-05-05", "monitor", None)]
    assert latest(*rows) == [("0-1", "concern", -2.0), ("1-2", "typical", 0.5), ("2-3", "monitor", None)]


def test_assessments_before_birth_and_in_a_band_that_is_not_over_are_left_out() -> None:
    assert latest(("2018-12-31", "concern", None), ("2026-02-01", "concern", None)) == []


# What is counted


AT = ("municipality_code",)


def cells(
    born: pl.LazyFrame, known: pl.LazyFrame, lived: pl.LazyFrame, found: pl.LazyFrame
) -> tuple[pl.LazyFrame, ...]:
    populations = band_populations(born, known, lived, AS_OF).collect().lazy()
    placed = populations.join(homes_at_birth(born, lived), on="child_id").collect().lazy()
    told = latest_assessments(found, placed).collect().lazy()
    of_group = population_by_group(population_cells(placed, AT), AT)
    return of_group, results_by_group(outcome_cells(told, placed, AT), AT), populations, told


BORN = [(child, "2019-01-01", "") for child in range(1, 6)]
KNOWN = [(1, "alcohol", "confirmed", True), (2, None, "probable", None)]
FOUND = [
    (1, "2019-06-01", "growth", "concern", -2.0),
    (3, "2019-06-01", "growth", "typical", 0.5),
    (4, "2019-06-01", "growth", "typical", None),
]


def test_counts_by_hand() -> None:
    populations, outcomes, _, _ = cells(children(BORN), exposed(KNOWN), homes([]), assessments(FOUND))
    told = development_counts(populations, outcomes).filter(pl.col("age_band") == "0-1", pl.col("domain") == "growth")
    counted = {
        (kind, group): tuple(rows.sort(pl.col("outcome").replace_strict(list(OUTCOMES), range(4)))["children"])
        for (kind, group), rows in told.collect().group_by("group_kind", "group_value")
    }
    assert counted == {
        ("exposure", "exposed"): (0, 0, 1, 1),
        ("exposure", "others"): (2, 0, 0, 1),
        ("substance_group", "alcohol"): (0, 0, 1, 0),
        ("substance_group", "unknown"): (0, 0, 0, 1),
        ("certainty", "confirmed"): (0, 0, 1, 0),
        ("certainty", "probable"): (0, 0, 0, 1),
        ("known_before_birth", "true"): (0, 0, 1, 0),
        ("known_before_birth", "unknown"): (0, 0, 0, 1),
    }


def test_sums_of_z_scores_by_hand_leave_out_those_that_are_not_known() -> None:
    _, outcomes, _, _ = cells(children(BORN), exposed(KNOWN), homes([]), assessments(FOUND))
    told = development_z_sums(outcomes).filter(pl.col("group_kind") == "exposure").sort("group_value").collect()
    assert told.select("cohort", "age_band", "domain", "group_value", "z_children", "z_sum", "z_squares").rows() == [
        (2019, "0-1", "growth", "exposed", 1, -2.0, 4.0),
        (2019, "0-1", "growth", "others", 1, 0.5, 0.25),
    ]


def test_strata_count_the_assessed_by_birth_year_and_municipality_at_birth() -> None:
    lived = [(1, "2019-01-01", "", "0101"), (3, "2019-01-01", "", "0101"), (4, "2019-01-01", "", "0461")]
    _, results, _, _ = cells(children(BORN), exposed(KNOWN), homes(lived), assessments(FOUND))
    strata = development_strata(results).collect()
    concerns = strata.filter(pl.col("outcome") == "concern").sort("municipality_code", "group")
    assert concerns.select("cohort", "municipality_code", "group", "people", "events").rows() == [
        (2019, "0101", "exposed", 1, 1),
        (2019, "0101", "others", 1, 0),
        (2019, "0461", "others", 1, 0),
    ]


def test_a_country_in_which_place_alone_matters_has_a_crude_ratio_and_a_standardised_one_of_1() -> None:
    """In 0101 one in two has a concern, in 0461 one in ten; most exposed children live in 0101."""
    rows = [
        ("0101", "exposed", 40, 20),
        ("0101", "others", 100, 50),
        ("0461", "exposed", 10, 1),
        ("0461", "others", 900, 90),
    ]
    strata = pl.LazyFrame(rows, ["municipality_code", "group", "people", "events"], orient="row").with_columns(
        age_band=pl.lit("0-1"), domain=pl.lit("growth"), outcome=pl.lit("concern"), cohort=pl.lit(2019)
    )
    assert development_ratios(strata, CRUDE).collect()["ratio"].item() == pytest.approx((21 / 50) / (140 / 1000))
    assert development_ratios(strata, ALIKE).collect()["ratio"].item() == pytest.approx(1)


@pytest.mark.parametrize("born", [[], BORN], ids=["nobody", "nobody assessed"])
def test_a_country_without_assessments_has_counts_and_no_ratio(born: list[tuple[int, str, str]]) -> None:
    populations, outcomes, _, _ = cells(children(born), exposed([]), homes([]), assessments([]))
    counts = development_counts(populations, outcomes).collect()
    assert counts["children"].sum() == len(born) * 5 * len(e.DOMAINS)
    assert set(counts.filter(pl.col("children") > 0)["outcome"]) <= {"not_assessed"}
    assert development_z_sums(outcomes).collect().is_empty()
    assert development_ratios(development_strata(outcomes), ALIKE).collect().is_empty()


days = st.dates(date(2016, 1, 1), date(2026, 9, 30))
worlds = st.lists(
    st.tuples(
        days,
        st.none() | days,
        st.booleans(),
        st.lists(
            st.tuples(days, st.sampled_from(e.DOMAINS[:2]), st.sampled_from(e.RESULTS), st.none() | st.just(-1.0)),
            max_size=5,
        ),
    ),
    max_size=7,
)


@given(worlds)
@settings(max_examples=60, deadline=None)
def test_counts_agree_with_a_naive_count_in_plain_python(
    world: list[tuple[date, date | None, bool, list[tuple]]],
) -> None:
    born = [(child, str(birth), str(died or "")) for child, (birth, died, _, _) in enumerate(world)]
    known = [(child, "alcohol", "confirmed", True) for child, (_, _, is_known, _) in enumerate(world) if is_known]
    found = [(child, str(on), *rest) for child, (_, _, _, seen) in enumerate(world) for on, *rest in seen]
    populations, outcomes, _, _ = cells(children(born), exposed(known), homes([]), assessments(found))
    told = development_counts(populations, outcomes).filter(pl.col("group_kind") == "exposure", pl.col("children") > 0)
    assert Counter(dict_of(told)) == naive(world)


def dict_of(told: pl.LazyFrame) -> dict[tuple[object, ...], int]:
    rows = told.select("cohort", "age_band", "domain", "group_value", "outcome", "children").collect().rows()
    return {row[:-1]: row[-1] for row in rows}


def naive(world: list[tuple[date, date | None, bool, list[tuple]]]) -> Counter[tuple[object, ...]]:
    """Each child, band and domain by itself."""
    counted: Counter[tuple[object, ...]] = Counter()
    for birth, died, is_known, seen in world:
        for band in AGE_BANDS:
            start, end = turns(birth, band.from_year), turns(birth, band.to_year)
            if end > AS_OF or (died is not None and died < end):
                continue
            for domain in e.DOMAINS:
                inside = [
                    (on, e.RESULTS.index(result)) for on, of, result, _ in seen if of == domain and start <= on < end
                ]
                outcome = e.RESULTS[max(inside)[1]] if inside else "not_assessed"
                counted[birth.year, band.name, domain, "exposed" if is_known else "others", outcome] += 1
    return counted


def turns(birth: date, years: int) -> date:
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 2, 28)


@given(worlds, st.randoms())
@settings(max_examples=25, deadline=None)
def test_outcomes_add_up_to_a_population_that_is_the_same_in_each_domain_whatever_the_order(
    world: list[tuple[date, date | None, bool, list[tuple]]], random: object
) -> None:
    born = [(child, str(birth), str(died or "")) for child, (birth, died, _, _) in enumerate(world)]
    known = [(child, None, "confirmed", True) for child, (_, _, is_known, _) in enumerate(world) if is_known]
    found = [(child, str(on), *rest) for child, (_, _, _, seen) in enumerate(world) for on, *rest in seen]
    populations, outcomes, lived, _ = cells(children(born), exposed(known), homes([]), assessments(found))
    told = development_counts(populations, outcomes).sort(*KEYS, "outcome").collect()
    random.shuffle(found)  # type: ignore[attr-defined]
    populations, outcomes, _, _ = cells(children(born), exposed(known), homes([]), assessments(found))
    assert development_counts(populations, outcomes).sort(*KEYS, "outcome").collect().equals(told)
    sums = told.group_by(KEYS).agg(pl.col("children").sum())
    of_domains = sums.group_by([key for key in KEYS if key != "domain"]).agg(pl.col("children").n_unique())
    assert of_domains["children"].to_list() == [1] * of_domains.height
    everybody = told.filter(pl.col("group_kind") == "exposure", pl.col("domain") == "growth")["children"].sum()
    assert everybody == lived.select(pl.sum_horizontal(pl.col(BAND_NAMES).sum())).collect().item()


# What may be told


def told_counts(*rows: tuple[str, str, int | None, str]) -> pl.LazyFrame:
    """Group, outcome, children, state."""
    schema = {"group_value": pl.String, "outcome": pl.String, "children": pl.Int64, "state": pl.String}
    return pl.LazyFrame(list(rows), schema=schema, orient="row").with_columns(age_band=pl.lit("0-1"))


def of_group(group: str, *counts: int | None) -> list[tuple[str, str, int | None, str]]:
    return [
        (group, outcome, count, "suppressed" if count is None else "number")
        for outcome, count in zip(OUTCOMES, counts, strict=True)
    ]


def shares(*counts: int | None) -> dict[str, tuple[object, ...]]:
    told = development_shares(told_counts(*of_group("exposed", *counts)), ["age_band", "group_value"]).collect()
    return {row["share_of"]: (row["numerator"], row["denominator"], row["state"]) for row in told.iter_rows(named=True)}


def test_results_are_shares_of_the_assessed_and_the_assessed_of_all() -> None:
    assert shares(70, 20, 10, 100) == {
        "typical": (70, 100, "number"),
        "monitor": (20, 100, "number"),
        "concern": (10, 100, "number"),
        "assessed": (100, 200, "number"),
    }


def test_nobody_assessed_is_not_applicable_for_results_and_0_of_all() -> None:
    told = shares(0, 0, 0, 50)
    assert told["concern"] == (0, 0, "not_applicable")
    assert told["assessed"] == (0, 50, "number")


def test_no_share_is_made_of_a_hidden_count() -> None:
    told = shares(70, None, 10, 100)
    assert set(told.values()) == {(None, None, "suppressed")}
    assert shares(70, 20, 10, None)["assessed"] == (None, None, "suppressed")
    assert shares(70, 20, 10, None)["concern"] == (10, 100, "number")


def test_an_outcome_without_a_row_is_missing_and_never_0() -> None:
    rows = of_group("exposed", 70, 20, 10, 100)[:2]
    told = development_shares(told_counts(*rows), ["age_band", "group_value"]).collect()
    assert set(told["state"]) == {"missing"}
    assert told["share"].null_count() == 4


def test_a_crude_ratio_needs_all_six_counts_of_the_assessed() -> None:
    whole = [*of_group("exposed", 70, 20, 10, None), *of_group("others", 900, 60, 40, 500)]
    told = crude_ratios(told_counts(*whole), ["age_band"]).sort("outcome").collect()
    assert told["ratio"].to_list() == pytest.approx([(10 / 100) / (40 / 1000), (30 / 100) / (100 / 1000)])
    hidden = [*of_group("exposed", 70, 20, None, 3), *of_group("others", 900, 60, 40, 500)]
    told = crude_ratios(told_counts(*hidden), ["age_band"]).collect()
    assert told.select("ratio", "low", "high", "state").unique().rows() == [(None, None, None, "suppressed")]


def test_a_crude_ratio_without_others_says_so() -> None:
    told = crude_ratios(told_counts(*of_group("exposed", 70, 20, 10, 5)), ["age_band"]).collect()
    assert told.select("state", "reason").unique().rows() == [("not_applicable", "nobody")]
