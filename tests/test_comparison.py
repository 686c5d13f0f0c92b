"""Comparison with the country and with peers: small tables worked by hand, and properties."""

from __future__ import annotations

import random
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_funnel_limits import spiegelhalter

from pipelines.comparison import Target, among_peers, compared, dispersion, limit_curves
from pipelines.spine import compared_measures, spine, targets

Row = tuple[str, int | None, int | None, str]
SCHEMA = {"place": pl.String, "numerator": pl.Int64, "denominator": pl.Int64, "state": pl.String}
COUNTRY = Target(7000, 10_000)


def shares(*rows: Row) -> pl.LazyFrame:
    return pl.LazyFrame(list(rows), schema=SCHEMA, orient="row")


def judged(
    *rows: Row, country: Target = COUNTRY, high_is_good: bool = True, rank_floor: int = 20
) -> dict[str, dict[str, object]]:
    made = compared(shares(*rows), country, high_is_good=high_is_good, rank_floor=rank_floor).collect()
    return {row["place"]: row for row in made.to_dicts()}


def verdicts(*rows: Row, **settings_: object) -> dict[str, object]:
    return {place: row["verdict"] for place, row in judged(*rows, **settings_).items()}  # type: ignore[arg-type]


def test_places_outside_of_the_funnel_are_better_or_worse_and_those_on_a_limit_similar() -> None:
    """Among 10 around 0.7: P(R <= 3) = 0.0106 and P(R <= 4) = 0.0473; P(R = 10) = 0.0282 is above 0.025."""
    rows: list[Row] = [("low", 3, 10, "number"), ("inside", 4, 10, "number"), ("all", 10, 10, "number")]
    assert verdicts(*rows) == {"low": "worse", "inside": "similar", "all": "similar"}
    assert verdicts(*rows, high_is_good=False) == {"low": "better", "inside": "similar", "all": "similar"}


def test_limits_interval_and_z_of_one_place() -> None:
    """34 of 41 around 0.7: Wilson as on the pages (69-91 %), z = (34/41 - 0.7) / sqrt(0.21/41)."""
    row = judged(("0479", 34, 41, "number"))["0479"]
    assert row["share"] == pytest.approx(34 / 41)
    assert (round(float(str(row["low"])), 2), round(float(str(row["high"])), 2)) == (0.69, 0.91)
    assert row["low_95"] == pytest.approx(spiegelhalter(41, Fraction(7, 10), Fraction(1, 40)), abs=1e-9)
    assert row["z"] == pytest.approx((34 / 41 - 0.7) / (0.21 / 41) ** 0.5)
    assert (row["verdict"], row["is_clear"], row["rank"], row["ranked"]) == ("similar", False, 1, 1)


def test_only_numbers_take_part_and_the_others_keep_their_row_and_state() -> None:
    made = judged(
        ("0101", 70, 100, "number"),
        ("0147", None, None, "suppressed"),
        ("0151", 1, 100, "suppressed"),
        ("0153", None, None, "missing"),
        ("0155", None, None, "not_yet_due"),
        ("0157", 0, 0, "number"),
        ("0159", 9, 8, "number"),
    )
    absent = [made[place] for place in ("0147", "0151", "0153", "0155", "0157", "0159")]
    assert {row["verdict"] for row in absent} == {"incomparable"}
    for name in ("share", "low", "high", "low_95", "high_998", "z", "rank"):
        assert {row[name] for row in absent} == {None}, name
    assert made["0151"]["state"] == "suppressed"
    assert made["0101"]["ranked"] == 1


def test_no_rank_under_the_floor_and_ties_share_the_better_one() -> None:
    rows: list[Row] = [
        ("a", 18, 20, "number"),
        ("b", 19, 19, "number"),
        ("c", 90, 100, "number"),
        ("d", 40, 100, "number"),
    ]
    ranks = {place: (row["rank"], row["ranked"]) for place, row in judged(*rows).items()}
    assert ranks == {"a": (1, 3), "b": (None, 3), "c": (1, 3), "d": (3, 3)}
    lowest = {place: row["rank"] for place, row in judged(*rows, high_is_good=False).items()}
    assert lowest == {"a": 2, "b": None, "c": 2, "d": 1}


