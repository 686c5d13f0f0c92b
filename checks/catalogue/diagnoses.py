"""What must hold for diagnoses of children and mothers."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import later, years_between
from checks.catalogue.wording import (
    IN_USE,
    LOOK_UP_CHILD,
    MEND_DATES,
    ONE_IN_A_THOUSAND,
    ONE_IN_TWENTY,
    Claims,
    Said,
)
from checks.declared import Check

DIAGNOSES = Claims("diagnoses", touches=("*",), tolerated=ONE_IN_A_THOUSAND)
SKS_DIAGNOSIS = r"(?i)^D[A-Z][0-9]{2}[0-9A-Z.]*$"
PERINATAL = r"(?i)^DP"
"""Conditions of the newborn: they say when they were acquired, and are given early."""


CHECKS: tuple[Check, ...] = (
    DIAGNOSES.check(
        "before_birth",
        "plausibility",
        "warning",
        claim=Said("Intet barn har en diagnose fra før sin fødsel.", "No child has a diagnosis from before its birth."),
        fails=later("birth_date", than="diagnosed_date"),
        supplier=Said(
            "Undersøg, om diagnosen er moderens, eller ret datoen.",
            "Find out whether the diagnosis is the mother's, or correct the date.",
        ),
        reader=Said(
            "Barnet kan se ud til at være kendt som eksponeret før fødslen.",
            "The child may look known as exposed before birth.",
        ),
    ),
    DIAGNOSES.check(
        "after_death",
        "plausibility",
        "warning",
        claim=Said(
            "Intet barn får en diagnose over en måned efter sin død.",
            "No child is diagnosed more than a month after its death.",
        ),
        fails=later("diagnosed_date", than="death_date", by_days=31),
        threshold=ONE_IN_TWENTY,
        supplier=MEND_DATES,
        reader=IN_USE,
    ),
    DIAGNOSES.check(
        "code_of_no_form",
        "conformance",
        "warning",
        claim=Said(
            "Hver diagnosekode har form som en SKS-kode, fx DF10.",
            "Every code has the form of an SKS code, for example DF10.",
        ),
        fails=~pl.col("sks_code").str.contains(SKS_DIAGNOSIS),
        supplier=Said("Send SKS-koden med det foranstillede D.", "Send the SKS code with its leading D."),
        reader=Said(
            "En diagnose på listen opdages ikke, når koden er skrevet anderledes.",
            "A diagnosis of the list is missed when its code is written otherwise.",
        ),
    ),
    DIAGNOSES.check(
        "of_nobody_known",
        "completeness",
        "warning",
        claim=Said(
            "Diagnoser hører til et barn eller en mor i leverancen.",
            "Diagnoses belong to a child or a mother of the delivery.",
        ),
        fails=~pl.col("is_child") & ~pl.col("is_mother"),
        threshold=0.05,
        context="validation",
        supplier=Said(
            "Send de børn og mødre med, som diagnoserne hører til.",
            "Send the children and mothers whom the diagnoses belong to.",
        ),
        reader=Said(
            "Diagnosen kan ikke bruges; en eksponering kan være overset.",
            "The diagnosis cannot be used; an exposure may be missed.",
        ),
    ),
    DIAGNOSES.check(
        "newborn_code_of_a_mother",
        "plausibility",
        "info",
        claim=Said(
            "Koder for nyfødte står på barnet, ikke på moderen.",
            "Codes of newborns stand with the child, not the mother.",
        ),
        fails=pl.col("is_mother") & ~pl.col("is_child"),
        applies=pl.col("is_child_code"),
        threshold=ONE_IN_TWENTY,
        supplier=Said("Skriv diagnosen på barnets nummer.", "Write the diagnosis under the child's number."),
        reader=Said(
            "En eksponering kan være overset, fordi den står på moderen.",
            "An exposure may be missed because it stands with the mother.",
        ),
    ),
    DIAGNOSES.check(
        "mothers_code_of_a_young_child",
        "plausibility",
        "info",
        claim=Said(
            "Koder for misbrug eller graviditet står ikke på børn under 10 år.",
            "Codes of abuse or pregnancy do not stand with children under 10.",
        ),
        fails=pl.col("is_child") & (years_between("birth_date", "diagnosed_date") < 10),
        applies=pl.col("is_mother_code"),
        threshold=ONE_IN_TWENTY,
        supplier=Said("Skriv diagnosen på moderens nummer.", "Write the diagnosis under the mother's number."),
        reader=Said(
            "Moderens diagnose er ikke talt med som spor.", "The mother's diagnosis does not count as evidence."
        ),
    ),
    DIAGNOSES.check(
        "newborn_code_late",
        "plausibility",
        "info",
        claim=Said(
            "Nyfødtdiagnoser stilles inden for de første to år.", "Diagnoses of newborns are made within two years."
        ),
        fails=years_between("birth_date", "diagnosed_date") > 2,
        applies=pl.col("is_child") & pl.col("sks_code").str.contains(PERINATAL),
        threshold=0.1,
        supplier=LOOK_UP_CHILD,
        reader=Said(
            "Eksponeringen kan være kendt tidligere, end tallene viser.",
            "The exposure may have been known earlier than the figures show.",
        ),
    ),
    DIAGNOSES.check(
        "many_refuted",
        "plausibility",
        "warning",
        claim=Said(
            "Højst hver femte diagnose på listen over eksponering er senere afkræftet.",
            "At most one in five diagnoses of the list of exposure was refuted later.",
        ),
        fails=pl.col("is_refuted"),
        applies=pl.col("is_child_code") | pl.col("is_mother_code"),
        threshold=0.2,
        supplier=Said(
            "Kontrollér, at afkræftet ikke er byttet om med bekræftet.",
            "Check that refuted and confirmed did not change places.",
        ),
        reader=Said(
            "En afkræftet diagnose er intet spor: eksponerede børn kan mangle i alle tal.",
            "A refuted diagnosis is no evidence: exposed children may be missing from every figure.",
        ),
    ),
)
