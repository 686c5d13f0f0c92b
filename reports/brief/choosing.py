"""Which numbers are in a brief: those where the municipality stands out, then those where it loses most.

A fixed rule, the same for all:
1. what lies outside of the funnel limits: worse before better, outside of 99.8 % before 95 %, more lost before less;
2. then what is lost most, of the figures that are shown;
3. then what is hidden, so that the nearest larger place can speak for it, and last what nothing is counted of.
The brief tells them in the order of the thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.cards import Card
from dashboards.headlines import SELECTABLE
from pipelines.definitions.measures import Measure, headline_measures

MOST = 8
OUTSIDE = {"worse": 0, "better": 1}


def candidates() -> tuple[Measure, ...]:
    """All that are counted in every municipality of the store's target group, in the order of the thread."""
    return tuple(each for each in headline_measures() if each in SELECTABLE)


def chosen(cards: Sequence[Card], most: int = MOST) -> list[Card]:
    """At most so many of the cards, in the order that they came in."""
    first = sorted(range(len(cards)), key=lambda at: (_turn(cards[at]), at))[:most]
    return [cards[at] for at in sorted(first)]


def _turn(card: Card) -> tuple[int, int, int, float]:
    """Small numbers come first. Lost: what did not get through; of a measure that counts the lost, its share."""
    share = card.figure.share
    if share is None:
        return 2, {"suppressed": 0}.get(card.figure.state, 1), SELECTABLE.index(card.headline), 0.0
    lost = 1 - share if card.headline.high_is_good else share
    if card.verdict.comparison in OUTSIDE:
        return 0, OUTSIDE[card.verdict.comparison], 0 if card.verdict.is_clear else 1, -lost
    return 1, 0, 0, -lost
