"""What must hold for obligations and gaps: each is in one status, with the days and the reason that belong to it."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import later
from checks.catalogue.wording import DO_NOT_USE, OUR_OWN, Claims, Said
from checks.declared import Check
from pipelines.definitions.enumerations import EXCUSES, GAP_STATUSES, LOSS_REASONS

OBLIGATIONS = Claims("obligations", touches=("*",))
GAPS = Claims("gaps", touches=("*",))
STATUS, REASON = pl.col("status"), pl.col("reason")
MET, DUE = pl.col("met_date"), pl.col("due_date")
IS_DONE = STATUS.is_in(["met", "late"])
IS_FOLLOW_UP = pl.col("kind") == "follow_up"


def has_a_wrong_reason() -> pl.Expr:
    """Overdue has a reason of loss, excused one of excuse, every other status none."""
    overdue = ~REASON.is_in(LOSS_REASONS).fill_null(value=False)
    excused = ~REASON.is_in(EXCUSES).fill_null(value=False)
    return (
        pl.when(STATUS == "overdue")
        .then(overdue)
        .when(STATUS == "excused")
        .then(excused)
        .otherwise(REASON.is_not_null())
    )


def is_done_on_the_wrong_side() -> pl.Expr:
    """Met is by the due date, late is after it; both have a day."""
    in_time = (DUE >= MET).fill_null(value=False)
    too_late = (MET > DUE).fill_null(value=False)
    return pl.when(STATUS == "met").then(~in_time).when(STATUS == "late").then(~too_late)


CHECKS: tuple[Check, ...] = (
    OBLIGATIONS.check(
        "done_on_the_wrong_side",
        "conformance",
        "critical",
        claim=Said("Rettidigt er til fristen, for sent er efter den.", "Met is by the due date, late is after it."),
        fails=is_done_on_the_wrong_side(),
        applies=IS_DONE,
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    OBLIGATIONS.check(
        "met_but_open",
        "conformance",
        "critical",
        claim=Said("Det, der er gjort, står ikke som åbent.", "What is done does not stand as open."),
        fails=MET.is_not_null(),
        applies=~IS_DONE,
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    OBLIGATIONS.check(
        "wrong_reason",
        "conformance",
        "critical",
        claim=Said(
            "Hver mangel har én grund, og kun mangler og undskyldninger har en.",
            "Every loss has one reason, and only losses and excuses have one.",
        ),
        fails=has_a_wrong_reason(),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    OBLIGATIONS.check(
        "due_but_not_yet",
        "conformance",
        "critical",
        claim=Said(
            "Det, der endnu ikke skal være gjort, har en frist, der ikke er passeret.",
            "What is not yet due has a due date that has not passed.",
        ),
        fails=later("as_of", than="due_date"),
        applies=STATUS == "not_due",
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    OBLIGATIONS.check(
        "gap_before_its_due_date",
        "conformance",
        "critical",
        claim=Said("Intet er et hul, før fristen er passeret.", "Nothing is a gap before its due date has passed."),
        fails=~later("as_of", than="due_date"),
        applies=STATUS.is_in(GAP_STATUSES),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    OBLIGATIONS.check(
        "not_begun",
        "conformance",
        "critical",
        claim=Said(
            "Ingen forpligtelse begynder efter opgørelsesdagen.", "No obligation begins after the day of the figures."
        ),
        fails=later("trigger_date", than="as_of"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    OBLIGATIONS.check(
        "met_in_the_future",
        "conformance",
        "critical",
        claim=Said("Intet er opfyldt efter opgørelsesdagen.", "Nothing is met after the day of the figures."),
        fails=later("met_date", than="as_of"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    OBLIGATIONS.check(
        "due_before_it_begins",
        "conformance",
        "critical",
        claim=Said("Ingen frist ligger, før forpligtelsen begynder.", "No due date lies before its obligation begins."),
        fails=later("trigger_date", than="due_date"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    OBLIGATIONS.check(
        "of_nobody",
        "conformance",
        "critical",
        claim=Said(
            "Hver forpligtelse gælder et barn eller en graviditet, aldrig begge.",
            "Every obligation is to a child or a pregnancy, never both.",
        ),
        fails=pl.col("child_id").is_null() == pl.col("pregnancy_id").is_null(),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    OBLIGATIONS.check(
        "of_no_municipality",
        "completeness",
        "info",
        claim=Said(
            "Næsten alle forpligtelser har en ansvarlig kommune.",
            "Almost every obligation has a responsible municipality.",
        ),
        fails=pl.col("municipality_code").is_null(),
        threshold=0.02,
        context="validation",
        supplier=Said(
            "Send barnets bopæle og graviditetens kommune.",
            "Send the child's homes and the municipality of the pregnancy.",
        ),
        reader=Said("De tæller kun i landets tal.", "They count in the country's figures only."),
    ),
    OBLIGATIONS.check(
        "many_undocumented",
        "plausibility",
        "info",
        claim=Said(
            "Højst hver femte manglende opfølgning er sket under en anden kode eller for tidligt.",
            "At most one in five missing follow-ups took place under another code or too early.",
        ),
        fails=REASON.is_in(["undocumented", "too_early"]),
        applies=IS_FOLLOW_UP & (STATUS == "overdue"),
        threshold=0.2,
        context="validation",
        supplier=Said("Kontrollér kontakternes koder og datoer.", "Check the codes and dates of contacts."),
        reader=Said(
            "En del af hullerne er fejl i registreringen, ikke i indsatsen.",
            "Some of the gaps are faults of registration, not of effort.",
        ),
        touches=("follow_up",),
    ),
    GAPS.check(
        "of_no_age",
        "conformance",
        "critical",
        claim=Said("Hvert hul har en alder på mindst én dag.", "Every gap is at least one day old."),
        fails=(pl.col("age_days") < 1).fill_null(value=True),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    GAPS.check(
        "of_another_status",
        "conformance",
        "critical",
        claim=Said(
            "Kun overskredne og modsagte forpligtelser er huller.",
            "Only overdue and contradicted obligations are gaps.",
        ),
        fails=~STATUS.is_in(GAP_STATUSES),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
)
