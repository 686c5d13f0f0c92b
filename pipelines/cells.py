"""Cells: how many obligations have one outcome in one quarter and one group. Every number is a sum over cells.

A cell is one whole number: measure, group, quarter and outcome stand in it as bits, from FIELDS. Millions of
obligations are counted many times faster by one number than by six names.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from pipelines.counts import (
    CERTAINTY,
    GROUP_COLUMNS,
    KNOWN_BEFORE_BIRTH,
    PLACED,
    PLACES,
    RESPONSIBLE,
    TRAITS,
    numbers,
    substance_groups,
)
from pipelines.definitions import enumerations as e
from pipelines.definitions import lists
from pipelines.definitions.reference import Reference

CELL = "cell"
FIELDS = {
    "measure": 10,
    "column": 3,
    "group": 12,
    PLACED: 1,
    "year": 12,
    "quarter": 3,
    "is_due": 1,
    "status": 4,
    "reason": 5,
}
"""Bits of each field, the highest first: a measure's cells lie together. A group or reason that is not there is 0."""

OUTCOME = ("is_due", "status", "reason")
ATTRIBUTIONS = {"municipality_code": RESPONSIBLE, "at_birth_code": "at_birth", "now_code": "now"}
CELLS_AT_ONCE = 500_000
"""So many are counted together: about 0.2 GB."""


def cells(grouped: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`cell, obligations` of obligations in the shape of `counts.COUNTED`. Additive: parts are added up by `merged`."""
    due = pl.col("due_date")
    outcome = {
        "measure": _code("measure"),
        "year": due.dt.year(),
        "quarter": due.dt.quarter(),
        "is_due": due < as_of,
        "status": _code("status"),
        "reason": _code("reason"),
    }
    code = pl.col("municipality_code")
    coded = grouped.select(
        _packed(outcome).alias("outcome"),
        _packed({PLACED: code.is_not_null() & (code != e.OUTSIDE_CODE)}).alias(PLACED),
        *(_code(column).alias(column) for column in GROUP_COLUMNS),
    )
    return pl.concat([_counted(coded, column) for column in GROUP_COLUMNS])


def merged(parts: Iterable[pl.LazyFrame]) -> pl.LazyFrame:
    """The cells of several slices or buckets added up."""
    return pl.concat(parts).group_by(CELL).agg(pl.col("obligations").sum())


def together(stored: pl.LazyFrame, reference: Reference) -> list[list[str]]:
    """All measures in their order, as many at a time as have CELLS_AT_ONCE cells, or one that has more."""
    code = pl.col(CELL).floordiv(1 << _shift("measure"))
    cells_of = dict(stored.group_by(code).len().collect(engine="streaming").iter_rows())
    some: list[list[str]] = []
    room = 0
    for number, measure in enumerate(reference.measures.categories, start=1):
        room -= cells_of.get(number, 0)
        if not some or room < 0:
            some.append([])
            room = CELLS_AT_ONCE - cells_of.get(number, 0)
        some[-1].append(measure)
    return some


def of_measures(stored: pl.LazyFrame, measures: list[str], reference: Reference) -> pl.LazyFrame:
    """The cells of some measures that follow each other; what is stored in order is read for these alone."""
    known = reference.measures.categories
    first = known.to_list().index(measures[0]) + 1
    return stored.filter(
        pl.col(CELL).is_between(first << _shift("measure"), (first + len(measures)) << _shift("measure"), "left")
    )


def by_quarter(stored: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """The numbers of each measure, quarter and group of cells, by name."""
    beside_outcome = _shift("quarter")
    of_groups = (
        stored.select(
            (pl.col(CELL).floordiv(1 << beside_outcome)).alias("key"),
            "obligations",
            _field("is_due").cast(pl.Boolean),
            _named("status", lists.STATUS),
            _named("reason", lists.REASON),
        )
        .select("key", *numbers())
        .group_by("key")
        .agg(pl.all().sum())
        .with_columns((pl.col("key") * (1 << beside_outcome)).alias(CELL))
        .drop("key")
        .collect(engine="streaming")
        .lazy()
    )
    named = []
    for at, column in enumerate(GROUP_COLUMNS):
        rows = of_groups.filter(_field("column") == at)
        among = {ATTRIBUTIONS.get(column, RESPONSIBLE): rows}
        if column in TRAITS:
            wherever = rows.with_columns(pl.col(CELL) - _field(PLACED).cast(pl.Int64) * (1 << _shift(PLACED)))
            among = {RESPONSIBLE: wherever.group_by(CELL).agg(pl.all().sum()), PLACED: rows.filter(_field(PLACED) == 1)}
        named += [
            of_them.select(
                _named("measure", reference.measures),
                _field("year"),
                _field("quarter").cast(pl.Int8),
                pl.lit(attribution).alias("attribution"),
                pl.lit(column if column in TRAITS else "municipality").alias("group_kind"),
                _value(column, reference),
                pl.all().exclude(CELL),
            )
            for attribution, of_them in among.items()
        ]
    return pl.concat(named)


def _counted(coded: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """A place is counted as it is; a trait also by whether some municipality is responsible."""
    group = _packed({"group": pl.col(column)}) + (GROUP_COLUMNS.index(column) << _shift("column"))
    cell = pl.col("outcome") + group + (pl.col(PLACED) if column in TRAITS else 0)
    return coded.select(cell.alias(CELL)).group_by(CELL).len("obligations").cast({"obligations": pl.Int64})


def _packed(fields: dict[str, pl.Expr]) -> pl.Expr:
    parts = [expression.cast(pl.Int64).fill_null(0) * (1 << _shift(name)) for name, expression in fields.items()]
    return pl.sum_horizontal(parts)


def _shift(field: str) -> int:
    names = list(FIELDS)
    return sum(FIELDS[name] for name in names[names.index(field) + 1 :])


def _field(name: str) -> pl.Expr:
    return (pl.col(CELL).floordiv(1 << _shift(name)) % (1 << FIELDS[name])).cast(pl.Int32).alias(name)


def _code(column: str) -> pl.Expr:
    """Its number in its list, from 1; a year is its own."""
    if column == "birth_year":
        return pl.col(column).fill_null(0).cast(pl.Int16)
    return (pl.col(column).to_physical().cast(pl.Int16) + 1).fill_null(0)


def _named(field: str, dtype: pl.Enum, name: str | None = None) -> pl.Expr:
    """The word again; 0 is null."""
    code = _field(field)
    return pl.when(code > 0).then(code - 1).cat.to(dtype).alias(name or field)


def _value(column: str, reference: Reference) -> pl.Expr:
    """Christiansø reads `outside`; no municipality, or no birth year, `unknown`."""
    if column == "birth_year":
        year = _field("group")
        value = pl.when(year > 0).then(year).cast(pl.String)
    elif column in PLACES:
        code = _named("group", reference.municipality).cast(pl.String)
        value = pl.when(code == e.OUTSIDE_CODE).then(pl.lit(e.OUTSIDE)).otherwise(code)
    else:
        of_trait = {
            "substance_group": substance_groups(reference),
            "certainty": CERTAINTY,
            "known_before_birth": KNOWN_BEFORE_BIRTH,
        }
        value = _named("group", of_trait[column]).cast(pl.String)
    return value.fill_null(e.UNKNOWN).alias("group_value")
