"""The obligations of a pregnancy: screened, referred, and a plan before birth."""

from __future__ import annotations

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.obligations.draft import days, declared, draft, reason


def end_of_pregnancy() -> pl.Expr:
    """Its end, else its due date, else none: still running."""
    return pl.coalesce("end_date", "due_date")


def pregnancy_window_start(reference: Reference) -> pl.Expr:
    """280 days before the due date, else before the end; none without a first contact."""
    start = pl.coalesce("due_date", "end_date") - pl.duration(days=reference.days_of("gestation_default_days"))
    return pl.when(pl.col("first_contact_date").is_not_null()).then(start)


def screened(pregnancies: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Asked about both alcohol and substances within 28 days of the first contact; unknown counts as not asked."""
    both_asked = (pl.col("alcohol_asked") & pl.col("substances_asked")).fill_null(value=False)
    return _of_pregnancy(
        pregnancies.filter(pl.col("first_contact_date").is_not_null()),
        reference,
        "screened",
        trigger_date=pl.col("first_contact_date"),
        due_date=pl.col("first_contact_date") + days(reference, "screened"),
        met_date=pl.when(both_asked).then(pl.coalesce("asked_date", "first_contact_date")),
        loss_reason=reason("not_asked"),
        sector=pl.lit("region"),
    )


def referred(known_pregnancies: pl.LazyFrame, handovers: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Known before the end: a referral to the family clinic or department within 14 days, and before the end."""
    to_them = (pl.col("kind") == "referral") & pl.col("to_actor").is_in(["family_clinic", "family_department"])
    sent = handovers.filter(to_them).group_by("pregnancy_id").agg(pl.col("sent_date").min().alias("met_date"))
    end = end_of_pregnancy()
    before_the_end = (pl.col("first_known_date") < end).fill_null(value=True)
    return _of_pregnancy(
        known_pregnancies.filter(before_the_end).join(sent, on="pregnancy_id", how="left"),
        reference,
        "referred",
        trigger_date=pl.col("first_known_date"),
        due_date=pl.min_horizontal(pl.col("first_known_date") + days(reference, "referred"), end),
        met_date=pl.col("met_date"),
        loss_reason=reason("no_referral"),
        sector=pl.lit("region"),
    )


def plan_before_birth(known_pregnancies: pl.LazyFrame, handovers: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Known before the due date: a notification before birth to a municipal actor that states the exposure."""
    stated = pl.col("has_exposure").fill_null(value=False)
    notified = (
        handovers.filter((pl.col("kind") == "prebirth_notification") & pl.col("to_actor").is_in(e.MUNICIPAL_ACTORS))
        .group_by("pregnancy_id")
        .agg(
            pl.col("sent_date").filter(stated).min().alias("met_date"),
            pl.col("sent_date").filter(~stated).max().alias("left_out_date"),
        )
    )
    due = pl.min_horizontal("due_date", "end_date") + days(reference, "plan_before_birth")
    return _of_pregnancy(
        known_pregnancies.filter(pl.col("due_date").is_not_null() & (pl.col("first_known_date") < due)).join(
            notified, on="pregnancy_id", how="left"
        ),
        reference,
        "plan_before_birth",
        trigger_date=pl.col("first_known_date"),
        due_date=due,
        met_date=pl.col("met_date"),
        loss_reason=pl.when(pl.col("left_out_date").is_not_null())
        .then(reason("exposure_left_out"))
        .otherwise(reason("no_handover")),
        found_date=pl.col("left_out_date"),
        sector=pl.lit("municipality"),
    )


def _of_pregnancy(rows: pl.LazyFrame, reference: Reference, kind: str, **values: pl.Expr) -> pl.LazyFrame:
    return draft(
        rows,
        reference,
        **declared(reference, kind),
        pregnancy_id=pl.col("pregnancy_id"),
        own_municipality_code=pl.col("municipality_code"),
        has_own_municipality=pl.lit(value=True),
        **values,
    )


def with_first_known(
    pregnancies: pl.LazyFrame,
    exposures: pl.LazyFrame,
    handovers: pl.LazyFrame,
    mother_diagnoses: pl.LazyFrame,
    treatments: pl.LazyFrame,
    reference: Reference,
) -> pl.LazyFrame:
    """Pregnancies with evidence, and `first_known_date`, the earliest day on which somebody wrote it down.

    Evidence rows name the pregnancy, or are of its mother and in its window; they show themselves strictly before the
    end, when there is one. `exposures` are those that stand; `mother_diagnoses` those of the mother list.
    """
    known = pl.concat(
        [
            _named(exposures, pl.min_horizontal("detected_date", "registered_date"), pl.col("registered_date")),
            _named(
                handovers.filter(pl.col("has_exposure").fill_null(value=False)),
                pl.col("sent_date"),
                pl.col("sent_date"),
            ),
            _of_the_mother(pregnancies, mother_diagnoses, treatments, reference),
        ]
    )
    shown_in_time = (pl.col("evidence_date") < end_of_pregnancy()).fill_null(value=True)
    first_known = (
        known.join(pregnancies.select("pregnancy_id", "end_date", "due_date"), on="pregnancy_id")
        .filter(shown_in_time)
        .group_by("pregnancy_id")
        .agg(pl.col("known_date").min().alias("first_known_date"))
    )
    return pregnancies.join(first_known, on="pregnancy_id")


def _named(rows: pl.LazyFrame, evidence_date: pl.Expr, known_date: pl.Expr) -> pl.LazyFrame:
    return rows.filter(pl.col("pregnancy_id").is_not_null()).select(
        "pregnancy_id", evidence_date.alias("evidence_date"), known_date.alias("known_date")
    )


def _of_the_mother(
    pregnancies: pl.LazyFrame, mother_diagnoses: pl.LazyFrame, treatments: pl.LazyFrame, reference: Reference
) -> pl.LazyFrame:
    windows = pregnancies.select(
        "pregnancy_id",
        pl.col("mother_id").alias("person_id"),
        "first_contact_date",
        pregnancy_window_start(reference).alias("window_start"),
        end_of_pregnancy().alias("window_end"),
    ).filter(pl.col("window_start").is_not_null())
    diagnosed = (
        mother_diagnoses.join(windows, on="person_id")
        .filter(pl.col("diagnosed_date").is_between("window_start", "window_end"))
        .with_columns(pl.max_horizontal("diagnosed_date", "first_contact_date").alias("shown"))
    )
    treated = (
        treatments.join(windows, on="person_id")
        .filter(
            (pl.col("start_date") <= pl.col("window_end"))
            & (pl.col("end_date") >= pl.col("window_start")).fill_null(value=True)
        )
        .with_columns(pl.max_horizontal("start_date", "window_start", "first_contact_date").alias("shown"))
    )
    shown = pl.col("shown")
    return pl.concat(
        [
            rows.select("pregnancy_id", shown.alias("evidence_date"), shown.alias("known_date"))
            for rows in (diagnosed, treated)
        ]
    )
