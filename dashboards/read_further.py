"""Where a reader reads on about a link at which knowledge may be lost."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from dashboards.frame import link_with
from dashboards.sentences import REACH, Theme
from dashboards.visit import Visit
from pipelines.definitions.measures import (
    CARRIED_AT_MOVE,
    CARRIED_IN_RECORD,
    FOLLOWED_UP,
    HANDED_OVER,
    ON_CHILD_RECORD,
    PLACEMENT,
    REGISTERED,
    SCHOOL_START,
)

PAGES = {
    REGISTERED.name: "municipality",
    ON_CHILD_RECORD.name: "municipality",
    HANDED_OVER.name: "municipality",
    CARRIED_IN_RECORD.name: "municipality",
    CARRIED_AT_MOVE.name: "moves",
    SCHOOL_START.name: "moves",
    PLACEMENT.name: "moves",
    FOLLOWED_UP.name: "follow_up",
}
"""By measure, for a municipality: the page that is about it."""


def reach(visit: Visit) -> Theme:
    """What the first sentences of the overview are about, with the way on from the link that loses most."""
    return replace(REACH, address=partial(_address, visit))


def _address(visit: Visit, measure: str) -> str:
    """National coordination sees which municipalities stand out in it."""
    if visit.scope.role == "national":
        return link_with(visit.words, visit.scope, "compare", measure=measure)
    return link_with(visit.words, visit.scope, PAGES[measure])
