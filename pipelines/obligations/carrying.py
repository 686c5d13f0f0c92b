"""Kinds 3 to 6: the knowledge is handed over, stands in support records, and follows moves and transitions."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.obligations.draft import (
    days,
    declared,
    draft,
    handover_found,
    handover_outcome,
    handover_reason,
    not_met_by_first_knowers_alone,
    reason,
    sent_window,
)


def is_municipal(actor: str) -> pl.Expr:
    """The actor belongs to the municipality."""
    return pl.col(actor).is_in(e.MUNICIPAL_ACTORS)


def handed_over(exposed_children: pl.LazyFrame, handovers: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """From outside the municipality into it, received within 14 days of birth or first knowledge.

    Does not exist when a first knower is municipal. `handovers` has one row per child that it is about.
    """
    into_the_municipality = is_municipal("to_actor") & ~is_municipal("from_actor")
    children = exposed_children.filter(pl.col("municipal_first_knowers") == 0)
    outcome = (
        handovers.join(children.select("child_id", "first_known_date"), on="child_id")
        .group_by("child_id")
        .agg(handover_outcome(into_the_municipality))
    )
    trigger = pl.max_horizontal("birth_date", "first_known_date")
    return draft(
        children.join(outcome, on="child_id", how="left"),
        reference,
        **declared(reference, "handed_over"),
        child_id=pl.col("child_id"),
        trigger_date=trigger,
        due_date=trigger + days(reference, "handed_over"),
        met_date=pl.col("met_date"),
        loss_reason=handover_reason(),
        found_date=handover_found(),
        sector=pl.lit("region"),
    )


def carried_in_record(
    exposed_children: pl.LazyFrame, support_records: pl.LazyFrame, reference: Reference
) -> pl.LazyFrame:
    """Each support record of a type that carries the exposure, open when it was known, unless it knew first itself."""
    carrying = reference.record_types.filter(pl.col("carries_exposure"))["record_type"].to_list()
    is_recorded = (pl.col("exposure_status") == "recorded").fill_null(value=False)
    met = pl.when(is_recorded).then(pl.coalesce("exposure_recorded_date", "opened_date"))
    closed_before = (pl.col("closed_date") < pl.col("first_known_date")).fill_null(value=False)
    knew_first = (met == pl.col("first_known_date")).fill_null(value=False)
    trigger = pl.max_horizontal("opened_date", "first_known_date")
    is_denied = (pl.col("exposure_status") == "denied").fill_null(value=False)
    return draft(
        support_records.filter(pl.col("record_type").is_in(carrying))
        .join(exposed_children, on="child_id")
        .filter(~closed_before & ~knew_first),
        reference,
        **declared(reference, "carried_in_record"),
        child_id=pl.col("child_id"),
        subject_id=pl.col("record_id"),
        trigger_date=trigger,
        due_date=trigger + days(reference, "carried_in_record"),
        met_date=met,
        is_denied=is_denied,
        loss_reason=reason("silent"),
        found_date=pl.when(is_denied).then(pl.col("exposure_recorded_date")),
        own_municipality_code=pl.col("municipality_code"),
        has_own_municipality=pl.lit(value=True),
        sector=pl.lit("municipality"),
    )


def moves(spells: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Each change of municipality between a spell and the next: `child_id, move_date, left_code, new_code, next_date`.

    A pause of more than 31 days is not a move. `next_date` is when the child next leaves the new municipality for
    another one (null: never). `spells` comes from `residence.spells`, ordered by child and start.
    """
    following = pl.col("municipality_code").shift(-1).over("child_id", order_by="from_date")
    changes = pl.col("municipality_code") != following
    return (
        spells.with_columns(
            pl.col("from_date").shift(-1).over("child_id", order_by="from_date").alias("move_date"),
            following.alias("new_code"),
            pl.when(changes)
            .then(pl.col("from_date").shift(-1).over("child_id", order_by="from_date"))
            .alias("change_date"),
        )
        .with_columns(
            pl.col("change_date").shift(-1).backward_fill().over("child_id", order_by="from_date").alias("next_date")
        )
        .filter(changes & ((pl.col("move_date") - pl.col("end_date")).dt.total_days() <= _longest_gap(reference)))
        .select("child_id", "move_date", pl.col("municipality_code").alias("left_code"), "new_code", "next_date")
    )


def _longest_gap(reference: Reference) -> int:
    return reference.days_of("move_gap_days")


