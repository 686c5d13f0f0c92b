"""Times to event as breakdowns for the gate: one for each interval and fixed period of its origin.

Everybody in a breakdown has been followed for the same time, from the origin to a horizon that the last of them has
passed: what is published once does not grow. Until then nobody's following ends, so that the share with the event is
the cumulative incidence of Aalen and Johansen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from pipelines.definitions.times_to_event import TIMES_TO_EVENT, TimeToEvent
from pipelines.disclosure.breakdowns.cells import Breakdown, Division
from pipelines.disclosure.breakdowns.classes import Split
from pipelines.disclosure.development_tables import periods_of_births
from pipelines.disclosure.linked_tables import Integers
from pipelines.disclosure.places_and_periods import name

TABLE = "course"
EVENT, NO_EVENT, CHILDREN = "event", "no_event", "children"
ALL, EXPOSURE, NOT_EXPOSED = "all", "exposure", "not_exposed"
TRAITS = ("region", "substance_group", "known_before_birth")
NUMBERS = (EVENT, "competing", "censored")


def horizon(declared: TimeToEvent, years: Sequence[int], as_of: date) -> list[int]:
    """The days of the grid that everybody of a period has been followed to; none when the period is not over."""
    followed = (as_of - date(years[-1], 12, 31)).days
    return [day for day in declared.grid if day <= followed]


def course_breakdowns(binned: pl.DataFrame, as_of: date) -> Iterator[Breakdown]:
    """From counts by interval, year of the origin (`cohort`), group and bin (see `time_to_event.binned`)."""
    for declared in TIMES_TO_EVENT:
        rows = binned.filter(pl.col("interval") == declared.name)
        for years in _periods(rows, as_of):
            grid = horizon(declared, years, as_of)
            of_period = rows.filter(pl.col("cohort").is_in(years))
            if len(grid) > 1 and not of_period.is_empty():
                yield _breakdown(f"{TABLE}|{declared.name}|{name(years)}", declared, of_period, grid)


def _periods(rows: pl.DataFrame, as_of: date) -> list[list[int]]:
    first = rows["cohort"].min()
    return periods_of_births(int(first), as_of) if isinstance(first, int) else []


def _breakdown(title: str, declared: TimeToEvent, rows: pl.DataFrame, grid: Sequence[int]) -> Breakdown:
    """Where all arrive, those who came after the horizon are not in it, nor those who had died or left before they
    came: they are found later on, and who is in it has come."""
    if declared.all_arrive:
        rows = rows.filter(pl.col("bin") <= grid[-1]).with_columns(competing=pl.lit(0), censored=pl.lit(0))
    groups = _groups(rows)
    outcomes, splits = _outcomes(declared, grid)
    return Breakdown(
        name=title,
        groups=tuple(f"{kind}={value}" for kind, value in groups),
        wholes=tuple(at for at, (kind, _) in enumerate(groups) if kind in {ALL, EXPOSURE}),
        divisions=tuple(_divisions(groups, declared)),
        outcomes=outcomes,
        share_of=(len(outcomes) - 1,) * len(outcomes),
        untold=frozenset(at for at, outcome in enumerate(outcomes) if ":" not in outcome),
        splits=splits,
        counts=_counts(rows, groups, outcomes, grid[-1]),
    )


def _groups(rows: pl.DataFrame) -> list[tuple[str, str]]:
    """The exposed, all others where the interval has others, and what divides the exposed."""
    rank = {kind: at for at, kind in enumerate((ALL, EXPOSURE, *TRAITS))}
    known = rows.select("group_kind", "group_value").unique().rows()
    kept = [group for group in known if group[0] != EXPOSURE or group[1] == NOT_EXPOSED]
    return sorted(kept, key=lambda group: (rank[group[0]], group[1]))


def _divisions(groups: Sequence[tuple[str, str]], declared: TimeToEvent) -> Iterator[Division]:
    """Where all arrive, known before birth is not told apart: all of those arrive on the first day."""
    if (ALL, ALL) not in groups:
        return
    for kind in TRAITS[:-1] if declared.all_arrive else TRAITS:
        members = tuple(at for at, group in enumerate(groups) if group[0] == kind)
        if members:
            yield Division(groups.index((ALL, ALL)), members)


def _outcomes(declared: TimeToEvent, grid: Sequence[int]) -> tuple[tuple[str, ...], tuple[Split, ...]]:
    """Days are named by the last of their bin: `event:365`. All children stand last."""
    size = len(grid)
    events = tuple(f"{EVENT}:{day}" for day in grid)
    if declared.all_arrive:
        return (*events, CHILDREN), (Split(size, tuple(range(size)), is_ordered=True),)
    splits = (Split(size + 2, (0, 1)), Split(0, tuple(range(2, 2 + size)), is_ordered=True))
    return (EVENT, NO_EVENT, *events, CHILDREN), splits


def _counts(rows: pl.DataFrame, groups: Sequence[tuple[str, str]], outcomes: Sequence[str], last: int) -> Integers:
    """Groups, outcomes. An event or another ending after the horizon is not seen: the child is followed to it."""
    counts = np.zeros((len(groups), len(outcomes)), dtype=np.int64)
    place = {outcome: at for at, outcome in enumerate(outcomes)}
    number = {group: at for at, group in enumerate(groups)}
    summed = rows.group_by("group_kind", "group_value", "bin").agg(pl.col(NUMBERS).sum())
    for kind, value, day, event, competing, censored in summed.iter_rows():
        group = number.get((kind, value))
        if group is None:
            continue
        counts[group, -1] += event + competing + censored
        if day <= last:
            counts[group, place[f"{EVENT}:{day}"]] += event
    if EVENT in place:
        counts[:, place[EVENT]] = counts[:, 2:-1].sum(axis=1)
        counts[:, place[NO_EVENT]] = counts[:, -1] - counts[:, place[EVENT]]
    return counts


def competing(binned: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`interval, period, group_kind, group_value, bin, competing`: how many of each period had died or left, by bin.

    Nobody of an interval where all arrive: its breakdown has only those who came.
    """
    rows = [
        (declared.name, year, name(years))
        for declared in TIMES_TO_EVENT
        if not declared.all_arrive
        for years in _periods(binned.filter(pl.col("interval") == declared.name), as_of)
        for year in years
    ]
    schema = {"interval": pl.String(), "cohort": pl.Int32(), "period": pl.String()}
    of_period = pl.DataFrame(rows, schema=schema, orient="row")
    return (
        binned.with_columns(pl.col("interval").cast(pl.String), pl.col("cohort").cast(pl.Int32))
        .join(of_period, on=["interval", "cohort"])
        .group_by("interval", "period", "group_kind", "group_value", "bin")
        .agg(pl.col("competing").sum())
    )