@pytest.mark.parametrize("country", [Target(None, None), Target(0, 0), Target(3, 2), Target(None, 100)])
def test_beside_a_country_that_is_hidden_empty_or_impossible_nothing_is_compared(country: Target) -> None:
    row = judged(("0101", 70, 100, "number"), country=country)["0101"]
    assert (row["verdict"], row["is_clear"], row["low_95"], row["z"]) == ("incomparable", False, None, None)
    assert row["rank"] == 1, "a rank needs no country"


def test_a_place_that_is_most_of_the_country_is_not_compared_with_itself() -> None:
    made = judged(("big", 60, 101, "number"), ("small", 10, 99, "number"), country=Target(70, 200))
    assert made["big"]["verdict"] == "incomparable"
    assert made["small"]["verdict"] == "worse"
    assert verdicts(("only", 60, 100, "number"), country=Target(60, 100)) == {"only": "incomparable"}


def test_a_country_of_none_or_all_has_similar_places() -> None:
    assert verdicts(("a", 0, 30, "number"), country=Target(0, 100)) == {"a": "similar"}
    assert verdicts(("a", 30, 30, "number"), country=Target(100, 100)) == {"a": "similar"}
    assert judged(("a", 0, 30, "number"), country=Target(0, 100))["a"]["z"] is None


def test_an_empty_table_stays_empty() -> None:
    made = compared(shares(), COUNTRY, high_is_good=True, rank_floor=20).collect()
    assert made.height == 0
    assert limit_curves(made).height == 0


def test_places_that_usually_differ_are_judged_by_wider_limits() -> None:
    rows: list[Row] = [(f"{at:04}", 60 + at, 100, "number") for at in range(0, 40, 2)]
    country = Target(sum(60 + at for at in range(0, 40, 2)), 2000)
    adjusted, plain = (
        compared(shares(*rows), country, high_is_good=True, rank_floor=20, is_adjusted=is_adjusted).collect()
        for is_adjusted in (True, False)
    )
    assert dispersion(adjusted, country).is_adjusted
    assert adjusted["correlation"][0] > 0
    assert plain["correlation"].unique().to_list() == [0]
    assert (plain["verdict"] != "similar").sum() > (adjusted["verdict"] != "similar").sum() == 0


drawn = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=1, max_size=25)


def drawn_rows(pairs: list[tuple[int, int]]) -> list[Row]:
    return [(f"{at:04}", min(x, n), n, "number") for at, (x, n) in enumerate(pairs)]


@settings(deadline=None, max_examples=40)
@given(drawn, st.randoms())
def test_a_permuted_country_gives_the_same_verdicts(pairs: list[tuple[int, int]], chance: random.Random) -> None:
    rows = drawn_rows(pairs)
    country = Target(sum(row[1] or 0 for row in rows) + 50, sum(row[2] or 0 for row in rows) + 100)
    mixed = chance.sample(rows, len(rows))
    first, second = (judged(*some, country=country) for some in (rows, mixed))
    for name in ("verdict", "is_clear", "rank", "share"):
        assert {place: row[name] for place, row in first.items()} == {p: row[name] for p, row in second.items()}


@settings(deadline=None, max_examples=40)
@given(drawn)
def test_turning_the_polarity_turns_the_verdicts_and_so_does_the_complement(pairs: list[tuple[int, int]]) -> None:
    rows = drawn_rows(pairs)
    whole = sum(row[2] or 0 for row in rows) + 100
    country = Target(sum(row[1] or 0 for row in rows) + 30, whole)
    turned = {"better": "worse", "worse": "better"}
    high = verdicts(*rows, country=country)
    low = verdicts(*rows, country=country, high_is_good=False)
    assert {place: turned.get(str(word), word) for place, word in high.items()} == low
    opposite: list[Row] = [(place, (n or 0) - (x or 0), n, state) for place, x, n, state in rows]
    complement = Target(whole - (country.numerator or 0), whole)
    assert verdicts(*opposite, country=complement, high_is_good=False) == high


