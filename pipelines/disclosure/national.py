"""The national release: all counts that may be published of a run, as linked tables, and what each cell is.

Every relation follows from declared hierarchies. What is not in here is not published at all: see docs/disclosure.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.disclosure import obligation_cells, thread_cells
from pipelines.disclosure.cube import Cells
from pipelines.disclosure.figures import Part, labels_of
from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.layered.obligations import obligation_pattern
from pipelines.disclosure.layered.thread import ThreadPattern
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers, LinkedTables, Relations
from pipelines.disclosure.places_and_periods import COUNTRY, RESIDENCE, RESPONSIBLE, WINDOWS, Calendar
from pipelines.errors import StoreFailed

FIGURE = ("cell", "count", "is_told", "has_share", "denominator", "denominator_is_told")
OBLIGATIONS = ("measure", "attribution", "group_kind", "group_value", "period_kind", "period", "outcome")
THREAD = ("group_kind", "group_value", "birth_period_kind", "birth_period", "quantity", "step", "lost_reason")


class Run(Protocol):
    """A finished run: lazy tables by name."""

    def table(self, name: str) -> pl.LazyFrame:
        """A table of the store, unread."""


@dataclass(frozen=True, eq=False)
class NationalRelease:
    """`tables` for the gate and what it should hide of them. `belongs_to` numbers the table of each cell: one measure
    or programme, attribution and fixed period.

    `groups`, `places_of_thread` and `cohorts` are all that there could be figures of; `running` are the periods that
    are not over.
    """

    tables: LinkedTables
    hidden: Flags
    parts: tuple[Part, Part]
    calendar: Calendar
    belongs_to: Integers
    groups: pl.DataFrame
    running: pl.DataFrame
    places_of_thread: pl.DataFrame
    cohorts: pl.DataFrame

    def obligations(self, hidden: Flags) -> pl.DataFrame:
        """One row for each figure that somebody may ask for, with its number in `cell` where it is one."""
        rows = self.parts[0].figures(hidden, self.calendar)
        return rows.select(*_obligation_columns(), *FIGURE)

    def thread(self, hidden: Flags) -> pl.DataFrame:
        """The same of the continuity picture."""
        rows = self.parts[1].figures(hidden, self.calendar)
        return rows.select(*_thread_columns(), *FIGURE)


def national_release(run: Run, as_of: date, reference: Reference, threshold: int) -> NationalRelease:
    """From the counts of a run. StoreFailed when they do not add up: then the hierarchies are not what they say."""
    calendar = Calendar(as_of)
    of_obligations, told = _obligations(run, reference, calendar, threshold)
    of_thread, told_of_thread = _thread(run, reference, calendar, threshold, len(of_obligations.cells))
    obligations, thread = of_obligations.cells, of_thread.cells
    tables = _joined(obligations, thread, threshold)
    if broken := len(tables.relations.broken(tables.counts)):
        raise StoreFailed(
            "The counts of the store do not add up",
            where=f"{broken} of {len(tables.relations)} relations between them",
            to_do="Run again with `roedtraad run`; nothing was published.",
        )
    return NationalRelease(
        tables,
        hidden=~np.concatenate([told[obligations.numbers >= 0], told_of_thread[thread.numbers >= 0]]),
        parts=(of_obligations, of_thread),
        calendar=calendar,
        belongs_to=_tables_of(obligations, thread, calendar),
        groups=_of_axis(obligations, OBLIGATION_AXES, "group").select(_obligation_columns()[1:4]),
        running=_running(calendar),
        places_of_thread=_of_axis(thread, THREAD_AXES, "group").select(_thread_columns()[:2]),
        cohorts=_of_axis(thread, THREAD_AXES, "birth_period").select(_thread_columns()[2:4]),
    )


def _obligations(run: Run, reference: Reference, calendar: Calendar, threshold: int) -> tuple[Part, Flags]:
    """The part, and where its cube is told."""
    cube = obligation_cells.obligation_cube(run.table("counts_by_group"), reference, calendar)
    pattern = obligation_pattern(cube, threshold)
    wholes, impossible = obligation_cells.wholes(cube), obligation_cells.impossible(cube)
    cells = cube.released(pattern.released, (cube.counts[..., wholes] == 0) | impossible)
    return Part(cells, pattern.asked & ~impossible, wholes, OBLIGATION_AXES, at=2, first=0), pattern.told


def _thread(run: Run, reference: Reference, calendar: Calendar, threshold: int, first: int) -> tuple[Part, Flags]:
    """The part, and where its cube is told."""
    cube = thread_cells.thread_cube(run.table("continuity"), reference, calendar)
    pattern = ThreadPattern.of(cube, threshold)
    wholes = thread_cells.wholes(cube)
    cells = cube.released(pattern.released, cube.counts[..., wholes] == 0)
    return Part(cells, pattern.asked, wholes, THREAD_AXES, at=1, first=first), pattern.told


def _tables_of(obligations: Cells, thread: Cells, calendar: Calendar) -> Integers:
    """A number for each table; a programme is one with its contacts, the traits one with the responsible places."""
    measures, groups, periods, _ = obligations.cube.axes
    programme = [leaf.split(":", maxsplit=1)[0] for leaf in (min(group.leaves) for group in measures.groups)]
    attribution = [group.labels[0][0].split("/")[0] for group in groups.groups]
    attribution = [RESPONSIBLE if kind == COUNTRY[0] else kind for kind in attribution]
    of_measure, of_group = _numbered(programme), _numbered(attribution)
    at = obligations.places
    own = (of_measure[at[0]] * 100 + of_group[at[1]]) * 1000 + _fixed(periods, calendar)[at[2]]
    of_thread = -1 - _fixed(thread.cube.axes[1], calendar)[thread.places[1]]
    return np.concatenate([own, of_thread])


def _numbered(values: Sequence[str]) -> Integers:
    numbers = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return np.array([numbers[value] for value in values], dtype=np.int64)


def _fixed(periods: Axis, calendar: Calendar) -> Integers:
    """The fixed period of every period of an axis, or a number of its own for a year that is in none yet."""
    years = [int(min(group.leaves)[:4]) for group in periods.groups]
    of_year = {year: number for number, of in enumerate(calendar.periods) for year in of}
    return np.array([of_year.get(year, year % 1000) for year in years], dtype=np.int64)


def _of_axis(cells: Cells, axes: tuple[str, ...], name: str) -> pl.DataFrame:
    return labels_of(cells.cube.axes[axes.index(name)], name)


def _running(calendar: Calendar) -> pl.DataFrame:
    """The year that is not over, and the windows that end in it."""
    year = calendar.last_year + 1
    names = {"year": str(year)} | {kind: f"{year - length + 1}-{year}" for kind, length in WINDOWS.items()}
    return pl.DataFrame({"period_kind": list(names), "period": list(names.values())})


OBLIGATION_AXES = ("measure", "group", "period", "outcome")
THREAD_AXES = ("group", "birth_period", "quantity")


def _joined(obligations: Cells, thread: Cells, threshold: int) -> LinkedTables:
    """Both in one system, the thread's cells after the obligations'."""
    offset = len(obligations)
    of_thread = thread.relations
    moved = Relations(of_thread.totals + offset, of_thread.parts + offset, of_thread.starts)
    denominators = thread.denominators
    names = [_named(obligations, OBLIGATION_AXES), _named(thread, THREAD_AXES)]
    return LinkedTables(
        names=tuple(pl.concat([each["name"] for each in names]).to_list()),
        counts=np.concatenate([obligations.counts, thread.counts]),
        denominators=np.concatenate([obligations.denominators, _moved(denominators, offset)]),
        relations=Relations.joined([obligations.relations, moved]),
        threshold=threshold,
    )


def _moved(denominators: Integers, offset: int) -> Integers:
    return np.where(denominators == NO_DENOMINATOR, NO_DENOMINATOR, denominators + offset)


def _named(cells: Cells, axes: tuple[str, ...]) -> pl.DataFrame:
    """`name` of every cell, in order: the finest label of each axis, which no other cell has."""
    rows = _placed(cells, axes, 0)
    for name, axis in zip(axes, cells.cube.axes, strict=True):
        finest = labels_of(axis, name).unique(name, keep="first", maintain_order=True)
        rows = rows.join(finest, on=name, how="left", maintain_order="left")
    parts = [pl.concat_str(f"{name}_kind", pl.lit(":"), f"{name}_value") for name in axes]
    return rows.select(pl.concat_str(parts, separator="|").alias("name"))


def _placed(cells: Cells, axes: tuple[str, ...], offset: int) -> pl.DataFrame:
    """The group of every cell along each axis."""
    groups = dict(zip(axes, cells.places, strict=True))
    return pl.DataFrame({"cell": np.arange(len(cells)) + offset, **groups})


def _obligation_columns() -> list[pl.Expr]:
    """The country counts as responsible, as everywhere in the store."""
    attribution = pl.when(pl.col("group_kind") == COUNTRY[0]).then(pl.lit(RESPONSIBLE))
    return [
        pl.col("measure_value").alias("measure"),
        attribution.otherwise(pl.col("group_kind").str.split("/").list.first()).alias("attribution"),
        pl.col("group_kind").str.split("/").list.last().alias("group_kind"),
        pl.col("group_value"),
        pl.col("period_kind"),
        pl.col("period_value").alias("period"),
        pl.col("outcome_value").alias("outcome"),
    ]


def _thread_columns() -> list[pl.Expr]:
    step_and_reason = pl.col("quantity_value").str.split_exact(":", 1)
    return [
        pl.col("group_kind").str.strip_prefix(f"{RESIDENCE}/"),
        pl.col("group_value"),
        pl.col("birth_period_kind"),
        pl.col("birth_period_value").alias("birth_period"),
        pl.col("quantity_kind").alias("quantity"),
        step_and_reason.struct.field("field_0").alias("step"),
        step_and_reason.struct.field("field_1").alias("lost_reason"),
    ]
