"""Frames about what is known of exposure: registrations, diagnoses, treatments, and hand-overs."""

from __future__ import annotations

import polars as pl

from checks.frames.frame import Frame, Subject
from checks.frames.lives import gestation, with_about, with_first_alike, with_life, with_lived_there

SAID = ("child_id", "pregnancy_id", "substance", "certainty", "registered_date", "recorded_by")
HANDED = (
    "child_id",
    "pregnancy_id",
    "kind",
    "from_actor",
    "to_actor",
    "to_municipality_code",
    "sent_date",
    "has_exposure",
)


def exposures(subject: Subject) -> Frame:
    """Registrations with the child and the pregnancy that they are about, and when their substance was ruled out.

    `ruled_out_date` is the last such day; `is_ruled_out_that_day` is about the day of the registration itself.
    """
    of_substance, is_ruled_out = ("about_id", "substance"), pl.col("certainty") == "ruled_out"
    rows = (
        with_about(subject.read("exposures"), subject)
        .with_columns(
            pl.col("registered_date").filter(is_ruled_out).max().over(of_substance).alias("ruled_out_date"),
            is_ruled_out.any().over(*of_substance, "registered_date").alias("is_ruled_out_that_day"),
            *subject.days.as_columns(),
        )
        .pipe(with_first_alike, SAID, "exposure_id")
    )
    return Frame("exposures", rows, ("exposure_id",), "home_code", "Registrerede eksponeringer", "Registered exposures")


def handovers(subject: Subject) -> Frame:
    """Hand-overs with the child and the pregnancy that they are about; `lived_there` is about the receiver."""
    rows = (
        with_about(subject.read("handovers"), subject)
        .with_columns(
            pl.coalesce("to_municipality_code", "from_municipality_code", "home_code").alias("place_code"),
            (pl.col("sent_date") - pl.col("birth_date")).dt.total_days().alias("age_days"),
            *subject.days.as_columns(),
        )
        .pipe(with_lived_there, subject, "to_municipality_code")
        .pipe(with_first_alike, HANDED, "handover_id")
    )
    return Frame("handovers", rows, ("handover_id",), "place_code", "Overleveringer", "Hand-overs")


def diagnoses(subject: Subject) -> Frame:
    """Diagnoses with the life of the child, whether the person is a mother, and which list the code belongs to.

    A mother belongs to the municipality of her last pregnancy.
    """
    code = pl.col("sks_code").str.to_uppercase().str.replace_all(".", "", literal=True)
    lists = {
        bearer: rows["prefix"].to_list()
        for (bearer,), rows in subject.reference.exposure_codes.group_by("bearer", maintain_order=True)
    }
    rows = (
        with_life(subject.read("diagnoses").with_columns(pl.col("person_id").alias("child_id")), subject, *LIFE)
        .drop("child_id")
        .join(mothers(subject), on="person_id", how="left")
        .join(_places_of_mothers(subject), on="person_id", how="left")
        .with_columns(
            pl.coalesce("home_code", "mother_code").alias("place_code"),
            pl.col("is_mother").fill_null(value=False),
            pl.col("birth_date").is_not_null().alias("is_child"),
            *(_begins_with(code, lists.get(bearer, [])).alias(f"is_{bearer}_code") for bearer in ("child", "mother")),
            *subject.days.as_columns(),
        )
    )
    return Frame("diagnoses", rows, ("person_id", "sks_code", "diagnosed_date"), "place_code", "Diagnoser", "Diagnoses")


LIFE = ("birth_date", "death_date", "home_code")


def _begins_with(code: pl.Expr, prefixes: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(value=False), *(code.str.starts_with(prefix) for prefix in prefixes))


def mothers(subject: Subject) -> pl.LazyFrame:
    """`person_id, is_mother` of everybody whom a child or a pregnancy names as mother."""
    named = [
        rows.select(pl.col("mother_id").alias("person_id"))
        for rows in (subject.read("links"), subject.read("pregnancies"))
    ]
    return pl.concat(named).drop_nulls().unique().with_columns(pl.lit(value=True).alias("is_mother"))


def _places_of_mothers(subject: Subject) -> pl.LazyFrame:
    placed = subject.read("pregnancies").filter(pl.col("municipality_code").is_not_null())
    last = pl.col("municipality_code").sort_by("due_date").last().alias("mother_code")
    return placed.group_by(pl.col("mother_id").alias("person_id")).agg(last)


def treatments(subject: Subject) -> Frame:
    """Courses with the person's next one of that substance, who she is, and whether she was pregnant at the start.

    Two courses of which no substance is known count as courses of one: often they are one that came twice.
    """
    alike = ("person_id", "substance", "start_date")
    following = pl.col("start_date").shift(-1).over("person_id", "substance")
    rows = (
        with_first_alike(subject.read("treatments"), alike, "treatment_id")
        .sort("person_id", "substance", "start_date", "treatment_id")
        .with_columns(following.alias("next_start_date"))
        .join(mothers(subject), on="person_id", how="left")
        .join(_children(subject), on="person_id", how="left")
        .join(_pregnant_at_start(subject), on="treatment_id", how="left")
        .with_columns(
            pl.col("is_mother", "is_child", "is_in_pregnancy").fill_null(value=False), *subject.days.as_columns()
        )
    )
    return Frame("treatments", rows, ("treatment_id",), "municipality_code", "Rusmiddelbehandling", "Treatments")


def _children(subject: Subject) -> pl.LazyFrame:
    return subject.read("children").select(pl.col("child_id").alias("person_id"), pl.lit(value=True).alias("is_child"))


def _pregnant_at_start(subject: Subject) -> pl.LazyFrame:
    """Courses that began in a pregnancy: from 280 days before its due date to its end, both included."""
    hers = subject.read("pregnancies").select(
        pl.col("mother_id").alias("person_id"),
        (pl.coalesce("due_date", "end_date") - gestation(subject)).alias("begins"),
        pl.coalesce("end_date", "due_date").alias("ends"),
    )
    return (
        subject.read("treatments")
        .select("treatment_id", "person_id", "start_date")
        .join(hers, on="person_id")
        .filter(pl.col("start_date").is_between("begins", "ends"))
        .select("treatment_id", pl.lit(value=True).alias("is_in_pregnancy"))
        .unique()
    )
