"""The figures of measure reports: one row for each measure, place and period, as they are published.

A measure of obligations stands under the municipality that was responsible; a step of the thread under where the
children live now. What reports have no counts of (participation, completeness of reporting) is in none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.definitions.measures import Measure

PLACE_KINDS = ("country", "region", "municipality")
FIGURE = ("place_kind", "place", "name", "period_kind", "period", "numerator", "denominator", "share", "state")
GAPS = {"closed-gap": "numerator_ever", "open-gap": "missed", "not-applicable": "excused"}
"""Gap status to the published outcome that is counted as it: met or late; overdue or contradicted; excused. What is not
due yet is not published, so no report of a place has a prospective gap."""


def figures(tables: Mapping[str, pl.LazyFrame], measures: Sequence[Measure]) -> pl.DataFrame:
    """Columns FIGURE, `place_name`, and for each gap status its count and `<status> state` (both null where nothing is
    published of it)."""
    by_obligation = [each for each in measures if each.measure]
    told = [_of_obligations(tables, by_obligation), _of_steps(tables["published_continuity"], measures)]
    names = tables["places"].sort("valid_from").unique(["place_kind", "place"], keep="last")
    named = names.select("place_kind", "place", pl.col("name").alias("place_name"))
    rows = pl.concat(told, how="diagonal").join(named, on=["place_kind", "place"], how="left")
    return rows.sort("place_kind", "place", "name", "period_kind", "period").collect()


def _of_obligations(tables: Mapping[str, pl.LazyFrame], measures: Sequence[Measure]) -> pl.LazyFrame:
    named = pl.LazyFrame(
        [(each.name, each.measure, each.numerator) for each in measures],
        schema={"name": pl.String, "measure": pl.String, "share_of": pl.String},
        orient="row",
    )
    keys = ["measure", "place_kind", "place", "period_kind", "period"]
    shares = _placed(tables["published_shares"]).join(named, on=["measure", "share_of"])
    rows = shares.select(*FIGURE, "measure")
    for code, outcome in GAPS.items():
        counted = _placed(tables["published_counts"]).filter(pl.col("outcome") == outcome)
        counts = counted.select(*keys, pl.col("count").alias(code), pl.col("state").alias(f"{code} state"))
        rows = rows.join(counts, on=keys, how="left")
    return rows.drop("measure")


def _placed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Of places, by the municipality that was responsible."""
    is_asked = (pl.col("attribution") == "responsible") & pl.col("group_kind").is_in(PLACE_KINDS)
    return rows.filter(is_asked).rename({"group_kind": "place_kind", "group_value": "place"})


def _of_steps(continuity: pl.LazyFrame, measures: Sequence[Measure]) -> pl.LazyFrame:
    """A share is told where its own state says so; a step without one has the state of its children."""
    names = {each.step: each.name for each in measures if each.step}
    return (
        continuity.filter((pl.col("quantity") == "inside") & pl.col("step").is_in(list(names)))
        .with_columns(
            pl.col("step").replace_strict(names, return_dtype=pl.String).alias("name"),
            pl.coalesce("share_state", "state").alias("state"),
        )
        .with_columns(pl.when(pl.col("state") == "number").then("children").alias("numerator"))
        .rename(
            {
                "group_kind": "place_kind",
                "group_value": "place",
                "birth_period_kind": "period_kind",
                "birth_period": "period",
                "exposed": "denominator",
            }
        )
        .select(FIGURE)
    )
