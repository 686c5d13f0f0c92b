"""What must hold for planned and held follow-up."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import later
from checks.catalogue.wording import FILL_IN, LOOK_UP_CHILD, MEND_ROW, ONE_IN_A_THOUSAND, ONE_IN_TWENTY, Claims, Said
from checks.declared import Check

CONTACTS = Claims("contacts", touches=("follow_up",), tolerated=ONE_IN_A_THOUSAND)
STATUS = pl.col("status")
IS_HELD = STATUS == "attended"
FAR_OUTSIDE_DAYS = 180
WRONG_CODE = Said(
    "Den kontakt, der blev holdt, mangler, og en anden tæller i stedet.",
    "The contact that was held is missing, and another counts in its place.",
)


def is_far_outside_its_window() -> pl.Expr:
    """The child's age lies more than half a year outside the time that the schedule gives the code."""
    opens, closes = pl.col("window_opens") - FAR_OUTSIDE_DAYS, pl.col("window_closes") + FAR_OUTSIDE_DAYS
    return ~pl.col("age_days").is_between(opens, closes)


CHECKS: tuple[Check, ...] = (
    CONTACTS.check(
        "before_birth",
        "plausibility",
        "critical",
        claim=Said("Ingen kontakt ligger før fødslen.", "No contact lies before the birth."),
        fails=later("birth_date", than="contact_date"),
        threshold=0.02,
        supplier=LOOK_UP_CHILD,
        reader=Said(
            "Kontakten tæller som holdt for tidligt og lukker intet hul.",
            "The contact counts as held too early and closes no gap.",
        ),
    ),
    CONTACTS.check(
        "after_death",
        "plausibility",
        "warning",
        claim=Said("Ingen kontakt er holdt efter dødsfaldet.", "No contact was held after death."),
        fails=later("contact_date", than="death_date"),
        applies=IS_HELD,
        threshold=ONE_IN_TWENTY,
        supplier=LOOK_UP_CHILD,
        reader=Said("Et andet barn mangler måske kontakten.", "Another child may lack the contact."),
    ),
    CONTACTS.check(
        "attended_in_the_future",
        "plausibility",
        "info",
        claim=Said(
            "Ingen kontakt står som afholdt eller udeblevet, før dagen er nået.",
            "No contact stands as held or missed before its day has come.",
        ),
        fails=later("contact_date", than="latest_day"),
        applies=STATUS.is_in(["attended", "no_show"]),
        supplier=Said(
            "Send først status, når kontakten har fundet sted.",
            "Only send the status when the contact has taken place.",
        ),
        reader=Said("Kontakten tæller først fra sin dag.", "The contact counts only from its day on."),
    ),
    CONTACTS.check(
        "code_against_age",
        "plausibility",
        "warning",
        claim=Said(
            "Barnets alder passer nogenlunde til kontaktens kode.",
            "The child's age roughly fits the code of the contact.",
        ),
        fails=is_far_outside_its_window(),
        applies=IS_HELD,
        threshold=0.02,
        supplier=Said(
            "Kontrollér, at koderne ikke er forskudt i udtrækket.", "Check that the extract has not shifted the codes."
        ),
        reader=WRONG_CODE,
    ),
    CONTACTS.check(
        "near_duplicate",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen kontakt er leveret to gange under to forskellige numre (samme barn, kode, dag og status).",
            "No contact was delivered twice under different ids (same child, code, day and status).",
        ),
        fails=pl.col("is_said_before").fill_null(value=False),
        threshold=0.005,
        supplier=Said(
            "Send hver kontakt én gang, og behold dens nummer, når udtrækket laves om.",
            "Send each contact once and keep its id when the extract is made again.",
        ),
        reader=Said(
            "Antallet af kontakter er for højt. Andele ændres ikke.",
            "The number of contacts is too high. Shares do not change.",
        ),
        touches=(),
    ),
    CONTACTS.check(
        "attended_and_not",
        "plausibility",
        "info",
        claim=Said(
            "En kontakt, der er udeblevet eller afslået, står ikke også som afholdt samme dag.",
            "A contact that was missed or declined does not stand as held on the same day as well.",
        ),
        fails=pl.col("is_held_too").fill_null(value=False),
        applies=STATUS.is_in(["no_show", "declined"]),
        threshold=0.05,
        supplier=MEND_ROW,
        reader=Said("Kontakten tæller som holdt.", "The contact counts as held."),
    ),
    CONTACTS.check(
        "never_lived_there",
        "plausibility",
        "warning",
        claim=Said(
            "Kontakten ligger i en kommune, hvor barnet har boet.",
            "The contact lies in a municipality where the child has lived.",
        ),
        fails=~pl.col("lived_there"),
        threshold=0.02,
        context="validation",
        supplier=Said(
            "Ret kommunen, eller send barnets bopæl der med.",
            "Correct the municipality, or send the child's home there.",
        ),
        reader=Said(
            "Mangler en bopæl, står barnets huller hos en forkert kommune.",
            "Where a home is missing, the child's gaps stand with a wrong municipality.",
        ),
    ),
    CONTACTS.check(
        "without_municipality",
        "completeness",
        "info",
        claim=Said("Sundhedsplejens kontakter har en kommune.", "The health visitor's contacts have a municipality."),
        fails=pl.col("municipality_code").is_null(),
        applies=pl.col("programme") == "health_visitor",
        threshold=0.02,
        supplier=FILL_IN,
        reader=Said("Det kan ikke ses, hvem der ikke har indberettet.", "It cannot be seen who has not reported."),
    ),
)
