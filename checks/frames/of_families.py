"""Frames about pregnancies and births: children with their pregnancy and mother, pregnancies with theirs, siblings."""

from __future__ import annotations

import polars as pl

from checks.frames.frame import Frame, Subject
from checks.frames.lives import gestation, homes, with_first_alike

SAME_BIRTH = ("mother_id", "birth_date", "birth_weight_g")
NOT_OF_ANOTHER = ("sex", "gestational_age_days")
NO_BIRTH = pl.date(9999, 12, 31)
"""No birth before or after."""


def children(subject: Subject) -> Frame:
    """Children with the pregnancy and mother that they are linked to, the mother's own birth, and their first home."""
    rows = (
        _linked(subject)
        .join(_mothers_births(subject), on="mother_id", how="left")
        .join(homes(subject), on="child_id", how="left")
        .with_columns(pl.coalesce("home_code", "pregnancy_code").alias("place_code"), *subject.days.as_columns())
    )
    return Frame("children", rows, ("child_id",), "place_code", "Børn", "Children")


def _linked(subject: Subject) -> pl.LazyFrame:
    """`mother_id` is the linked mother, `own_mother_id` the child's own; the pregnancy is the linked one."""
    links = subject.read("links").select("child_id", "pregnancy_id", "mother_id", "link")
    pregnancies = subject.read("pregnancies").select(
        "pregnancy_id",
        "due_date",
        "end_date",
        "outcome",
        pl.col("mother_id").alias("pregnancy_mother_id"),
        pl.col("municipality_code").alias("pregnancy_code"),
    )
    return (
        subject.read("children")
        .rename({"mother_id": "own_mother_id"})
        .drop("pregnancy_id")
        .join(links, on="child_id", how="left")
        .join(pregnancies, on="pregnancy_id", how="left")
    )


def _mothers_births(subject: Subject) -> pl.LazyFrame:
    """Mothers who are children of the records themselves, with the day on which they were born."""
    return subject.read("children").select(
        pl.col("child_id").alias("mother_id"), pl.col("birth_date").alias("mother_birth_date")
    )


def siblings(subject: Subject) -> Frame:
    """Children who share a mother or a pregnancy with another one, with the births next to theirs.

    `days_to_nearest` counts to the nearest birth on another day by the same mother, leaving out those of the same
    pregnancy: twins are judged by `days_between_twins`. `is_born_beside_another`: a child of the same mother was born
    on the same day; `is_like_another`: with the same weight to the gram, and they differ in neither sex nor gestation
    as far as these are known. The births are in an order in which such children are neighbours, whatever a twin's
    number is.
    """
    rows = (
        _linked(subject)
        .join(_of_mothers(subject), on="mother_id", how="left")
        .join(_of_pregnancies(subject), on="pregnancy_id", how="left")
        .filter(pl.any_horizontal(pl.col("children_of_mother", "born_together").is_not_null()))
        .join(homes(subject), on="child_id", how="left")
        .with_columns(pl.coalesce("home_code", "pregnancy_code").alias("place_code"))
        .sort(*SAME_BIRTH, *NOT_OF_ANOTHER, "child_id")
        .with_columns(
            pl.min_horizontal(_days_to(1), _days_to(-1)).alias("days_to_nearest"),
            (_is_born_beside(1) | _is_born_beside(-1)).alias("is_born_beside_another"),
            (_is_like(1) | _is_like(-1)).alias("is_like_another"),
        )
    )
    return Frame("siblings", rows, ("child_id",), "place_code", "Søskende", "Siblings")


def _of_mothers(subject: Subject) -> pl.LazyFrame:
    """Mothers with more than one child: how many, and the days from the first birth to the last."""
    born = subject.read("links").select("child_id", "mother_id").filter(pl.col("mother_id").is_not_null())
    births = born.join(subject.read("children").select("child_id", "birth_date"), on="child_id")
    birth = pl.col("birth_date")
    span = (birth.max() - birth.min()).dt.total_days()
    counted = births.group_by("mother_id").agg(
        pl.len().alias("children_of_mother"), span.alias("days_from_first_to_last")
    )
    return counted.filter(pl.col("children_of_mother") > 1)


