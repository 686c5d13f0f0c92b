"""What must hold for files and for what became of their rows."""

from __future__ import annotations

import polars as pl

from checks.catalogue.wording import Claims, Said
from checks.declared import Check

DELIVERIES = Claims("deliveries", touches=("*",))
READ = pl.col("rows_read")
IS_IN_USE = pl.col("state") == "in_use"
TOLERATED_SHARE = 0.01
DUPLICATED_SHARE = 0.05


CHECKS: tuple[Check, ...] = (
    DELIVERIES.check(
        "many_faulty",
        "conformance",
        "warning",
        claim=Said(
            "Mindst 99 ud af 100 rækker i hver fil kan læses.", "At least 99 in 100 rows of each file can be read."
        ),
        fails=pl.col("faulty") > TOLERATED_SHARE * READ,
        applies=IS_IN_USE & (READ > 0),
        supplier=Said(
            "Ret udtrækket efter listen over karantæne, og send filen igen.",
            "Mend the extract by the list of quarantine and send the file again.",
        ),
        reader=Said("Rækkerne mangler i alle tal.", "The rows are missing from every figure."),
    ),
    DELIVERIES.check(
        "many_quarantined",
        "conformance",
        "warning",
        claim=Said(
            "Højst én ud af 100 rækker i en fil er i karantæne.", "At most one in 100 rows of a file is in quarantine."
        ),
        fails=pl.col("quarantined") > TOLERATED_SHARE * pl.col("handed_on"),
        applies=IS_IN_USE & (pl.col("handed_on") > 0),
        supplier=Said(
            "Ret udtrækket efter listen over karantæne, og send filen igen.",
            "Mend the extract by the list of quarantine and send the file again.",
        ),
        reader=Said("Rækkerne mangler i alle tal.", "The rows are missing from every figure."),
    ),
    DELIVERIES.check(
        "many_copies",
        "plausibility",
        "warning",
        claim=Said(
            "Højst hver tyvende række i en fil er en nøjagtig kopi.",
            "At most one in 20 rows of a file is an exact copy.",
        ),
        fails=pl.col("exact_duplicates") > DUPLICATED_SHARE * pl.col("handed_on"),
        applies=IS_IN_USE & (pl.col("handed_on") >= 20),
        supplier=Said(
            "Undersøg, hvorfor de samme rækker kommer flere gange.", "Find out why the same rows come several times."
        ),
        reader=Said(
            "Kopierne tæller ikke med, så tallene er de samme.", "The copies do not count, so the figures are the same."
        ),
        touches=(),
    ),
    DELIVERIES.check(
        "empty",
        "completeness",
        "warning",
        claim=Said("Ingen fil i brug er tom.", "No file in use is empty."),
        fails=READ == 0,
        applies=IS_IN_USE,
        supplier=Said(
            "Send filen igen, hvis der skulle have været rækker.", "Send the file again if there should have been rows."
        ),
        reader=Said(
            "Det, filen skulle vise, ser ud, som om det ikke er sket.",
            "What the file should have shown looks as if it never happened.",
        ),
    ),
    DELIVERIES.check(
        "unknown_codes",
        "conformance",
        "warning",
        claim=Said(
            "Højst én ud af 1.000 rækker i en fil har en kode, der ikke findes i opsætningen.",
            "At most one in 1,000 rows of a file has a code that is not in the set-up.",
        ),
        fails=pl.col("unmapped_rows") > 0.001 * READ,
        applies=IS_IN_USE & (READ > 0),
        supplier=Said(
            "Tilføj koden i leverancens opsætning, eller ret den i kilden.",
            "Add the code to the set-up of the delivery, or correct it in the source.",
        ),
        reader=Said(
            "Rækkerne er sat til side, eller oplysningen mangler i dem, så noget kan mangle i tallene.",
            "The rows are set aside, or lack the information, so the figures may lack something.",
        ),
    ),
    DELIVERIES.check(
        "withdrawn",
        "completeness",
        "info",
        claim=Said("Ingen fil er trukket tilbage.", "No file was withdrawn."),
        fails=pl.col("state") == "withdrawn",
        supplier=Said("Bekræft, at filen ikke længere gælder.", "Confirm that the file is no longer valid."),
        reader=Said("Tallene er lavet uden filen.", "The figures were made without the file."),
    ),
)
