"""The continuity picture as figures that may be shown: steps, and what was lost between them, suppressed as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboards import suppression
from dashboards.suppression import State


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
    def of(rows: pl.DataFrame, threshold: int) -> Thread:
        """Rows of one group and window; without rows it is *missing*, without children *not applicable*."""
        totals = rows.filter(pl.col("lost_reason").is_null()).sort("position")
        if totals.is_empty():
            return Thread("missing")
        children = totals["children"].to_list()
        if children[0] == 0:
            return Thread("not_applicable")
        shown = suppression.shown_in_chain(children, threshold)
        if not shown[0]:
            return Thread("suppressed", tuple(Step(name, None, None) for name in totals["step"]))
        lost_shown = suppression.lost_shown(shown)
        steps = (
            Step(
                row["step"],
                row["children"] if is_shown else None,
                row["lost"] if is_lost_shown else None,
                _losses(rows, row["step"], threshold) if is_lost_shown else (),
            )
            for row, is_shown, is_lost_shown in zip(totals.to_dicts(), shown, lost_shown, strict=True)
        )
        return Thread("number", tuple(steps))

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


def _losses(rows: pl.DataFrame, step: str, threshold: int) -> tuple[Loss, ...]:
    """By reason; no reason at all where all are small and the number lost at the step would tell them."""
    parts = (
        rows.filter((pl.col("step") == step) & pl.col("lost_reason").is_not_null() & (pl.col("lost") > 0))
        .sort(["lost", "lost_reason"], descending=[True, False])
        .select("lost_reason", "lost")
        .rows()
    )
    counts = [lost for _, lost in parts]
    shown = suppression.shown_parts(counts, threshold)
    if suppression.gives_away(counts, shown, threshold):
        return ()
    losses = [Loss(reason, lost if is_shown else None) for (reason, lost), is_shown in zip(parts, shown, strict=True)]
    return tuple(
        [loss for loss in losses if loss.children is not None]
        + sorted((loss for loss in losses if loss.children is None), key=lambda loss: loss.reason)
    )
