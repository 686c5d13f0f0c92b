"""Which measures a page names, in which order. What each of them means is in `pipelines.definitions.measures`."""

from __future__ import annotations

from pipelines.definitions.measures import (
    ADULTHOOD,
    CARRIED_AT_MOVE,
    CARRIED_IN_RECORD,
    FOLLOWED_UP,
    HANDED_OVER,
    KNOWN_BEFORE_BIRTH,
    LOST_TO_FOLLOW_UP,
    ON_CHILD_RECORD,
    PLACEMENT,
    PLAN_BEFORE_BIRTH,
    REFERRED,
    REGISTERED,
    SCHOOL_START,
    SCREENED,
)
from pipelines.definitions.reference import Reference

CARDS = (
    KNOWN_BEFORE_BIRTH,
    REGISTERED,
    ON_CHILD_RECORD,
    HANDED_OVER,
    CARRIED_IN_RECORD,
    CARRIED_AT_MOVE,
    FOLLOWED_UP,
    LOST_TO_FOLLOW_UP,
)
"""At most eight, in the order of the thread."""

WHERE_IT_MAY_BE_LOST = (
    REGISTERED,
    ON_CHILD_RECORD,
    HANDED_OVER,
    CARRIED_IN_RECORD,
    CARRIED_AT_MOVE,
    SCHOOL_START,
    PLACEMENT,
    FOLLOWED_UP,
)
"""The links that the first sentence compares: each share is what got through."""

SELECTABLE = (*CARDS, SCHOOL_START, PLACEMENT, ADULTHOOD, SCREENED, REFERRED, PLAN_BEFORE_BIRTH)
"""What the trend and the map can show."""


def programmes(reference: Reference) -> list[str]:
    """Programmes of the schedule, the one made for exposed children first."""
    special = reference.schedule["applies_to"] == "exposed"
    first = reference.schedule.filter(special)["programme"].unique(maintain_order=True).to_list()
    rest = reference.schedule["programme"].unique(maintain_order=True).to_list()
    return [*first, *(programme for programme in rest if programme not in first)]
