"""Which counts of the continuity picture are published, and what adds up to what among them. From `continuity`."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.disclosure.cube import Cube
from pipelines.disclosure.hierarchies import Axis, Sum, grouped
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Integers
from pipelines.disclosure.places_and_periods import NOWHERE, RESIDENCE, Calendar, places

UNBROKEN = "unbroken"
INSIDE, LOST, LOST_FOR = "inside", "lost", "lost_for"
"""Children inside a step, children lost at it, and those lost at it for one reason."""


def thread_cube(continuity: pl.LazyFrame, reference: Reference, calendar: Calendar) -> Cube:
    """Every place, birth cohort and step."""
    is_place = (pl.col("group_kind") == "municipality") & ~pl.col("group_value").is_in(NOWHERE)
    rows = continuity.filter(is_place).collect()
    order = rows.select("position", "step").unique().sort("position")["step"].to_list()
    axes = (places(reference, RESIDENCE), calendar.born(), _steps(rows, order))
    return Cube.of(axes, _leaves(rows, axes, order, calendar), _rate_of(axes[2], order))


def wholes(cube: Cube) -> Integers:
    """For each quantity the one that says whether anybody is counted at all: all exposed children."""
    steps = cube.axes[2]
    exposed = [at for at, group in enumerate(steps.groups) if len(group.leaves) == len(steps.leaves)]
    return np.repeat(np.array(exposed[:1], dtype=np.int64), len(steps.groups))


def _steps(rows: pl.DataFrame, order: list[str]) -> Axis:
    """Reasons -> lost at a step; inside a step = inside the next + lost at the next."""
    leaves = {step: [f"{step}:{reason}" for reason in _reasons(rows, step)] for step in order}
    inside = {
        step: [UNBROKEN, *(leaf for later in order[at + 1 :] for leaf in leaves[later])]
        for at, step in enumerate(order)
    }
    lost = {step: of for step, of in leaves.items() if of}
    every = [UNBROKEN, *(leaf for of in lost.values() for leaf in of)]
    groups = grouped({LOST_FOR: {leaf: [leaf] for leaf in every[1:]}, LOST: lost, INSIDE: inside})
    at_leaves = {group.leaves: at for at, group in enumerate(groups)}
    number = {name: at_leaves[frozenset(of)] for name, of in inside.items()}
    sums = [
        Sum(number[before], ((number[step], at_leaves[frozenset(lost[step])]),))
        for before, step in pairwise(order)
        if step in lost
    ]
    sums += [
        Sum(at_leaves[frozenset(of)], (tuple(at_leaves[frozenset([leaf])] for leaf in of),))
        for of in lost.values()
        if len(of) > 1
    ]
    return Axis.of(every, groups, sums)


def _reasons(rows: pl.DataFrame, step: str) -> list[str]:
    of_step = rows.filter((pl.col("step") == step) & pl.col("lost_reason").is_not_null())
    return of_step["lost_reason"].unique().sort().to_list()


def _rate_of(steps: Axis, order: list[str]) -> Integers:
    """Children inside a step are shown as a share of all exposed children."""
    denominators = np.full(len(steps.groups), NO_DENOMINATOR, dtype=np.int64)
    numbers = [steps.number(INSIDE, step) for step in order]
    denominators[[number for number in numbers if number != numbers[0]]] = numbers[0] if numbers else NO_DENOMINATOR
    return denominators


def _leaves(rows: pl.DataFrame, axes: tuple[Axis, ...], order: list[str], calendar: Calendar) -> Integers:
    """Children by municipality, birth year and what became of them, from windows of three birth years."""
    leaves = np.zeros(tuple(len(axis.leaves) for axis in axes), dtype=np.int64)
    for row in by_birth_year(fates(rows, order), calendar).iter_rows(named=True):
        place = axes[0].leaves.index(f"{RESIDENCE}/{row['group_value']}")
        leaves[place, axes[1].leaves.index(row["birth_year"]), axes[2].leaves.index(row["fate"])] = row["children"]
    return leaves


def fates(rows: pl.DataFrame, order: list[str]) -> pl.DataFrame:
    """`group_value, birth_period, fate, children`: each child is lost at one step for one reason, or unbroken."""
    keys = ("group_value", "birth_period")
    is_last = (pl.col("step") == order[-1]) & pl.col("lost_reason").is_null() if order else pl.lit(value=False)
    fate = pl.concat_str("step", pl.lit(":"), "lost_reason")
    lost = rows.filter(pl.col("lost_reason").is_not_null()).select(
        *keys, fate.alias("fate"), pl.col("lost").alias("children")
    )
    kept = rows.filter(is_last).select(*keys, pl.lit(UNBROKEN).alias("fate"), "children")
    return pl.concat([lost, kept])


def by_birth_year(fates: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Windows that end in a year minus those that end in the year before: a year minus the one three years before.

    So the years follow from the first one on.
    """
    windows = fates.filter(pl.col("birth_period") != "all").with_columns(
        pl.col("birth_period").str.slice(-4).cast(pl.Int32).alias("last")
    )
    children = {(place, fate, last): n for place, _, fate, n, last in windows.iter_rows()}
    first = min((last for *_, last in children), default=calendar.last_year + 1)
    found: dict[tuple[str, str, int], int] = {}
    for place, fate in dict.fromkeys((place, fate) for place, fate, _ in children):
        for year in range(first, calendar.last_year + 1):
            more = children.get((place, fate, year), 0) - children.get((place, fate, year - 1), 0)
            found[place, fate, year] = more + found.get((place, fate, year - 3), 0)
    rows = [(place, fate, year, n) for (place, fate, year), n in found.items() if n]
    schema = {"group_value": pl.String(), "fate": pl.String(), "year": pl.Int64(), "children": pl.Int64()}
    named = pl.DataFrame(rows, schema=schema, orient="row").filter(pl.col("year").is_in(calendar.years))
    return named.with_columns(pl.col("year").cast(pl.String).alias("birth_year"))
