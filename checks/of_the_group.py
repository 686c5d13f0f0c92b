"""Checks that ask for what not every target group has: pregnancy and mother, or an obligation of a certain kind."""

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
OWED_TO_EACH = {
    "exposed.not_owed_a_registration": "registered",
    "exposed.not_owed_a_child_record": "on_child_record",
}
"""The obligation that a check asks of every member. A group without that kind owes it to nobody."""


def of_the_group(check: Check, target: TargetGroup) -> Check:
    """The check: not relevant where it asks for an obligation that the group has not, or about pregnancies where the
    group has nothing to do with them; an empty file of these is no finding then."""
    kind = OWED_TO_EACH.get(check.id)
    if kind is not None and target.obligations is not None and kind not in target.obligations:
        return replace(check, applies=pl.lit(value=False))
    if target.is_about_pregnancies:
        return check
    if check.id in OF_PREGNANCIES:
        return replace(check, applies=pl.lit(value=False))
    if check.id == "deliveries.empty" and check.applies is not None:
        return replace(check, applies=check.applies & ~pl.col("delivery").is_in(TABLES_OF_PREGNANCIES))
    return check
