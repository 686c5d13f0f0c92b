"""What must hold for assessments of development."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import later, years_between
from checks.catalogue.wording import LOOK_UP_CHILD, MEND_ROW, NO_FIGURE, ONE_IN_A_THOUSAND, ONE_IN_TWENTY, Claims, Said
from checks.declared import Check

ASSESSMENTS = Claims("assessments", touches=("development",), tolerated=ONE_IN_A_THOUSAND)
Z, RESULT = pl.col("z_score"), pl.col("result")


def contradicts_its_score() -> pl.Expr:
    """Typical two standard deviations below the mean, or a concern above it. Without a score nothing is said."""
    return ((RESULT == "typical") & (Z <= -2)) | ((RESULT == "concern") & (Z >= 0))


CHECKS: tuple[Check, ...] = (
    ASSESSMENTS.check(
        "before_birth",
        "plausibility",
        "warning",
        claim=Said("Ingen vurdering ligger før fødslen.", "No assessment lies before the birth."),
        fails=later("birth_date", than="assessed_date"),
        supplier=LOOK_UP_CHILD,
        reader=NO_FIGURE,
    ),
    ASSESSMENTS.check(
        "after_death",
        "plausibility",
        "warning",
        claim=Said("Ingen vurdering ligger efter dødsfaldet.", "No assessment lies after death."),
        fails=later("assessed_date", than="death_date"),
        threshold=ONE_IN_TWENTY,
        supplier=LOOK_UP_CHILD,
        reader=NO_FIGURE,
    ),
    ASSESSMENTS.check(
        "of_an_adult",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen vurdering er lavet, efter at barnet er fyldt 25 år.",
            "No assessment was made after the child turned 25.",
        ),
        fails=years_between("birth_date", "assessed_date") > 25,
        supplier=LOOK_UP_CHILD,
        reader=NO_FIGURE,
    ),
    ASSESSMENTS.check(
        "z_score_implausible",
        "plausibility",
        "warning",
        claim=Said("En z-score ligger mellem -6 og 6.", "A z-score lies between -6 and 6."),
        fails=Z.abs() > 6,
        supplier=Said(
            "Send z-scorer, ikke råscorer eller percentiler, og kontrollér decimaltegnet.",
            "Send z-scores, no raw scores or percentiles, and check the decimal point.",
        ),
        reader=Said("Gennemsnit af udvikling bliver forkerte.", "Means of development become wrong."),
    ),
    ASSESSMENTS.check(
        "result_against_z_score",
        "plausibility",
        "warning",
        claim=Said("Resultatet passer til z-scoren.", "The result fits the z-score."),
        fails=contradicts_its_score(),
        threshold=0.005,
        supplier=MEND_ROW,
        reader=Said(
            "Andelen af bekymrende resultater kan være forkert.", "The share of results of concern may be wrong."
        ),
    ),
)
