"""What must hold for hand-overs between actors."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import days_between, later
from checks.catalogue.wording import (
    FILL_IN,
    IN_USE,
    LOOK_UP_CHILD,
    MEND_DATES,
    MEND_ROW,
    NO_FIGURE,
    ONE_IN_A_THOUSAND,
    ONE_IN_TWENTY,
    Claims,
    Said,
)
from checks.declared import Check
from pipelines.definitions.enumerations import MUNICIPAL_ACTORS

HANDOVERS = Claims(
    "handovers",
    touches=("*",),
    tolerated=ONE_IN_A_THOUSAND,
)
KIND = pl.col("kind")
IS_MOVE = KIND == "municipal_move"
DAYS_OF_A_YEAR = 365.25
USUAL_AGES = {
    "discharge": (0, 1.5),
    "daycare_start": (0, 6),
    "school_start": (4, 9),
    "adulthood": (16, 24),
}
"""From and to in years: outside, the kind or the child is wrong."""

AFTER_BIRTH = (
    "discharge",
    "municipal_move",
    "placement",
    "daycare_start",
    "school_start",
    "family_clinic_end",
    "adulthood",
)


def is_of_an_unusual_age() -> pl.Expr:
    """Null for kinds that may come at any age."""
    age = pl.col("age_days") / DAYS_OF_A_YEAR
    unusual = pl.lit(None, dtype=pl.Boolean)
    for kind, (youngest, oldest) in USUAL_AGES.items():
        unusual = pl.when(kind == KIND).then(~age.is_between(youngest, oldest)).otherwise(unusual)
    return unusual


def goes_to_its_sender() -> pl.Expr:
    """The same actor in the same municipality. Without a municipality it may be another place of that kind."""
    same_actor = pl.col("from_actor") == pl.col("to_actor")
    return same_actor & (pl.col("from_municipality_code") == pl.col("to_municipality_code"))


CHECKS: tuple[Check, ...] = (
    HANDOVERS.check(
        "received_before_sent",
        "plausibility",
        "critical",
        claim=Said(
            "Ingen overlevering er modtaget, før den er sendt.", "No hand-over was received before it was sent."
        ),
        fails=later("sent_date", than="received_date"),
        applies=pl.col("received_date").is_not_null(),
        threshold=0.02,
        supplier=MEND_DATES,
        reader=Said(
            "Overleveringen kan se mere rettidig ud, end den var.", "The hand-over may look timelier than it was."
        ),
    ),
    HANDOVERS.check(
        "received_long_after",
        "plausibility",
        "warning",
        claim=Said("Modtagelsen er bekræftet inden for et år.", "Receipt was confirmed within a year."),
        fails=days_between("sent_date", "received_date") > 365,
        supplier=Said("Kontrollér årstallet i begge datoer.", "Check the year in both dates."),
        reader=Said("Overleveringen tæller som for sen.", "The hand-over counts as late."),
    ),
    HANDOVERS.check(
        "before_birth",
        "plausibility",
        "warning",
        claim=Said(
            "Overgange efter fødslen er ikke sendt før den.", "Transitions after birth were not sent before it."
        ),
        fails=later("birth_date", than="sent_date"),
        applies=KIND.is_in(AFTER_BIRTH),
        supplier=LOOK_UP_CHILD,
        reader=IN_USE,
    ),
    HANDOVERS.check(
        "prebirth_after_birth",
        "plausibility",
        "warning",
        claim=Said(
            "En underretning før fødslen er ikke sendt over to måneder efter den.",
            "A notification before birth is not sent more than two months after it.",
        ),
        fails=later("sent_date", than="pregnancy_end", by_days=61),
        applies=KIND == "prebirth_notification",
        supplier=MEND_ROW,
        reader=Said(
            "Planen før fødslen kan tælle som lavet for sent.", "The plan before birth may count as made too late."
        ),
    ),
    HANDOVERS.check(
        "before_pregnancy",
        "plausibility",
        "warning",
        claim=Said("Ingen overlevering er sendt før graviditeten.", "No hand-over was sent before the pregnancy."),
        fails=later("pregnancy_start", than="sent_date", by_days=30),
        supplier=Said("Knyt overleveringen til den rigtige graviditet.", "Link the hand-over to the right pregnancy."),
        reader=Said(
            "Barnet kan have fået en tidligere graviditets overlevering.",
            "The child may carry the hand-over of an earlier pregnancy.",
        ),
    ),
    HANDOVERS.check(
        "after_death",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen overlevering er sendt over en måned efter dødsfaldet.",
            "No hand-over was sent more than a month after death.",
        ),
        fails=later("sent_date", than="death_date", by_days=31),
        threshold=ONE_IN_TWENTY,
        supplier=LOOK_UP_CHILD,
        reader=IN_USE,
    ),
    HANDOVERS.check(
        "to_itself",
        "plausibility",
        "warning",
        claim=Said("Ingen overlevering går til afsenderen selv.", "No hand-over goes to its own sender."),
        fails=goes_to_its_sender(),
        supplier=Said(
            "Ret modtageren. Journalnotater er ikke overleveringer.",
            "Correct the receiver. Notes in a record are no hand-overs.",
        ),
        reader=Said(
            "Viden kan se overleveret ud, selv om ingen anden fik den.",
            "Knowledge may look handed over though nobody else got it.",
        ),
    ),
    HANDOVERS.check(
        "move_within_a_municipality",
        "plausibility",
        "warning",
        claim=Said(
            "En overlevering ved flytning går til en anden kommune.",
            "A hand-over on a move goes to another municipality.",
        ),
        fails=pl.col("from_municipality_code") == pl.col("to_municipality_code"),
        applies=IS_MOVE,
        supplier=MEND_ROW,
        reader=Said("Overleveringen opfylder ingen flytning.", "The hand-over meets no move."),
    ),
    HANDOVERS.check(
        "move_without_receiver",
        "completeness",
        "warning",
        claim=Said(
            "En overlevering ved flytning har en modtagende kommune.",
            "A hand-over on a move has a receiving municipality.",
        ),
        fails=pl.col("to_municipality_code").is_null(),
        applies=IS_MOVE,
        threshold=0.02,
        supplier=FILL_IN,
        reader=Said(
            "Flytningen ser ud, som om intet blev overleveret.", "The move looks as if nothing was handed over."
        ),
    ),
    HANDOVERS.check(
        "municipal_receiver_without_municipality",
        "completeness",
        "warning",
        claim=Said("En kommunal modtager har en kommune.", "A municipal receiver has a municipality."),
        fails=pl.col("to_municipality_code").is_null(),
        applies=pl.col("to_actor").is_in(MUNICIPAL_ACTORS),
        threshold=0.05,
        supplier=FILL_IN,
        reader=Said(
            "Overleveringen kan ikke ses hos nogen kommune.", "The hand-over is not seen with any municipality."
        ),
    ),
    HANDOVERS.check(
        "receiver_never_lived_in",
        "plausibility",
        "warning",
        claim=Said(
            "Overleveringen går til en kommune, hvor barnet har boet.",
            "The hand-over goes to a municipality where the child has lived.",
        ),
        fails=~pl.col("lived_there"),
        threshold=0.02,
        context="validation",
        supplier=Said(
            "Ret kommunen, eller send barnets bopæl der med.",
            "Correct the municipality, or send the child's home there.",
        ),
        reader=Said(
            "Enten er overleveringen gået forkert, eller også mangler en bopæl.",
            "Either the hand-over went astray or a home is missing.",
        ),
    ),
    HANDOVERS.check(
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
            "Overleveringen tælles hos barnet, ikke hos graviditeten.",
            "The hand-over counts for the child and not for the pregnancy.",
        ),
    ),
    HANDOVERS.check(
        "age_unlike_kind",
        "plausibility",
        "warning",
        claim=Said("Barnets alder passer til overgangen.", "The child's age fits the transition."),
        fails=is_of_an_unusual_age() & (pl.col("age_days") >= 0),
        supplier=Said(
            "Ret overgangens art, datoen eller barnet.", "Correct the kind of transition, the date or the child."
        ),
        reader=Said(
            "Overgangen ser ud, som om intet blev overleveret.", "The transition looks as if nothing was handed over."
        ),
    ),
    HANDOVERS.check(
        "exposure_not_stated",
        "completeness",
        "info",
        claim=Said("Det fremgår, om eksponeringen blev nævnt.", "It is known whether the exposure was stated."),
        fails=pl.col("has_exposure").is_null(),
        threshold=0.1,
        supplier=FILL_IN,
        reader=Said("Ukendt tæller som ikke nævnt.", "Unknown counts as not stated."),
    ),
    HANDOVERS.check(
        "moving_basis_without_a_move",
        "plausibility",
        "info",
        claim=Said("Reglen om flytning bruges kun ved flytning.", "The legal basis of moving is used for moves only."),
        fails=pl.col("legal_basis") == "moving",
        applies=~IS_MOVE,
        supplier=MEND_ROW,
        reader=NO_FIGURE,
        touches=(),
    ),
)
