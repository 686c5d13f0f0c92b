"""What must hold between children of one mother or one pregnancy. Both children fail: nobody knows which one is wrong.

Twins may agree in sex, weight and gestation, and then nothing tells them from a child that is there twice: where one of
the two has no home, they are one child; where both have, only too many such pairs tell.
"""

from __future__ import annotations

import polars as pl

from checks.catalogue.wording import MEND_DATES, ONE_IN_A_THOUSAND, ONE_IN_TWENTY, Claims, Said
from checks.declared import Check

SIBLINGS = Claims("siblings", touches=("*",), tolerated=ONE_IN_A_THOUSAND)


CHECKS: tuple[Check, ...] = (
    SIBLINGS.check(
        "near_duplicate",
        "plausibility",
        "warning",
        claim=Said(
            "Intet barn findes to gange under to forskellige numre, hvoraf det ene er uden bopæl.",
            "No child is there twice under different numbers, one of them without a home.",
        ),
        fails=pl.col("is_like_another") & pl.col("first_home_date").is_null(),
        supplier=Said(
            "Send skiftet fra erstatningsnummer til personnummer med.",
            "Send the change from the replacement number to the real one.",
        ),
        reader=Said(
            "Barnet tælles to gange, og dets forløb er delt i to.",
            "The child counts twice, and its course is split in two.",
        ),
    ),
    SIBLINGS.check(
        "twins_alike",
        "plausibility",
        "warning",
        claim=Said(
            "Højst 5 ud af 100 børn, der er født samme dag af samme mor, har samme køn, gestationsalder og vægt på "
            "grammet.",
            "At most 5 in 100 children born on one day by one mother agree in sex, gestation and weight to the gram.",
        ),
        fails=pl.col("is_like_another"),
        applies=pl.col("is_born_beside_another") & pl.col("birth_weight_g").is_not_null(),
        threshold=ONE_IN_TWENTY,
        supplier=Said(
            "Undersøg, om børnene er tvillinger eller ét barn under to numre, og send i så fald skiftet af nummer.",
            "Find out whether they are twins or one child under two numbers, and then send the change of number.",
        ),
        reader=Said(
            "Børn kan være talt to gange, og deres forløb delt i to.",
            "Children may count twice, and their course may be split in two.",
        ),
    ),
    SIBLINGS.check(
        "births_too_close",
        "plausibility",
        "warning",
        claim=Said(
            "To fødsler af samme mor har mindst et halvt år imellem sig.",
            "Two births of one mother are at least half a year apart.",
        ),
        fails=pl.col("days_to_nearest") < 180,
        supplier=Said(
            "Undersøg, om børnene er tvillinger, eller om en af dem har en anden mor.",
            "Find out whether they are twins or one has another mother.",
        ),
        reader=Said(
            "Et af børnene kan have fået en forkert graviditet.", "One of the children may have a wrong pregnancy."
        ),
    ),
    SIBLINGS.check(
        "twins_on_different_days",
        "plausibility",
        "warning",
        claim=Said(
            "Børn af samme graviditet er født inden for to dage.", "Children of one pregnancy are born within two days."
        ),
        fails=pl.col("days_between_twins") > 2,
        applies=pl.col("born_together") > 1,
        supplier=MEND_DATES,
        reader=Said(
            "Et af børnene kan have fået en forkert graviditet.", "One of the children may have a wrong pregnancy."
        ),
    ),
    SIBLINGS.check(
        "twins_with_different_mothers",
        "plausibility",
        "warning",
        claim=Said("Børn af samme graviditet har samme mor.", "Children of one pregnancy have the same mother."),
        fails=pl.col("mothers_of_pregnancy") > 1,
        applies=pl.col("born_together") > 1,
        supplier=Said("Ret moderen på det ene barn.", "Correct the mother of one of them."),
        reader=Said("Moderens spor tælles hos det forkerte barn.", "The mother's evidence counts for the wrong child."),
    ),
    SIBLINGS.check(
        "too_many_born_together",
        "plausibility",
        "warning",
        claim=Said("Højst fire børn er født af samme graviditet.", "At most four children are born of one pregnancy."),
        fails=pl.col("born_together").fill_null(1) > 4,
        supplier=Said(
            "Undersøg, om et fælles nummer er brugt for mange graviditeter.",
            "Find out whether one id was used for many pregnancies.",
        ),
        reader=Said("Børnene deler spor, som ikke er deres.", "The children share evidence that is not theirs."),
    ),
    SIBLINGS.check(
        "too_many_of_one_mother",
        "plausibility",
        "warning",
        claim=Said("Ingen mor har over 20 børn.", "No mother has more than 20 children."),
        fails=pl.col("children_of_mother") > 20,
        supplier=Said(
            "Undersøg, om et fælles nummer er brugt for ukendte mødre.",
            "Find out whether one number was used for unknown mothers.",
        ),
        reader=Said("Børnene deler en mor, som ikke er deres.", "The children share a mother who is not theirs."),
    ),
    SIBLINGS.check(
        "births_over_forty_years",
        "plausibility",
        "warning",
        claim=Said(
            "En mors første og sidste barn er født inden for 40 år.",
            "A mother's first and last child are born within 40 years.",
        ),
        fails=pl.col("days_from_first_to_last") > 40 * 365.25,
        supplier=Said(
            "Undersøg, om mor og mormor er blandet sammen.", "Find out whether mother and grandmother were mixed up."
        ),
        reader=Said("Børnene kan have en forkert mor.", "The children may have a wrong mother."),
    ),
)
