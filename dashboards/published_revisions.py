"""The only reader of two publications beside each other: published figures that have become others. Asks the scope."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboards import shares as share_steps
from dashboards.opening import Source
from dashboards.published import CannotBeRead, threshold
from dashboards.scope import Place, Scope
from pipelines.alerts import revisions
from pipelines.definitions.measures import Measure

KEYS = ("headline", "place", "period")


def revised(
    earlier: Source, later: Source, scope: Scope, measures: Sequence[Measure], places: Sequence[Place]
) -> pl.DataFrame:
    """Calendar years that an earlier publication told otherwise, the largest difference first (see `revisions`).

    Only years that were over when it was made: one that was not has grown, and nothing was corrected. A correction of
    fewer than are shown may be of one child: that it was made is told, and not from what.
    """
    scope.require(tuple(places))
    was_over = pl.col("period") < str(earlier.run["as_of"].year)
    before, after = (_years(tables, measures, places).filter(was_over) for tables in (earlier, later))
    difference = pl.col("difference_points").abs()
    try:
        rows = _without_small(revisions(before, after, KEYS)).collect()
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise _cannot_be_read() from fault
    return rows.sort(difference, *KEYS, descending=[True, False, False, False], nulls_last=True)


def _without_small(rows: pl.LazyFrame) -> pl.LazyFrame:
    """`corrected_little`, without the earlier figure, where fewer than the threshold came or went: of those who are
    counted in the share, of the others, or of all."""
    part, whole = (pl.col(f"{name}_after") - pl.col(f"{name}_before") for name in ("numerator", "denominator"))
    is_small = pl.any_horizontal(each.abs().is_between(1, threshold() - 1) for each in (part, whole, whole - part))
    is_little = (pl.col("revision").cast(pl.String) == "corrected") & is_small
    hidden = ("numerator_before", "denominator_before", "difference_points")
    return rows.with_columns(
        pl.when(is_little)
        .then(pl.lit("corrected_little"))
        .otherwise(pl.col("revision").cast(pl.String))
        .alias("revision"),
        *(pl.when(~is_little).then(name).alias(name) for name in hidden),
    )


def _years(tables: Source, measures: Sequence[Measure], places: Sequence[Place]) -> pl.LazyFrame:
    try:
        rows = tables.table("published_shares")
    except Exception as fault:  # the engine's own errors share no base class
        raise _cannot_be_read() from fault
    is_asked = (pl.col("attribution") == "responsible") & (pl.col("period_kind") == "year")
    of_obligations = [measure for measure in measures if measure.step is None]
    return share_steps.of_obligations(share_steps.of_places(rows.filter(is_asked), places), of_obligations)


def _cannot_be_read() -> CannotBeRead:
    return CannotBeRead("The published tables cannot be read", to_do="Make them again with: roedtraad publish")
