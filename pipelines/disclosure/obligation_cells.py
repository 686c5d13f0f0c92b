"""Which counts of obligations are published, and what adds up to what among them. From `counts_by_group`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.disclosure.cube import Cells, Cube, View
from pipelines.disclosure.hierarchies import GENERATION, Axis, joined_at
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers
from pipelines.disclosure.places_and_periods import COUNTRY, WINDOWS, Calendar, places

RESPONSIBLE, AT_BIRTH, NOW = "responsible", "at_birth", "now"
EXPOSURE = "exposure"
NOT_EXPOSED = "not_exposed"
TRAITS_OF_THE_EXPOSED = ("substance_group", "certainty", "known_before_birth")
BIRTH_YEAR = "birth_year"
SHARED = {COUNTRY, *((f"{RESPONSIBLE}/{EXPOSURE}", value) for value in ("exposed", NOT_EXPOSED, e.UNKNOWN))}

LOSSES = ("lost_to_follow_up", "lost_to_documentation", "lost_otherwise")
WITHOUT_LOSSES = ("denominator", "numerator_ever", "numerator_timely", "late", "missed")
EXCUSED = "excused"
OUTCOME = "outcome"
RATES = ("numerator_ever", "numerator_timely", "lost_to_follow_up", "lost_to_documentation")
"""What is shown as a share of the denominator. The rest is implied by them and protected all the same."""

LEAVES = ("numerator_timely", "late", *LOSSES, EXCUSED)


@dataclass(frozen=True)
class Shown:
    """Groups, periods and outcomes that are released in all their combinations."""

    group_kinds: tuple[str, ...]
    period_kinds: tuple[str, ...]
    outcomes: tuple[str, ...]

    def reaches(self, kind: str, period: str, calendar: Calendar) -> bool:
        """Whether a period is released: quarters and windows of the years shown, and all years that windows hold."""
        longest = max(WINDOWS.get(name, 1) for name in self.period_kinds)
        first = calendar.shown[0] - (longest - 1 if kind == "year" else 0)
        return kind in self.period_kinds and int(period[-4:] if kind in WINDOWS else period[:4]) >= first


YEARS = ("year", *WINDOWS)
WHOLE = (*WITHOUT_LOSSES, *LOSSES)
REGIONS = (f"{RESPONSIBLE}/region", COUNTRY[0])
VIEWS = (
    Shown((f"{RESPONSIBLE}/municipality", f"{RESPONSIBLE}/landsdel", *REGIONS), YEARS, WHOLE),
    Shown(REGIONS, ("quarter", "year"), WHOLE),
    Shown((f"{AT_BIRTH}/municipality", f"{AT_BIRTH}/region", COUNTRY[0]), ("year", "three_years"), WITHOUT_LOSSES),
    Shown((f"{NOW}/municipality", f"{NOW}/region", COUNTRY[0]), ("year", "three_years"), WITHOUT_LOSSES),
    Shown(
        (*(f"{RESPONSIBLE}/{trait}" for trait in (*TRAITS_OF_THE_EXPOSED, EXPOSURE, BIRTH_YEAR)), COUNTRY[0]),
        YEARS,
        WITHOUT_LOSSES,
    ),
    Shown(REGIONS, YEARS, (EXCUSED,)),
)
"""What is released of the counts of obligations, for every measure and programme."""


def released_kinds() -> pl.DataFrame:
    """`group_kind, period_kind` that are shown together: a cell may go by a label that its view does not show."""
    pairs = [(group, period) for view in VIEWS for group in view.group_kinds for period in view.period_kinds]
    return pl.DataFrame(pairs, schema=["group_kind", "period_kind"], orient="row").unique(maintain_order=True)


def obligation_cells(counts_by_group: pl.LazyFrame, reference: Reference, calendar: Calendar) -> Cells:
    """The cells of all views of `VIEWS`. A denominator of 0 is shown to everybody as what it is: no cell."""
    counted = _counted(counts_by_group, calendar)
    axes = (_measures(counted, reference), _groups(counted, reference), calendar.due(), _outcomes())
    cube = Cube.of(axes, _leaves(counted, axes), _rate_of(axes[3]))
    return cube.released(_views(axes, calendar), _empty(cube))


def _counted(counts_by_group: pl.LazyFrame, calendar: Calendar) -> pl.DataFrame:
    """Finest counts only: quarters, municipalities and traits; missed obligations by what they are lost to."""
    is_finest = (pl.col("period_kind") == "quarter") & ~pl.col("group_kind").is_in(["region", "country"])
    missed = pl.col("denominator") - pl.col("numerator_ever")
    return (
        counts_by_group.filter(is_finest & pl.col("period").is_in(calendar.quarters))
        .select(
            "measure",
            leaf_of_group().alias("leaf"),
            "attribution",
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
    """Places under the three attributions and the traits of children, all of them adding up to the same country."""
    of_places = [places(reference, attribution) for attribution in (RESPONSIBLE, AT_BIRTH, NOW)]
    of_traits = [_trait(counted, trait) for trait in (*TRAITS_OF_THE_EXPOSED, BIRTH_YEAR)]
    return joined_at(SHARED, [*of_places, *of_traits])


def _trait(counted: pl.DataFrame, trait: str) -> Axis:
    """Values of a trait -> exposed, not exposed, unknown -> country. A birth year is no matter of exposure."""
    values = counted.filter(pl.col("group_kind") == trait)["group_value"].unique().sort().to_list()
    leaves = {value: [f"{trait}={value}"] for value in values}
    levels: dict[str, dict[str, list[str]]] = {f"{RESPONSIBLE}/{trait}": leaves}
    if trait in TRAITS_OF_THE_EXPOSED:
        others = (NOT_EXPOSED, e.UNKNOWN)
        exposed = [leaf for value, of in leaves.items() if value not in others for leaf in of]
        known = {value: leaves[value] for value in others if value in leaves}
        levels[f"{RESPONSIBLE}/{EXPOSURE}"] = ({"exposed": exposed} if exposed else {}) | known
    levels[COUNTRY[0]] = {COUNTRY[1]: [leaf for of in leaves.values() for leaf in of]}
    return Axis.of_levels(levels)


def _outcomes() -> Axis:
    """Lost to ... -> missed; timely + late -> ever; ever + missed -> denominator. Excused stands beside them."""
    ever, missed = ["numerator_timely", "late"], list(LOSSES)
    return Axis.of_levels(
        {
            f"{OUTCOME}{GENERATION}1": {leaf: [leaf] for leaf in LEAVES},
            f"{OUTCOME}{GENERATION}2": {"numerator_ever": ever, "missed": missed},
            f"{OUTCOME}{GENERATION}3": {"denominator": [*ever, *missed]},
        }
    )


def _rate_of(outcomes: Axis) -> Integers:
    denominators = np.full(len(outcomes.groups), NO_DENOMINATOR, dtype=np.int64)
    denominators[[outcomes.number(OUTCOME, name) for name in RATES]] = outcomes.number(OUTCOME, "denominator")
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


def _empty(cube: Cube) -> Flags:
    """Nothing was due, or nobody was excused; and a loss to follow-up is none where no contact was due."""
    measures, _, _, outcomes = cube.axes
    denominator, excused = outcomes.number(OUTCOME, "denominator"), outcomes.number(OUTCOME, EXCUSED)
    empty = np.repeat(cube.counts[..., [denominator]] == 0, len(outcomes.groups), axis=-1)
    empty[..., excused] = cube.counts[..., excused] == 0
    no_contact = [at for at, group in enumerate(measures.groups) if not all(_is_contact(leaf) for leaf in group.leaves)]
    empty[no_contact, ..., outcomes.number(OUTCOME, LOSSES[0])] = True
    return empty


def _is_contact(measure: str) -> bool:
    return measure.split(":", maxsplit=1)[0] in e.PROGRAMMES


def _views(axes: tuple[Axis, ...], calendar: Calendar) -> list[View]:
    """All measures, with the groups, periods and outcomes of each view by number."""
    measures, groups, periods, outcomes = axes
    return [
        (
            range(len(measures.groups)),
            groups.of_kinds(*view.group_kinds),
            [at for at, group in enumerate(periods.groups) if view.reaches(*group.labels[0], calendar)],
            [outcomes.number(OUTCOME, name) for name in view.outcomes],
        )
        for view in VIEWS
    ]
