"""What the bars of development are made of: panels of a domain and an age band, and the counts of their groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from dashboards.states import State

RESULTS = ("concern", "monitor", "typical")
"""From the left, so that the shares of concern start on one line and can be compared by eye."""

ASSESSED, NOT_ASSESSED = "assessed", "not_assessed"


@dataclass(frozen=True)
class Bar:
    """The children of one group in one domain and age band; a count that may not be shown is null.

    `about`: how many have lived through the band, in whole tens, and `assessed_share`, where that is all that is told
    of those who were not assessed. Both are null where the four counts are exact.
    """

    group: str
    counts: Mapping[str, int | None]
    state: State
    about: int | None = None
    assessed_share: float | None = None

    @property
    def assessed(self) -> int | None:
        """How many were assessed; null when a part is hidden."""
        return _sum([self.counts[result] for result in RESULTS])

    @property
    def population(self) -> int | None:
        """How many have lived through the band, exactly or in whole tens; null when a part is hidden."""
        return self.about if self.about is not None else _sum([self.assessed, self.counts[NOT_ASSESSED]])

    @property
    def not_assessed_share(self) -> float | None:
        """Of those who have lived through the band; null when a part is hidden, or there is nobody."""
        if self.assessed_share is not None:
            return 1 - self.assessed_share
        unseen, population = self.counts[NOT_ASSESSED], self.population
        return unseen / population if unseen is not None and population else None


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


def published_panels(published: pl.DataFrame) -> list[Panel]:
    """From rows of `published_development`: the results are exact, how many have lived through the band is in tens.

    A bar's state is a number when its four shares are; a group of nobody is not applicable.
    """
    panels = published.partition_by("domain", "age_band", maintain_order=True, as_dict=True)
    return [
        Panel(
            str(domain),
            str(band),
            tuple(_published_bar(part) for part in rows.partition_by("group_value", maintain_order=True)),
        )
        for (domain, band), rows in panels.items()
    ]


def _published_bar(rows: pl.DataFrame) -> Bar:
    shares = {row["share_of"]: row for row in rows.iter_rows(named=True)}
    states: list[State] = [shares[name]["state"] if name in shares else "missing" for name in (*RESULTS, ASSESSED)]
    hidden = [state for state in states if state != "number"]
    group = str(rows["group_value"][0])
    counts: dict[str, int | None] = {name: None if hidden else shares[name]["numerator"] for name in RESULTS}
    if hidden:
        return Bar(group, counts | {NOT_ASSESSED: None}, hidden[0])
    whole = shares[ASSESSED]
    state: State = "number" if whole["share"] is not None else "not_applicable"
    return Bar(group, counts | {NOT_ASSESSED: None}, state, whole["denominator"], whole["share"])


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
