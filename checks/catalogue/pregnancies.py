"""What must hold for pregnancies, their days and their children."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import days_between, later
from checks.catalogue.wording import FILL_IN, IN_USE, MEND_DATES, MEND_ROW, ONE_IN_A_THOUSAND, Claims, Said
from checks.declared import Check

PREGNANCIES = Claims("pregnancies", touches=("*",), tolerated=ONE_IN_A_THOUSAND)
IS_LIVE_BIRTH = pl.col("outcome") == "live_birth"
HAS_ENDED = pl.col("end_date") <= pl.col("as_of")


def is_off_the_due_date() -> pl.Expr:
    """A live birth more than four weeks after the due date, or before 21 weeks of pregnancy (133 days before it)."""
    return ~days_between("due_date", "end_date").is_between(-133, 28)


def has_no_end() -> pl.Expr:
    """Three months after the due date nothing is known of how it ended."""
    return pl.col("end_date").is_null() & (days_between("due_date", "as_of") > 90)


def ends_after_the_next_began() -> pl.Expr:
    """By more than two weeks; one that is still running ends on its due date."""
    ends = pl.coalesce("end_date", "due_date")
    return (ends - pl.col("next_pregnancy_start")).dt.total_days() > 14


CHECKS: tuple[Check, ...] = (
    PREGNANCIES.check(
        "end_before_first_contact",
        "plausibility",
        "critical",
        claim=Said("Ingen graviditet slutter før første kontakt.", "No pregnancy ends before its first contact."),
        fails=later("first_contact_date", than="end_date"),
        threshold=0.01,
        supplier=MEND_DATES,
        reader=Said(
            "Fristerne for screening og henvisning regnes fra den forkerte dag.",
            "The deadlines of screening and referral count from the wrong day.",
        ),
    ),
    PREGNANCIES.check(
        "due_date_off_end",
        "plausibility",
        "warning",
        claim=Said(
            "Et levendefødt barn fødes nogenlunde til terminen.", "A live birth comes somewhere near the due date."
        ),
        fails=is_off_the_due_date(),
        applies=IS_LIVE_BIRTH,
        supplier=Said(
            "Kontrollér årstallet i terminen og fødslen, og send rækken igen.",
            "Check the year of the due date and of the birth, and send the row again.",
        ),
        reader=Said(
            "Spor fra graviditeten kan være regnet til den forkerte graviditet.",
            "Evidence may have been counted to the wrong pregnancy.",
        ),
    ),
    PREGNANCIES.check(
        "first_contact_too_early",
        "plausibility",
        "warning",
        claim=Said(
            "Første kontakt ligger ikke før graviditetens begyndelse.",
            "The first contact is not before the pregnancy begins.",
        ),
        fails=later("pregnancy_start", than="first_contact_date"),
        supplier=MEND_DATES,
        reader=Said(
            "Fristen for screening regnes fra den forkerte dag.", "The screening deadline counts from the wrong day."
        ),
    ),
    PREGNANCIES.check(
        "too_long",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen graviditet varer mere end 44 uger fra begyndelsen.", "No pregnancy lasts more than 44 weeks."
        ),
        fails=days_between("pregnancy_start", "end_date") > 308,
        supplier=Said(
            "Send dagen, hvor graviditeten endte, og ikke dagen, hvor det blev registreret.",
            "Send the day on which the pregnancy ended, not the day on which that was registered.",
        ),
        reader=IN_USE,
    ),
    PREGNANCIES.check(
        "lowest_care_with_confirmed_exposure",
        "plausibility",
        "info",
        claim=Said(
            "En graviditet med bekræftet eksponering er ikke på svangreomsorgens laveste niveau.",
            "A pregnancy with a confirmed exposure is not on the lowest level of antenatal care.",
        ),
        fails=pl.col("care_level") == 1,
        applies=pl.col("has_confirmed_exposure"),
        supplier=Said(
            "Kontrollér niveauet, også når det er ændret undervejs.",
            "Check the level, also where it changed on the way.",
        ),
        reader=Said(
            "Niveauet siger noget om indsatsen, men indgår ikke i tallene.",
            "The level tells of the effort; no figure uses it.",
        ),
        touches=(),
    ),
    PREGNANCIES.check(
        "without_end",
        "completeness",
        "warning",
        claim=Said(
            "Tre måneder efter terminen vides det, hvordan graviditeten endte.",
            "Three months after the due date its end is known.",
        ),
        fails=has_no_end(),
        applies=days_between("due_date", "as_of") > 90,
        threshold=0.02,
        supplier=FILL_IN,
        reader=Said("Frister før fødslen kan stå åbne for længe.", "Deadlines before birth may stay open too long."),
    ),
    PREGNANCIES.check(
        "live_birth_without_end",
        "completeness",
        "warning",
        claim=Said(
            "En graviditet med et levendefødt barn har en slutdato.", "A pregnancy with a live birth has an end date."
        ),
        fails=pl.col("end_date").is_null(),
        applies=IS_LIVE_BIRTH,
        supplier=FILL_IN,
        reader=Said("Barnet findes kun, hvis terminen passer.", "The child is only found when the due date fits."),
    ),
    PREGNANCIES.check(
        "ended_in_an_unknown_way",
        "completeness",
        "info",
        claim=Said("En afsluttet graviditet har et kendt udfald.", "A pregnancy that has ended has a known outcome."),
        fails=pl.col("outcome") == "unknown",
        applies=HAS_ENDED,
        threshold=0.02,
        supplier=FILL_IN,
        reader=Said(
            "Graviditeter uden barn kan se ud som tabte forløb.", "Pregnancies without a child may look like lost ones."
        ),
    ),
    PREGNANCIES.check(
        "live_birth_without_child",
        "completeness",
        "warning",
        claim=Said("Til hver levendefødsel findes et barn.", "To every live birth there is a child."),
        fails=pl.col("children") == 0,
        applies=IS_LIVE_BIRTH & HAS_ENDED,
        threshold=0.02,
        context="validation",
        supplier=Said(
            "Send barnet med graviditetens nummer på, eller moderens.",
            "Send the child with the pregnancy's id, or the mother's.",
        ),
        reader=Said(
            "Det, der vides fra graviditeten, når ikke frem til barnet, og hullerne undervurderes.",
            "What is known from the pregnancy does not reach the child, and gaps are underestimated.",
        ),
        touches=("*",),
    ),
    PREGNANCIES.check(
        "loss_with_child",
        "plausibility",
        "warning",
        claim=Said(
            "En graviditet, der er tabt, har ikke et levendefødt barn.", "A lost pregnancy has no live-born child."
        ),
        fails=pl.col("children") > 0,
        applies=pl.col("outcome").is_in(["loss", "stillbirth"]),
        supplier=MEND_ROW,
        reader=Said(
            "Manglende indsats før fødslen kan være undskyldt uden grund.",
            "A missing effort before birth may be excused without reason.",
        ),
    ),
    PREGNANCIES.check(
        "overlaps_the_next",
        "plausibility",
        "warning",
        claim=Said("En kvindes graviditeter ligger efter hinanden.", "The pregnancies of one woman follow each other."),
        fails=ends_after_the_next_began(),
        applies=pl.col("next_pregnancy_start").is_not_null(),
        supplier=Said(
            "Undersøg, om det er samme graviditet, oprettet to gange.",
            "Find out whether it is one pregnancy, created twice.",
        ),
        reader=IN_USE,
    ),
    PREGNANCIES.check(
        "without_due_date",
        "completeness",
        "warning",
        claim=Said("Næsten alle graviditeter har en termin.", "Almost every pregnancy has a due date."),
        fails=pl.col("due_date").is_null(),
        threshold=0.05,
        supplier=FILL_IN,
        reader=Said(
            "Planen før fødslen kan ikke følges uden termin.",
            "The plan before birth cannot be followed without a due date.",
        ),
    ),
    PREGNANCIES.check(
        "without_first_contact",
        "completeness",
        "warning",
        claim=Said("Næsten alle graviditeter har en første kontakt.", "Almost every pregnancy has a first contact."),
        fails=pl.col("first_contact_date").is_null(),
        threshold=0.05,
        supplier=FILL_IN,
        reader=Said(
            "Graviditeten indgår ikke i tallet for screening.", "The pregnancy is not part of the screening figure."
        ),
    ),
    PREGNANCIES.check(
        "without_municipality",
        "completeness",
        "warning",
        claim=Said("Næsten alle graviditeter har en kommune.", "Almost every pregnancy has a municipality."),
        fails=pl.col("municipality_code").is_null(),
        threshold=0.02,
        supplier=FILL_IN,
        reader=Said("Graviditeten tæller kun i landets tal.", "The pregnancy counts in the country's figures only."),
        touches=("screened", "referred", "plan_before_birth"),
    ),
)