@given(st.integers(1, 40), st.integers(1, 40), st.integers(3, 60))
def test_equal_municipalities_are_similar(part: int, rest: int, places: int) -> None:
    rows: list[Row] = [(f"{at:04}", part, part + rest, "number") for at in range(places)]
    country = Target(part * places, (part + rest) * places)
    assert set(verdicts(*rows, country=country).values()) == {"similar"}


# Peers

PEERS = ["p1", "p2", "p3"]
OF_PEERS: list[Row] = [("p1", 70, 100, "number"), ("p2", 140, 200, "number"), ("p3", 69, 98, "number")]


def beside_peers(*rows: Row, peers: list[str] = PEERS, correlation: float = 0.0) -> dict[str, dict[str, object]]:
    made = among_peers(shares(*rows), "own", peers, high_is_good=True, rank_floor=20, correlation=correlation).collect()
    return {row["place"]: row for row in made.to_dicts()}


def test_a_place_is_seen_beside_what_its_peers_add_up_to_without_itself() -> None:
    made = beside_peers(("own", 40, 100, "number"), ("far", 1, 100, "number"), *OF_PEERS, peers=[*PEERS, "own"])
    assert set(made) == {"own", *PEERS}
    assert made["own"]["target"] == pytest.approx((279 + 0.5) / (398 + 1))
    assert made["own"]["verdict"] == "worse"
    assert {made[peer]["verdict"] for peer in PEERS} == {"incomparable"}
    assert (made["own"]["rank"], made["own"]["ranked"]) == (4, 4)


def test_the_uncertainty_of_few_peers_widens_the_limits() -> None:
    few = [(place, (x or 0) // 10, (n or 0) // 10, state) for place, x, n, state in OF_PEERS]
    narrow, wide = (beside_peers(("own", 60, 100, "number"), *rows)["own"] for rows in (OF_PEERS, few))
    usual = beside_peers(("own", 60, 100, "number"), *OF_PEERS, correlation=0.05)["own"]
    assert float(str(wide["low_95"])) < float(str(narrow["low_95"]))
    assert float(str(usual["low_95"])) < float(str(narrow["low_95"]))


def test_under_three_peers_with_a_figure_nothing_is_compared() -> None:
    made = beside_peers(("own", 10, 100, "number"), *OF_PEERS[:2], ("p3", None, None, "suppressed"))
    assert made["own"]["verdict"] == "incomparable"


# Many measures


def measured(*rows: tuple[str, str, int | None, int | None, str]) -> pl.LazyFrame:
    return pl.LazyFrame(list(rows), schema={"measure": pl.String, **SCHEMA}, orient="row")


MANY = [("m", f"{at:04}", 50 + at, 100, "number") for at in range(9)]


def test_a_spine_has_a_row_for_each_measure_with_the_spread_of_what_is_told() -> None:
    rows = measured(*MANY, ("m", "hidden", None, None, "suppressed"), ("other", "0000", 4, 10, "number"))
    countries = pl.DataFrame(
        {
            "measure": ["m", "other"],
            "numerator": [5400, 1],
            "denominator": [10_000, 9],
            "state": ["number", "suppressed"],
        }
    )
    polarity = {"other": False, "m": True, "none": True}
    made = compared_measures(rows, targets(countries), polarity, rank_floor=20)
    found = spine(made, "0000", polarity, {"m": 0.6}).collect()
    assert found["measure"].to_list() == ["other", "m", "none"]
    assert found["state"].to_list() == ["number", "number", "missing"]
    assert found["verdict"].to_list() == ["incomparable", "similar", "incomparable"]
    assert found["places"].to_list() == [1, 9, 0]
    of_m = found.row(1, named=True)
    spread = [of_m[name] for name in ("min", "lower_quartile", "median", "upper_quartile", "max")]
    assert spread == pytest.approx([0.5, 0.52, 0.54, 0.56, 0.58])
    assert (of_m["region_share"], of_m["target"]) == (0.6, 0.54)
    assert found["median"].to_list()[0] is None, "one place has no spread"


def test_no_measures_give_no_rows() -> None:
    assert compared_measures(measured(*MANY), {}, {}, rank_floor=20).collect().height == 0