def carried_at_move(
    exposed_children: pl.LazyFrame, child_moves: pl.LazyFrame, handovers: pl.LazyFrame, reference: Reference
) -> pl.LazyFrame:
    """A change of municipality after birth with the exposure known: the old municipality tells the new one."""
    known_moves = child_moves.join(exposed_children, on="child_id").filter(
        (pl.col("birth_date") < pl.col("move_date")) & (pl.col("first_known_date") <= pl.col("move_date"))
    )
    qualifying = (
        (pl.col("kind") == "municipal_move")
        & is_municipal("to_actor")
        & (pl.col("to_municipality_code") == pl.col("new_code")).fill_null(value=False)
        & (pl.col("from_municipality_code") == pl.col("left_code")).fill_null(value=True)
        & (pl.col("sent_date") >= pl.col("move_date") - sent_window(reference, "carried_at_move"))
        & (pl.col("sent_date") < pl.col("next_date")).fill_null(value=True)
    )
    outcome = (
        handovers.join(
            known_moves.select("child_id", "move_date", "left_code", "new_code", "next_date", "first_known_date"),
            on="child_id",
        )
        .group_by("child_id", "move_date")
        .agg(handover_outcome(qualifying))
    )
    return draft(
        known_moves.join(outcome, on=["child_id", "move_date"], how="left").filter(not_met_by_first_knowers_alone()),
        reference,
        **declared(reference, "carried_at_move"),
        child_id=pl.col("child_id"),
        subject_id=pl.col("move_date").dt.to_string("%Y-%m-%d"),
        trigger_date=pl.col("move_date"),
        due_date=pl.col("move_date") + days(reference, "carried_at_move"),
        met_date=pl.col("met_date"),
        loss_reason=handover_reason(),
        found_date=handover_found(),
        own_municipality_code=pl.col("left_code"),
        has_own_municipality=pl.lit(value=True),
        sector=pl.lit("municipality"),
    )


def school_start_date(reference: Reference) -> pl.Expr:
    """1 August of the calendar year in which the child turns six; a postponed start is not known to us."""
    return pl.date(pl.col("birth_date").dt.year() + reference.days_of("school_start_age"), 8, 1)


def adulthood_date(reference: Reference) -> pl.Expr:
    """The 18th birthday; for a child born on 29 February the 28th in common years."""
    return pl.col("birth_date").dt.offset_by(f"{reference.days_of('adulthood_age')}y")


def carried_at_transition(
    exposed_children: pl.LazyFrame,
    support_records: pl.LazyFrame,
    handovers: pl.LazyFrame,
    reference: Reference,
    as_of: date,
) -> pl.LazyFrame:
    """School start, adulthood and each placement, with the exposure known by then."""
    placements = support_records.filter(pl.col("record_type") == "placement").select(
        "child_id", "record_id", pl.col("opened_date").alias("transition_date"), "municipality_code"
    )
    return pl.concat(
        [
            _at(
                "school_start",
                exposed_children.with_columns(school_start_date(reference).alias("transition_date")),
                handovers,
                reference,
                as_of,
            ),
            _at(
                "adulthood",
                exposed_children.with_columns(adulthood_date(reference).alias("transition_date")),
                handovers,
                reference,
                as_of,
            ),
            _at("placement", exposed_children.join(placements, on="child_id"), handovers, reference, as_of),
        ]
    )


def _at(
    transition: str, children: pl.LazyFrame, handovers: pl.LazyFrame, reference: Reference, as_of: date
) -> pl.LazyFrame:
    is_placement = transition == "placement"
    subject = ["child_id", "record_id"] if is_placement else ["child_id"]
    due_now = children.filter(
        (pl.col("transition_date") <= as_of) & (pl.col("first_known_date") <= pl.col("transition_date"))
    )
    earliest = pl.col("transition_date") - sent_window(reference, "carried_at_transition", transition)
    outcome = (
        handovers.filter(pl.col("kind") == transition)
        .join(due_now.select(*subject, "transition_date", "first_known_date"), on="child_id")
        .group_by(subject)
        .agg(handover_outcome(pl.col("sent_date") >= earliest))
    )
    name = pl.concat_str(pl.lit("placement:"), "record_id") if is_placement else pl.lit(transition)
    return draft(
        due_now.join(outcome, on=subject, how="left").filter(not_met_by_first_knowers_alone()),
        reference,
        **declared(reference, "carried_at_transition", transition),
        child_id=pl.col("child_id"),
        subject_id=name,
        trigger_date=pl.col("transition_date"),
        due_date=pl.col("transition_date") + days(reference, "carried_at_transition", transition),
        met_date=pl.col("met_date"),
        loss_reason=handover_reason(),
        found_date=handover_found(),
        own_municipality_code=pl.col("municipality_code") if is_placement else pl.lit(None),
        has_own_municipality=pl.lit(is_placement),
        sector=pl.lit("municipality"),
    )
