"""What must hold for registered exposures."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import later, years_between
from checks.catalogue.wording import FILL_IN, IN_USE, MEND_DATES, MEND_ROW, NO_FIGURE, ONE_IN_A_THOUSAND, Claims, Said
from checks.declared import Check

EXPOSURES = Claims("exposures", touches=("*",), tolerated=ONE_IN_A_THOUSAND)
TRIMESTERS = ("trimester_1", "trimester_2", "trimester_3")
NEVER_PRESCRIBED = ("alcohol", "cocaine")
NOT_BEFORE_BIRTH = ("daycare", "school", "educational_psychology", "foster_care")
SLACK_DAYS = 30
"""A due date is moved by some weeks when it is measured."""

IS_CONFIRMED = pl.col("certainty") == "confirmed"
CONTRADICTED = Said(
    "Registreringen tæller stadig som bekræftet: en afkræftelse ophæver kun en mistanke.",
    "The registration still counts as confirmed: ruling out only cancels a suspicion.",
)


CHECKS: tuple[Check, ...] = (
    EXPOSURES.check(
        "detected_after_registered",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen eksponering er opdaget, efter at den er registreret.",
            "No exposure was detected after it was registered.",
        ),
        fails=later("detected_date", than="registered_date"),
        supplier=MEND_DATES,
        reader=Said("Den første dag med spor kan være forkert.", "The first day of evidence may be wrong."),
    ),
    EXPOSURES.check(
        "detected_too_early",
        "plausibility",
        "warning",
        claim=Said("Ingen eksponering er opdaget før graviditeten.", "No exposure was detected before the pregnancy."),
        fails=later("pregnancy_start", than="detected_date", by_days=SLACK_DAYS),
        supplier=Said("Lad datoen stå tom, når den ikke kendes.", "Leave the date empty when it is not known."),
        reader=Said(
            "Fristen for registrering regnes fra en for tidlig dag.",
            "The deadline of registration counts from too early a day.",
        ),
    ),
    EXPOSURES.check(
        "before_pregnancy",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen eksponering er registreret før graviditeten.", "No exposure was registered before the pregnancy."
        ),
        fails=later("pregnancy_start", than="registered_date", by_days=SLACK_DAYS),
        supplier=Said(
            "Knyt registreringen til den rigtige graviditet.", "Link the registration to the right pregnancy."
        ),
        reader=Said(
            "Barnet kan have fået en tidligere graviditets eksponering.",
            "The child may carry the exposure of an earlier pregnancy.",
        ),
    ),
    EXPOSURES.check(
        "child_not_of_pregnancy",
        "plausibility",
        "warning",
        claim=Said(
            "Nævner rækken både barn og graviditet, hører de sammen.",
            "A child and a pregnancy named in one row belong together.",
        ),
        fails=~pl.col("is_of_pregnancy"),
        supplier=MEND_ROW,
        reader=Said(
            "Eksponeringen tælles hos barnet, ikke hos graviditeten.",
            "The exposure counts for the child and not for the pregnancy.",
        ),
    ),
    EXPOSURES.check(
        "prescribed_drug_of_abuse",
        "plausibility",
        "warning",
        claim=Said("Alkohol og kokain er aldrig ordineret af en læge.", "Alcohol and cocaine are never prescribed."),
        fails=pl.col("is_prescribed"),
        applies=pl.col("substance").is_in(NEVER_PRESCRIBED),
        supplier=MEND_ROW,
        reader=NO_FIGURE,
    ),
    EXPOSURES.check(
        "confirmed_in_no_trimester",
        "plausibility",
        "info",
        claim=Said(
            "En bekræftet eksponering fandt sted i mindst ét trimester.",
            "A confirmed exposure took place in some trimester.",
        ),
        fails=pl.all_horizontal(~pl.col(name) for name in TRIMESTERS),
        applies=IS_CONFIRMED,
        threshold=0.02,
        supplier=Said("Lad trimestre, som ikke kendes, stå tomme.", "Leave trimesters that are not known empty."),
        reader=NO_FIGURE,
    ),
    EXPOSURES.check(
        "ruled_out_and_confirmed",
        "plausibility",
        "warning",
        claim=Said(
            "Samme stof er ikke både bekræftet og afkræftet samme dag.",
            "One substance is not both confirmed and ruled out on one day.",
        ),
        fails=pl.col("is_ruled_out_that_day"),
        applies=IS_CONFIRMED,
        supplier=MEND_ROW,
        reader=CONTRADICTED,
    ),
    EXPOSURES.check(
        "confirmed_then_ruled_out",
        "plausibility",
        "info",
        claim=Said(
            "En bekræftet eksponering bliver ikke senere afkræftet.", "A confirmed exposure is not ruled out later."
        ),
        fails=later("ruled_out_date", than="registered_date").fill_null(value=False),
        applies=IS_CONFIRMED,
        supplier=Said(
            "Ret den første registrering, hvis den var forkert.", "Correct the first registration where it was wrong."
        ),
        reader=CONTRADICTED,
    ),
    EXPOSURES.check(
        "registered_before_birth_by_later_actor",
        "plausibility",
        "warning",
        claim=Said(
            "Dagtilbud, skole, PPR og plejefamilie registrerer intet før fødslen.",
            "Day care, school, PPR and foster family register nothing before birth.",
        ),
        fails=later("pregnancy_end", than="registered_date"),
        applies=pl.col("recorded_by").is_in(NOT_BEFORE_BIRTH),
        supplier=Said("Ret, hvem der registrerede, eller datoen.", "Correct who registered it, or the date."),
        reader=Said(
            "Det kan se ud, som om kommunen vidste det først.", "It may look as if the municipality knew first."
        ),
    ),
    EXPOSURES.check(
        "registered_as_adult",
        "plausibility",
        "info",
        claim=Said(
            "Eksponering før fødslen registreres, inden barnet fylder 18 år.",
            "Prenatal exposure is registered before the child turns 18.",
        ),
        fails=years_between("birth_date", "registered_date") > 18,
        supplier=Said(
            "Undersøg, om rækken handler om barnets egen brug.",
            "Find out whether the row is about the child's own use.",
        ),
        reader=IN_USE,
    ),
    EXPOSURES.check(
        "last_trimester_before_it_began",
        "plausibility",
        "info",
        claim=Said(
            "Brug i 3. trimester er ikke registreret, før trimesteret begyndte.",
            "Use in the third trimester was not registered before it began.",
        ),
        fails=later("pregnancy_start", than="registered_date", by_days=-189),
        applies=pl.col("trimester_3") & (pl.col("certainty") != "ruled_out"),
        threshold=0.05,
        supplier=Said("Lad trimestre, som ikke er nået, stå tomme.", "Leave trimesters that are still ahead empty."),
        reader=NO_FIGURE,
    ),
    EXPOSURES.check(
        "substance_unspecified",
        "completeness",
        "info",
        claim=Said("De fleste registreringer nævner stoffet.", "Most registrations name the substance."),
        fails=pl.col("substance") == "unspecified",
        threshold=0.3,
        supplier=FILL_IN,
        reader=Said("Barnet kan stå uden stofgruppe.", "The child may stand without a group of substances."),
    ),
    EXPOSURES.check(
        "without_detection",
        "completeness",
        "info",
        claim=Said(
            "Mange registreringer siger, hvornår eksponeringen blev opdaget.",
            "Many registrations say when the exposure was detected.",
        ),
        fails=pl.col("detected_date").is_null(),
        threshold=0.8,
        supplier=FILL_IN,
        reader=Said(
            "Registreringen ser rettidig ud, fordi opdagelsen ikke kendes.",
            "Registration looks timely because the detection is unknown.",
        ),
    ),
)
