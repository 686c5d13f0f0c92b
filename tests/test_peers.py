"""Peer groups by size, region and own list."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.peers import of_own_list, of_region, of_similar_size

REFERENCE = Reference.load()
DAY, AFTER = date(2026, 9, 30), date(2027, 1, 1)


def test_peers_by_size_are_the_nearest_as_a_ratio_and_never_the_place_itself() -> None:
    sizes = pl.DataFrame(
        {"municipality_code": ["0101", "0147", "0151", "0153", "0155"], "size": [100, 50, 190, 0, None]}
    )
    assert of_similar_size("0101", REFERENCE, DAY, sizes) == ["0151", "0147"]
    assert of_similar_size("0101", REFERENCE, DAY, sizes, number=1) == ["0151"]


def test_ties_in_size_go_by_code() -> None:
    sizes = pl.DataFrame({"municipality_code": ["0101", "0151", "0147"], "size": [100, 200, 50]})
    assert of_similar_size("0101", REFERENCE, DAY, sizes) == ["0147", "0151"]


def test_peers_by_population_are_ten_municipalities_of_like_size() -> None:
    peers = of_similar_size("0479", REFERENCE, DAY)
    people = dict(REFERENCE.municipalities.select("municipality_code", "population_2016").iter_rows())
    assert len(set(peers)) == 10
    assert "0479" not in peers
    assert all(0.8 < people[peer] / people["0479"] < 1.25 for peer in peers)


def test_a_municipality_without_a_size_has_no_peers_by_size() -> None:
    with pytest.raises(UserError, match="0999 has no size"):
        of_similar_size("0999", REFERENCE, DAY)


def test_regions_are_those_of_the_day() -> None:
    before, after = of_region("0101", REFERENCE, DAY), of_region("0101", REFERENCE, AFTER)
    assert "0101" not in before
    assert len(before) == 28, "Hovedstaden has 29 municipalities"
    assert len(after) == 45, "Østdanmark has those of Hovedstaden and Sjælland"
    assert set(before) < set(after)
    assert after == sorted(after)


def test_an_own_list_is_taken_as_given_each_once_without_the_place_itself() -> None:
    assert of_own_list("0479", ["0147", "0101", "0147", "0479"], REFERENCE, DAY) == ["0147", "0101"]


@pytest.mark.parametrize("codes", [["0101", "999"], ["Odense"], [""]])
def test_a_code_that_is_no_municipality_is_named(codes: list[str]) -> None:
    with pytest.raises(UserError, match="No municipality has the code") as told:
        of_own_list("0479", codes, REFERENCE, DAY)
    assert "municipalities.csv" in str(told.value)


@pytest.mark.parametrize("codes", [[], ["0479"]])
def test_a_list_without_another_municipality_is_refused(codes: list[str]) -> None:
    with pytest.raises(UserError, match="no other municipality"):
        of_own_list("0479", codes, REFERENCE, DAY)


def test_a_region_is_asked_of_a_municipality() -> None:
    with pytest.raises(UserError, match="0411x"):
        of_region("0411x", REFERENCE, DAY)
