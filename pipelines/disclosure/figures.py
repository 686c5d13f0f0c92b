"""All figures that readers may ask for, cells and rolling windows alike, each with its labels and whether it is told.

A rolling window is no cell: it is the sum of cells, told where its years are, or a fixed period and the years beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.disclosure.cube import NOT_RELEASED, Cells
from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers
from pipelines.disclosure.places_and_periods import WINDOWS, Calendar


@dataclass(frozen=True, eq=False)
class Figures:
    """`counts`, `told`, `numbers`: the cube's shape with the windows after its periods. `asked`: the combinations that
    there could be a figure of, and somebody is counted in. `periods`: kind and value of every period."""

    cells: Cells
    counts: Integers
    told: Flags
    numbers: Integers
    asked: Flags
    periods: list[tuple[str, str]]

    @classmethod
    def of(cls, cells: Cells, told: Flags, asked: Flags, at: int, calendar: Calendar) -> Figures:
        """`told` and `asked` have the shape of the cube, periods along axis `at`. A window is asked for where its fixed
        periods or years are."""
        axis = cells.cube.axes[at]
        open_ = told | cells.is_empty
        counts, shown, wanted, names = [cells.cube.counts], [told], [asked], [group.labels[0] for group in axis.groups]
        for kind, name, ways in _windows(axis, calendar):
            years = max(ways, key=len)
            total = np.take(cells.cube.counts, years, axis=at).sum(axis=at, keepdims=True)
            is_told = np.any([np.take(open_, way, axis=at).all(axis=at, keepdims=True) for way in ways], axis=0)
            is_due = ~np.take(cells.is_empty, years, axis=at).all(axis=at, keepdims=True)
            counts.append(total)
            shown.append(is_told & is_due)
            wanted.append(np.take(asked | cells.is_empty, years, axis=at).all(axis=at, keepdims=True) & is_due)
            names.append((kind, name))
        told_all = np.concatenate(shown, axis=at)
        numbers = np.full(told_all.shape, NOT_RELEASED, dtype=np.int64)
        inside = [slice(None)] * told_all.ndim
        inside[at] = slice(cells.numbers.shape[at])
        numbers[tuple(inside)] = cells.numbers
        return cls(cells, np.concatenate(counts, axis=at), told_all, numbers, np.concatenate(wanted, axis=at), names)

    def rows(self, axes: Sequence[str], at: int, offset: int) -> pl.DataFrame:
        """One row for each figure and way to label it: `cell` (null for windows and what is no cell), `count`,
        `is_told`, `denominator`, `denominator_is_told`, and kind and value along every axis."""
        places = np.nonzero(self.asked)
        denominator = self.cells.cube.rate_of[places[-1]]
        of_whole = (*places[:-1], denominator)
        cell = self.numbers[places]
        frame = pl.DataFrame(
            {
                **dict(zip(axes, places, strict=True)),
                "cell": pl.Series(cell + offset).set(pl.Series(cell < 0), None),
                "count": self.counts[places],
                "is_told": self.told[places],
                "has_share": denominator != NO_DENOMINATOR,
                "denominator": self.counts[of_whole],
                "denominator_is_told": self.told[of_whole],
            }
        ).lazy()
        for position, (name, axis) in enumerate(zip(axes, self.cells.cube.axes, strict=True)):
            labels = labels_of(axis, name) if position != at else _labelled(name, self.periods)
            frame = frame.join(labels.lazy(), on=name, how="left")
        return frame.collect()


def _windows(axis: Axis, calendar: Calendar) -> list[tuple[str, str, list[list[int]]]]:
    """Kind and name of each rolling window that is no group of the axis, and the ways to add it up."""
    known = {label for group in axis.groups for label in group.labels}
    found = []
    for kind in WINDOWS:
        for name, years in calendar.windows(kind).items():
            if (kind, name) in known:
                continue
            own = [axis.number("year", str(year)) for year in years]
            ways = [own]
            for period in calendar.periods:
                if set(period) < set(years):
                    rest = [axis.number("year", str(year)) for year in years if year not in period]
                    ways.append([axis.number("three_years", f"{period[0]}-{period[-1]}"), *rest])
            found.append((kind, name, ways))
    return found


def labels_of(axis: Axis, name: str) -> pl.DataFrame:
    """All labels of the groups of an axis."""
    rows = [(at, kind, value) for at, group in enumerate(axis.groups) for kind, value in group.labels]
    schema = {name: pl.Int64(), f"{name}_kind": pl.String(), f"{name}_value": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _labelled(name: str, periods: Sequence[tuple[str, str]]) -> pl.DataFrame:
    rows = [(at, kind, value) for at, (kind, value) in enumerate(periods)]
    schema = {name: pl.Int64(), f"{name}_kind": pl.String(), f"{name}_value": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")
