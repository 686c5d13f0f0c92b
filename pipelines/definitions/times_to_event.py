"""How long it took: the intervals of a child's course that are followed as time to event. Declared, not calculated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["birth", "first_evidence", "first_concern"]
Event = Literal["evidence", "handover", "support_record", "carrying_record", "concern"]
Population = Literal["exposed", "exposed_first_known_elsewhere", "all"]

BEYOND = 36_525
"""The last bin, 100 years: what comes after the last day that is shown."""


@dataclass(frozen=True)
class TimeToEvent:
    """From `origin` to the first `event`, among the children of `population`. Names and sentences are in the texts.

    `grid` are the days on which a curve may be shown, `ticks` those of them that stand on its axis. Where `all_arrive`,
    the population is defined by the event: the curve tells when, never how many.
    """

    name: str
    origin: Origin
    event: Event
    population: Population
    grid: tuple[int, ...]
    ticks: tuple[int, ...]
    all_arrive: bool = False


def years(*numbers: int) -> tuple[int, ...]:
    """Whole years in days, rounded down: 365, 730, 1095, 1461."""
    return tuple(int(number * 365.25) for number in numbers)


BIRTH_TO_EVIDENCE = TimeToEvent(
    name="birth_to_first_evidence",
    origin="birth",
    event="evidence",
    population="exposed",
    grid=(0, 30, 91, 182, *years(1, 2, 3, 5, 7, 10, 13, 15, 18)),
    ticks=(0, *years(5, 10, 15)),
    all_arrive=True,
)
EVIDENCE_TO_HANDOVER = TimeToEvent(
    name="first_evidence_to_handover",
    origin="first_evidence",
    event="handover",
    population="exposed_first_known_elsewhere",
    grid=(0, 7, 14, 30, 61, 91, 182, 274, 365),
    ticks=(0, 91, 182, 365),
)
EVIDENCE_TO_SUPPORT = TimeToEvent(
    name="first_evidence_to_support_record",
    origin="first_evidence",
    event="support_record",
    population="exposed",
    grid=(0, 30, 91, 182, *years(1, 2, 3, 5, 7)),
    ticks=(0, *years(1, 3, 5, 7)),
)
EVIDENCE_TO_CARRYING = TimeToEvent(
    name="first_evidence_to_carrying_record",
    origin="first_evidence",
    event="carrying_record",
    population="exposed",
    grid=EVIDENCE_TO_SUPPORT.grid,
    ticks=EVIDENCE_TO_SUPPORT.ticks,
)
BIRTH_TO_CONCERN = TimeToEvent(
    name="birth_to_first_concern",
    origin="birth",
    event="concern",
    population="all",
    grid=(0, 91, 182, *years(1, 2, 3, 5, 7, 10, 13, 15, 18)),
    ticks=(0, *years(5, 10, 15)),
)
CONCERN_TO_SUPPORT = TimeToEvent(
    name="first_concern_to_support_record",
    origin="first_concern",
    event="support_record",
    population="all",
    grid=(0, 30, 91, 182, *years(1, 2, 3, 5)),
    ticks=(0, *years(1, 3, 5)),
)

TIMES_TO_EVENT = (
    BIRTH_TO_EVIDENCE,
    EVIDENCE_TO_HANDOVER,
    EVIDENCE_TO_SUPPORT,
    EVIDENCE_TO_CARRYING,
    BIRTH_TO_CONCERN,
    CONCERN_TO_SUPPORT,
)
"""All intervals, in the order of a child's course."""