def _of_pregnancies(subject: Subject) -> pl.LazyFrame:
    """Pregnancies with more than one child: how many, the days between their births, and how many mothers they name."""
    linked = subject.read("links").filter(pl.col("pregnancy_id").is_not_null()).select("child_id", "pregnancy_id")
    several = linked.group_by("pregnancy_id").agg(pl.len().alias("born_together")).filter(pl.col("born_together") > 1)
    born = subject.read("children").select("child_id", "birth_date", "mother_id")
    birth = pl.col("birth_date")
    return (
        linked.join(several, on="pregnancy_id")
        .join(born, on="child_id")
        .group_by("pregnancy_id", "born_together")
        .agg(
            (birth.max() - birth.min()).dt.total_days().alias("days_between_twins"),
            pl.col("mother_id").drop_nulls().n_unique().alias("mothers_of_pregnancy"),
        )
    )


def _is_same(column: str, step: int) -> pl.Expr:
    """The row before (1) or after (-1) has the same value; false where it is not known."""
    return (pl.col(column) == pl.col(column).shift(step)).fill_null(value=False)


def _days_to(step: int) -> pl.Expr:
    """Days to the mother's birth before (1) or after (-1) that was on another day and of another pregnancy.

    Null where there is none. Twins and children of one day have the same such birth: it is told by the one of them
    that is next to it, and carried on to the others.
    """
    day = pl.col("birth_date").shift(step)
    is_next_to_it = ~_is_same("pregnancy_id", step) & ~_is_same("birth_date", step)
    told = pl.when(~_is_same("mother_id", step)).then(NO_BIRTH).when(is_next_to_it).then(day)
    other = told.forward_fill() if step > 0 else told.backward_fill()
    return pl.when(other != NO_BIRTH).then((pl.col("birth_date") - other).dt.total_days().abs())


def _is_born_beside(step: int) -> pl.Expr:
    return _is_same("mother_id", step) & _is_same("birth_date", step)


def _is_like(step: int) -> pl.Expr:
    differs = [(pl.col(column) != pl.col(column).shift(step)).fill_null(value=False) for column in NOT_OF_ANOTHER]
    return pl.all_horizontal(_is_same(column, step) for column in SAME_BIRTH) & ~pl.any_horizontal(differs)


def pregnancies(subject: Subject) -> Frame:
    """Pregnancies with their children, the mother's next pregnancy, and the exposures registered about them."""
    rows = (
        subject.read("pregnancies")
        .pipe(with_first_alike, ("mother_id", "due_date", "first_contact_date"), "pregnancy_id")
        .join(_births(subject), on="pregnancy_id", how="left")
        .join(_registered(subject), on="pregnancy_id", how="left")
        .join(_next_of_mother(subject), on="pregnancy_id", how="left")
        .with_columns(
            pl.col("children").fill_null(0),
            (pl.col("due_date") - gestation(subject)).alias("pregnancy_start"),
            *subject.days.as_columns(),
        )
    )
    return Frame("pregnancies", rows, ("pregnancy_id",), "municipality_code", "Graviditeter", "Pregnancies")


def _births(subject: Subject) -> pl.LazyFrame:
    linked = subject.read("links").filter(pl.col("pregnancy_id").is_not_null())
    return linked.group_by("pregnancy_id").agg(pl.len().alias("children"))


def _registered(subject: Subject) -> pl.LazyFrame:
    """Exposures registered about the pregnancy: any confirmed, and since when alcohol or another substance."""
    stands, alcohol = pl.col("certainty") != "ruled_out", pl.col("substance") == "alcohol"
    is_other = stands & ~alcohol & (pl.col("substance") != "unspecified")
    named = subject.read("exposures").filter(pl.col("pregnancy_id").is_not_null())
    return named.group_by("pregnancy_id").agg(
        (pl.col("certainty") == "confirmed").any().alias("has_confirmed_exposure"),
        pl.col("registered_date").filter(stands & alcohol).min().alias("alcohol_registered_date"),
        pl.col("registered_date").filter(is_other).min().alias("substance_registered_date"),
    )


def _next_of_mother(subject: Subject) -> pl.LazyFrame:
    """When the mother's next pregnancy began: 280 days before its due date."""
    in_order = subject.read("pregnancies").filter(pl.col("due_date").is_not_null()).sort("mother_id", "due_date")
    following = pl.when(_is_same("mother_id", -1)).then(pl.col("due_date").shift(-1) - gestation(subject))
    return in_order.select("pregnancy_id", following.alias("next_pregnancy_start"))
