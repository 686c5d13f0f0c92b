"""What must hold for children, their birth, and the pregnancy and mother that they are linked to."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import days_between, later, years_between
from checks.catalogue.wording import FILL_IN, IN_USE, MEND_DATES, MEND_ROW, NO_FIGURE, ONE_IN_A_THOUSAND, Claims, Said
from checks.declared import Check

CHILDREN = Claims("children", touches=("*",), tolerated=ONE_IN_A_THOUSAND)
DAYS = pl.col("gestational_age_days")
WEIGHT = pl.col("birth_weight_g")
SPREAD = 0.12
"""One standard deviation of the weight at a gestational age, as a share of the mean (Marsál et al. 1996)."""


def usual_weight() -> pl.Expr:
    """Grams at a gestational age in days (Marsál et al. 1996, Scandinavian curves); girls' for unknown sex."""
    boys = -1.907345e-6 * DAYS**4 + 1.140644e-3 * DAYS**3 - 0.1336265 * DAYS**2 + 1.976961 * DAYS + 241.0053
    girls = -2.761948e-6 * DAYS**4 + 1.744841e-3 * DAYS**3 - 0.2893626 * DAYS**2 + 18.91197 * DAYS - 413.5122
    return pl.when(pl.col("sex") == "male").then(boys).otherwise(girls)


def weighs_unlike_its_age() -> pl.Expr:
    """More than six standard deviations from the usual weight, or three times it: a digit, a unit or an age is wrong.

    Very small children vary more, so below 30 weeks only the ratio counts.
    """
    from_usual = (WEIGHT - usual_weight()).abs() / (SPREAD * usual_weight())
    ratio = WEIGHT / usual_weight()
    return ((from_usual > 6) & (DAYS >= 210)) | ~ratio.is_between(1 / 3, 3)


def was_born_off_its_due_date() -> pl.Expr:
    """The age counted back from the due date differs by more than three weeks from the delivered one."""
    counted = 280 - days_between("birth_date", "due_date")
    return (counted - DAYS).abs() > 21


