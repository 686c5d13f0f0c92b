"""The tables that leaders, national coordination and reports read. Every figure says which of five states it is in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.continuity import STEPS
from pipelines.disclosure.linked_tables import Flags
from pipelines.disclosure.national import NationalRelease
from pipelines.disclosure.obligation_cells import RATES
from pipelines.disclosure.thread_cells import INSIDE
from pipelines.wilson import wilson_high, wilson_low

STATES = ("number", "suppressed", "missing", "not_applicable", "not_yet_due")
NUMBER, SUPPRESSED, MISSING, NOT_APPLICABLE, NOT_YET_DUE = STATES
"""A figure (zero included); hidden by the gate; nobody delivered anything; nobody was there (denominator 0); the period
is not over. There is one mark for primary and complementary suppression, and for nobody where that would tell."""

DELIVERING = ("municipality", "region", "country")
PLACE = ("attribution", "group_kind", "group_value")
PERIOD = ("period_kind", "period")
SHARE = ("numerator", "denominator", "share", "low", "high")
NUMBERS = (*SHARE, "count", "children", "exposed")


def published_tables(
    release: NationalRelease, hidden: Flags, as_of: date, silent: Sequence[str] = ()
) -> dict[str, pl.LazyFrame]:
    """`published_counts`, `published_shares` and `published_continuity` by name.

    `silent`: places of which nobody has reported; all their figures are missing, and none is a zero.
    """
    obligations = _figures(release.obligations(hidden))
    tables = {
        "published_counts": _counts(obligations),
        "published_shares": _shares(release, obligations, as_of),
        "published_continuity": _continuity(release, _figures(release.thread(hidden))),
    }
    return {name: _without_silent(rows, silent) for name, rows in tables.items()} if silent else tables


def _without_silent(rows: pl.LazyFrame, silent: Sequence[str]) -> pl.LazyFrame:
    """That a place has not reported is no secret; what stands in its place is."""
    is_silent = pl.col("group_kind").is_in(DELIVERING) & pl.col("group_value").is_in(list(silent))
    numbers = [name for name in rows.collect_schema().names() if name in NUMBERS]
    return rows.with_columns(
        *(pl.when(~is_silent).then(name).alias(name) for name in numbers),
        pl.when(is_silent).then(pl.lit(MISSING)).otherwise("state").alias("state"),
    )


def _figures(rows: pl.DataFrame) -> pl.LazyFrame:
    """`count, state, denominator, share_state` beside the labels: no number where it is not shown."""
    share_is_told = pl.col("is_told") & pl.col("denominator_is_told")
    is_share = pl.col("has_share") & share_is_told
    return rows.lazy().with_columns(
        _state(pl.col("is_told")).alias("state"),
        pl.when("is_told").then("count").alias("count"),
        pl.when("has_share").then(_state(share_is_told)).alias("share_state"),
        pl.when(is_share).then("denominator").alias("denominator"),
    )


def _state(is_told: pl.Expr) -> pl.Expr:
    return pl.when(is_told).then(pl.lit(NUMBER)).otherwise(pl.lit(SUPPRESSED))


def _counts(figures: pl.LazyFrame) -> pl.LazyFrame:
    """One row for each measure, place, period and outcome, but where readers may know that nobody is counted."""
    return figures.select("measure", *PLACE, *PERIOD, "outcome", "count", "state")


def _with_interval(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Share and Wilson interval, only where both counts are shown."""
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    return rows.with_columns(
        pl.when(denominator > 0).then(numerator / denominator).alias("share"),
        wilson_low(numerator, denominator).alias("low"),
        wilson_high(numerator, denominator).alias("high"),
    )


def _shares(release: NationalRelease, figures: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Every share of every place and period that is released, whatever its state."""
    keys = ["measure", *PLACE, *PERIOD, "share_of"]
    of_figures = figures.filter(pl.col("outcome").is_in(RATES)).select(
        "measure",
        *PLACE,
        *PERIOD,
        pl.col("outcome").alias("share_of"),
        pl.when(pl.col("share_state") == NUMBER).then("count").alias("numerator"),
        "denominator",
        pl.col("share_state").alias("state"),
    )
    counted = figures.select(*PLACE, *PERIOD).unique().with_columns(is_counted=True)
    grid = _grid(release, of_figures).join(of_figures, on=keys, how="left")
    known = grid.join(counted, on=[*PLACE, *PERIOD], how="left").with_columns(_state_of_share(as_of).alias("state"))
    return _with_interval(known).select(*keys, *SHARE, "state")


def _state_of_share(as_of: date) -> pl.Expr:
    """A figure has its own state. Of what is no figure the year runs, the place delivered nothing, or nobody is there.

    Places deliver; the traits of exposed children do not.
    """
    is_open = pl.col("period").str.tail(4) == str(as_of.year)
    is_silent = pl.col("is_counted").is_null() & pl.col("group_kind").is_in(DELIVERING)
    other = pl.when(is_open).then(pl.lit(NOT_YET_DUE)).when(is_silent).then(pl.lit(MISSING))
    return pl.coalesce("state", other.otherwise(pl.lit(NOT_APPLICABLE)))


def _grid(release: NationalRelease, of_figures: pl.LazyFrame) -> pl.LazyFrame:
    """All measures in all places and periods; which kinds go together follows from what is released."""
    kinds = of_figures.select("attribution", "group_kind", *PERIOD, "share_of").unique()
    running = (
        kinds.drop("period")
        .unique()
        .join(release.running.lazy(), on="period_kind")
        .select(kinds.collect_schema().names())
    )
    measures = of_figures.select("measure", "share_of").unique()
    return (
        pl.concat([kinds, running])
        .join(release.groups.lazy(), on=["attribution", "group_kind"])
        .join(measures, on="share_of")
        .select("measure", *PLACE, *PERIOD, "share_of")
    )


def _continuity(release: NationalRelease, figures: pl.LazyFrame) -> pl.LazyFrame:
    """Children inside each step, lost at it and lost for each reason; for those inside, their share of all exposed.

    A place and cohort that readers may know to be without an exposed child has its steps as `not_applicable`.
    """
    keys = ["group_kind", "group_value", "birth_period_kind", "birth_period"]
    known = _with_interval(
        figures.with_columns(
            pl.col("count").alias("children"),
            pl.when(pl.col("share_state") == NUMBER).then("count").alias("numerator"),
        )
    ).with_columns(pl.col("denominator").alias("exposed"))
    nobody = (
        release.places_of_thread.lazy()
        .join(release.cohorts.lazy(), how="cross")
        .join(figures.select(keys).unique(), on=keys, how="anti")
        .join(pl.LazyFrame({"step": STEPS}), how="cross")
        .with_columns(pl.lit(INSIDE).alias("quantity"), pl.lit(NOT_APPLICABLE).alias("state"))
    )
    position = pl.col("step").replace_strict(
        {step: at for at, step in enumerate(STEPS)}, default=None, return_dtype=pl.Int32
    )
    shown = ["children", "state", "exposed", "share", "low", "high", "share_state"]
    return pl.concat([known, nobody], how="diagonal").select(
        *keys, "quantity", "step", position.alias("position"), "lost_reason", *shown
    )
