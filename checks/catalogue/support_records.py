"""What must hold for municipal records about a child."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import later, years_between
from checks.catalogue.wording import (
    FILL_IN,
    IN_USE,
    LOOK_UP_CHILD,
    MEND_DATES,
    MEND_ROW,
    NO_FIGURE,
    ONE_IN_A_THOUSAND,
    ONE_IN_TWENTY,
    Claims,
    Said,
)
from checks.declared import Check

RECORDS = Claims("support_records", touches=("*",), tolerated=ONE_IN_A_THOUSAND)
STATUS = pl.col("exposure_status")
IS_DENIED = STATUS == "denied"
CONTRADICTION = Said(
    "Forpligtelsen tæller som modsagt og står som et hul.", "The obligation counts as contradicted and stands as a gap."
)


def was_confirmed_by_then() -> pl.Expr:
    """On the day of the record's own statement, or of its opening where that is not known."""
    said = pl.coalesce("exposure_recorded_date", "opened_date")
    return (pl.col("first_confirmed_date") <= said).fill_null(value=False)


CHECKS: tuple[Check, ...] = (
    RECORDS.check(
        "before_birth",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen sag om et barn er åbnet før fødslen.", "No record about a child was opened before its birth."
        ),
        fails=later("birth_date", than="opened_date"),
        supplier=Said(
            "Send sagen som en underretning før fødslen, eller ret datoen.",
            "Send it as a notification before birth, or correct the date.",
        ),
        reader=Said(
            "Kommunen kan se ud til at have vidst det først.", "The municipality may look as if it knew first."
        ),
    ),
    RECORDS.check(
        "closed_before_opened",
        "plausibility",
        "critical",
        claim=Said("Ingen sag er lukket, før den er åbnet.", "No record was closed before it was opened."),
        fails=later("opened_date", than="closed_date"),
        threshold=0.02,
        supplier=MEND_DATES,
        reader=Said(
            "Sagen ser lukket ud, før nogen vidste noget, og skylder intet.",
            "The record looks closed before anybody knew, and owes nothing.",
        ),
    ),
    RECORDS.check(
        "after_death",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen sag er åbnet over en måned efter dødsfaldet.", "No record was opened more than a month after death."
        ),
        fails=later("opened_date", than="death_date", by_days=31),
        threshold=ONE_IN_TWENTY,
        supplier=LOOK_UP_CHILD,
        reader=IN_USE,
    ),
    RECORDS.check(
        "of_an_adult",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen sag er åbnet, efter at barnet er fyldt 23 år.", "No record was opened after the child turned 23."
        ),
        fails=years_between("birth_date", "opened_date") > 23,
        supplier=LOOK_UP_CHILD,
        reader=IN_USE,
    ),
    RECORDS.check(
        "status_before_opened",
        "plausibility",
        "warning",
        claim=Said(
            "Eksponeringen er ikke skrevet i sagen, før sagen blev åbnet.",
            "The exposure was not written in the record before it was opened.",
        ),
        fails=later("opened_date", than="exposure_recorded_date"),
        supplier=MEND_DATES,
        reader=Said(
            "Det kan se ud, som om kommunen vidste det tidligere.", "It may look as if the municipality knew earlier."
        ),
    ),
    RECORDS.check(
        "status_after_closed",
        "plausibility",
        "warning",
        claim=Said(
            "Eksponeringen er ikke skrevet i sagen, efter at sagen blev lukket.",
            "The exposure was not written in the record after it was closed.",
        ),
        fails=later("exposure_recorded_date", than="closed_date"),
        supplier=MEND_DATES,
        reader=Said(
            "Viden ser bragt videre ud, efter at ingen arbejdede med sagen.",
            "Knowledge looks carried on after nobody worked with the record.",
        ),
    ),
    RECORDS.check(
        "date_without_status",
        "plausibility",
        "warning",
        claim=Said(
            "Når der er en dato for eksponeringen, er der også en status.",
            "Where there is a date of the exposure there is a status.",
        ),
        fails=STATUS.is_null() | (STATUS == "not_recorded"),
        applies=pl.col("exposure_recorded_date").is_not_null(),
        supplier=FILL_IN,
        reader=Said("Sagen tæller som tavs om eksponeringen.", "The record counts as silent about the exposure."),
    ),
    RECORDS.check(
        "recorded_without_date",
        "completeness",
        "info",
        claim=Said(
            "Når eksponeringen står i sagen, er der en dato for det.",
            "Where the exposure is in the record there is a date of it.",
        ),
        fails=pl.col("exposure_recorded_date").is_null(),
        applies=STATUS == "recorded",
        threshold=0.5,
        supplier=FILL_IN,
        reader=Said(
            "Dagen regnes som den dag, sagen blev åbnet, og kan se for tidlig ud.",
            "The day of opening stands in for it and may look too early.",
        ),
    ),
    RECORDS.check(
        "denied_though_recorded",
        "plausibility",
        "info",
        claim=Said(
            "Eksponeringen er ikke afvist i én sag og skrevet i en anden.",
            "The exposure is not denied in one record and stated in another.",
        ),
        fails=pl.col("first_recorded_date").is_not_null(),
        applies=IS_DENIED,
        supplier=Said(
            "Læs sagerne sammen, og ret den, der er forkert.", "Read the records together and correct the wrong one."
        ),
        reader=CONTRADICTION,
    ),
    RECORDS.check(
        "denied_though_confirmed",
        "plausibility",
        "info",
        claim=Said(
            "Eksponeringen er ikke afvist i en sag, efter at den er bekræftet.",
            "The exposure is not denied in a record after it was confirmed.",
        ),
        fails=was_confirmed_by_then(),
        applies=IS_DENIED,
        supplier=Said("Giv sagsbehandleren besked om registreringen.", "Tell the case worker of the registration."),
        reader=CONTRADICTION,
    ),
    RECORDS.check(
        "never_lived_there",
        "plausibility",
        "warning",
        claim=Said(
            "Sagen føres af en kommune, hvor barnet har boet.",
            "The record is kept by a municipality where the child has lived.",
        ),
        fails=~pl.col("lived_there"),
        threshold=0.02,
        context="validation",
        supplier=Said(
            "Ret kommunen, eller send barnets bopæl der med.",
            "Correct the municipality, or send the child's home there.",
        ),
        reader=Said(
            "Forpligtelsen kan stå hos en forkert kommune.", "The obligation may stand with a wrong municipality."
        ),
    ),
    RECORDS.check(
        "special_education_before_school",
        "plausibility",
        "info",
        claim=Said(
            "Specialundervisning begynder ikke, før barnet er fire år.",
            "Special education does not begin before the age of four.",
        ),
        fails=years_between("birth_date", "opened_date") < 4,
        applies=pl.col("record_type") == "special_education",
        supplier=MEND_ROW,
        reader=NO_FIGURE,
    ),
    RECORDS.check(
        "daycare_support_at_school_age",
        "plausibility",
        "info",
        claim=Said(
            "Støtte i dagtilbud begynder ikke, efter at barnet er fyldt otte år.",
            "Support in day care does not begin after the age of eight.",
        ),
        fails=years_between("birth_date", "opened_date") > 8,
        applies=pl.col("record_type") == "daycare_support",
        supplier=MEND_ROW,
        reader=NO_FIGURE,
    ),
    RECORDS.check(
        "two_placements_at_once",
        "plausibility",
        "info",
        claim=Said("Et barn er anbragt ét sted ad gangen.", "A child is placed in one place at a time."),
        fails=pl.col("next_placement_date") < pl.col("closed_date").fill_null(pl.col("as_of")),
        applies=pl.col("next_placement_date").is_not_null(),
        supplier=Said(
            "Luk den første anbringelse, når den næste begynder.", "Close the first placement when the next begins."
        ),
        reader=Said(
            "Barnet kan have to forpligtelser ved samme overgang.",
            "The child may have two obligations at one transition.",
        ),
    ),
    RECORDS.check(
        "status_unknown",
        "completeness",
        "info",
        claim=Said(
            "De fleste sager siger, om eksponeringen står i dem.", "Most records say whether the exposure is in them."
        ),
        fails=STATUS.is_null(),
        threshold=0.5,
        supplier=FILL_IN,
        reader=Said("Sagen tæller som tavs om eksponeringen.", "The record counts as silent about the exposure."),
    ),
)
