"""Rolling windows follow from what is told, and nobody is told to be nobody where that would give others away."""

from __future__ import annotations

import random
from datetime import date

import numpy as np
import pytest

from pipelines.disclosure.cube import NOT_RELEASED, Cube
from pipelines.disclosure.emptiness import evident
from pipelines.disclosure.figures import Part
from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers
from pipelines.disclosure.places_and_periods import Calendar

CALENDAR = Calendar(date(2026, 9, 30))
PLACES = Axis.of_levels({"municipality": {each: [each] for each in "abc"}, "country": {"country": list("abc")}})
ALL = Axis.of_levels({"outcome": {"all": ["all"]}})
AXES = ("place", "period", "outcome")


def part_of(leaves: Integers) -> Part:
    """leaves: places, years. Everything is released that is not empty."""
    cube = Cube.of((PLACES, CALENDAR.born(), ALL), leaves[..., None], np.array([NO_DENOMINATOR]))
    everything = np.ones(cube.counts.shape, dtype=np.bool_)
    return Part(cube.released(everything, cube.counts == 0), everything, np.array([0]), AXES, at=1, first=0)


def some_part(seed: int) -> tuple[Part, Flags]:
    """A part with children in some years, and what is hidden of its cells."""
    chance = random.Random(seed)
    leaves = np.array([[chance.choice([0, 0, 3, 7, 20]) for _ in CALENDAR.years] for _ in PLACES.leaves])
    part = part_of(leaves)
    share = chance.choice([0.0, 0.1, 0.4])
    return part, np.array([chance.random() < share for _ in range(len(part.cells))], dtype=np.bool_)


def told_of(part: Part, hidden: Flags) -> Flags:
    told = np.zeros(part.cells.numbers.shape, dtype=np.bool_)
    told[part.cells.numbers >= 0] = ~hidden
    return told


def parts_of(years: list[int]) -> list[list[str]]:
    """The ways to add a window up, by name: its years, or a fixed period that lies inside and the years beside it."""
    ways = [[str(year) for year in years]]
    for period in CALENDAR.periods:
        if set(period) < set(years):
            rest = [str(year) for year in years if year not in period]
            ways.append([f"{period[0]}-{period[-1]}", *rest])
    return ways


@pytest.mark.parametrize("seed", range(30))
def test_a_rolling_window_is_told_exactly_where_its_parts_are(seed: int) -> None:
    part, hidden = some_part(seed)
    told = told_of(part, hidden)
    known = part.evident(told)
    number = {name: at for at, group in enumerate(CALENDAR.born().groups) for _, name in group.labels}
    rows = {(row["place_value"], row["period_value"]): row for row in part.figures(hidden, CALENDAR).to_dicts()}
    for place, group in enumerate(PLACES.groups):
        for kind in ("three_years", "five_years"):
            for name, years in CALENDAR.windows(kind).items():
                if name in number:
                    continue
                at = [[number[each] for each in way] for way in parts_of(years)]
                is_told = any((told | known)[place, way, 0].all() for way in at)
                is_empty = any(known[place, way, 0].all() for way in at)
                row = rows.get((group.labels[0][1], name))
                assert (row is None) == is_empty
                if row is not None:
                    assert row["is_told"] == is_told
                    assert row["count"] == part.cells.cube.counts[place, at[0], 0].sum()
                    assert row["cell"] is None


def test_a_window_beside_a_hidden_year_is_hidden_also_when_the_gate_hides_more_later() -> None:
    part = part_of(np.full((3, 9), 20))
    numbers = part.cells.numbers
    born = CALENDAR.born()
    hidden = np.zeros(len(part.cells), dtype=np.bool_)
    before = part.figures(hidden, CALENDAR)
    hidden[numbers[0, born.number("year", "2022"), 0]] = True
    after = part.figures(hidden, CALENDAR)
    assert before["is_told"].all()
    of_place = {row["period_value"]: row["is_told"] for row in after.to_dicts() if row["place_value"] == "a"}
    assert not of_place["2022-2024"]
    assert not of_place["2021-2023"]
    assert not of_place["2021-2025"]  # it begins inside the fixed period
    assert of_place["2020-2024"]  # 2020-2022, 2023 and 2024
    assert of_place["2023-2025"]


@pytest.mark.parametrize("seed", range(40))
def test_nobody_is_told_to_be_nobody_only_where_it_follows(seed: int) -> None:
    part, hidden = some_part(seed)
    axes, numbers = part.cells.cube.axes[:-1], part.cells.numbers[..., 0]
    empty, told = part.cells.is_empty[..., 0], told_of(part, hidden)[..., 0]
    known = evident(axes, empty, told, numbers != NOT_RELEASED)
    assert not (known & ~empty).any()
    for place, period in np.argwhere(empty).tolist():
        assert known[place, period] == follows(axes, empty, told, known, (place, period))


def follows(axes: tuple[Axis, ...], empty: Flags, told: Flags, known: Flags, at: tuple[int, ...]) -> bool:
    """Part of nothing; or beside parts that are the whole; or a whole whose parts are all known to be nobody."""
    is_part = False
    for axis, dimension in zip(axes, range(2), strict=True):
        lines = [np.moveaxis(flags, dimension, 0)[:, at[1 - dimension]] for flags in (empty, told, known)]
        for each in axis.sums:
            for way in each.ways:
                if at[dimension] in way:
                    is_part = True
                    total_is_known = lines[1][each.total] or lines[2][each.total]
                    if total_is_known and not any(not lines[0][part] and not lines[1][part] for part in way):
                        return True
                if at[dimension] == each.total and all(lines[2][part] for part in way):
                    return True
    return not is_part


def test_five_places_of_one_child_each_are_not_given_away_by_the_empty_ones() -> None:
    places = Axis.of_levels(
        {"municipality": {each: [each] for each in "abcdefg"}, "country": {"country": list("abcdefg")}}
    )
    counts = np.array([1, 1, 1, 1, 1, 0, 0, 5])
    empty, told = counts == 0, counts >= 5
    released = np.ones(8, dtype=np.bool_)
    assert not evident([places], empty, told, released).any()
    everybody = np.array([9, 9, 9, 9, 9, 0, 0, 45])
    assert evident([places], everybody == 0, everybody >= 5, released).tolist() == (everybody == 0).tolist()
    nobody = np.zeros(8, dtype=np.int64)
    assert evident([places], nobody == 0, nobody > 0, released).all()
