"""Curves of time to event as data for their picture, and the same in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from dashboards.language import Words
from dashboards.states import State

DAYS_OF_MONTH = 30.4375


@dataclass(frozen=True)
class Point:
    """A curve on a day after the start; what may not be shown, or nobody knows, is null and has its state."""

    days: int
    share: float | None
    low: float | None = None
    high: float | None = None
    at_risk: int | None = None
    state: State = "number"


@dataclass(frozen=True)
class Curve:
    """One group. `half_days` is the median, null where it is not reached.

    `state` is that of the whole curve, `half_state` of the median alone. `children` are all who began, where that is
    told. Where `is_in_tens` they and those still followed are in whole tens.
    """

    name: str
    points: tuple[Point, ...] = ()
    half_days: int | None = None
    half_state: State = "number"
    state: State = "number"
    children: int | None = None
    is_in_tens: bool = False

    @property
    def half(self) -> int | None:
        """The day of the median where it is reached and may be shown."""
        return self.half_days if self.half_state == "number" else None

    @property
    def known(self) -> list[Point]:
        """The points that have a share."""
        return [point for point in self.points if point.share is not None]


def curve_of(name: str, on_grid: pl.DataFrame, half_days: int | None = None, half_state: State = "number") -> Curve:
    """A curve from rows `days, cumulative_incidence, low, high, at_risk, state` of one group; nobody: not relevant."""
    columns = ("days", "cumulative_incidence", "low", "high", "at_risk", "state")
    points = tuple(Point(*row) for row in on_grid.sort("days").select(columns).iter_rows())
    return Curve(name, points, half_days, half_state, "number" if points else "not_applicable")


def incidence_text(title: str, curves: Sequence[Curve], ticks: Sequence[int], words: Words, threshold: int) -> str:
    """The same in words: each curve at the ticks of its axis, and when half of the children have come so far."""
    told = "; ".join(_curve_in_words(curve, ticks, words, threshold) for curve in curves)
    return words("curve.alt", title=title, curves=told)


def incidence_table(curves: Sequence[Curve], words: Words, threshold: int) -> pl.DataFrame:
    """All points of all curves as texts, with the state in a word where there is no figure."""
    rows = [
        (curve.name, length(point.days, words), *_figures(curve, point, words, threshold))
        for curve in curves
        for point in curve.points or (Point(0, None, state=curve.state),)
    ]
    headings = [words(f"curve_column.{column}") for column in ("group", "after", "share", "interval", "followed")]
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def title_of(interval: str, words: Words) -> str:
    """The name of a declared interval."""
    return words(f"course_time.{interval}.title")


def sentence_of(interval: str, words: Words) -> str:
    """What is followed in it, in a sentence or two."""
    return words(f"course_time.{interval}.sentence")


def group_name(group_value: str, words: Words) -> str:
    """The name of a group that is the same everywhere; a region or a substance has its name elsewhere."""
    return words(f"course_group.{group_value}")


def length(days: int, words: Words) -> str:
    """`14 dage`, `3 mdr.`, `2 år`, `2 år og 3 mdr.`; days up to two months, months up to a year, rounded."""
    if days == 0:
        return words("duration.none")
    if days < 2 * DAYS_OF_MONTH - 1:
        return _counted("day", days, words)
    months = round(days / DAYS_OF_MONTH)
    years, left = divmod(months, 12)
    parts = [_counted(unit, number, words) for unit, number in (("year", years), ("month", left)) if number]
    return words("duration.both", first=parts[0], second=parts[1]) if len(parts) > 1 else parts[0]


def _counted(unit: str, number: int, words: Words) -> str:
    return words(f"duration.{unit}") if number == 1 else words(f"duration.{unit}s", number=words.number(number))


def half_in_words(curve: Curve, words: Words, threshold: int) -> str:
    """When half of the children have come so far; or that they have not, or that it may not be shown."""
    if curve.half_state != "number":
        return words("curve.half_suppressed", state=why_not(curve.half_state, words, threshold))
    if curve.half_days is None:
        return words("curve.half_not_reached")
    if curve.half_days == 0:
        return words("curve.half_at_once")
    return words("curve.half", length=length(curve.half_days, words))


def why_not(state: State, words: Words, threshold: int) -> str:
    """A state with its reason: `Skjult (beskytter tal under 5)`."""
    return f"{words(f'state.{state}')} ({words(f'why.{state}', threshold=threshold).lower()})"


def followed(curve: Curve, point: Point, words: Words) -> str:
    """How many are still followed at the point; a number that may not be shown is a word."""
    if point.at_risk is not None:
        number = words.number(point.at_risk)
        return words("curve.about", number=number) if curve.is_in_tens else number
    return words(f"state.{point.state if point.state != 'number' else 'suppressed'}")


def _curve_in_words(curve: Curve, ticks: Sequence[int], words: Words, threshold: int) -> str:
    if not curve.known:
        return words("curve.alt_without", name=curve.name, state=why_not(curve.state, words, threshold))
    told = "; ".join(_point_in_words(point, words, threshold) for point in curve.points if point.days in ticks)
    return words(
        "curve.alt_curve",
        name=_name_and_children(curve, words),
        points=told,
        half=half_in_words(curve, words, threshold),
    )


def _name_and_children(curve: Curve, words: Words) -> str:
    """`Alle eksponerede børn, ca. 360 børn`."""
    if curve.children is None:
        return curve.name
    key = "curve.about_children" if curve.is_in_tens else "curve.children"
    return f"{curve.name}, {words(key, children=words.number(curve.children))}"


def _point_in_words(point: Point, words: Words, threshold: int) -> str:
    after = words("curve.after", length=length(point.days, words)) if point.days else words("curve.first_day")
    if point.share is None:
        return words("curve.alt_point_without", after=after, state=_absence(point, words, threshold))
    return words("curve.alt_point", after=after, **share_and_interval(point, words))


def _absence(point: Point, words: Words, threshold: int) -> str:
    """Nobody has been followed so long is what *not yet due* means on a curve."""
    return words("curve.beyond") if point.state == "not_yet_due" else why_not(point.state, words, threshold)


def _figures(curve: Curve, point: Point, words: Words, threshold: int) -> tuple[str, str, str]:
    if point.share is None:
        return _absence(point, words, threshold), "", ""
    told = share_and_interval(point, words)
    return told["share"], told["interval"], followed(curve, point, words)


def share_and_interval(point: Point, words: Words) -> dict[str, str]:
    """Both as texts, of a point that has a share."""
    share, low, high = (value or 0.0 for value in (point.share, point.low, point.high))
    return {"share": words.percent(share), "interval": words.interval(low, high)}
