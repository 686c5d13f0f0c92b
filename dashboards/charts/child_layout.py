"""One child's thread laid out: what stands where, so that no words touch and no leader crosses any.

Days are in order and pulled together where nothing happens: the layout is no scale, the day stands beside each event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from dashboards.language import Words

State = Literal[
    "carried", "late", "lost", "contradicted", "neutral", "done", "missed", "undocumented", "excused", "due"
]

WIDTH, LEFT, RIGHT = 900.0, 14.0, 190.0
"""Of the drawing; on the right is room for the words of the last events."""

LINE, FLAG, GAP = 15.0, 34.0, 10.0
"""Height of a line of words and of a flag with two of them, and the room between flags."""

BOLD, PLAIN = 6.2, 5.4
"""How wide a letter of a flag's first and second line is, on average, at most."""

LONGEST = 34
TIME_SHARE = 0.3
"""How much of a distance is time; the rest is shared out evenly among the events."""

SMALL_STEP = 0.25
"""A planned contact that came about takes this much of the room of another event."""


@dataclass(frozen=True)
class Moment:
    """Something that happened, or should have. `brief`: what became of it, where there is little room.

    `programme`: of a planned contact, which is drawn on its line.
    """

    day: date
    what: str
    who: str
    state: State
    found: str
    programme: str = ""
    brief: str = ""

    @property
    def is_small(self) -> bool:
        """Planned contacts have no flag."""
        return self.programme != ""


@dataclass(frozen=True)
class Band:
    """A pregnancy, or residence in a municipality: from a day to the next band or the end."""

    start: date
    end: date
    name: str


@dataclass(frozen=True)
class ChildThread:
    """`known`: since when anybody knew; null when nobody did. `lost`: intervals in which knowledge did not follow.

    `end`: when the child died, or a pregnancy without a child ended; null (or today) while the thread goes on.
    """

    moments: tuple[Moment, ...]
    bands: tuple[Band, ...]
    known: date | None
    lost: tuple[tuple[date, date], ...]
    today: date
    end: date | None = None

    @property
    def last(self) -> date:
        """The last day of the thread: today, unless it has ended."""
        return min(self.today, self.end or self.today)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the picture."""
        days = [moment.day for moment in self.moments] + [band.start for band in self.bands] + [self.today]
        return min(days), max(days)

    def strands(self) -> list[tuple[date, date, bool]]:
        """From first knowledge until today or the end in pieces: from, to, and whether knowledge follows."""
        if self.known is None or self.known > self.last:
            return []
        ends = sorted({day for one in self.lost for day in one if self.known < day < self.last})
        edges = [self.known, *ends, self.last]
        return [(start, end, not self._is_lost(start)) for start, end in pairwise(edges)]

    def _is_lost(self, day: date) -> bool:
        return any(start <= day < end for start, end in self.lost)


@dataclass(frozen=True)
class Placed:
    """Words at a place: how many flags away from the thread they are."""

    x: float
    level: int


def positions(picture: ChildThread) -> Callable[[date], float]:
    """Where a day lies: in order, apart by the number of events more than by time."""
    first, last = picture.days
    weights: dict[date, float] = dict.fromkeys((first, last), 0.0)
    for moment in picture.moments:
        is_quiet = moment.is_small and moment.state in {"done", "excused"}
        weights[moment.day] = weights.get(moment.day, 0.0) + (SMALL_STEP if is_quiet else 1.0)
    days = sorted(weights)
    whole, steps = max((last - first).days, 1), sum(weights[day] for day in days[1:]) or 1.0
    room, x, places = WIDTH - LEFT - RIGHT, LEFT, [(days[0], LEFT)]
    for before, day in pairwise(days):
        share = TIME_SHARE * (day - before).days / whole + (1 - TIME_SHARE) * weights[day] / steps
        x += room * share
        places.append((day, x))
    return lambda day: _between(places, day)


def _between(places: Sequence[tuple[date, float]], day: date) -> float:
    for (before, left), (after, right) in pairwise(places):
        if day <= after:
            return left + (right - left) * max((day - before).days, 0) / max((after - before).days, 1)
    return places[-1][1]


def levels(places: Sequence[tuple[float, float]]) -> list[int]:
    """For words that begin at x and are so wide: the lowest level on which none touches another or its leader.

    From the right: words lie above all that begin before their end, so no leader crosses words.
    """
    found: list[tuple[float, int]] = []
    given: dict[int, int] = {}
    for at in sorted(range(len(places)), key=lambda each: places[each][0], reverse=True):
        x, width = places[at]
        given[at] = 1 + max((level for start, level in found if start < x + width + GAP), default=-1)
        found.append((x, given[at]))
    return [given[at] for at in range(len(places))]


def flags(picture: ChildThread, words: Words) -> tuple[list[tuple[Moment, Placed]], list[tuple[Moment, Placed]]]:
    """Events with their words, above and below the thread by turns."""
    where = positions(picture)
    shown = sorted((moment for moment in picture.moments if not moment.is_small), key=lambda moment: moment.day)
    sides = shown[::2], shown[1::2]
    return tuple(_placed(side, where, words) for side in sides)  # type: ignore[return-value]


def _placed(side: list[Moment], where: Callable[[date], float], words: Words) -> list[tuple[Moment, Placed]]:
    places = [(where(moment.day), width_of(*lines_of(moment, words))) for moment in side]
    return [
        (moment, Placed(x, level))
        for moment, (x, _), level in zip(side, places, levels(places), strict=True)
    ]  # fmt: skip


def width_of(what: str, found: str) -> float:
    """How much room the words of a flag need."""
    return max(len(what) * BOLD, len(found) * PLAIN)


def lines_of(moment: Moment, words: Words) -> tuple[str, str]:
    """The two lines of a flag: what, and the day with what became of it."""
    return cut(moment.what), cut(f"{short_day(moment.day, words)} · {moment.brief or moment.found}")


def short_day(day: date, words: Words) -> str:
    """4. apr 2026"""
    dot = "." if words.language == "da" else ""
    return f"{day.day}{dot} {words.month(day.month)[:3]} {day.year}"


def cut(text: str) -> str:
    """So long as there is room for."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def merged(intervals: Iterable[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """Intervals that touch become one."""
    whole: list[tuple[date, date]] = []
    for start, end in sorted(intervals):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        elif start < end:
            whole.append((start, end))
    return tuple(whole)
