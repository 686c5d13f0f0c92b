"""Which failing rows are accepted: those that a steward has named or has seen, and no row that came after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from checks.decisions import PLACE, in_force, levels, reached
from checks.findings import FINDING
from checks.statuses import status

CHECK = ["check_id"]
ACCEPTED = pl.min_horizontal("failing", pl.col("_listed_accepted") + pl.col("_more"))


def on_day(results: pl.DataFrame, findings: pl.DataFrame, decisions: pl.DataFrame, day: date) -> pl.DataFrame:
    """The same results with `accepted` and `status` as of a day: decisions are made and end between two checks.

    `results`: the latest of each check (RESULTS or more), in any places; a null municipality is all rows together.
    `findings` and `decisions`: the rows of `check_failures` and `check_decisions`. Results of earlier runs are history:
    they keep the status that they had.
    """
    holding = Accepted.among(in_force(decisions, day))
    counted = holding.counted(results.drop("accepted"), findings.filter(pl.col("still_open")))
    return counted.with_columns(status().alias("status")).select(results.columns)


@dataclass(frozen=True)
class Accepted:
    """The decisions in force that accept: single rows, whole municipalities, whole checks."""

    rows: pl.DataFrame
    places: pl.DataFrame
    checks: pl.DataFrame

    @staticmethod
    def among(decisions: pl.DataFrame) -> Accepted:
        """`decisions`: those in force."""
        return Accepted(*levels(decisions.filter(pl.col("kind") == "accepted")).values())

    def counted(self, counts: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
        """Adds `accepted` to `check_id, municipality_code, failing`; a null municipality is all rows together.

        `findings`: the open ones, with `first_seen` and `rows`. A decision about a municipality or a check accepts the
        rows that were first seen by then, the oldest first, as many as were counted then. Of rows that are not listed
        it accepts what is left of that number; where it cannot be known in which municipality those are, none there.
        """
        known = self._marked(findings)
        is_whole = pl.col("municipality_code").is_null()
        there = _beside(counts.filter(~is_whole), known, self.places, PLACE)
        whole = _beside(counts.filter(is_whole), known, self.checks, CHECK)
        of_places = there.group_by("check_id").agg(pl.col("_more").sum().alias("_more_there"))
        is_all = (pl.col("_seen") > 0) & (pl.col("_more") == pl.col("_left"))
        everything = whole.filter(is_all).select("check_id", pl.lit(value=True).alias("_all"))
        whole = whole.join(of_places, on="check_id", how="left").with_columns(
            pl.max_horizontal("_more", pl.col("_more_there").fill_null(0)).alias("_more")
        )
        there = there.join(everything, on="check_id", how="left").with_columns(
            pl.when("_all").then("_left").otherwise("_more").alias("_more")
        )
        accepted = pl.concat([part.select(*PLACE, ACCEPTED.alias("accepted")) for part in (whole, there)])
        return counts.join(accepted, on=PLACE, how="left", nulls_equal=True, maintain_order="left")

    def _marked(self, findings: pl.DataFrame) -> pl.DataFrame:
        """`_by_<key>`: a decision about the whole reaches the row; `_is_accepted`: any decision does."""
        named = self.rows.select(FINDING).unique().with_columns(pl.lit(value=True).alias("_by_name"))
        known = findings.with_columns(
            pl.col("rows").fill_null(1),
            reached(findings, self.places, PLACE).alias(_by(PLACE)),
            reached(findings, self.checks, CHECK).alias(_by(CHECK)),
        ).join(named, on=FINDING, how="left")
        by_any = pl.any_horizontal(pl.col("_by_name").fill_null(value=False), _by(PLACE), _by(CHECK))
        return known.with_columns(by_any.alias("_is_accepted"))


def _by(keys: list[str]) -> str:
    return f"_by_{keys[-1]}"


def _beside(counts: pl.DataFrame, findings: pl.DataFrame, decisions: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Counts with `_listed_accepted`, with `_left`: failing rows that are not listed, and with `_more`: those of them
    that a decision about the whole accepts by their number."""
    rows = pl.col("rows")
    listed = findings.group_by(keys).agg(
        rows.sum().alias("_listed"),
        rows.filter("_is_accepted").sum().alias("_listed_accepted"),
        rows.filter(_by(keys)).sum().alias("_used"),
    )
    known = (
        counts.select(*PLACE, pl.col("failing").fill_null(0))
        .join(listed, on=keys, how="left")
        .join(decisions.select(*keys, pl.col("rows").alias("_seen")), on=keys, how="left")
        .with_columns(pl.col("_listed", "_listed_accepted", "_used", "_seen").fill_null(0))
        .with_columns(_not_negative(pl.col("failing") - pl.col("_listed")).alias("_left"))
    )
    still_free = _not_negative(pl.col("_seen") - pl.col("_used"))
    return known.with_columns(pl.min_horizontal("_left", still_free).alias("_more"))


def _not_negative(number: pl.Expr) -> pl.Expr:
    return pl.max_horizontal(number, pl.lit(0, pl.Int64))
