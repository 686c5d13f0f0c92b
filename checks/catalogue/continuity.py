"""Is the thread kept well enough? For each kind of obligation the share met in time, against the steward's target."""

from __future__ import annotations

import polars as pl

from checks.catalogue.wording import Claims, Said
from checks.declared import Check

SHARES = Claims("shares")
KINDS = {
    "registered": Said("bliver eksponeringen registreret rettidigt", "the exposure is registered in time"),
    "on_child_record": Said(
        "står eksponeringen rettidigt i barnets egen journal", "the exposure is on the child's own record in time"
    ),
    "handed_over": Said(
        "bliver viden overleveret rettidigt til kommunen", "knowledge is handed over to the municipality in time"
    ),
    "carried_in_record": Said(
        "bliver eksponeringen rettidigt bragt videre i sagerne", "the exposure is carried in records in time"
    ),
    "carried_at_move": Said("følger viden rettidigt med ved flytning", "knowledge follows a move in time"),
    "carried_at_transition": Said("følger viden rettidigt med ved overgange", "knowledge follows transitions in time"),
    "follow_up": Said("bliver opfølgningen holdt rettidigt", "follow-up is held in time"),
    "screened": Said(
        "bliver gravide rettidigt spurgt om alkohol og rusmidler",
        "pregnant women are asked about alcohol and drugs in time",
    ),
    "referred": Said("bliver gravide henvist rettidigt", "pregnant women are referred in time"),
    "plan_before_birth": Said("bliver planen lavet før fødslen", "the plan is made before birth"),
}
READER = Said(
    "Tallet er ikke forkert: det viser, hvor indsatsen kan blive bedre. Målet står i targets.csv.",
    "The figure is not wrong: it shows where the effort can get better. The target stands in targets.csv.",
)


def kept(kind: str, words: Said) -> Check:
    """Where enough was due, the share met in time is not below the target."""
    return SHARES.check(
        kind,
        "completeness",
        "info",
        claim=Said(
            f"I hver kommune {words.da} i mindst den andel, der er sat som mål.",
            f"In each municipality {words.en} in at least the share that is set as the target.",
        ),
        fails=pl.col("share") < pl.col("target"),
        applies=(pl.col("kind") == kind) & (pl.col("due") >= pl.col("fewest")),
        context="validation",
        supplier=Said(
            "Gå kommunens arbejdsliste igennem, og aftal, hvem der lukker hullerne.",
            "Go through the municipality's worklist and agree on who closes the gaps.",
        ),
        reader=READER,
        touches=(kind,),
    )


CHECKS: tuple[Check, ...] = tuple(kept(kind, words) for kind, words in KINDS.items())
