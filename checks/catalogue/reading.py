"""What must hold beside the files: accounts of tables, reporting, links without numbers, names, and texts."""

from __future__ import annotations

import polars as pl

from checks.catalogue.chance import HARDLY_CHANCE
from checks.catalogue.every_table import looks_like_a_person_number
from checks.catalogue.wording import DO_NOT_USE, OUR_OWN, Claims, Said
from checks.declared import Check

ACCOUNTS = Claims("accounts", touches=("*",))
STORED = Claims("stored", touches=("*",))
REPORTING = Claims("reporting", touches=("*",))
RECORD_LINKS = Claims("record_links", touches=("*",))
HINTS = Claims("number_hints", touches=("*",))
NAMES = Claims("names", touches=("worklist",))
TEXTS = Claims("texts")
MONTHS_MAY_BE_MISSING = 2
FEWEST_EXPECTED = HARDLY_CHANCE
"""Rows: so many do not stay away by chance."""


def is_missing(months: str) -> pl.Expr:
    """More than two months of twelve, in which the municipality usually reports too much for chance to keep it away."""
    return (pl.col(months) > MONTHS_MAY_BE_MISSING) & (pl.col(months) * pl.col("usual") > FEWEST_EXPECTED)


CHECKS: tuple[Check, ...] = (
    ACCOUNTS.check(
        "differ",
        "conformance",
        "critical",
        claim=Said(
            "Regnskabet pr. fil og regnskabet pr. tabel er ens.",
            "The accounts by file and the accounts by table are the same.",
        ),
        fails=pl.col("rows_by_file") != pl.col("rows_by_table"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    STORED.check(
        "rows_lost_in_storing",
        "conformance",
        "critical",
        claim=Said("Alle optagne rækker er gemt.", "All accepted rows are stored."),
        fails=pl.col("rows_stored") != pl.col("accepted"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    STORED.check(
        "rows_lost_in_accounting",
        "conformance",
        "critical",
        claim=Said(
            "Læste rækker er optaget, i karantæne eller kopier.", "Rows read are accepted, in quarantine or copies."
        ),
        fails=pl.sum_horizontal("accepted", "quarantined", "exact_duplicates") != pl.col("rows_read"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    STORED.check(
        "keys_not_unique",
        "conformance",
        "critical",
        claim=Said("Ingen nøgle findes to gange i en tabel.", "No key is twice in a table."),
        fails=pl.col("repeated_keys") > 0,
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    REPORTING.check(
        "missing",
        "completeness",
        "warning",
        claim=Said(
            "I hvert af de to seneste år mangler højst to måneder fra hver kommune, hvor indberetning var ventet.",
            "In each of the last two years at most two months are missing from each municipality that was to report.",
        ),
        fails=is_missing("missing_lately") | is_missing("missing_before"),
        applies=12 * pl.col("usual") > FEWEST_EXPECTED,
        context="validation",
        supplier=Said(
            "Send de manglende måneder, eller oplys, at der intet skete.",
            "Send the missing months, or say that nothing happened.",
        ),
        reader=Said(
            "Kommunens huller kan være manglende indberetning.", "The municipality's gaps may be missing reports."
        ),
    ),
    REPORTING.check(
        "declared_incomplete",
        "completeness",
        "info",
        claim=Said(
            "Ingen kommune har meldt sin indberetning i de to seneste år ufuldstændig.",
            "No municipality declared its reporting of the last two years incomplete.",
        ),
        fails=pl.col("declared_incomplete") > 0,
        context="validation",
        supplier=Said("Send resten, når det er klar.", "Send the rest when it is ready."),
        reader=Said(
            "Sammenlign ikke kommunen med andre i de måneder.",
            "Do not compare the municipality with others in those months.",
        ),
    ),
    RECORD_LINKS.check(
        "without_a_child",
        "completeness",
        "warning",
        claim=Said(
            "De fleste rækker uden personnummer finder deres barn.",
            "Most rows without a person's number find their child.",
        ),
        fails=pl.col("linked_by").is_in(["none", "ambiguous"]),
        applies=pl.col("table") != "pregnancies",
        threshold=0.1,
        context="validation",
        supplier=Said(
            "Send personnummer med, eller flere oplysninger, som barnet kan findes ved.",
            "Send the person's number, or more information to find the child by.",
        ),
        reader=Said("Rækkerne mangler i alle tal.", "The rows are missing from every figure."),
    ),
    RECORD_LINKS.check(
        "unsure",
        "plausibility",
        "info",
        claim=Said(
            "Rækker uden personnummer finder deres barn med sikkerhed.",
            "Rows without a person's number find their child with certainty.",
        ),
        fails=pl.col("match_probability") < 0.97,
        applies=pl.col("linked_by") == "probable",
        threshold=0.1,
        supplier=Said("Send personnummer med.", "Send the person's number."),
        reader=Said("Enkelte rækker kan stå hos et forkert barn.", "Some rows may stand with a wrong child."),
    ),
    HINTS.check(
        "many_replacement_numbers",
        "plausibility",
        "warning",
        claim=Said(
            "Højst ét ud af ti personnumre er et erstatningsnummer.",
            "At most one in ten persons' numbers is a replacement number.",
        ),
        fails=pl.col("replacement_numbers") > 0.1 * pl.col("numbers"),
        applies=pl.col("numbers") > 0,
        supplier=Said(
            "Send skift fra erstatningsnumre til personnumre med.",
            "Send the changes from replacement numbers to real ones.",
        ),
        reader=Said("Samme barn kan tælle to gange.", "The same child may count twice."),
    ),
    HINTS.check(
        "many_failing_checksum",
        "plausibility",
        "info",
        claim=Said(
            "Mindst tre ud af fire personnumre består kontrolciffertesten.",
            "At least three in four persons' numbers pass the check digit.",
        ),
        fails=pl.col("failing_checksum") > 0.25 * pl.col("numbers"),
        applies=pl.col("numbers") > 0,
        supplier=Said(
            "Kontrollér, at numrene ikke er forskudt eller afkortet.",
            "Check that numbers are not shifted or cut short.",
        ),
        reader=Said(
            "Nye personnumre består ikke altid testen, selv om de er rigtige.",
            "New numbers do not always pass the test although they are right.",
        ),
    ),
    NAMES.check(
        "missing",
        "conformance",
        "critical",
        claim=Said(
            "Hvert barn, hver mor og hver graviditet har et pseudonym.",
            "Every child, mother and pregnancy has a pseudonym.",
        ),
        fails=pl.col("without_name") > 0,
        supplier=OUR_OWN,
        reader=Said(
            "Tallene er rigtige, men arbejdslisten kan ikke sige, hvem den handler om.",
            "The figures are right, but the worklist cannot say whom it is about.",
        ),
    ),
    TEXTS.check(
        "person_number",
        "conformance",
        "critical",
        claim=Said(
            "Filnavne, nøgler og koder indeholder intet, der ligner et personnummer.",
            "File names, keys and codes contain nothing like a person's number.",
        ),
        fails=looks_like_a_person_number(pl.col("text")),
        supplier=Said(
            "Fjern personnummeret fra filnavn, nøgle eller kode.", "Remove the number from the file name, key or code."
        ),
        reader=Said(
            "Tallene er rigtige, men intet fra denne kørsel må udleveres.",
            "The figures are right, but nothing of this run may be handed out.",
        ),
    ),
)
