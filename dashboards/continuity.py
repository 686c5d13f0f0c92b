"""The continuity picture as the gate has let it through: steps, and what was lost between them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboards.states import State


@dataclass(frozen=True)
class Loss:
    """Children who fell out for one reason; `children` is null when the number may not be shown."""

    reason: str
    children: int | None


@dataclass(frozen=True)
class Step:
    """One step of the thread. Numbers are null unless they may be shown.

    `lost` counts those who fell out between the step before and this one, `losses` the same by reason, most first.
    """

    name: str
    children: int | None
    lost: int | None
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True)
class Thread:
    """The steps in order. `state` is `number` when at least the first step may be shown."""

    state: State
    steps: tuple[Step, ...] = ()

    @staticmethod
    def of(rows: pl.DataFrame) -> Thread:
        """Rows of `published_continuity` of one place and cohort; without rows it is *missing*.

        What nobody was lost at has no row of its own for what was lost there.
        """
        inside = rows.filter(pl.col("quantity") == "inside").sort("position")
        if inside.is_empty():
            return Thread("missing")
        state: State = inside["state"][0]
        if state not in {"number", "suppressed"}:
            return Thread(state)
        lost = dict(rows.filter(pl.col("quantity") == "lost").select("step", "children").iter_rows())
        steps = (
            Step(name, children, lost.get(name, 0), _losses(rows, name, lost.get(name, 0)))
            for name, children in inside.select("step", "children").iter_rows()
        )
        return Thread(state, tuple(steps))

    @property
    def exposed(self) -> int | None:
        """Children at the start of the thread."""
        return self.steps[0].children if self.steps else None

    @property
    def says_little(self) -> bool:
        """Whether there is no thread, or at least half of its steps are hidden: then the region's says more."""
        hidden = sum(step.children is None for step in self.steps)
        return self.state != "number" or hidden * 2 >= len(self.steps)

    @property
    def unbroken(self) -> int | None:
        """Children whose thread is unbroken to the end."""
        return self.steps[-1].children if self.steps else None


def _losses(rows: pl.DataFrame, step: str, lost: int | None) -> tuple[Loss, ...]:
    """Most first, then those whose number is hidden. None are named where nobody fell out or the number is hidden."""
    if not lost:
        return ()
    is_named = (pl.col("children") > 0) | (pl.col("state") == "suppressed")
    reasons = rows.filter((pl.col("quantity") == "lost_for") & (pl.col("step") == step) & is_named)
    ordered = reasons.sort("children", "lost_reason", descending=[True, False], nulls_last=True)
    return tuple(Loss(reason, children) for reason, children in ordered.select("lost_reason", "children").iter_rows())
