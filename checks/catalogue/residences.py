"""What must hold for spells of residence. Where a child lives decides who is responsible."""

from __future__ import annotations

import polars as pl

from checks.catalogue.dates import days_between, later
from checks.catalogue.wording import IN_USE, MEND_DATES, NO_FIGURE, ONE_IN_A_THOUSAND, ONE_IN_TWENTY, Claims, Said
from checks.declared import Check

RESIDENCES = Claims("residences", touches=("*",), tolerated=ONE_IN_A_THOUSAND)
IS_SAME_MUNICIPALITY = pl.col("next_municipality_code") == pl.col("municipality_code")
HAS_LEFT_FOR_GOOD = (pl.col("to_date") <= pl.col("as_of")) & pl.col("next_from_date").is_null()


def is_repeated() -> pl.Expr:
    """The next spell begins within two weeks, in the same municipality, before this one ends; the last has no next."""
    has_not_ended = (pl.col("to_date") > pl.col("next_from_date")).fill_null(value=True)
    is_soon = days_between("from_date", "next_from_date") <= 14
    return (IS_SAME_MUNICIPALITY & has_not_ended & is_soon).fill_null(value=False)


CHECKS: tuple[Check, ...] = (
    RESIDENCES.check(
        "overlap",
        "plausibility",
        "critical",
        claim=Said("Intet barn bor to steder på én gang.", "No child lives in two places at once."),
        fails=later("to_date", than="next_from_date"),
        applies=pl.col("next_from_date").is_not_null(),
        threshold=0.02,
        supplier=Said(
            "Slut den ene periode den dag, den næste begynder.", "End one spell on the day on which the next begins."
        ),
        reader=Said(
            "Ansvaret lægges hos den kommune, barnet flyttede til sidst.",
            "The municipality moved to last is held responsible.",
        ),
    ),
    RESIDENCES.check(
        "near_duplicate",
        "plausibility",
        "warning",
        claim=Said(
            "Ingen tilflytning er leveret to gange med få dages forskel.",
            "No arrival was delivered twice some days apart.",
        ),
        fails=is_repeated(),
        supplier=Said(
            "Send flyttedatoen, ikke dagen, flytningen blev behandlet.",
            "Send the day of the move, not the day on which it was dealt with.",
        ),
        reader=NO_FIGURE,
    ),
    RESIDENCES.check(
        "before_birth",
        "plausibility",
        "warning",
        claim=Said("Ingen bopæl begynder før fødslen.", "No home begins before the birth."),
        fails=later("birth_date", than="from_date"),
        supplier=MEND_DATES,
        reader=IN_USE,
    ),
    RESIDENCES.check(
        "after_death",
        "plausibility",
        "warning",
        claim=Said("Ingen bopæl begynder efter dødsfaldet.", "No home begins after death."),
        fails=later("from_date", than="death_date"),
        threshold=ONE_IN_TWENTY,
        supplier=MEND_DATES,
        reader=IN_USE,
    ),
    RESIDENCES.check(
        "ends_a_day_early",
        "plausibility",
        "warning",
        claim=Said(
            "En periode slutter ikke dagen før den næste.", "A spell does not end the day before the next one begins."
        ),
        fails=days_between("to_date", "next_from_date") == 1,
        applies=pl.col("next_from_date").is_not_null() & pl.col("to_date").is_not_null(),
        threshold=0.05,
        supplier=Said(
            "Slutdatoen skal være den første dag, der ikke hører med: samme dag, som den næste bopæl begynder.",
            "The end must be the first day that is not part of it: the day on which the next home begins.",
        ),
        reader=Said(
            "Barnet mangler bopæl én dag ved hver flytning.", "The child lacks a home for one day at each move."
        ),
    ),
    RESIDENCES.check(
        "seen_after_leaving",
        "completeness",
        "warning",
        claim=Said(
            "Et barn, der er fraflyttet alle kommuner, ses ikke senere i nogen kommune.",
            "A child that has left every municipality is not seen in any of them later.",
        ),
        fails=later("last_seen_date", than="to_date", by_days=31),
        applies=HAS_LEFT_FOR_GOOD,
        threshold=0.02,
        context="validation",
        supplier=Said(
            "Send tilflytningen med: den mangler i udtrækket af bopæle.",
            "Send the arrival: the extract of homes lacks it.",
        ),
        reader=Said(
            "Barnet er undskyldt som fraflyttet, selv om det bor her.",
            "The child is excused as moved away although it lives here.",
        ),
    ),
    RESIDENCES.check(
        "very_short",
        "plausibility",
        "info",
        claim=Said("Næsten ingen bopæl varer under tre dage.", "Almost no home lasts less than three days."),
        fails=days_between("from_date", "to_date") < 3,
        threshold=0.01,
        supplier=Said(
            "Undersøg, om rettelser sendes som flytninger.", "Find out whether corrections are sent as moves."
        ),
        reader=Said(
            "Der kan opstå flytninger, som aldrig har fundet sted.", "There may be moves that never took place."
        ),
    ),
    RESIDENCES.check(
        "before_the_municipality",
        "conformance",
        "info",
        claim=Said("Kommunekoden gjaldt på indflytningsdagen.", "The municipality's code was valid on the first day."),
        fails=later("code_began", than="from_date"),
        supplier=Said(
            "Brug de koder, der gjaldt dengang, eller lad perioden begynde med reformen.",
            "Use the codes of the time, or let the spell begin with the reform.",
        ),
        reader=NO_FIGURE,
    ),
)
