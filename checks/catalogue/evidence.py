"""What must hold for evidence and for exposed children: two looks at the same stage."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import later
from checks.catalogue.wording import DO_NOT_USE, OUR_OWN, Claims, Said
from checks.declared import Check

EVIDENCE = Claims("evidence", touches=("*",))
EXPOSED = Claims("exposed", touches=("*",))
MUST_OWE = pl.col("first_evidence_date") <= pl.col("as_of")


def is_known_otherwise() -> pl.Expr:
    """`known_before_birth` is not what the two days say."""
    return pl.col("known_before_birth") != (pl.col("first_known_date") < pl.col("early_until_date"))


def had_not_died(by: str) -> pl.Expr:
    """The child was alive on that day; one that lives is."""
    return (pl.col("death_date") >= pl.col(by)).fill_null(value=True)


CHECKS: tuple[Check, ...] = (
    EVIDENCE.check(
        "known_before_it_showed",
        "plausibility",
        "critical",
        claim=Said("Intet spor er kendt, før det viste sig.", "No evidence is known before it showed itself."),
        fails=later("evidence_date", than="known_date"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    EVIDENCE.check(
        "from_the_future",
        "plausibility",
        "critical",
        claim=Said("Intet spor er kendt efter opgørelsesdagen.", "No evidence is known after the day of the figures."),
        fails=later("known_date", than="as_of"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    EVIDENCE.check(
        "of_a_child_not_exposed",
        "conformance",
        "critical",
        claim=Said(
            "Hvert spor hører til et barn, der er talt som eksponeret.",
            "Every piece of evidence belongs to a child counted as exposed.",
        ),
        fails=pl.col("first_known_date").is_null() | pl.col("birth_date").is_null(),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    EVIDENCE.check(
        "earlier_than_the_first",
        "conformance",
        "critical",
        claim=Said("Intet spor ligger før barnets første.", "No evidence lies before the child's first."),
        fails=later("first_evidence_date", than="evidence_date") | later("first_known_date", than="known_date"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    EXPOSED.check(
        "known_before_it_showed",
        "plausibility",
        "critical",
        claim=Said(
            "Ingen eksponering er kendt før sit første spor.", "No exposure is known before its first evidence."
        ),
        fails=later("first_evidence_date", than="first_known_date"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    EXPOSED.check(
        "known_before_birth_or_not",
        "conformance",
        "critical",
        claim=Said(
            "Kendt før fødslen betyder, at den første viden ligger før den.",
            "Known before birth means that the first knowledge lies before it.",
        ),
        fails=is_known_otherwise(),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    EXPOSED.check(
        "not_owed_a_registration",
        "conformance",
        "critical",
        claim=Said(
            "Hvert eksponeret barn har præcis én forpligtelse til registrering.",
            "Every exposed child has exactly one obligation of registration.",
        ),
        fails=pl.col("registered") != 1,
        applies=MUST_OWE & had_not_died("first_evidence_date"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    EXPOSED.check(
        "not_owed_a_child_record",
        "conformance",
        "critical",
        claim=Said(
            "Hvert eksponeret barn har præcis én forpligtelse til at stå i sin egen journal.",
            "Every exposed child has exactly one obligation to be on its own record.",
        ),
        fails=pl.col("on_child_record") != 1,
        applies=(pl.max_horizontal("first_known_date", "birth_date") <= pl.col("as_of"))
        & had_not_died("birth_date")
        & had_not_died("first_known_date"),
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    EXPOSED.check(
        "owed_two_handovers",
        "conformance",
        "critical",
        claim=Said(
            "Intet barn har to forpligtelser til samme overlevering.",
            "No child has two obligations of the same hand-over.",
        ),
        fails=pl.col("handed_over") > 1,
        supplier=OUR_OWN,
        reader=DO_NOT_USE,
    ),
    EXPOSED.check(
        "only_suspected",
        "plausibility",
        "info",
        claim=Said("De fleste eksponeringer er mere end en mistanke.", "Most exposures are more than a suspicion."),
        fails=pl.col("certainty") == "suspected",
        threshold=0.5,
        supplier=Said(
            "Følg op på mistanker, og registrér, om de blev bekræftet.",
            "Follow up suspicions and register whether they were confirmed.",
        ),
        reader=Said(
            "Tallene omfatter børn, hvor ingen har bekræftet noget.",
            "The figures include children of whom nobody confirmed anything.",
        ),
    ),
)
