"""Checks that ask about pregnancy and mother: relevant where the store's target group is known by them, else not."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from checks.declared import Check
from pipelines.definitions.target_group import TargetGroup

TABLES_OF_PREGNANCIES = ("pregnancies", "treatments")
OF_PREGNANCIES = frozenset(
    {
        "children.without_mother",
        "children.without_pregnancy",
        "children.without_gestation",
        "children.without_weight",
        "exposures.substance_unspecified",
        "exposures.without_detection",
        "linkage.births_without_pregnancy",
    }
)


def of_the_group(check: Check, target: TargetGroup) -> Check:
    """The check, where the target group has nothing to do with pregnancies: not relevant when it asks about them, and
    an empty file of them is no finding."""
    if target.is_about_pregnancies:
        return check
    if check.id in OF_PREGNANCIES:
        return replace(check, applies=pl.lit(value=False))
    if check.id == "deliveries.empty" and check.applies is not None:
        return replace(check, applies=check.applies & ~pl.col("delivery").is_in(TABLES_OF_PREGNANCIES))
    return check
