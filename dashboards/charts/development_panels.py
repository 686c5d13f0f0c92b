"""What the bars of development are made of: panels of a domain and an age band, and the counts of their groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from dashboards.states import State

RESULTS = ("concern", "monitor", "typical")
"""From the left, so that the shares of concern start on one line and can be compared by eye."""

NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True)
class Bar:
    """The children of one group in one domain and age band; a count that may not be shown is null."""

    group: str
    counts: Mapping[str, int | None]
    state: State

    @property
    def assessed(self) -> int | None:
        """How many were assessed; null when a part is hidden."""
        return _sum([self.counts[result] for result in RESULTS])

    @property
    def population(self) -> int | None:
        """How many have lived through the band; null when a part is hidden."""
        return _sum([self.assessed, self.counts[NOT_ASSESSED]])


@dataclass(frozen=True)
class Panel:
    """One domain and age band, with its groups below each other."""

    domain: str
    band: str
    bars: tuple[Bar, ...]


def panels_of(told: pl.DataFrame) -> list[Panel]:
    """From rows of `domain, age_band, group_value, outcome, children, state`, in the order in which they come.

    A bar's state is a number when all four of its counts are; else that of the first that is not, and `missing` where
    a row is not there.
    """
    panels = told.partition_by("domain", "age_band", maintain_order=True, as_dict=True)
    return [
        Panel(
            str(domain), str(band), tuple(_bar(part) for part in rows.partition_by("group_value", maintain_order=True))
        )
        for (domain, band), rows in panels.items()
    ]


def _bar(rows: pl.DataFrame) -> Bar:
    counts = dict(rows.select("outcome", "children").iter_rows())
    states: dict[str, State] = dict(rows.select("outcome", "state").iter_rows())
    told = {outcome: states.get(outcome, "missing") for outcome in (*RESULTS, NOT_ASSESSED)}
    shown = {outcome: counts.get(outcome) if state == "number" else None for outcome, state in told.items()}
    hidden = [state for state in told.values() if state != "number"]
    if not hidden and not any(shown.values()):
        hidden = ["not_applicable"]
    return Bar(str(rows["group_value"][0]), shown, hidden[0] if hidden else "number")


def _sum(parts: Sequence[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
