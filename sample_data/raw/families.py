"""Who belongs to whom, and which register can tell it: decided once, before anything is written.

The Medical Birth Register names no pregnancy: its link to the antenatal record is found again from mother and dates. A
child of whom that could fail, or who became a resident only after its birth, comes by the list of births abroad. The
population register tells where a child lives at the end of each quarter: a child that was somewhere between two
quarters only comes by the municipalities' list of addresses.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from sample_data.raw.outbox import Outbox

ROOM_AT_THE_END, ROOM_BEFORE_DUE, ROOM_AFTER_DUE = 30, 300, 60
"""Wider than the rule by which births and pregnancies are joined: within this room there must be one pregnancy."""
SNAPSHOT, AT_BIRTH, LISTED, NOWHERE = "snapshot", "at_birth", "listed", "nowhere"
"""How a child's homes are told: by BEF, by the mother's municipality at birth, by a list, or not at all."""


def families(outbox: Outbox) -> pl.DataFrame:
    """Per child: true mother and pregnancy, that pregnancy's municipality, `is_in_mfr`, and how its homes are told."""
    children, pregnancies = outbox.left("children"), outbox.left("pregnancies")
    ended = pregnancies.filter(pl.col("outcome") == "live_birth").select(
        "mother_id", pl.col("end_date").alias("birth_date"), pl.col("pregnancy_id").alias("_by_dates")
    )
    own = pregnancies.select(
        pl.col("pregnancy_id").alias("true_pregnancy_id"),
        pl.col("mother_id").alias("_its_mother"),
        pl.col("municipality_code").alias("place_at_birth"),
    )
    told = (
        children.select("child_id", "pregnancy_id", "mother_id", "birth_date", "death_date")
        .join(ended, on=["mother_id", "birth_date"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("pregnancy_id", "_by_dates").alias("true_pregnancy_id"))
        .join(own, on="true_pregnancy_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("mother_id", "_its_mother").alias("true_mother_id"))
    )
    first = outbox.left("residences").group_by("child_id").agg(pl.col("from_date").min().alias("first_day"))
    found = found_again(told.select("child_id", "birth_date", mother_id="true_mother_id"), pregnancies)
    whole = told.join(first, on="child_id", how="left", maintain_order="left").with_columns(
        (pl.col("first_day").is_null() | (pl.col("first_day") == pl.col("birth_date"))).alias("is_born_here"),
        (pl.col("true_mother_id").is_null() | pl.col("child_id").is_in(found.implode())).alias("is_found_again"),
    )
    in_register = whole.with_columns(pl.all_horizontal("is_born_here", "is_found_again").alias("is_in_mfr"))
    return _with_homes(in_register, outbox).drop("_by_dates", "_its_mother", "is_born_here", "is_found_again")


def found_again(births: pl.DataFrame, pregnancies: pl.DataFrame) -> pl.Series:
    """The births (by their first column) of whose mothers exactly one pregnancy lies anywhere near the day of birth."""
    key = births.columns[0]
    birth, due, end = pl.col("birth_date"), pl.col("due_date"), pl.col("end_date")
    near_the_end = (birth - end).dt.total_days().abs() <= ROOM_AT_THE_END
    near_the_due_date = birth.is_between(
        due - pl.duration(days=ROOM_BEFORE_DUE), due + pl.duration(days=ROOM_AFTER_DUE)
    )
    near = pl.when(end.is_not_null()).then(near_the_end).otherwise(near_the_due_date).fill_null(value=False)
    candidates = births.join(pregnancies.select("mother_id", "due_date", "end_date"), on="mother_id").filter(near)
    return candidates.group_by(key).len().filter(pl.col("len") == 1)[key]


def spells(outbox: Outbox) -> pl.DataFrame:
    """Residences with `end_date` (the end written, else the start of the next; null: none) and `next_from_date`."""
    following = pl.col("from_date").shift(-1).over("child_id").alias("next_from_date")
    rows = outbox.left("residences").sort("child_id", "from_date").with_columns(following)
    return rows.with_columns(pl.coalesce("to_date", "next_from_date").alias("end_date"))


def quarter_ends(first: date, last: date) -> pl.DataFrame:
    """`REFERENCETID`: 31 March, 30 June, 30 September and 31 December, from the first to the last day."""
    days = pl.date_range(date(first.year, 4, 1), date(last.year + 1, 1, 1), "3mo", eager=True)
    return pl.DataFrame({"REFERENCETID": days.dt.offset_by("-1d")}).filter(
        pl.col("REFERENCETID").is_between(first, last)
    )


def _with_homes(whole: pl.DataFrame, outbox: Outbox) -> pl.DataFrame:
    lives = whole.select("child_id", "birth_date", "death_date", "place_at_birth")
    told = spells(outbox).join(lives, on="child_id")
    gone, dead = pl.col("end_date"), pl.col("death_date")
    last_seen = pl.min_horizontal(gone, dead, pl.lit(last_snapshot(outbox)) + pl.duration(days=1))
    has_snapshot = _last_quarter_end_before(last_seen) >= pl.col("from_date")
    is_at_mothers = (pl.col("municipality_code") == pl.col("place_at_birth")).fill_null(value=False)
    is_simple = (pl.len() == 1) & (gone.is_null() & is_at_mothers).all()
    per_child = told.group_by("child_id").agg(
        (has_snapshot.all() & (gone <= dead).fill_null(value=True).all()).alias("_is_seen"),
        has_snapshot.any().alias("_is_seen_once"),
        is_simple.alias("_is_simple"),
    )
    in_register = pl.col("is_in_mfr")
    return (
        whole.join(per_child, on="child_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("_is_seen").is_null())
            .then(pl.lit(NOWHERE))
            .when(in_register & pl.col("_is_seen"))
            .then(pl.lit(SNAPSHOT))
            .when(in_register & pl.col("_is_simple") & ~pl.col("_is_seen_once"))
            .then(pl.lit(AT_BIRTH))
            .otherwise(pl.lit(LISTED))
            .alias("homes_told")
        )
        .drop("_is_seen", "_is_seen_once", "_is_simple", "first_day")
    )


def last_snapshot(outbox: Outbox) -> date:
    """The last day of which a register could tell."""
    return outbox.as_of


def _last_quarter_end_before(day: pl.Expr) -> pl.Expr:
    """The last day of a quarter strictly before a day."""
    return day.dt.truncate("1q") - pl.duration(days=1)
