"""Frames about a child's own records: contacts, assessments, costs, support records, and homes."""

from __future__ import annotations

import polars as pl

from checks.frames.frame import Frame, Subject
from checks.frames.lives import (
    in_agreement,
    pregnancies_of_children,
    with_first_alike,
    with_life,
    with_lived_there,
)
from pipelines.definitions.enumerations import CONTACT_STATUSES, PROGRAMMES
from pipelines.definitions.reference import Reference

DAYS_PER_MONTH = 30.4375
SAME_DAY = ("child_id", "programme", "contact_code", "contact_date")


def contacts(subject: Subject) -> Frame:
    """Contacts with the child's life, the window of their code, and what else is said of that contact on that day.

    There are more of them than of anything else. So words are small numbers here before they go through any join, and
    what is the same for every row of a code is looked up and not joined.
    """
    rows = (
        _in_small(subject.read("contacts"), subject.reference)
        .pipe(with_life, subject, "birth_date", "death_date", "has_home")
        .pipe(with_lived_there, subject, "municipality_code")
        .with_columns(pl.col("contact_id").hash().alias("_own"))
        .join(_said_of_one_day(subject.read("contacts")), on="_own", how="left")
        .with_columns(
            *_windows(subject.reference),
            (pl.col("contact_date") - pl.col("birth_date")).dt.total_days().cast(pl.Int32).alias("age_days"),
            *subject.days.as_columns(),
        )
        .drop("_own", "_milestone", "has_home")
    )
    return Frame("contacts", rows, ("contact_id",), "municipality_code", "Opfølgning", "Follow-up contacts")


