"""Which measures a page names, in which order. What each of them means is in `pipelines.definitions.measures`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

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
    Measure,
    told_of,
)
from pipelines.definitions.reference import Reference


class OfTheGroup(Sequence[Measure]):
    """Measures in their order, without those that the target group of the store has not."""

    def __init__(self, *named: Measure) -> None:
        self._named = named

    @property
    def _told(self) -> tuple[Measure, ...]:
        return told_of(self._named)

    @overload
    def __getitem__(self, at: int) -> Measure: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Measure]: ...
    def __getitem__(self, at: int | slice) -> Measure | Sequence[Measure]:
        """The one (or those) at a place among the measures that the group has."""
        return self._told[at]

    def __len__(self) -> int:
        return len(self._told)


CARDS = OfTheGroup(
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

WHERE_IT_MAY_BE_LOST = OfTheGroup(
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

SELECTABLE = OfTheGroup(*CARDS, SCHOOL_START, PLACEMENT, ADULTHOOD, SCREENED, REFERRED, PLAN_BEFORE_BIRTH)
"""What the trend and the map can show."""


def programmes(reference: Reference) -> list[str]:
    """Programmes of the schedule, the one made for exposed children first."""
    special = reference.schedule["applies_to"] == "exposed"
    first = reference.schedule.filter(special)["programme"].unique(maintain_order=True).to_list()
    rest = reference.schedule["programme"].unique(maintain_order=True).to_list()
    return [*first, *(programme for programme in rest if programme not in first)]
