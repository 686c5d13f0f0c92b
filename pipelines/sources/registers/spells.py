"""From addresses and border crossings to spells: one row per time that a child lives in one municipality."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE

EVENT = ["child_id", "on_date", "municipality_code", "is_out", SOURCE, ROW]


def spells_of(homes: pl.DataFrame, crossings: pl.DataFrame) -> pl.DataFrame:
    """Residences as the contract has them.

    A spell begins with a move to another municipality or with a return from abroad. It ends with an emigration; when
    the next begins, its end is left open, as the contract allows. A move and a return on one day are one beginning.
    """
    same_child = pl.col("child_id")
    events = pl.concat([_moves(homes), _emigrations(crossings), _returns(homes, crossings)]).sort(
        "child_id", "on_date", pl.col("is_out").not_(), maintain_order=True
    )
    earlier = pl.col("municipality_code").shift(1).over(same_child)
    goes_on = (~pl.col("is_out") & pl.col("municipality_code").eq_missing(earlier) & earlier.is_not_null()).fill_null(
        value=False
    )
    turning = events.filter(~goes_on)
    until = pl.when(pl.col("is_out").shift(-1).over(same_child)).then(pl.col("on_date").shift(-1).over(same_child))
    return (
        turning.with_columns(until.alias("to_date"))
        .filter(~pl.col("is_out"))
        .select("child_id", pl.col("on_date").alias("from_date"), "municipality_code", "to_date", SOURCE, ROW)
    )


def _moves(homes: pl.DataFrame) -> pl.DataFrame:
    """One per child and day; of two tellings the one that was seen last stands: it is a correction."""
    return (
        homes.sort("child_id", "moved_in", "last_seen", "first_seen")
        .unique(["child_id", "moved_in"], keep="last", maintain_order=True)
        .select(
            "child_id", pl.col("moved_in").alias("on_date"), "municipality_code", pl.lit(value=False).alias("is_out"),
            SOURCE, ROW,
        )
    )  # fmt: skip


def _emigrations(crossings: pl.DataFrame) -> pl.DataFrame:
    nowhere = (pl.lit(None, pl.String).alias(name) for name in ("municipality_code", SOURCE))
    out = crossings.filter("is_out").with_columns(*nowhere, pl.lit(None, pl.Int64).alias(ROW))
    return out.rename({"crossed_date": "on_date"}).select(EVENT)


def _returns(homes: pl.DataFrame, crossings: pl.DataFrame) -> pl.DataFrame:
    """A return leads to the municipality of the next snapshot, also when its address is older than the return."""
    back = crossings.filter(~pl.col("is_out")).drop("is_out").with_row_index("_at")
    return (
        back.join(homes, on="child_id")
        .filter(pl.col("last_seen") >= pl.col("crossed_date"))
        .sort("_at", "last_seen", "moved_in")
        .unique("_at", keep="first", maintain_order=True)
        .select(
            "child_id", pl.col("crossed_date").alias("on_date"), "municipality_code",
            pl.lit(value=False).alias("is_out"), SOURCE, ROW,
        )
    )  # fmt: skip
