"""What must hold for linkage: what it lost, per municipality."""

from __future__ import annotations

import polars as pl

from checks.catalogue.wording import Claims, Said
from checks.declared import Check

LINKAGE = Claims("linkage", touches=("*",))
UNLINKED, ROWS = pl.col("unlinked"), pl.col("rows")

CHECKS: tuple[Check, ...] = (
    LINKAGE.check(
        "births_without_pregnancy",
        "completeness",
        "warning",
        claim=Said(
            "I hver kommune er mindst 95 af 100 fødsler knyttet til en graviditet.",
            "In each municipality at least 95 of 100 births are linked to a pregnancy.",
        ),
        fails=UNLINKED > 0.05 * ROWS,
        applies=(pl.col("measure") == "births") & (ROWS >= 50),
        context="validation",
        supplier=Said(
            "Send graviditeterne for kommunens kvinder, eller deres nummer på barnet.",
            "Send the pregnancies of the municipality's women, or their id with the child.",
        ),
        reader=Said(
            "Viden fra graviditeten når ikke frem til barnet i den kommune.",
            "Knowledge from pregnancy does not reach the child in that municipality.",
        ),
    ),
    LINKAGE.check(
        "exposures_without_child",
        "completeness",
        "warning",
        claim=Said(
            "I hver kommune er mindst 9 af 10 registrerede eksponeringer knyttet til et barn.",
            "In each municipality at least 9 of 10 registered exposures are linked to a child.",
        ),
        fails=UNLINKED > 0.1 * ROWS,
        applies=(pl.col("measure") == "exposures") & (ROWS >= 20),
        context="validation",
        supplier=Said("Send barnets nummer med registreringen.", "Send the child's number with the registration."),
        reader=Said(
            "Kommunen ser ud til at have færre eksponerede børn, end den har.",
            "The municipality looks as if it had fewer exposed children than it has.",
        ),
    ),
)
