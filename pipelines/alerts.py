"""The list of lasting changes that somebody should look at, and of published figures that have become others.

The same function for the leader (published figures) and the steward (own exact counts): `pipelines.trends` has read
one or the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.statistics.false_discovery import adjusted

FALSE_PART = 0.1
"""At most this part of a list is chance, on average over lists (Benjamini and Hochberg)."""

FIGURE = ("numerator", "denominator", "state")
REVISIONS = ("corrected", "now_hidden", "now_shown", "now_absent", "withdrawn")


def alerts(trends: pl.LazyFrame, false_part: float = FALSE_PART) -> pl.LazyFrame:
    """Rows of `trends` that stay when all series of the list are looked at together, the most important first.

    The longer the list of series, the surer a change must be: of the changes listed at most `false_part` are chance, on
    average. `direction` is improving or worsening; `strength` is |z|; `children` how many more or fewer there are since
    the change than the share before it would have given. Worsening comes first, then by children, measure and place.
    `sentence` is the key of the text.
    """
    changed = pl.col("trend").is_in(["improving", "worsening"])
    children = (pl.col("after_share") - pl.col("before_share")).abs() * pl.col("after_denominator")
    return (
        trends.with_columns(pl.col("p_value").map_batches(adjusted, return_dtype=pl.Float64).alias("q_value"))
        .filter(changed & (pl.col("q_value") <= false_part))
        .with_columns(
            pl.col("trend").cast(pl.String).alias("direction"),
            pl.col("z").abs().alias("strength"),
            children.round().cast(pl.Int64).alias("children"),
            pl.concat_str(pl.lit("alert."), pl.col("trend").cast(pl.String)).alias("sentence"),
        )
        .sort(pl.col("direction") != "worsening", -pl.col("children"), "measure", "place")
        .select(
            "measure", "place", "since_period", "last_period", "before_share", "after_share",
            "before_denominator", "after_denominator", "direction", "strength", "children", "q_value", "sentence",
        )
    )  # fmt: skip


def revisions(earlier: pl.LazyFrame, later: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """What an earlier publication said and a later one says otherwise. `keys` name a figure: measure, place, period ...

    `numerator, denominator, state` of both (`_before`, `_after`), `difference_points` (share after minus before, in
    percentage points, null unless both are numbers) and `revision`: corrected, now hidden, now shown, now absent
    (another state that is neither), or withdrawn (the later one does not have it). A figure that was not yet due, or
    that the earlier one did not have, is new and no revision.
    """
    before = earlier.select(*keys, *(pl.col(name).alias(f"{name}_before") for name in FIGURE))
    after = later.select(*keys, *(pl.col(name).alias(f"{name}_after") for name in FIGURE))
    both = before.join(after, on=list(keys), how="left", nulls_equal=True)
    changed = pl.any_horizontal(pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in FIGURE)
    was_due = pl.col("state_before").cast(pl.String) != "not_yet_due"
    return (
        both.filter(changed & was_due)
        .with_columns(_points().alias("difference_points"), _revision().alias("revision"))
        .sort(*keys)
    )


def _points() -> pl.Expr:
    """Null where either is no number or has a denominator of 0."""
    shares = []
    for side in ("before", "after"):
        is_number = (pl.col(f"state_{side}").cast(pl.String) == "number") & (pl.col(f"denominator_{side}") > 0)
        shares.append(pl.when(is_number).then(pl.col(f"numerator_{side}") / pl.col(f"denominator_{side}")))
    return (shares[1] - shares[0]) * 100


def _revision() -> pl.Expr:
    before, after = pl.col("state_before").cast(pl.String), pl.col("state_after").cast(pl.String)
    return (
        pl.when(after.is_null())
        .then(pl.lit("withdrawn"))
        .when((before == "number") & (after == "number"))
        .then(pl.lit("corrected"))
        .when(after == "suppressed")
        .then(pl.lit("now_hidden"))
        .when(after == "number")
        .then(pl.lit("now_shown"))
        .otherwise(pl.lit("now_absent"))
    ).cast(pl.Enum(REVISIONS))
