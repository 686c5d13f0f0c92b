"""The catalogue: every check, declared once, one module per subject."""

from __future__ import annotations

from checks.catalogue import (
    assessments,
    children,
    contacts,
    continuity,
    contract,
    costs,
    counts,
    deliveries,
    diagnoses,
    every_table,
    evidence,
    exposures,
    handovers,
    linkage,
    obligations,
    pregnancies,
    reading,
    residences,
    screening,
    siblings,
    sizes,
    support_records,
    treatments,
    volume,
)
from checks.declared import Check

OWN: tuple[Check, ...] = (
    *sizes.CHECKS,
    *pregnancies.CHECKS,
    *screening.CHECKS,
    *children.CHECKS,
    *siblings.CHECKS,
    *exposures.CHECKS,
    *residences.CHECKS,
    *diagnoses.CHECKS,
    *treatments.CHECKS,
    *handovers.CHECKS,
    *support_records.CHECKS,
    *contacts.CHECKS,
    *assessments.CHECKS,
    *costs.CHECKS,
    *volume.CHECKS,
    *linkage.CHECKS,
    *deliveries.CHECKS,
    *reading.CHECKS,
    *evidence.CHECKS,
    *obligations.CHECKS,
    *counts.CHECKS,
    *continuity.CHECKS,
)
"""Claims about one subject each, in our own words."""

DERIVED: tuple[Check, ...] = (*every_table.CHECKS, *contract.CHECKS)
"""Claims made from the declaration of every table."""

CATALOGUE: tuple[Check, ...] = tuple(sorted((*OWN, *DERIVED), key=lambda check: check.frame))
"""All checks, those of a frame together. Within a frame they stand as they were declared."""

_BY_ID = {check.id: check for check in CATALOGUE}


def check_named(check_id: str) -> Check:
    """The declared check; KeyError when there is none."""
    if check_id not in _BY_ID:
        raise KeyError(f"no check is called {check_id}; `roedtraad checks list` shows them all")
    return _BY_ID[check_id]
