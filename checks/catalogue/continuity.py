"""Is the thread kept well enough? For each kind of obligation the share met in time, against the steward's target."""

from __future__ import annotations

import polars as pl

from checks.catalogue.wording import Claims, Said
from checks.declared import Check

SHARES = Claims("shares")
KINDS = {
    "registered": Said("Eksponeringen er registreret til tiden", "The exposure is registered in time"),
    "on_child_record": Said(
        "Eksponeringen står til tiden i barnets egen journal", "The exposure is on the child's own record in time"
    ),
    "handed_over": Said(
        "Viden er overleveret til kommunen til tiden", "Knowledge is handed over to the municipality in time"
    ),
    "carried_in_record": Said(
        "Eksponeringen er bragt videre i sagerne til tiden", "The exposure is carried in records in time"
    ),
    "carried_at_move": Said("Viden følger med ved flytning til tiden", "Knowledge follows a move in time"),
    "carried_at_transition": Said("Viden følger med ved overgange til tiden", "Knowledge follows transitions in time"),
    "follow_up": Said("Opfølgningen er holdt til tiden", "Follow-up is held in time"),
    "screened": Said(
        "Gravide er spurgt om alkohol og rusmidler til tiden",
        "Pregnant women are asked about alcohol and drugs in time",
    ),
    "referred": Said("Gravide er henvist til tiden", "Pregnant women are referred in time"),
    "plan_before_birth": Said("Planen er lavet før fødslen", "The plan is made before birth"),
}
READER = Said(
    "Tallet er ikke forkert: det viser, hvor indsatsen skal blive bedre. Målet er sat i targets.csv.",
    "The figure is not wrong: it shows where the effort must get better. The target is set in targets.csv.",
)


def kept(kind: str, words: Said) -> Check:
    """Where enough was due, the share met in time is not below the target."""
    return SHARES.check(
        kind,
        "completeness",
        "info",
        claim=Said(
            f"{words.da} i hver kommune, målt mod målet.", f"{words.en} in each municipality, against the target."
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
