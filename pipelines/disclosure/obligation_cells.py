"""The counts of obligations that may be published, and what adds up to what among them. From `counts_by_group`."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.disclosure.cube import Cube
from pipelines.disclosure.hierarchies import GENERATION, Axis, joined_at
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers
from pipelines.disclosure.places_and_periods import AT_BIRTH, NOW, NOWHERE, RESPONSIBLE, Calendar, places

NOT_EXPOSED = "not_exposed"
EXPOSED = (f"{RESPONSIBLE}/exposure", "exposed")
TRAITS = ("substance_group", "certainty", "known_before_birth")
"""Traits of exposed children. What the country has beside them would tell who is counted in no municipality."""

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
    of_trait = pl.col("group_kind").is_in(TRAITS) & ~pl.col("group_value").is_in([NOT_EXPOSED, e.UNKNOWN])
    is_finest = (pl.col("period_kind") == "quarter") & (of_place | of_trait)
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
    """A municipality is a leaf of its attribution, a trait's value a leaf of the trait."""
    of_place = pl.concat_str("attribution", pl.lit("/"), "group_value")
    of_trait = pl.concat_str("group_kind", pl.lit("="), "group_value")
    return pl.when(pl.col("group_kind") == "municipality").then(of_place).otherwise(of_trait)


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
    return joined_at([EXPOSED], [*of_places, *of_traits])


def _trait(counted: pl.DataFrame, trait: str) -> Axis | None:
    """Values of a trait -> exposed. None where nobody has one."""
    values = counted.filter(pl.col("group_kind") == trait)["group_value"].unique().sort().to_list()
    leaves = {value: [f"{trait}={value}"] for value in values}
    every = [leaf for of in leaves.values() for leaf in of]
    kind, exposed = EXPOSED
    return Axis.of_levels({f"{RESPONSIBLE}/{trait}": leaves, kind: {exposed: every}}) if every else None


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
    """The counts of the finest combinations as an array with one dimension for each axis."""
    at = [
        counted[column].replace_strict({leaf: n for n, leaf in enumerate(axis.leaves)}, return_dtype=pl.Int64)
        for column, axis in zip(("measure", "leaf", "period"), axes[:3], strict=True)
    ]
    leaves = np.zeros(tuple(len(axis.leaves) for axis in axes), dtype=np.int64)
    rows = [one.cast(pl.Int64).to_numpy() for one in at]
    for position, outcome in enumerate(axes[3].leaves):
        leaves[rows[0], rows[1], rows[2], position] = counted[outcome].to_numpy()
    return leaves


def losses_of(measure: str) -> tuple[str, ...]:
    """The ways in which obligations of a measure can be lost: only a contact to follow-up, and only what is handed on
    or followed up to documentation."""
    kind = measure.split(":", maxsplit=1)[0]
    if kind in e.PROGRAMMES:
        return LOSSES
    return LOSSES[1:] if kind in DOCUMENTED else LOSSES[2:]


def nothing_due(cube: Cube) -> Flags:
    """Nothing was due, or nobody was excused; and measures that cannot be lost in some way are not."""
    measures, _, _, outcomes = cube.axes
    denominator, excused = outcomes.number(OUTCOME, DENOMINATOR), outcomes.number(OUTCOME, EXCUSED)
    empty = np.repeat(cube.counts[..., [denominator]] == 0, len(outcomes.groups), axis=-1)
    empty[..., excused] = cube.counts[..., excused] == 0
    for at, group in enumerate(measures.groups):
        possible = {loss for leaf in group.leaves for loss in losses_of(leaf)}
        for loss in set(LOSSES) - possible:
            empty[at, ..., outcomes.number(OUTCOME, loss)] = True
    return empty
