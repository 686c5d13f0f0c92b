"""What was due, on a date, by somebody, for one child or one pregnancy: one long table with one status algebra."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions.age_bands import birthday
from pipelines.definitions.reference import Reference
from pipelines.obligations import carrying, discovery, status
from pipelines.obligations import pregnancy as of_pregnancy
from pipelines.obligations.status import OBLIGATIONS
from pipelines.residence import HOME, only_homes, with_residence_in_life

LIFE = ("death_date", "pregnancy_municipality_code", *HOME)

__all__ = [
    "LIFE",
    "OBLIGATIONS",
    "drafts_of_exposed",
    "gaps",
    "knowledge_of",
    "lives",
    "obligations_of_children",
    "obligations_of_pregnancies",
    "with_lives",
]


def knowledge_of(children: pl.LazyFrame, exposed: pl.LazyFrame) -> pl.LazyFrame:
    """The exposed among the children, with birth and death and what is known since when by whom."""
    knowledge = exposed.select(
        "child_id", "first_evidence_date", "first_known_date", "first_knowers", "municipal_first_knowers"
    )
    return children.select("child_id", "birth_date", "death_date").join(knowledge, on="child_id")


def drafts_of_exposed(
    known: pl.LazyFrame,
    evidence: pl.LazyFrame,
    support_records: pl.LazyFrame,
    handovers_about: pl.LazyFrame,
    spells: pl.LazyFrame,
    reference: Reference,
    as_of: date,
) -> pl.LazyFrame:
    """Kinds 1 to 6. `known` comes from `knowledge_of`, `spells` from `residence.spells`.

    `handovers_about` has one row per hand-over and child that it is about.
    """
    moves = carrying.moves(spells.join(known, on="child_id", how="semi"), reference)
    drafts = pl.concat(
        [
            discovery.registered(known, evidence, reference),
            discovery.on_child_record(known, evidence, reference),
            carrying.handed_over(known, handovers_about, reference),
            carrying.carried_in_record(known, support_records, reference),
            carrying.carried_at_move(known, moves, handovers_about, reference),
            carrying.carried_at_transition(known, support_records, handovers_about, reference, as_of),
        ]
    )
    return _within_age(_applying(drafts, reference), known, reference)


def _applying(drafts: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Only what the target group's guidance asks for."""
    asked = reference.target.obligations
    return drafts if asked is None else drafts.filter(pl.col("measure").cast(pl.String).is_in(sorted(asked)))


def _within_age(drafts: pl.LazyFrame, known: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Nothing begins on or after the birthday with which the target group ends."""
    until_age = reference.target.until_age
    if until_age is None:
        return drafts
    ends = known.select("child_id", birthday("birth_date", until_age).alias("ends_date"))
    return drafts.join(ends, on="child_id").filter(pl.col("trigger_date") < pl.col("ends_date")).drop("ends_date")


def lives(children: pl.LazyFrame, known: pl.LazyFrame, spells: pl.LazyFrame) -> pl.LazyFrame:
    """What an obligation asks of its child, one row each: LIFE, birth date and since when the exposure is known.

    Most children have lived in one place only: that home stands in their row, and no date is paired with a spell.
    """
    return (
        children.select("child_id", "birth_date", "death_date", "pregnancy_municipality_code")
        .join(known.select("child_id", "first_known_date"), on="child_id", how="left")
        .join(only_homes(spells), on="child_id", how="left")
    )


def with_lives(drafts: pl.LazyFrame, known_lives: pl.LazyFrame) -> pl.LazyFrame:
    """Drafts that do not have it yet, with LIFE."""
    return drafts.join(known_lives.select("child_id", *LIFE), on="child_id")


def obligations_of_children(drafts: pl.LazyFrame, spells: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Drafts about children, begun by `as_of` while the child lived, with status, reason and municipality.

    The drafts have LIFE beside the columns of a draft; `spells` are asked where a child has several.
    """
    existing = (
        drafts.filter(pl.col("trigger_date") <= as_of)
        .filter(status.alive_on_trigger())
        .with_columns(pl.min_horizontal("due_date", pl.lit(as_of)).alias("residence_date"))
    )
    placed = with_residence_in_life(existing, spells, "residence_date")
    return status.decided(placed.with_columns(status.excuse_of_child(as_of)), as_of)


def obligations_of_pregnancies(
    pregnancies: pl.LazyFrame,
    standing_exposures: pl.LazyFrame,
    handovers: pl.LazyFrame,
    mother_diagnoses: pl.LazyFrame,
    treatments: pl.LazyFrame,
    reference: Reference,
    as_of: date,
) -> pl.LazyFrame:
    """Screened, referred and the plan before birth, per pregnancy of the view."""
    known = of_pregnancy.with_first_known(
        pregnancies, standing_exposures, handovers, mother_diagnoses, treatments, reference
    )
    named = handovers.filter(pl.col("pregnancy_id").is_not_null())
    every_kind = pl.concat(
        [
            of_pregnancy.screened(pregnancies, reference),
            of_pregnancy.referred(known, named, reference),
            of_pregnancy.plan_before_birth(known, named, reference),
        ]
    )
    drafts = _applying(every_kind, reference)
    endings = pregnancies.select("pregnancy_id", "outcome", "end_date")
    existing = drafts.filter(pl.col("trigger_date") <= as_of).join(endings, on="pregnancy_id")
    without_residence = existing.with_columns(
        pl.lit(None, reference.municipality).alias(code) for code in ("residence_code", "pregnancy_municipality_code")
    )
    return status.decided(without_residence.with_columns(status.excuse_of_pregnancy()), as_of)


def gaps(obligations: pl.LazyFrame, children: pl.LazyFrame, support_records: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The obligations that are overdue or contradicted, with what a worklist says beside them.

    Age of the gap in days, birth date of the child, and the type of the support record that the gap is about.
    """
    types = support_records.select(pl.col("record_id").alias("subject_id"), "record_type")
    lost = obligations.filter(pl.col("status").is_in(["overdue", "contradicted"]))
    return (
        lost.with_columns((pl.lit(as_of) - pl.col("due_date")).dt.total_days().alias("age_days"))
        .join(children.select("child_id", "birth_date"), on="child_id", how="left")
        .join(types, on="subject_id", how="left")
    )
