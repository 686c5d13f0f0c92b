"""What must hold for counts, for the funnel, and between stages: numbers fit into each other and nothing is lost."""

from __future__ import annotations

import polars as pl

from checks.catalogue.wording import DO_NOT_USE, OUR_OWN, Claims, Said
from checks.declared import Check

COUNTS = Claims("counts", touches=("*",))
FUNNEL = Claims("funnel", touches=("continuity",))
CONSERVATION = Claims("conservation", touches=("*",))
NUMBERS = ("denominator", "numerator_ever", "numerator_timely", "early", "excused", "not_due")
LOST = ("lost_to_follow_up", "lost_to_documentation")

LAWS = {
    "children_linked": Said(
        "Hvert barn er med, når børn knyttes til graviditeter.", "Every child is there when children are linked."
    ),
    "children_in_view": Said(
        "Hvert barn født til og med opgørelsesdagen er med i opgørelsen.",
        "Every child born by the day of the figures is in them.",
    ),
    "births_in_linkage": Said(
        "Hver fødsel er talt én gang i koblingens tal.", "Every birth is counted once in the figures of linkage."
    ),
    "exposures_in_linkage": Said(
        "Hver registrering er talt én gang i koblingens tal.",
        "Every registration is counted once in the figures of linkage.",
    ),
    "evidence_exposed": Said(
        "Der er lige så mange eksponerede børn som børn med spor.",
        "There are as many exposed children as children with evidence.",
    ),
    "gaps_kept": Said(
        "Der er lige så mange huller som overskredne og modsagte forpligtelser.",
        "There are as many gaps as overdue and contradicted obligations.",
    ),
    "obligations_counted": Said(
        "Hver forpligtelse er talt én gang hos én kommune eller som ukendt.",
        "Every obligation is counted once with a municipality or as unknown.",
    ),
    "groups_counted": Said(
        "Landets tal omfatter hver forpligtelse én gang.", "The country's figures hold every obligation once."
    ),
    "exposed_in_funnel": Said(
        "Den røde tråd begynder med alle eksponerede børn.", "The thread begins with all exposed children."
    ),
}


def law(name: str, claim: Said) -> Check:
    """What one stage handed on is what the next one has."""
    return CONSERVATION.check(
        name,
        "conformance",
        "critical",
        claim=claim,
        fails=pl.col("before") != pl.col("after"),
        applies=pl.col("law") == name,
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    )


CHECKS: tuple[Check, ...] = (
    COUNTS.check(
        "numerator_above_denominator",
        "conformance",
        "critical",
        claim=Said("Ingen tæller er større end sin nævner.", "No numerator is larger than its denominator."),
        fails=pl.col("numerator_ever") > pl.col("denominator"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    COUNTS.check(
        "timely_above_ever",
        "conformance",
        "critical",
        claim=Said("Der er ikke flere rettidige end opfyldte.", "There are not more in time than met at all."),
        fails=pl.col("numerator_timely") > pl.col("numerator_ever"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    COUNTS.check(
        "lost_above_open",
        "conformance",
        "critical",
        claim=Said("Der er ikke flere tabte end uopfyldte.", "There are not more lost than not met."),
        fails=pl.sum_horizontal(LOST) > pl.col("denominator") - pl.col("numerator_ever"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    COUNTS.check(
        "negative",
        "conformance",
        "critical",
        claim=Said("Intet tal er negativt.", "No number is negative."),
        fails=pl.any_horizontal(pl.col(name) < 0 for name in (*NUMBERS, *LOST)),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    FUNNEL.check(
        "grows",
        "conformance",
        "critical",
        claim=Said(
            "Antallet af børn vokser ikke fra et trin til det næste.",
            "The number of children does not grow from one step to the next.",
        ),
        fails=pl.col("children") > pl.col("children_before"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    FUNNEL.check(
        "loses_without_saying",
        "conformance",
        "critical",
        claim=Said(
            "Forskellen mellem to trin er de børn, der gik tabt.",
            "The difference between two steps is the children lost.",
        ),
        fails=pl.col("children_before") - pl.col("children") != pl.col("lost"),
        applies=pl.col("children_before").is_not_null(),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    *(law(name, claim) for name, claim in LAWS.items()),
)
