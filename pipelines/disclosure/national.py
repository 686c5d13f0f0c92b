"""The national release: all counts that may be published of a run, as linked tables, and what each cell is.

Every relation follows from declared hierarchies. What is not in here is not published at all: see docs/disclosure.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.disclosure.cube import Cells
from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Integers, LinkedTables, Relations
from pipelines.disclosure.obligation_cells import RESPONSIBLE, obligation_cells, released_kinds
from pipelines.disclosure.places_and_periods import COUNTRY, WINDOWS, Calendar
from pipelines.disclosure.thread_cells import RESIDENCE, thread_cells
from pipelines.errors import StoreFailed

OBLIGATIONS = ("measure", "attribution", "group_kind", "group_value", "period_kind", "period", "outcome")
THREAD = ("group_kind", "group_value", "birth_period_kind", "birth_period", "quantity", "step", "lost_reason")
WEIGHTS_OF_KINDS = {"country": 100.0, "region": 30.0, "landsdel": 10.0}
WEIGHTS_OF_PERIODS = {"three_years": 3.0, "five_years": 2.0}
"""What a cell is worth showing beside a municipality's year: pages show windows of three years, and fall back on the
region and the country."""


class Run(Protocol):
    """A finished run: lazy tables by name."""

    def table(self, name: str) -> pl.LazyFrame:
        """A table of the store, unread."""


@dataclass(frozen=True, eq=False)
class NationalRelease:
    """`tables` for the gate. `obligations` and `thread` have one row for each place and period that a cell stands for,
    with its number in `cell`; a landsdel or region of one municipality is that municipality's cell.

    `groups`, `places_of_thread` and `cohorts` are all that there could be figures of; `running` are the periods that
    are not over.
    """

    tables: LinkedTables
    obligations: pl.DataFrame
    thread: pl.DataFrame
    groups: pl.DataFrame
    running: pl.DataFrame
    places_of_thread: pl.DataFrame
    cohorts: pl.DataFrame


def national_release(run: Run, as_of: date, reference: Reference, threshold: int) -> NationalRelease:
    """From the counts of a run. StoreFailed when they do not add up: then the hierarchies are not what they say."""
    calendar = Calendar(as_of)
    obligations = obligation_cells(run.table("counts_by_group"), reference, calendar)
    thread = thread_cells(run.table("continuity"), reference, calendar)
    tables = _joined(obligations, thread, threshold)
    if broken := len(tables.relations.broken(tables.counts)):
        raise StoreFailed(
            "The counts of the store do not add up",
            where=f"{broken} of {len(tables.relations)} relations between them",
            to_do="Run again with `roedtraad run`; nothing was published.",
        )
    return NationalRelease(
        tables,
        obligations=_every_label(obligations, OBLIGATION_AXES, 0)
        .join(released_kinds(), on=["group_kind", "period_kind"], how="semi")
        .select("cell", *_obligation_columns()),
        thread=_every_label(thread, THREAD_AXES, len(obligations)).select("cell", *_thread_columns()),
        groups=_of_axis(obligations, OBLIGATION_AXES, "group").select(_obligation_columns()[1:4]),
        running=_running(calendar),
        places_of_thread=_of_axis(thread, THREAD_AXES, "group").select(_thread_columns()[:2]),
        cohorts=_of_axis(thread, THREAD_AXES, "birth_period").select(_thread_columns()[2:4]),
    )


def _of_axis(cells: Cells, axes: tuple[str, ...], name: str) -> pl.DataFrame:
    return _labels(cells.cube.axes[axes.index(name)], name)


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
        weights=pl.concat([each["weight"] for each in names]).to_numpy(),
    )


def _moved(denominators: Integers, offset: int) -> Integers:
    return np.where(denominators == NO_DENOMINATOR, NO_DENOMINATOR, denominators + offset)


def _named(cells: Cells, axes: tuple[str, ...]) -> pl.DataFrame:
    """`name, weight` of every cell, in order: the finest label of each axis, which no other cell has."""
    rows = _placed(cells, axes, 0)
    weight = pl.lit(1.0)
    for name, axis in zip(axes, cells.cube.axes, strict=True):
        finest = _labels(axis, name).unique(name, keep="first", maintain_order=True)
        rows = rows.join(finest, on=name, how="left", maintain_order="left")
        weight = weight * _weight(pl.col(f"{name}_kind"))
    parts = [pl.concat_str(f"{name}_kind", pl.lit(":"), f"{name}_value") for name in axes]
    return rows.select(pl.concat_str(parts, separator="|").alias("name"), weight.cast(pl.Float64).alias("weight"))


def _weight(kind: pl.Expr) -> pl.Expr:
    plain = kind.str.split("/").list.last()
    weights: Mapping[str, float] = WEIGHTS_OF_KINDS | WEIGHTS_OF_PERIODS
    return plain.replace_strict(weights, default=1.0, return_dtype=pl.Float64)


def _placed(cells: Cells, axes: tuple[str, ...], offset: int) -> pl.DataFrame:
    """The group of every cell along each axis."""
    groups = dict(zip(axes, cells.places, strict=True))
    return pl.DataFrame({"cell": np.arange(len(cells)) + offset, **groups})


def _labels(axis: Axis, name: str) -> pl.DataFrame:
    """All labels of the groups of an axis."""
    rows = [(at, kind, value) for at, group in enumerate(axis.groups) for kind, value in group.labels]
    schema = {name: pl.Int64(), f"{name}_kind": pl.String(), f"{name}_value": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _every_label(cells: Cells, axes: tuple[str, ...], offset: int) -> pl.DataFrame:
    rows = _placed(cells, axes, offset).lazy()
    for name, axis in zip(axes, cells.cube.axes, strict=True):
        rows = rows.join(_labels(axis, name).lazy(), on=name, how="left")
    return rows.sort("cell").collect()


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
