"""What goes wrong in the accounts."""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.defects.declared import Defect
from checks.defects.planting import changed, repeated
from checks.defects.values import FAR_AHEAD, UNTIL_FURTHER_NOTICE, days

AMOUNT, STARTED, ENDED = pl.col("amount_dkk"), pl.col("start_date"), pl.col("end_date")

DEFECTS = (
    Defect(
        "costs.negative",
        "En tilbagebetaling er bogført som en udgift med minus.",
        "A refund was booked as a cost with a minus.",
        changed("costs", amount_dkk=-AMOUNT),
        found_by=("costs.negative",),
    ),
    Defect(
        "costs.in_oere",
        "Beløbet er leveret i øre.",
        "The amount was delivered in øre.",
        changed("costs", AMOUNT > 100_000, amount_dkk=AMOUNT * 100),
        found_by=("costs.too_large",),
    ),
    Defect(
        "costs.ended_before_it_began",
        "Start og slut er byttet om.",
        "Start and end changed places.",
        changed("costs", end_date=STARTED - days(30)),
        found_by=("costs.end_before_start",),
    ),
    Defect(
        "costs.until_2099",
        "Løbende udgifter slutter i 2099.",
        "Running costs end in 2099.",
        changed("costs", end_date=pl.lit(date(2099, 12, 31))),
        found_by=("costs.too_long",),
    ),
    Defect(
        "costs.years_before_birth",
        "Udgiften ligger flere år før fødslen.",
        "The cost lies years before the birth.",
        changed("costs", start_date=pl.col("_born") - days(1500), end_date=pl.col("_born") - days(1500)),
        found_by=("costs.before_birth",),
    ),
    Defect(
        "costs.until_further_notice",
        "Løbende udgifter slutter i 2199.",
        "Running costs end in 2199.",
        changed("costs", end_date=UNTIL_FURTHER_NOTICE),
        found_by=("costs.in_the_future",),
    ),
    Defect(
        "costs.in_the_future",
        "Udgiften ligger mange år ude i fremtiden.",
        "The cost lies years ahead.",
        changed("costs", start_date=FAR_AHEAD, end_date=FAR_AHEAD),
        found_by=("costs.in_the_future",),
    ),
    Defect(
        "costs.booked_twice",
        "Regningen er bogført to gange.",
        "The invoice was booked twice.",
        repeated("costs"),
        found_by=("costs.near_duplicate",),
    ),
    Defect(
        "costs.wrong_payer",
        "Sygehuset står som betalt af kommunen.",
        "The hospital stands as paid by the municipality.",
        changed("costs", pl.col("service") == "hospital", payer="municipality"),
        found_by=("costs.unusual_payer",),
    ),
    Defect(
        "costs.service_unknown",
        "Indsatsen er skrevet som en kontostreng.",
        "The service is written as an account string.",
        changed("costs", service="5.28.20.1"),
        quarantined="reference:service",
    ),
    Defect(
        "costs.amount_missing",
        "Beløbet mangler.",
        "The amount is missing.",
        changed("costs", amount_dkk=pl.lit(None, pl.Float64)),
        quarantined="required:amount_dkk",
    ),
    Defect(
        "costs.amount_with_a_comma",
        "Beløbet er skrevet med tusindtalspunktum og komma.",
        "The amount is written with a point for thousands and a comma.",
        changed("costs", amount_dkk="12.500,00"),
        quarantined="type:amount_dkk",
    ),
    Defect(
        "costs.payer_in_danish",
        "Betaleren er skrevet som »kommunen«.",
        "The payer is written as a Danish word.",
        changed("costs", payer="kommunen"),
        quarantined="enumeration:payer",
    ),
)
