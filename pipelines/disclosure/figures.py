"""All figures that readers may ask for, cells and rolling windows alike, each with its labels and whether it is told.

A rolling window is no cell: it is the sum of cells, told where its years are, or a fixed period and the years beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.disclosure.cube import NOT_RELEASED, Cells
from pipelines.disclosure.emptiness import evident
from pipelines.disclosure.hierarchies import Axis, Label
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers
from pipelines.disclosure.places_and_periods import WINDOWS, Calendar, name


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a release: its cells, the `first` of which has that number in the release.

    `wanted`: combinations that there could be a figure of; `wholes`: for each outcome the one that says whether anybody
    is counted; `axes`: a name for each axis of the cube, the periods' along axis `at`.
    """

    cells: Cells
    wanted: Flags
    wholes: Integers
    axes: tuple[str, ...]
    at: int
    first: int

    def figures(self, hidden: Flags, calendar: Calendar) -> pl.DataFrame:
        """All figures when these cells of the release are hidden; see `Figures.rows`."""
        is_cell = self.cells.numbers >= 0
        told = np.zeros(is_cell.shape, dtype=np.bool_)
        told[is_cell] = ~hidden[self.first : self.first + len(self.cells)]
        figures = Figures.of(self.cells, Asked(told, self.wanted, self.evident(told)), self.at, calendar)
        return figures.rows(self.axes, self.at, self.first)

    def evident(self, told: Flags) -> Flags:
        """Where readers may know that nobody is counted."""
        cells, known = self.cells, np.zeros(told.shape, dtype=np.bool_)
        for whole in np.unique(self.wholes).tolist():
            empty, released = cells.is_empty[..., whole], cells.numbers[..., whole] != NOT_RELEASED
            of_whole = evident(cells.cube.axes[:-1], empty, told[..., whole], released)
            known[..., self.wholes == whole] = of_whole[..., None]
        return known


@dataclass(frozen=True, eq=False)
class Asked:
    """Flags in the shape of the cube. `told`: readers are told the count. `wanted`: there could be a figure of it.
    `evident`: readers know that nobody is counted, so that there is no figure."""

    told: Flags
    wanted: Flags
    evident: Flags


@dataclass(frozen=True)
class Window:
    """A rolling window that is no group of the calendar's axis, and the ways to add it up of groups that are."""

    label: Label
    ways: tuple[tuple[int, ...], ...]

    @property
    def years(self) -> tuple[int, ...]:
        """The way that is there for every window."""
        return self.ways[0]


@dataclass(frozen=True, eq=False)
class Figures:
    """`counts`, `told`, `cell`, `is_figure`: the cube's shape with the windows after its periods. `cell` is negative
    for what is none. `periods`: kind and value of every period."""

    cells: Cells
    counts: Integers
    told: Flags
    cell: Integers
    is_figure: Flags
    periods: list[Label]

    @classmethod
    def of(cls, cells: Cells, asked: Asked, at: int, calendar: Calendar) -> Figures:
        """Cells and windows; the periods lie along axis `at` of the cube. A window is wanted where its years are."""
        axis = cells.cube.axes[at]
        windows = windows_of(axis, calendar)
        is_figure = asked.wanted & ~asked.evident
        of_windows = [_flags_of(window, asked, at) for window in windows]
        counts = [cells.cube.counts.take(window.years, axis=at).sum(axis=at, keepdims=True) for window in windows]
        nothing = [np.full(each.shape, NOT_RELEASED, dtype=np.int64) for each in counts]
        return cls(
            cells,
            counts=np.concatenate([cells.cube.counts, *counts], axis=at),
            told=np.concatenate([asked.told, *(told for told, _ in of_windows)], axis=at),
            cell=np.concatenate([cells.numbers, *nothing], axis=at),
            is_figure=np.concatenate([is_figure, *(figure for _, figure in of_windows)], axis=at),
            periods=[*(group.labels[0] for group in axis.groups), *(window.label for window in windows)],
        )

    def rows(self, axes: Sequence[str], at: int, offset: int) -> pl.DataFrame:
        """One row for each figure and way to label it: `cell` (null for windows and what is no cell), `count`,
        `is_told`, `denominator`, `denominator_is_told`, and kind and value along every axis."""
        places = np.nonzero(self.is_figure)
        denominator = self.cells.cube.rate_of[places[-1]]
        of_whole = (*places[:-1], denominator)
        cell = self.cell[places]
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
        for position, (each, axis) in enumerate(zip(axes, self.cells.cube.axes, strict=True)):
            labels = labels_of(axis, each) if position != at else _labels(each, [[label] for label in self.periods])
            frame = frame.join(labels.lazy(), on=each, how="left")
        return frame.collect()


def _flags_of(window: Window, asked: Asked, at: int) -> tuple[Flags, Flags]:
    """Whether a window is told, and whether there is a figure of it at all."""
    open_, is_empty = _by_a_way(window, asked.told | asked.evident, at), _by_a_way(window, asked.evident, at)
    wanted = asked.wanted.take(window.years, axis=at).all(axis=at, keepdims=True)
    return open_ & ~is_empty, wanted & ~is_empty


def _by_a_way(window: Window, flags: Flags, at: int) -> Flags:
    """Where all parts of one way to add a window up are flagged."""
    of_ways = [flags.take(way, axis=at).all(axis=at, keepdims=True) for way in window.ways]
    return np.asarray(np.logical_or.reduce(of_ways), dtype=np.bool_)


def windows_of(axis: Axis, calendar: Calendar) -> list[Window]:
    """All rolling windows that are no groups of the axis themselves."""
    known = {label for group in axis.groups for label in group.labels}
    named = [((kind, window), years) for kind in WINDOWS for window, years in calendar.windows(kind).items()]
    return [Window(label, _ways(axis, years, calendar)) for label, years in named if label not in known]


def _ways(axis: Axis, years: Sequence[int], calendar: Calendar) -> tuple[tuple[int, ...], ...]:
    """All years by themselves; or a fixed period that lies inside, and the years beside it."""
    number = {year: axis.number("year", str(year)) for year in years}
    inside = [period for period in calendar.periods if set(period) < set(years)]
    beside = [tuple(number[year] for year in years if year not in period) for period in inside]
    fixed = [axis.number("three_years", name(period)) for period in inside]
    return (tuple(number.values()), *((period, *rest) for period, rest in zip(fixed, beside, strict=True)))


def labels_of(axis: Axis, name: str) -> pl.DataFrame:
    """All labels of the groups of an axis."""
    return _labels(name, [group.labels for group in axis.groups])


def _labels(name: str, of_each: Sequence[Sequence[Label]]) -> pl.DataFrame:
    """Number, kind and value: one row for each label of each group."""
    rows = [(at, kind, value) for at, labels in enumerate(of_each) for kind, value in labels]
    schema = {name: pl.Int64(), f"{name}_kind": pl.String(), f"{name}_value": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")
