"""What must hold for what pregnant women were asked about alcohol, drugs and medicine."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import later
from checks.catalogue.wording import FILL_IN, MEND_DATES, ONE_IN_A_THOUSAND, Claims, Said
from checks.declared import Check

PREGNANCIES = Claims("pregnancies", touches=("screened",), tolerated=ONE_IN_A_THOUSAND)


def was_asked_without_an_answer() -> pl.Expr:
    """Both flags are unknown although there is a day on which she was asked."""
    return pl.col("alcohol_asked").is_null() & pl.col("substances_asked").is_null()


def was_registered_in_pregnancy(registered: str) -> pl.Expr:
    """By its end, or at all where the pregnancy is still running."""
    return pl.col(registered).is_not_null() & ~later(registered, than="end_date").fill_null(value=False)


CHECKS: tuple[Check, ...] = (
    PREGNANCIES.check(
        "asked_before_first_contact",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen er spurgt om rusmidler før første kontakt.",
            "Nobody was asked about substances before first contact.",
        ),
        fails=later("first_contact_date", than="asked_date"),
        supplier=MEND_DATES,
        reader=Said("Screeningen kan se for tidlig ud.", "Screening may look earlier than it was."),
    ),
    PREGNANCIES.check(
        "asked_after_end",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen er spurgt om rusmidler efter graviditeten.", "Nobody was asked about substances after the pregnancy."
        ),
        fails=later("asked_date", than="end_date"),
        supplier=MEND_DATES,
        reader=Said("Screeningen kan se for sen ud.", "Screening may look later than it was."),
    ),
    PREGNANCIES.check(
        "asked_date_without_answer",
        "completeness",
        "warning",
        claim=Said(
            "Når der er en dato for spørgsmålet, er der også et svar.",
            "Where there is a date of asking there is an answer.",
        ),
        fails=was_asked_without_an_answer(),
        applies=pl.col("asked_date").is_not_null(),
        supplier=FILL_IN,
        reader=Said("Kvinden tæller som ikke spurgt.", "The woman counts as not asked."),
    ),
    PREGNANCIES.check(
        "asked_without_date",
        "completeness",
        "info",
        claim=Said("Når der er spurgt, er der en dato for det.", "Where she was asked there is a date of it."),
        fails=pl.col("asked_date").is_null(),
        applies=pl.col("alcohol_asked").fill_null(value=False) | pl.col("substances_asked").fill_null(value=False),
        threshold=0.5,
        supplier=FILL_IN,
        reader=Said(
            "Screeningen regnes fra første kontakt og kan se for tidlig ud.",
            "Screening counts from the first contact and may look too early.",
        ),
    ),
    PREGNANCIES.check(
        "denied_alcohol_but_registered",
        "plausibility",
        "info",
        claim=Said(
            "Er alkohol registreret før fødslen, er der også spurgt om alkohol.",
            "Where alcohol was registered before birth, she was asked about alcohol.",
        ),
        fails=pl.col("alcohol_asked").eq(other=False),
        applies=was_registered_in_pregnancy("alcohol_registered_date"),
        threshold=0.3,
        supplier=Said(
            "Kontrollér, at svarene på spørgsmålene følger med.", "Check that the answers to the questions come along."
        ),
        reader=Said("Screeningen kan være bedre, end tallene viser.", "Screening may be better than the figures show."),
    ),
    PREGNANCIES.check(
        "denied_substances_but_registered",
        "plausibility",
        "info",
        claim=Said(
            "Er stoffer eller medicin registreret før fødslen, er der også spurgt om det.",
            "Where drugs or medicine were registered before birth, she was asked about them.",
        ),
        fails=pl.col("substances_asked").eq(other=False),
        applies=was_registered_in_pregnancy("substance_registered_date"),
        threshold=0.5,
        supplier=Said(
            "Kontrollér, at svarene på spørgsmålene følger med.", "Check that the answers to the questions come along."
        ),
        reader=Said("Screeningen kan være bedre, end tallene viser.", "Screening may be better than the figures show."),
    ),
)
