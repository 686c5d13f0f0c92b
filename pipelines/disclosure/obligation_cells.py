"""The counts of obligations that may be published, and what adds up to what among them. From `counts_by_group`."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.counts import PLACED
from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.disclosure.cube import Cube
from pipelines.disclosure.hierarchies import GENERATION, Axis, joined_at
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers
from pipelines.disclosure.places_and_periods import AT_BIRTH, COUNTRY, NOW, NOWHERE, RESPONSIBLE, Calendar, places

NOT_EXPOSED = "not_exposed"
EXPOSED = (f"{RESPONSIBLE}/exposure", "exposed")
OTHERS = (f"{RESPONSIBLE}/exposure", "others")
OTHERS_LEAF = "exposure=others"
NOT_KNOWN_EXPOSED = (NOT_EXPOSED, e.UNKNOWN)
TRAITS = ("substance_group", "certainty", "known_before_birth")
"""Traits of exposed children, counted among those for whom a municipality is responsible."""

LOSSES = ("lost_to_follow_up", "lost_to_documentation", "lost_otherwise")
EXCUSED = "excused"
OUTCOME = "outcome"
DENOMINATOR = "denominator"
RATES = ("numerator_ever", "numerator_timely", "lost_to_follow_up", "lost_to_documentation")
"""What is shown as a share of the denominator. The rest is implied by them and protected all the same."""

DOCUMENTED = ("handed_over", "carried_at_move", "carried_at_transition")

LEAVES = ("numerator_timely", "late", *LOSSES, EXCUSED)
SUMS = {
    "numerator_ever": ("numerator_timely", "late"),
    "missed": LOSSES,
    DENOMINATOR: ("numerator_ever", "missed"),
}
"""Lost to ... -> missed; timely + late -> ever; ever + missed -> denominator. Excused stands beside them."""


def obligation_cube(counts_by_group: pl.LazyFrame, reference: Reference, calendar: Calendar) -> Cube:
    """Measures, groups, periods and outcomes; every combination."""
    counted = _counted(counts_by_group, calendar)
    outcomes = _outcomes()
    axes = (_measures(counted, reference), _groups(counted, reference), calendar.due(), outcomes)
    return Cube.of(axes, _leaves(counted, axes), _rate_of(outcomes))


def _counted(counts_by_group: pl.LazyFrame, calendar: Calendar) -> pl.DataFrame:
    """Finest counts only: quarters, municipalities and traits; missed obligations by what they are lost to."""
    of_place = (pl.col("group_kind") == "municipality") & ~pl.col("group_value").is_in(NOWHERE)
    of_trait = (pl.col("attribution") == PLACED) & pl.col("group_kind").is_in(TRAITS)
    once = (pl.col("group_kind") == TRAITS[0]) | ~pl.col("group_value").is_in(NOT_KNOWN_EXPOSED)
    is_finest = (pl.col("period_kind") == "quarter") & (of_place | of_trait & once)
    missed = pl.col(DENOMINATOR) - pl.col("numerator_ever")
    return (
        counts_by_group.filter(is_finest & pl.col("period").is_in(calendar.quarters))
        .select(
            "measure",
            leaf_of_group().alias("leaf"),
            "group_kind",
            "group_value",
            "period",
            "numerator_timely",
            (pl.col("numerator_ever") - pl.col("numerator_timely")).alias("late"),
            *LOSSES[:2],
            (missed - pl.col(LOSSES[0]) - pl.col(LOSSES[1])).alias(LOSSES[2]),
            EXCUSED,
        )
        .collect()
    )


def leaf_of_group() -> pl.Expr:
    """A municipality is a leaf of its attribution, a value one of its trait; all children without a trait are one."""
    of_place = pl.concat_str("attribution", pl.lit("/"), "group_value")
    of_trait = pl.concat_str("group_kind", pl.lit("="), "group_value")
    is_other = pl.col("group_value").is_in(NOT_KNOWN_EXPOSED)
    return (
        pl.when(pl.col("group_kind") == "municipality")
        .then(of_place)
        .when(is_other)
        .then(pl.lit(OTHERS_LEAF))
        .otherwise(of_trait)
    )


def _measures(counted: pl.DataFrame, reference: Reference) -> Axis:
    """Measures, and the contacts of each programme together."""
    measures = counted["measure"].unique().sort().to_list()
    contacts = reference.schedule.select(
        "programme", pl.concat_str("programme", pl.lit(":"), "contact_code").alias("contacts")
    )
    of_programme = contacts.group_by("programme", maintain_order=True).agg("contacts")
    programmes = {name: [each for each in of if each in measures] for name, of in of_programme.iter_rows()}
    return Axis.of_levels(
        {"measure": {each: [each] for each in measures}, "programme": {k: v for k, v in programmes.items() if v}}
    )


def _groups(counted: pl.DataFrame, reference: Reference) -> Axis:
    """Places under the three attributions, and the traits of exposed children."""
    of_places = [places(reference, attribution) for attribution in (RESPONSIBLE, AT_BIRTH, NOW)]
    of_traits = [axis for trait in TRAITS if (axis := _trait(counted, trait))]
    return joined_at([COUNTRY, EXPOSED, OTHERS], [*of_places, *of_traits])


def _trait(counted: pl.DataFrame, trait: str) -> Axis | None:
    """Values of a trait -> exposed; exposed + others -> the country. None where nobody has one."""
    is_value = (pl.col("group_kind") == trait) & ~pl.col("group_value").is_in(NOT_KNOWN_EXPOSED)
    leaves = {value: [f"{trait}={value}"] for value in counted.filter(is_value)["group_value"].unique().sort()}
    exposed = [leaf for of in leaves.values() for leaf in of]
    if not exposed:
        return None
    others = [OTHERS_LEAF]
    levels = {
        f"{RESPONSIBLE}/{trait}": {**leaves, OTHERS[1]: others},
        EXPOSED[0]: {EXPOSED[1]: exposed, OTHERS[1]: others},
        COUNTRY[0]: {COUNTRY[1]: [*exposed, *others]},
    }
    return Axis.of_levels(levels)


def _outcomes() -> Axis:
    leaves_of: dict[str, list[str]] = {leaf: [leaf] for leaf in LEAVES}
    for name, parts in SUMS.items():
        leaves_of[name] = [leaf for part in parts for leaf in leaves_of[part]]
    names = [list(LEAVES), ["numerator_ever", "missed"], [DENOMINATOR]]
    return Axis.of_levels(
        {f"{OUTCOME}{GENERATION}{level}": {name: leaves_of[name] for name in of} for level, of in enumerate(names)}
    )


def _rate_of(outcomes: Axis) -> Integers:
    denominators = np.full(len(outcomes.groups), NO_DENOMINATOR, dtype=np.int64)
    denominators[[outcomes.number(OUTCOME, name) for name in RATES]] = outcomes.number(OUTCOME, DENOMINATOR)
    return denominators


def _leaves(counted: pl.DataFrame, axes: tuple[Axis, ...]) -> Integers:
    """The counts of the finest combinations as an array with one dimension for each axis.

    Several rows may count for one leaf: children who are not exposed, and those of whom nobody knows, are others alike.
    """
    at = [
        counted[column].replace_strict({leaf: n for n, leaf in enumerate(axis.leaves)}, return_dtype=pl.Int64)
        for column, axis in zip(("measure", "leaf", "period"), axes[:3], strict=True)
    ]
    leaves = np.zeros(tuple(len(axis.leaves) for axis in axes), dtype=np.int64)
    rows = [one.cast(pl.Int64).to_numpy() for one in at]
    for position, outcome in enumerate(axes[3].leaves):
        np.add.at(leaves[..., position], tuple(rows), counted[outcome].to_numpy())
    return leaves


def losses_of(measure: str) -> tuple[str, ...]:
    """The ways in which obligations of a measure can be lost: only a contact to follow-up, and only what is handed on
    or followed up to documentation."""
    kind = measure.split(":", maxsplit=1)[0]
    if kind in e.PROGRAMMES:
        return LOSSES
    return LOSSES[1:] if kind in DOCUMENTED else LOSSES[2:]


def wholes(cube: Cube) -> Integers:
    """For each outcome the one that says whether anybody is counted at all: what was due, or who was excused."""
    outcomes = cube.axes[3]
    found = np.full(len(outcomes.groups), outcomes.number(OUTCOME, DENOMINATOR), dtype=np.int64)
    found[outcomes.number(OUTCOME, EXCUSED)] = outcomes.number(OUTCOME, EXCUSED)
    return found


def impossible(cube: Cube) -> Flags:
    """Losses of measures that cannot be lost in that way: everybody knows that they are 0."""
    measures, *_, outcomes = cube.axes
    found = np.zeros(cube.counts.shape, dtype=np.bool_)
    for at, group in enumerate(measures.groups):
        possible = {loss for leaf in group.leaves for loss in losses_of(leaf)}
        found[at, ..., [outcomes.number(OUTCOME, loss) for loss in LOSSES if loss not in possible]] = True
    return found
