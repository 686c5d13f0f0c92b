"""What must hold for courses of substance-use treatment of mothers."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import days_between, later
from checks.catalogue.wording import FILL_IN, IN_USE, MEND_DATES, MEND_ROW, NO_FIGURE, ONE_IN_A_THOUSAND, Claims, Said
from checks.declared import Check

TREATMENTS = Claims("treatments", touches=("*",), tolerated=ONE_IN_A_THOUSAND)
LONGEST_DAYS = 15 * 366
WAS_PREGNANT = Said(
    "Oplysningen er kun til kontrol; ingen regel læser den.", "The information is for checking only; no rule reads it."
)

CHECKS: tuple[Check, ...] = (
    TREATMENTS.check(
        "end_before_start",
        "plausibility",
        "critical",
        claim=Said("Ingen behandling slutter, før den begynder.", "No course of treatment ends before it begins."),
        fails=later("start_date", than="end_date"),
        threshold=0.05,
        supplier=MEND_DATES,
        reader=Said(
            "Behandlingen kan falde uden for graviditeten og blive overset.",
            "The treatment may fall outside the pregnancy and be missed.",
        ),
    ),
    TREATMENTS.check(
        "very_long",
        "plausibility",
        "info",
        claim=Said("Ingen behandling varer over 15 år.", "No course lasts longer than 15 years."),
        fails=days_between("start_date", "end_date") > LONGEST_DAYS,
        supplier=MEND_DATES,
        reader=Said(
            "Behandlingen tæller som spor i flere graviditeter.",
            "The treatment counts as evidence in several pregnancies.",
        ),
    ),
    TREATMENTS.check(
        "overlap",
        "plausibility",
        "info",
        claim=Said(
            "En kvinde har ét forløb ad gangen for samme stof.", "A woman has one course at a time for one substance."
        ),
        fails=(pl.col("next_start_date") < pl.col("end_date").fill_null(pl.col("latest_day"))).fill_null(value=False),
        threshold=0.05,
        supplier=Said(
            "Saml forløbet, eller slut det første, når det næste begynder.",
            "Join the course, or end the first when the next begins.",
        ),
        reader=NO_FIGURE,
    ),
    TREATMENTS.check(
        "person_is_a_child",
        "plausibility",
        "warning",
        claim=Said(
            "Behandlingen er skrevet på moderen, ikke på barnet.",
            "The treatment stands with the mother, not with the child.",
        ),
        fails=pl.col("is_child") & ~pl.col("is_mother"),
        supplier=MEND_ROW,
        reader=Said(
            "Moderens behandling er ikke talt med som spor.", "The mother's treatment does not count as evidence."
        ),
    ),
    TREATMENTS.check(
        "of_nobody_known",
        "completeness",
        "warning",
        claim=Said("Behandlinger hører til en mor i leverancen.", "Courses belong to a mother of the delivery."),
        fails=~pl.col("is_child") & ~pl.col("is_mother"),
        threshold=0.05,
        context="validation",
        supplier=Said(
            "Send de mødre og børn med, som behandlingerne hører til.",
            "Send the mothers and children whom the courses belong to.",
        ),
        reader=Said(
            "Behandlingen kan ikke bruges; en eksponering kan være overset.",
            "The course cannot be used; an exposure may be missed.",
        ),
    ),
    TREATMENTS.check(
        "pregnant_without_pregnancy",
        "plausibility",
        "info",
        claim=Said(
            "En kvinde, der var gravid ved start, har en graviditet på den dag.",
            "A woman pregnant at the start has a pregnancy on that day.",
        ),
        fails=~pl.col("is_in_pregnancy"),
        applies=pl.col("was_pregnant") & pl.col("is_mother"),
        threshold=0.1,
        context="validation",
        supplier=Said(
            "Kontrollér datoen, og om graviditeten mangler.", "Check the date, and whether the pregnancy is missing."
        ),
        reader=WAS_PREGNANT,
    ),
    TREATMENTS.check(
        "not_pregnant_in_pregnancy",
        "plausibility",
        "info",
        claim=Said(
            "En kvinde, der ikke var gravid ved start, har ingen graviditet på den dag.",
            "A woman not pregnant at the start has no pregnancy on that day.",
        ),
        fails=pl.col("is_in_pregnancy"),
        applies=~pl.col("was_pregnant"),
        threshold=0.1,
        context="validation",
        supplier=Said(
            "Kontrollér, om graviditeten var kendt i behandlingen.",
            "Check whether the treatment knew of the pregnancy.",
        ),
        reader=WAS_PREGNANT,
    ),
    TREATMENTS.check(
        "without_substance",
        "completeness",
        "info",
        claim=Said("De fleste behandlinger nævner stoffet.", "Most courses name the substance."),
        fails=pl.col("substance").is_null(),
        threshold=0.3,
        supplier=FILL_IN,
        reader=Said("Barnet kan stå uden stofgruppe.", "The child may stand without a group of substances."),
    ),
    TREATMENTS.check(
        "without_municipality",
        "completeness",
        "info",
        claim=Said("Næsten alle behandlinger har en kommune.", "Almost every course has a municipality."),
        fails=pl.col("municipality_code").is_null(),
        threshold=0.05,
        supplier=FILL_IN,
        reader=IN_USE,
        touches=(),
    ),
)
