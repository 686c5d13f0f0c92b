"""What checks say of the sample country before anything is planted, and why that is right.

The sample is no empty laboratory: it has the gaps that registers have, and losses on purpose, for the pipeline to find.
A check that names any of its rows stands here with the reason, or is a false alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import polars as pl

from checks.catalogue import continuity


@dataclass(frozen=True)
class Reason:
    """Why some checks name rows in which nothing was planted."""

    name: str
    check_ids: tuple[str, ...]


MISSING = Reason(
    "missing",
    (
        "children.home_begins_late",
        "children.sex_unknown",
        "children.without_gestation",
        "children.without_home",
        "children.without_mother",
        "children.without_pregnancy",
        "children.without_weight",
        "cohorts.without_home",
        "diagnoses.of_nobody_known",
        "exposures.substance_unspecified",
        "exposures.without_detection",
        "handovers.exposure_not_stated",
        "obligations.of_no_municipality",
        "pregnancies.asked_without_date",
        "pregnancies.live_birth_without_child",
        "pregnancies.without_due_date",
        "pregnancies.without_end",
        "pregnancies.without_first_contact",
        "pregnancies.without_municipality",
        "residences.ends_a_day_early",
        "support_records.recorded_without_date",
        "support_records.status_unknown",
        "treatments.without_substance",
    ),
)
"""Details that some rows of every register lack."""

ON_PURPOSE = Reason(
    "on_purpose",
    (
        "contacts.code_against_age",
        "diagnoses.many_refuted",
        "diagnoses.newborn_code_late",
        "exposed.only_suspected",
        "exposures.confirmed_then_ruled_out",
        "obligations.many_undocumented",
        "pregnancies.denied_alcohol_but_registered",
        "pregnancies.denied_substances_but_registered",
        *(check.id for check in continuity.CHECKS),
        "support_records.denied_though_confirmed",
        "support_records.denied_though_recorded",
    ),
)
"""What the sample has on purpose: filed under another code, found late, denied though recorded, met late or never."""

CHANCE = Reason(
    "chance",
    (
        "assessments.near_duplicate",
        "children.weight_against_gestation",
        "contacts.attended_and_not",
        "exposures.confirmed_in_no_trimester",
        "siblings.twins_alike",
        "treatments.overlap",
    ),
)
"""What is drawn each for itself meets now and then: two visits of a day, two courses, the ends of two curves."""

REASONS = (MISSING, ON_PURPOSE, CHANCE)


def is_expected() -> pl.Expr:
    """On rows of SAID: there is a reason, and nothing fails but what only informs."""
    known = reduce(lambda one, other: one | other, (pl.col("check_id").is_in(each.check_ids) for each in REASONS))
    stands = pl.col("status").is_in(["failed", "error"]) & (pl.col("severity") != "info")
    return known & ~stands & (pl.col("status") != "error")
