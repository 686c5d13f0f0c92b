"""What must hold for how much comes from where: months, arrivals, birth cohorts, days of the year."""

from __future__ import annotations

import polars as pl

from checks.catalogue.chance import far_fewer, far_more
from checks.catalogue.wording import Claims, Said
from checks.declared import Check

VOLUME = Claims("volume", touches=("*",))
BY_YEAR = Claims("volume_by_year", touches=("*",))
FEEDS = Claims("feeds", touches=("*",))
FEWEST_EXPECTED = 16
"""From here on a complete silence can no longer be chance."""

FEWEST_IN_A_YEAR = 24
"""The same for years of small places: the visits of one child come together there, so chance reaches further."""

LONGEST_PAUSE_DAYS = 61
"""Two months: so late may the latest rows be."""

DAYS_OF_A_YEAR = 365

FEWEST_BEFORE_A_JUMP = 5
"""So little may be expected when a year's rows came on one day: its other months are empty."""

IS_ENOUGH = pl.col("expected") >= FEWEST_EXPECTED
IS_OF_ARRIVALS = pl.col("feed") == "arrivals"

COHORTS = Claims("cohorts", touches=("*",))
CALENDAR = Claims("calendar", touches=("*",))


def is_silent() -> pl.Expr:
    """No row for longer than ever in two years, for two months at least, and too many were to be expected meanwhile."""
    pause = pl.max_horizontal("longest_pause", pl.lit(LONGEST_PAUSE_DAYS))
    expected = pl.col("usual") * pl.col("days_silent") / DAYS_OF_A_YEAR
    return (pl.col("days_silent") > pause) & (expected > FEWEST_EXPECTED)


CHECKS: tuple[Check, ...] = (
    FEEDS.check(
        "silent",
        "completeness",
        "warning",
        claim=Said(
            "Ingen kommune med mindst 16 rækker om året er gået i stå med at levere, og det samme gælder hele landet.",
            "No municipality with at least 16 rows a year has stopped delivering, nor has the whole country.",
        ),
        fails=is_silent(),
        applies=pl.col("usual") >= FEWEST_EXPECTED,
        context="validation",
        supplier=Said(
            "Send alt siden den sidste række, eller oplys, at der ikke kommer mere.",
            "Send everything since the last row, or say that there is no more to come.",
        ),
        reader=Said(
            "Siden da kan kommunens huller være manglende indberetning.",
            "Since then the municipality's gaps may be missing reports.",
        ),
    ),
    BY_YEAR.check(
        "drop",
        "completeness",
        "warning",
        claim=Said(
            "Hvor mindst 24 rækker er ventet i et år, kommer der ikke pludselig langt færre end ellers.",
            "Where at least 24 rows are expected in a year, there are not suddenly far fewer than usual.",
        ),
        fails=far_fewer("rows", "expected", share=0.6, beyond=FEWEST_IN_A_YEAR),
        applies=pl.col("expected") >= FEWEST_IN_A_YEAR,
        context="validation",
        supplier=Said(
            "Send året igen, eller oplys, hvorfor der skete mindre.", "Send the year again, or say why less happened."
        ),
        reader=Said("Huller fra det år kan være manglende indberetning.", "Gaps of that year may be missing reports."),
    ),
    VOLUME.check(
        "drop",
        "completeness",
        "warning",
        claim=Said(
            "Hvor mindst 16 rækker er ventet i en måned, leverer ingen kommune pludselig langt færre end ellers.",
            "Where at least 16 rows are expected in a month, no municipality suddenly delivers far fewer than usual.",
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
            "Hvor mindst fem rækker er ventet i en måned, leverer ingen kommune pludselig langt flere end ellers.",
            "Where at least five rows are expected in a month, no municipality suddenly delivers far more than usual.",
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
            "Hvor mindst 16 tilflyttere er ventet i et år, får ingen kommune pludselig langt færre end ellers.",
            "Where at least 16 arrivals are expected in a year, no municipality suddenly has far fewer than usual.",
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
            "Børnene tæller med, men ingen kommune kan handle.", "The children count, but no municipality can act."
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
            "Lad datoer, som ikke kendes, stå tomme. Skriv ikke 1. januar, når kun årstallet kendes.",
            "Leave dates that are not known empty. Do not write 1 January when only the year is known.",
        ),
        reader=Said(
            "Frister og aldre regnes fra en dag, der er valgt af et system.",
            "Deadlines and ages count from a day that a system chose.",
        ),
    ),
)
