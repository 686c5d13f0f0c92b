"""What must hold for the tables without which there are no figures: they are there, and as large as before."""

from __future__ import annotations

import polars as pl

from checks.catalogue.wording import Claims, Said
from checks.declared import Check
from checks.frames.sizes import NEVER_EMPTY
from pipelines.definitions.contract import Table
from pipelines.definitions.tables import table_named

SIZES = Claims("sizes", touches=("*",))
ROWS, BEFORE = pl.col("rows"), pl.col("rows_before")
LARGEST_LOSS = 0.1
"""Records of births, pregnancies and homes are kept for good: a delivery that lacks a tenth of them is not whole."""


def _empty(table: Table) -> Check:
    return SIZES.check(
        f"{table.name}_empty",
        "completeness",
        "critical",
        claim=Said(f"Tabellen {table.title_da} er ikke tom.", f"The table {table.title_en} is not empty."),
        fails=ROWS == 0,
        applies=pl.col("table") == table.name,
        supplier=Said("Send leverancen igen med alle dens rækker.", "Send the delivery again with all its rows."),
        reader=Said("Uden tabellen er der ingen tal at bruge.", "Without the table there are no figures to use."),
    )


def _shrunk(table: Table) -> Check:
    return SIZES.check(
        f"{table.name}_shrunk",
        "completeness",
        "critical",
        claim=Said(
            f"Tabellen {table.title_da} har mistet højst hver tiende række siden sidste kørsel.",
            f"The table {table.title_en} has lost at most one in ten rows since the last run.",
        ),
        fails=ROWS < (1 - LARGEST_LOSS) * BEFORE,
        applies=(pl.col("table") == table.name) & (BEFORE > 0) & (ROWS > 0),
        context="validation",
        supplier=Said(
            "Undersøg, om leverancen er hel, og send den igen.",
            "Find out whether the delivery is whole, and send it again.",
        ),
        reader=Said(
            "Børn kan mangle, så tallene kan ikke sammenlignes med de forrige.",
            "Children may be missing, so the figures cannot be compared with those before.",
        ),
    )


CHECKS: tuple[Check, ...] = tuple(
    check for name in NEVER_EMPTY for check in (_empty(table_named(name)), _shrunk(table_named(name)))
)
