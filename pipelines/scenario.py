"""What it would cost, or save, if children of one pathway cost what those of another do: arithmetic, not an effect.

From differences that are told, or from exact ones: it makes no figure of children.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.errors import UserError
from pipelines.pathways import PATHWAYS


def scenario(difference: pl.DataFrame, from_pathway: str, to_pathway: str, share: float) -> pl.DataFrame:
    """`breakdown, part, moved, per_child_dkk, total_dkk` with both intervals, and the state, when a share is moved.

    `difference` comes from `cost_differences.differences`, or is what of it may be told. `moved` is the share of the
    children of `from_pathway`, not rounded. Negative is less cost. UserError where the question makes no sense.
    """
    _check(difference, from_pathway, to_pathway, share)
    pair = (pl.col("from_pathway") == from_pathway) & (pl.col("to_pathway") == to_pathway)
    moved = share * pl.col("children")
    ends = ("difference_dkk", "low_dkk", "high_dkk")
    return difference.filter(pair).select(
        "breakdown",
        "part",
        moved.alias("moved"),
        *(pl.col(end).alias(f"per_child_{_short(end)}") for end in ends),
        *((pl.col(end) * moved).alias(f"total_{_short(end)}") for end in ends),
        "state",
    )


def _short(column: str) -> str:
    return column.removeprefix("difference_")


def _check(difference: pl.DataFrame, from_pathway: str, to_pathway: str, share: float) -> None:
    """A question that has no answer is told as such. A pathway of which every amount is hidden is not told."""
    told = difference.filter(pl.col("state") != "suppressed")
    known: Sequence[str] = sorted({*told["from_pathway"], *told["to_pathway"]})
    if not 0 <= share <= 1:
        raise UserError("The share of children to move must lie between 0 and 1", to_do="Choose a share from 0 to 1.")
    if from_pathway == to_pathway:
        raise UserError("Children can only be moved to another pathway", to_do="Choose two different pathways.")
    for pathway in (from_pathway, to_pathway):
        if pathway not in PATHWAYS:
            raise UserError(f"{pathway} is not a pathway", to_do=f"The pathways are {', '.join(PATHWAYS)}.")
        if pathway not in known:
            raise UserError(
                f"What the pathway {pathway} has cost is not told: it has too few children or none",
                to_do=f"Pathways that are told: {', '.join(known) or 'none'}.",
            )
