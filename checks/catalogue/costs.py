"""What must hold for costs."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import days_between, later
from checks.catalogue.wording import MEND_DATES, MEND_ROW, ONE_IN_A_THOUSAND, ONE_IN_TWENTY, Claims, Said
from checks.declared import Check

COSTS = Claims("costs", touches=("costs",), tolerated=ONE_IN_A_THOUSAND)
AMOUNT, USUAL = pl.col("amount_dkk"), pl.col("usual_dkk")
FAR_FROM_USUAL = 30
BEFORE_BIRTH_TOO = ("residential_treatment", "substance_treatment", "family_clinic", "family_support", "hospital")
"""Services that a mother may have had before the birth."""

WRONG_SUM = Said("Summer og gennemsnit af udgifter bliver forkerte.", "Sums and means of costs become wrong.")


CHECKS: tuple[Check, ...] = (
    COSTS.check(
        "negative",
        "plausibility",
        "warning",
        claim=Said("Intet beløb er negativt.", "No amount is negative."),
        fails=AMOUNT < 0,
        supplier=Said(
            "Træk tilbagebetalinger fra den udgift, de hører til.", "Deduct refunds from the cost that they belong to."
        ),
        reader=WRONG_SUM,
    ),
    COSTS.check(
        "nothing",
        "plausibility",
        "info",
        claim=Said("Næsten intet beløb er nul.", "Almost no amount is zero."),
        fails=AMOUNT == 0,
        threshold=0.01,
        supplier=Said("Udelad rækker uden udgift.", "Leave out rows without a cost."),
        reader=WRONG_SUM,
    ),
    COSTS.check(
        "too_large",
        "plausibility",
        "warning",
        claim=Said(
            "Intet beløb er over 30 gange det sædvanlige for indsatsen.",
            "No amount is more than 30 times the usual one of its service.",
        ),
        fails=AMOUNT > FAR_FROM_USUAL * USUAL,
        supplier=Said(
            "Send beløb i kroner, ikke i øre, og uden punktum som tusindtalsskilletegn.",
            "Send amounts in kroner, not in øre, and without a point between thousands.",
        ),
        reader=WRONG_SUM,
    ),
    COSTS.check(
        "too_small",
        "plausibility",
        "warning",
        claim=Said(
            "Intet beløb er under en tredivtedel af det sædvanlige for indsatsen.",
            "No amount is less than a thirtieth of the usual one of its service.",
        ),
        fails=(AMOUNT > 0) & (AMOUNT * FAR_FROM_USUAL < USUAL),
        threshold=0.02,
        supplier=Said("Send beløb i hele kroner, ikke i tusinder.", "Send amounts in kroner, not in thousands."),
        reader=WRONG_SUM,
    ),
    COSTS.check(
        "end_before_start",
        "plausibility",
        "warning",
        claim=Said("Ingen udgift slutter, før den begynder.", "No cost ends before it begins."),
        fails=later("start_date", than="end_date"),
        supplier=MEND_DATES,
        reader=Said("Udgiften lægges i et forkert år.", "The cost falls in a wrong year."),
    ),
    COSTS.check(
        "too_long",
        "plausibility",
        "warning",
        claim=Said("Ingen udgift strækker sig over mere end fem år.", "No cost stretches over more than five years."),
        fails=days_between("start_date", "end_date") > 5 * 366,
        supplier=Said("Del lange udgifter op i år.", "Split long costs by year."),
        reader=Said("Udgiften lægges i forkerte år.", "The cost falls in wrong years."),
    ),
    COSTS.check(
        "before_birth",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen udgift til barnet ligger før fødslen, og ingen til moderen før graviditeten.",
            "No cost of the child lies before the birth, and none of the mother before the pregnancy.",
        ),
        fails=days_between("start_date", "birth_date")
        > pl.when(pl.col("service").is_in(BEFORE_BIRTH_TOO)).then(310).otherwise(0),
        supplier=MEND_DATES,
        reader=Said("Udgiften lægges i et forkert år.", "The cost falls in a wrong year."),
    ),
    COSTS.check(
        "after_death",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen udgift begynder over et år efter dødsfaldet.", "No cost begins more than a year after death."
        ),
        fails=later("start_date", than="death_date", by_days=366),
        threshold=ONE_IN_TWENTY,
        supplier=MEND_ROW,
        reader=WRONG_SUM,
    ),
    COSTS.check(
        "unusual_payer",
        "plausibility",
        "info",
        claim=Said("Indsatsen er betalt af den, der plejer at betale den.", "The service was paid by its usual payer."),
        fails=pl.col("payer") != pl.col("usual_payer"),
        threshold=0.05,
        supplier=Said("Kontrollér, hvem der betalte.", "Check who paid."),
        reader=Said(
            "Fordelingen mellem kommune, region og stat kan være forkert.",
            "The split between municipality, region and state may be wrong.",
        ),
    ),
)
