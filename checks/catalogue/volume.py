"""What must hold for how much comes from where: months, arrivals, birth cohorts, days of the year."""

from __future__ import annotations

import polars as pl

from checks.catalogue.chance import far_fewer, far_more
from checks.catalogue.wording import Claims, Said
from checks.declared import Check

VOLUME = Claims("volume", touches=("*",))
FEWEST_EXPECTED = 16
"""From here on a complete silence can no longer be chance."""

FEWEST_BEFORE_A_JUMP = 5
"""So little may be expected when a year's rows came on one day: its other months are empty."""

IS_ENOUGH = pl.col("expected") >= FEWEST_EXPECTED
IS_OF_ARRIVALS = pl.col("feed") == "arrivals"

COHORTS = Claims("cohorts", touches=("*",))
CALENDAR = Claims("calendar", touches=("*",))

CHECKS: tuple[Check, ...] = (
    VOLUME.check(
        "drop",
        "completeness",
        "warning",
        claim=Said(
            "Ingen kommune leverer pludselig langt færre rækker end ellers i en måned.",
            "No municipality suddenly delivers far fewer rows than usual in a month.",
        ),
        fails=far_fewer("rows", "expected", share=0.6),
        applies=IS_ENOUGH & ~IS_OF_ARRIVALS,
        context="validation",
        supplier=Said(
            "Send måneden igen, eller oplys, hvorfor der skete mindre.",
            "Send the month again, or say why less happened.",
        ),
        reader=Said(
            "Kommunens huller i den periode kan være manglende indberetning.",
            "Gaps of that time may be missing reports.",
        ),
    ),
    VOLUME.check(
        "jump",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen kommune leverer pludselig langt flere rækker end ellers i en måned.",
            "No municipality suddenly delivers far more rows than usual in a month.",
        ),
        fails=far_more("rows", "before_a_jump", times=1.7),
        applies=(pl.col("before_a_jump") >= FEWEST_BEFORE_A_JUMP) & ~IS_OF_ARRIVALS,
        context="validation",
        supplier=Said(
            "Kontrollér, om måneden er sendt to gange, eller om datoen er indberetningsdagen.",
            "Check whether the month was sent twice, or whether the date is the day of reporting.",
        ),
        reader=Said(
            "Kommunens tal for perioden kan være for høje.", "The municipality's figures of that time may be too high."
        ),
    ),
    VOLUME.check(
        "lost_arrivals",
        "completeness",
        "warning",
        claim=Said(
            "Ingen kommune får pludselig langt færre tilflyttere end ellers i et år.",
            "No municipality suddenly has far fewer arrivals than usual in a year.",
        ),
        fails=far_fewer("rows", "expected", share=0.6),
        applies=IS_ENOUGH & IS_OF_ARRIVALS,
        context="validation",
        supplier=Said("Send alle tilflytninger for året igen.", "Send all arrivals of the year again."),
        reader=Said(
            "Børnene står som fraflyttede, og deres huller kan være undskyldt. Dækningen er i virkeligheden lavere.",
            "The children stand as moved away, and their gaps may be excused. The true coverage is lower.",
        ),
    ),
    COHORTS.check(
        "without_home",
        "completeness",
        "warning",
        claim=Said(
            "I hver kommune og årgang har næsten alle børn en bopæl.",
            "In each municipality and birth year almost every child has a home.",
        ),
        fails=far_more("without_home", "expected", times=3, beyond=10.0),
        applies=pl.col("children") >= 20,
        context="validation",
        supplier=Said("Send de første bopæle for årgangen igen.", "Send the first homes of the cohort again."),
        reader=Said(
            "Børnene tæller uden en kommune, der kan handle.", "The children count, but no municipality can act."
        ),
    ),
    CALENDAR.check(
        "piles_up",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen dag i året har langt flere rækker end de andre.",
            "No day of the year has far more rows than the others.",
        ),
        fails=far_more("rows", "expected", times=2),
        applies=IS_ENOUGH,
        context="validation",
        supplier=Said(
            "Lad datoer, som ikke kendes, stå tomme. 1. januar må ikke stå i stedet for et årstal.",
            "Leave dates that are not known empty. 1 January must not stand in for a year.",
        ),
        reader=Said(
            "Frister og aldre regnes fra en dag, der er valgt af et system.",
            "Deadlines and ages count from a day that a system chose.",
        ),
    ),
)
