"""Kind 7: every planned follow-up contact of every child, and why one that did not come about was lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.definitions import lists
from pipelines.definitions.reference import Reference
from pipelines.obligations.draft import draft, reason


def follow_up(
    seen: pl.LazyFrame, contacts: pl.LazyFrame, reference: Reference, as_of: date, beside: Sequence[str] = ()
) -> pl.LazyFrame:
    """One obligation per child and schedule row, with the reason that holds should it be lost.

    `seen` comes from `outcomes`, `contacts` from `in_schedule`; `beside` are columns of the child that stay.
    """
    explained = seen.join(seen_under_another_code(seen, contacts, as_of), on=["child_id", "measure"], how="left")
    return draft(
        explained,
        reference,
        child_id=pl.col("child_id"),
        kind=pl.lit("follow_up", dtype=lists.KIND),
        measure=pl.col("measure"),
        trigger_date=pl.col("trigger_date"),
        due_date=pl.col("due_date"),
        met_date=pl.col("met_date"),
        loss_reason=loss_reason(),
        found_date=found_date(),
        sector=pl.col("sector"),
        severity=pl.col("severity"),
        recommendation=pl.col("recommendation"),
        **{name: pl.col(name) for name in beside},
    )


def in_schedule(contacts: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Contacts with the milestone that they belong to: `child_id, programme, measure, contact_date, status`."""
    of_milestone = milestone().cast(reference.measures)
    return contacts.select("child_id", "programme", of_milestone, "contact_date", "status")


def milestone() -> pl.Expr:
    """`programme:contact_code`, the name of the measure and of the subject."""
    return pl.concat_str("programme", pl.lit(":"), "contact_code").alias("measure")


def expected(children: pl.LazyFrame, reference: Reference, as_of: date, beside: Sequence[str] = ()) -> pl.LazyFrame:
    """Child by schedule row with the contact window, begun by `as_of`, and columns of the child `beside`.

    `children` has `first_known_date` (null: not exposed); rows for exposed children exist when known by the due age.
    """
    return pl.concat([_expected_at(row, children, reference, as_of, beside) for row in reference.schedule.to_dicts()])


def _expected_at(
    row: dict[str, object], children: pl.LazyFrame, reference: Reference, as_of: date, beside: Sequence[str]
) -> pl.LazyFrame:
    unit = {"months": "mo", "days": "d"}[str(row["due_unit"])]
    due_age = pl.col("birth_date").dt.offset_by(f"{row['due_age']}{unit}")
    name = f"{row['programme']}:{row['contact_code']}"
    rows = children if row["applies_to"] == "all" else children.filter(pl.col("first_known_date") <= due_age)
    by_the_region = row["programme"] in ("family_clinic", "gp")
    return rows.select(
        "child_id",
        pl.lit(name, dtype=reference.measures).alias("measure"),
        (due_age - pl.duration(days=int(str(row["opens_days"])))).alias("trigger_date"),
        (due_age + pl.duration(days=int(str(row["closes_days"])))).alias("due_date"),
        pl.lit("region" if by_the_region else "municipality", dtype=lists.SECTOR).alias("sector"),
        pl.lit(row["severity"], dtype=lists.SEVERITY).alias("severity"),
        pl.lit(row["recommendation"], dtype=reference.recommendation).alias("recommendation"),
        *beside,
    ).filter(pl.col("trigger_date") <= as_of)


def outcomes(due: pl.LazyFrame, contacts: pl.LazyFrame) -> pl.LazyFrame:
    """What the contacts of that programme and code say, per child and milestone.

    First and last dates do not need the trigger and are found without it. Only where some attended contact came too
    early and another in time are the dates compared one by one.
    """
    said = contacts.group_by("child_id", "measure").agg(
        _when("attended").min().alias("first_attended_date"),
        _when("attended").max().alias("last_attended_date"),
        _when("no_show").max().alias("no_show_date"),
        _when("declined").max().alias("declined_date"),
    )
    seen = due.join(said, on=["child_id", "measure"], how="left")
    trigger = pl.col("trigger_date")
    some_too_early = (pl.col("first_attended_date") < trigger) & (pl.col("last_attended_date") >= trigger)
    in_time = (
        contacts.filter(pl.col("status") == "attended")
        .join(seen.filter(some_too_early).select("child_id", "measure", "trigger_date"), on=["child_id", "measure"])
        .filter(pl.col("contact_date") >= trigger)
        .group_by("child_id", "measure")
        .agg(pl.col("contact_date").min().alias("met_after_early_date"))
    )
    first_is_in_time = pl.col("first_attended_date") >= trigger
    return seen.join(in_time, on=["child_id", "measure"], how="left").with_columns(
        pl.when(first_is_in_time).then("first_attended_date").otherwise("met_after_early_date").alias("met_date"),
        pl.when(pl.col("no_show_date") >= trigger).then("no_show_date").alias("no_show_date"),
        standing_decline().alias("declined_date"),
    )


def _when(status: str) -> pl.Expr:
    return pl.when(pl.col("status") == status).then("contact_date")


def standing_decline() -> pl.Expr:
    """A decline counts unless an attended contact follows on a later day."""
    reversed_later = (pl.col("last_attended_date") > pl.col("declined_date")).fill_null(value=False)
    return pl.when(~reversed_later).then("declined_date")


def seen_under_another_code(due: pl.LazyFrame, contacts: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`undocumented_date`: an attended contact of the programme under another code, from trigger to due date.

    Looked up only for those that nothing else explains.
    """
    unexplained = due.filter(
        pl.all_horizontal(pl.col("met_date", "last_attended_date", "no_show_date", "declined_date").is_null())
        & (pl.col("due_date") < as_of)
    ).select("child_id", "measure", "trigger_date", "due_date", _programme().alias("programme"))
    attended = contacts.filter(pl.col("status") == "attended").select(
        "child_id", "programme", "contact_date", pl.col("measure").alias("other_measure")
    )
    return (
        attended.join(unexplained, on=["child_id", "programme"])
        .filter(
            (pl.col("measure") != pl.col("other_measure"))
            & pl.col("contact_date").is_between("trigger_date", "due_date")
        )
        .group_by("child_id", "measure")
        .agg(pl.col("contact_date").max().alias("undocumented_date"))
    )


def _programme() -> pl.Expr:
    return pl.col("measure").cast(pl.String).str.split(":").list.first()


def loss_reason() -> pl.Expr:
    """First that fits: the later of no-show and decline (same day: declined), too early, undocumented, no contact."""
    declined, no_show = pl.col("declined_date"), pl.col("no_show_date")
    declined_last = declined.is_not_null() & (declined >= no_show).fill_null(value=True)
    return (
        pl.when(declined_last)
        .then(reason("declined"))
        .when(no_show.is_not_null())
        .then(reason("no_show"))
        .when(pl.col("last_attended_date").is_not_null())
        .then(reason("too_early"))
        .when(pl.col("undocumented_date").is_not_null())
        .then(reason("undocumented"))
        .otherwise(reason("no_contact"))
    )


def found_date() -> pl.Expr:
    """The day of what was found instead of the contact."""
    last_word = pl.max_horizontal("declined_date", "no_show_date")
    return pl.coalesce(last_word, "last_attended_date", "undocumented_date")