CHECKS: tuple[Check, ...] = (
    CHILDREN.check(
        "death_before_birth",
        "plausibility",
        "critical",
        claim=Said("Intet barn dør før sin fødsel.", "No child dies before its birth."),
        fails=later("birth_date", than="death_date"),
        applies=pl.col("death_date").is_not_null(),
        threshold=0.05,
        supplier=MEND_DATES,
        reader=Said(
            "Barnet har ingen forpligtelser og er ude af tallene.",
            "The child has no obligations and is left out of the figures.",
        ),
    ),
    CHILDREN.check(
        "gestation_implausible",
        "plausibility",
        "warning",
        claim=Said("Gestationsalderen er mellem 22 og 44 uger.", "The gestational age lies between 22 and 44 weeks."),
        fails=~DAYS.is_between(154, 308),
        supplier=Said("Send gestationsalderen i dage, ikke i uger.", "Send the gestational age in days, not in weeks."),
        reader=Said(
            "Tidsrummet for spor hos moderen bliver forkert.",
            "The time in which the mother's evidence counts is wrong.",
        ),
    ),
    CHILDREN.check(
        "weight_implausible",
        "plausibility",
        "warning",
        claim=Said("Fødselsvægten er mellem 250 og 7.000 gram.", "The birth weight lies between 250 and 7,000 grams."),
        fails=~WEIGHT.is_between(250, 7000),
        supplier=Said("Send vægten i gram, ikke i kilo.", "Send the weight in grams, not in kilograms."),
        reader=NO_FIGURE,
        touches=(),
    ),
    CHILDREN.check(
        "weight_against_gestation",
        "plausibility",
        "warning",
        claim=Said("Fødselsvægten passer til gestationsalderen.", "The birth weight fits the gestational age."),
        fails=weighs_unlike_its_age(),
        applies=DAYS.is_between(154, 308) & WEIGHT.is_between(250, 7000),
        threshold=0.001,
        supplier=Said("Kontrollér både vægt og gestationsalder.", "Check both the weight and the gestational age."),
        reader=NO_FIGURE,
        touches=(),
    ),
    CHILDREN.check(
        "gestation_off_due_date",
        "plausibility",
        "warning",
        claim=Said("Gestationsalderen passer til terminen.", "The gestational age fits the due date."),
        fails=was_born_off_its_due_date(),
        threshold=0.005,
        supplier=Said("Brug den samme termin til begge dele.", "Use the same due date for both."),
        reader=IN_USE,
    ),
    CHILDREN.check(
        "birth_off_pregnancy_end",
        "plausibility",
        "critical",
        claim=Said(
            "Fødslen og graviditetens slutning ligger højst en uge fra hinanden.",
            "Birth and end of pregnancy are at most a week apart.",
        ),
        fails=days_between("end_date", "birth_date").abs() > 7,
        threshold=0.01,
        supplier=Said(
            "Ret datoen, eller knyt barnet til den rigtige graviditet.",
            "Correct the date, or link the child to the right pregnancy.",
        ),
        reader=Said(
            "Barnet kan have fået en anden graviditets spor af eksponering.",
            "The child may carry the evidence of another pregnancy.",
        ),
    ),
    CHILDREN.check(
        "mother_differs_from_pregnancy",
        "plausibility",
        "critical",
        claim=Said("Barnets og graviditetens mor er den samme.", "The child and its pregnancy have the same mother."),
        fails=pl.col("own_mother_id") != pl.col("pregnancy_mother_id"),
        threshold=0.01,
        supplier=Said(
            "Ret moderen på barnet eller på graviditeten.", "Correct the mother of the child or of the pregnancy."
        ),
        reader=Said(
            "Moderens diagnoser og behandling kan være talt hos det forkerte barn.",
            "The mother's diagnoses and treatment may count for the wrong child.",
        ),
    ),
    CHILDREN.check(
        "mother_is_a_child",
        "plausibility",
        "warning",
        claim=Said("Ingen mor er under 12 år ved fødslen.", "No mother is younger than 12 at the birth."),
        fails=years_between("mother_birth_date", "birth_date") < 12,
        supplier=Said(
            "Undersøg, om moderens og barnets numre er byttet om.",
            "Find out whether the numbers of mother and child changed places.",
        ),
        reader=Said("Barnet får en forkert mors spor.", "The child gets the evidence of a wrong mother."),
    ),
    CHILDREN.check(
        "mother_too_old",
        "plausibility",
        "warning",
        claim=Said("Ingen mor er over 60 år ved fødslen.", "No mother is older than 60 at the birth."),
        fails=years_between("mother_birth_date", "birth_date") > 60,
        supplier=Said("Undersøg, om mormor står som mor.", "Find out whether the grandmother stands as mother."),
        reader=Said("Barnet får en forkert mors spor.", "The child gets the evidence of a wrong mother."),
    ),
    CHILDREN.check(
        "own_mother",
        "plausibility",
        "warning",
        claim=Said("Intet barn er sin egen mor.", "No child is its own mother."),
        fails=pl.col("child_id") == pl.col("mother_id"),
        supplier=MEND_ROW,
        reader=Said("Barnet får ikke moderens spor med.", "The child does not get the mother's evidence."),
    ),
    CHILDREN.check(
        "without_home",
        "completeness",
        "critical",
        claim=Said("Næsten alle børn har en bopæl.", "Almost every child has a home."),
        fails=pl.col("first_home_date").is_null(),
        applies=pl.col("birth_date") <= pl.col("as_of"),
        threshold=0.05,
        context="validation",
        supplier=Said(
            "Send alle bopæle, også de seneste tilflytninger.", "Send all homes, the latest arrivals included."
        ),
        reader=Said(
            "Barnet tæller med, men uden en kommune, der kan handle. Uden bopæl undskyldes intet.",
            "The child counts, but no municipality can act. Without a home nothing is excused.",
        ),
    ),
    CHILDREN.check(
        "home_begins_late",
        "completeness",
        "warning",
        claim=Said(
            "Den første bopæl begynder senest en måned efter fødslen.", "The first home begins within a month of birth."
        ),
        fails=days_between("birth_date", "first_home_date") > 31,
        threshold=0.01,
        context="validation",
        supplier=Said(
            "Kontrollér, om de første bopæle mangler. Børn, der først senere er kommet fra udlandet, er i orden.",
            "Check whether first homes are missing. Children who came from abroad later are in order.",
        ),
        reader=Said(
            "Det, der skulle være sket, før bopælen begynder, er undskyldt, så dækningen ser højere ud, end den er.",
            "What should have happened before the home begins is excused, so the coverage looks higher than it is.",
        ),
    ),
    CHILDREN.check(
        "without_mother",
        "completeness",
        "warning",
        claim=Said("Næsten alle børn har en kendt mor.", "Almost every child has a known mother."),
        fails=pl.col("mother_id").is_null(),
        threshold=0.05,
        supplier=FILL_IN,
        reader=Said(
            "Moderens diagnoser og behandling når ikke frem til barnet.",
            "The mother's diagnoses and treatment do not reach the child.",
        ),
    ),
    CHILDREN.check(
        "without_pregnancy",
        "completeness",
        "warning",
        claim=Said("Næsten alle børn er knyttet til en graviditet.", "Almost every child is linked to a pregnancy."),
        fails=pl.col("pregnancy_id").is_null(),
        threshold=0.05,
        context="validation",
        supplier=Said(
            "Send graviditetens nummer på barnet, eller moderens.",
            "Send the pregnancy's id with the child, or the mother's.",
        ),
        reader=Said(
            "Det, der vides fra graviditeten, når ikke frem til barnet.",
            "What is known from the pregnancy does not reach the child.",
        ),
    ),
    CHILDREN.check(
        "several_pregnancies_fit",
        "plausibility",
        "info",
        claim=Said("Højst én graviditet passer til et barn.", "At most one pregnancy fits a child."),
        fails=pl.col("link") == "ambiguous",
        threshold=0.01,
        supplier=Said("Send graviditetens nummer på barnet.", "Send the pregnancy's id with the child."),
        reader=Said("Barnet er ikke knyttet til nogen af dem.", "The child is linked to none of them."),
    ),
    CHILDREN.check(
        "sex_unknown",
        "completeness",
        "info",
        claim=Said("Næsten alle børns køn er kendt.", "The sex of almost every child is known."),
        fails=pl.col("sex") == "unknown",
        threshold=0.01,
        supplier=FILL_IN,
        reader=NO_FIGURE,
        touches=(),
    ),
    CHILDREN.check(
        "without_gestation",
        "completeness",
        "info",
        claim=Said("Næsten alle børn har en gestationsalder.", "Almost every child has a gestational age."),
        fails=DAYS.is_null(),
        threshold=0.05,
        supplier=FILL_IN,
        reader=Said("Graviditeten regnes som 280 dage.", "The pregnancy counts as 280 days."),
    ),
    CHILDREN.check(
        "without_weight",
        "completeness",
        "info",
        claim=Said("Næsten alle børn har en fødselsvægt.", "Almost every child has a birth weight."),
        fails=WEIGHT.is_null(),
        threshold=0.05,
        supplier=FILL_IN,
        reader=NO_FIGURE,
        touches=(),
    ),
)
