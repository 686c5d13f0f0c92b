"""What rules about a record must know of its child: birth, death, homes, and the pregnancy that it was born of."""

from __future__ import annotations

import polars as pl

from checks.frames.frame import Subject

DEFAULT_GESTATION_DAYS = "gestation_default_days"
CODES = 10_000


def lives(subject: Subject) -> pl.LazyFrame:
    """`child_id, birth_date, death_date, home_code, first_home_date, has_home` of every child."""
    children = subject.read("children").select("child_id", "birth_date", "death_date")
    return children.join(homes(subject), on="child_id", how="left")


def homes(subject: Subject) -> pl.LazyFrame:
    """`child_id, home_code, first_home_date, has_home` of children with a home; the home is the last begun by `as_of`.

    Code and day are null of a child whose every home begins later: it has a home, though not yet. Day and code are
    packed into one number, so that the last home is a maximum.
    """
    code = pl.col("municipality_code").cast(pl.String).cast(pl.Int64)
    packed = pl.col("from_date").to_physical().cast(pl.Int64) * CODES + code
    begun = pl.when(pl.col("from_date") <= subject.days.as_of).then(packed)
    spans = subject.read("residences").select("child_id", begun.alias("spell")).group_by("child_id")
    last, first = pl.col("spell").max(), pl.col("spell").min()
    return spans.agg(last.alias("last"), first.alias("first")).select(
        "child_id",
        (pl.col("last") % CODES).cast(pl.String).str.zfill(4).alias("home_code"),
        pl.from_epoch(pl.col("first") // CODES, time_unit="d").cast(pl.Date).alias("first_home_date"),
        pl.lit(value=True).alias("has_home"),
    )


def with_life(rows: pl.LazyFrame, subject: Subject, *columns: str) -> pl.LazyFrame:
    """The rows with these columns of `lives`; null for a child that is not there."""
    return rows.join(lives(subject).select("child_id", *columns), on="child_id", how="left")


def with_lived_there(rows: pl.LazyFrame, subject: Subject, code: str) -> pl.LazyFrame:
    """Adds `lived_there`: whether the child ever had a home in the municipality of column `code`.

    Null without a code, and for a child without any home. Needs `has_home`. Pairs of child and municipality are
    compared by a 64-bit hash.
    """
    codes = subject.reference.municipality
    lived = subject.read("residences").select(
        _pair("municipality_code", codes), pl.lit(value=True).alias("lived_there")
    )
    is_known = pl.col("has_home") & pl.col(code).is_not_null()
    there = pl.when(is_known).then(pl.col("lived_there").fill_null(value=False))
    joined = rows.with_columns(_pair(code, codes)).join(lived.unique("_pair"), on="_pair", how="left")
    return joined.with_columns(there.alias("lived_there")).drop("_pair")


def _pair(code: str, codes: pl.Enum) -> pl.Expr:
    number = pl.col(code).cast(codes, strict=False).to_physical()
    return pl.col("child_id").hash(0).xor(number.hash(1)).alias("_pair")


def in_agreement(rows: pl.LazyFrame, alike: tuple[str, ...]) -> pl.LazyFrame:
    """Only rows that agree with another in all of `alike` (unknown agrees with unknown), with `_content` in common.

    Rows are compared by a 64-bit hash, sorted: 8 bytes a row and not their contents. Two different rows share one with
    a chance of less than 1 in 100,000 per table.
    """
    hashed = rows.with_columns(pl.struct(alike).hash().alias("_content"))
    in_order = hashed.select("_content").sort("_content")
    repeated = in_order.filter(pl.col("_content") == pl.col("_content").shift(1)).unique()
    return hashed.join(repeated, on="_content", how="semi")


def with_first_alike(rows: pl.LazyFrame, alike: tuple[str, ...], own_id: str) -> pl.LazyFrame:
    """Adds `first_alike`: the lowest id among rows that agree in all of `alike`; null where a row is alone."""
    firsts = in_agreement(rows, alike).group_by("_content").agg(pl.col(own_id).min().alias("first_alike"))
    hashed = rows.with_columns(pl.struct(alike).hash().alias("_content"))
    return hashed.join(firsts, on="_content", how="left").drop("_content")


def pregnancies_of_children(subject: Subject) -> pl.LazyFrame:
    """`child_id, linked_pregnancy_id` of children who have one, by the register or found."""
    linked = subject.read("links").filter(pl.col("pregnancy_id").is_not_null())
    return linked.select("child_id", pl.col("pregnancy_id").alias("linked_pregnancy_id"))


def gestation(subject: Subject) -> pl.Expr:
    """The usual length of a pregnancy."""
    return pl.duration(days=subject.reference.days_of(DEFAULT_GESTATION_DAYS))


def with_about(rows: pl.LazyFrame, subject: Subject) -> pl.LazyFrame:
    """For rows that name a child, a pregnancy or both: the life of the child, start and end of the pregnancy.

    `about_id` is the pregnancy, the child's own where a child is named, else the child. `is_of_pregnancy` says whether
    the two that a row names belong together; null unless both are named and the child's pregnancy is known. The start
    is 280 days before the due date, else before the end or the birth; the end is the birth, else the end or due date.
    """
    about_pregnancy = pl.coalesce("linked_pregnancy_id", "pregnancy_id")
    return (
        with_life(rows, subject, "birth_date", "death_date", "home_code", "has_home")
        .join(pregnancies_of_children(subject), on="child_id", how="left")
        .with_columns(
            about_pregnancy.alias("about_pregnancy_id"),
            pl.coalesce(about_pregnancy, "child_id").alias("about_id"),
            (pl.col("linked_pregnancy_id") == pl.col("pregnancy_id")).alias("is_of_pregnancy"),
        )
        .join(_about_pregnancies(subject), on="about_pregnancy_id", how="left")
        .with_columns(
            (pl.coalesce("about_due_date", "about_end_date", "birth_date") - gestation(subject)).alias(
                "pregnancy_start"
            ),
            pl.coalesce("birth_date", "about_end_date", "about_due_date").alias("pregnancy_end"),
            pl.coalesce("home_code", "about_code").alias("home_code"),
        )
        .drop("about_pregnancy_id", "about_due_date", "about_end_date", "about_code", "linked_pregnancy_id")
    )


def _about_pregnancies(subject: Subject) -> pl.LazyFrame:
    return subject.read("pregnancies").select(
        pl.col("pregnancy_id").alias("about_pregnancy_id"),
        pl.col("due_date").alias("about_due_date"),
        pl.col("end_date").alias("about_end_date"),
        pl.col("municipality_code").alias("about_code"),
    )