def _in_small(contacts: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Programme, status and municipality as numbers of their closed lists; the code is in `_milestone`."""
    closed = {
        "programme": pl.Enum(PROGRAMMES),
        "status": pl.Enum(CONTACT_STATUSES),
        "municipality_code": reference.municipality,
    }
    small = [pl.col(name).cast(words, strict=False) for name, words in closed.items()]
    return contacts.with_columns(_milestone(reference), *small).drop("contact_code")


def _milestone(reference: Reference) -> pl.Expr:
    """Programme and code as one small number: words are slow to look up."""
    listed = [pl.Enum(reference.schedule[name].unique().sort()) for name in ("programme", "contact_code")]
    programme, code = (
        pl.col(name).cast(pl.String).cast(words, strict=False).to_physical().cast(pl.Int32)
        for name, words in zip(("programme", "contact_code"), listed, strict=True)
    )
    return (programme * len(reference.schedule) + code).alias("_milestone")


def _windows(reference: Reference) -> list[pl.Expr]:
    """`window_opens, window_closes` in days of age for each code of the schedule, both included; null for any other."""
    is_months = pl.col("due_unit") == "months"
    due = pl.when(is_months).then(pl.col("due_age") * DAYS_PER_MONTH).otherwise("due_age").cast(pl.Int32)
    rows = reference.schedule.select(
        _milestone(reference),
        (due - pl.col("opens_days")).cast(pl.Int32).alias("window_opens"),
        (due + pl.col("closes_days")).cast(pl.Int32).alias("window_closes"),
    )
    return [
        pl.col("_milestone")
        .replace_strict(rows["_milestone"], rows[name], default=None, return_dtype=pl.Int32)
        .alias(name)
        for name in ("window_opens", "window_closes")
    ]


def _said_of_one_day(contacts: pl.LazyFrame) -> pl.LazyFrame:
    """For days on which a child has the same code more than once; the contact goes by a hash of its id.

    `is_said_before`: one of a lower id has the same status. `is_held_too`: one was held.
    """
    is_first = pl.col("contact_id") == pl.col("contact_id").min().over("_content", "status")
    is_held = pl.col("status") == "attended"
    return (
        in_agreement(contacts, SAME_DAY)
        .select(
            pl.col("contact_id").hash().alias("_own"),
            (~is_first).alias("is_said_before"),
            is_held.any().over("_content").alias("is_held_too"),
        )
        .unique("_own")
    )


def assessments(subject: Subject) -> Frame:
    """Assessments with the child's life, and the first of those that say the same of the same day."""
    alike = ("child_id", "assessed_date", "instrument", "domain", "z_score", "result")
    rows = with_first_alike(subject.read("assessments"), alike, "assessment_id").pipe(
        with_life, subject, "birth_date", "death_date", "home_code"
    )
    rows = rows.with_columns(*subject.days.as_columns())
    return Frame("assessments", rows, ("assessment_id",), "home_code", "Vurderinger", "Assessments")


def costs(subject: Subject) -> Frame:
    """Costs with the child's life, what their service usually costs and who usually pays."""
    alike = ("child_id", "service", "start_date", "end_date", "amount_dkk")
    usual = subject.read("costs").group_by("service").agg(pl.col("amount_dkk").median().alias("usual_dkk"))
    payers = subject.reference.services.select("service", "usual_payer").lazy()
    rows = (
        with_first_alike(subject.read("costs"), alike, "cost_id")
        .pipe(with_life, subject, "birth_date", "death_date", "home_code")
        .join(usual, on="service", how="left")
        .join(payers, on="service", how="left")
        .with_columns(*subject.days.as_columns())
    )
    return Frame("costs", rows, ("cost_id",), "home_code", "Udgifter", "Costs")


def support_records(subject: Subject) -> Frame:
    """Support records with the child's life, and what other records and registrations say of the exposure."""
    alike = ("child_id", "municipality_code", "record_type", "opened_date")
    rows = (
        with_first_alike(subject.read("support_records"), alike, "record_id")
        .pipe(with_life, subject, "birth_date", "death_date", "has_home")
        .pipe(with_lived_there, subject, "municipality_code")
        .with_columns(*subject.days.as_columns())
        .join(_statuses(subject.read("support_records")), on="child_id", how="left")
        .join(_confirmed(subject), on="child_id", how="left")
        .join(_next_placements(subject.read("support_records")), on="record_id", how="left")
    )
    return Frame("support_records", rows, ("record_id",), "municipality_code", "Støttesager", "Support records")


def _statuses(records: pl.LazyFrame) -> pl.LazyFrame:
    """Since when any record of the child states the exposure."""
    stated = records.filter(pl.col("exposure_status") == "recorded")
    return stated.group_by("child_id").agg(
        pl.coalesce("exposure_recorded_date", "opened_date").min().alias("first_recorded_date")
    )


def _confirmed(subject: Subject) -> pl.LazyFrame:
    """Since when an exposure is registered as confirmed: about the child, or about its pregnancy without a child."""
    confirmed = subject.read("exposures").filter(pl.col("certainty") == "confirmed")
    of_child = confirmed.filter(pl.col("child_id").is_not_null()).select("child_id", "registered_date")
    of_pregnancy = confirmed.filter(pl.col("child_id").is_null()).select("pregnancy_id", "registered_date")
    inherited = pregnancies_of_children(subject).join(
        of_pregnancy, left_on="linked_pregnancy_id", right_on="pregnancy_id"
    )
    both = pl.concat([of_child, inherited.select("child_id", "registered_date")])
    return both.group_by("child_id").agg(pl.col("registered_date").min().alias("first_confirmed_date"))


def _next_placements(records: pl.LazyFrame) -> pl.LazyFrame:
    """When the child's next placement began."""
    placements = records.filter(pl.col("record_type") == "placement").sort("child_id", "opened_date", "record_id")
    following = pl.col("opened_date").shift(-1).over("child_id")
    return placements.select("record_id", following.alias("next_placement_date"))


def residences(subject: Subject) -> Frame:
    """Spells in order, each with the next one of the child, and when children who have left were last seen."""
    is_same_child = pl.col("child_id") == pl.col("child_id").shift(-1)
    following = [
        pl.when(is_same_child).then(pl.col(name).shift(-1)).alias(f"next_{name}")
        for name in ("from_date", "municipality_code")
    ]
    spells = subject.read("residences").sort("child_id", "from_date").with_columns(following)
    rows = (
        with_life(spells, subject, "birth_date", "death_date")
        .join(_last_seen(spells, subject), on="child_id", how="left")
        .join(_codes_began(subject.reference), on="municipality_code", how="left")
        .with_columns(*subject.days.as_columns())
    )
    return Frame("residences", rows, ("child_id", "from_date"), "municipality_code", "Bopæle", "Residences")


def _last_seen(spells: pl.LazyFrame, subject: Subject) -> pl.LazyFrame:
    """The last day by `as_of` on which a child that has left had a contact, or a record was opened about it."""
    has_left = (pl.col("to_date") <= subject.days.as_of) & pl.col("next_from_date").is_null()
    gone = spells.filter(has_left).select("child_id")
    held = subject.read("contacts").filter(pl.col("status") == "attended").select("child_id", "contact_date")
    opened = subject.read("support_records").select("child_id", pl.col("opened_date").alias("contact_date"))
    seen = [rows.join(gone, on="child_id", how="semi") for rows in (held, opened)]
    known = pl.concat(seen).filter(pl.col("contact_date") <= subject.days.as_of)
    return known.group_by("child_id").agg(pl.col("contact_date").max().alias("last_seen_date"))


def _codes_began(reference: Reference) -> pl.LazyFrame:
    """The first day on which the code was a municipality."""
    began = reference.municipalities.group_by("municipality_code").agg(pl.col("valid_from").min().alias("code_began"))
    return began.lazy()
