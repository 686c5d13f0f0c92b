"""Where to look when a figure is not shown: the place over a longer or an earlier period, its region, the country."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.looking import Looking
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Instead
from pipelines.definitions.measures import Measure

WINDOWS_BACK = 3
"""An earlier window of three years says something as long as it ends at most so many years before the last one."""


def look_instead(visit: Looking, headlines: Sequence[Measure], place: Place) -> dict[str, tuple[Instead, ...]]:
    """By headline, nearest first; only what is shown. The country has nothing beside it but itself in other years."""
    window = visit.window
    own = _own(visit, headlines, place)
    around = (visit.geography.region_of(place.code), COUNTRY) if place.kind == "municipality" else ()
    figures = visit.shares(headlines, around, "three_years", (window,)) if around else None
    found: dict[str, tuple[Instead, ...]] = {}
    for headline in headlines:
        beside = [figures.get(headline, where, window) for where in around] if figures else []
        named = [
            Instead("country" if share.place == COUNTRY else "region", visit.name(share.place), share)
            for share in beside
        ]
        candidates = [*own[headline.name], *named]
        found[headline.name] = tuple(each for each in candidates if each.figure.interval is not None)
    return found


def _own(visit: Looking, headlines: Sequence[Measure], place: Place) -> dict[str, list[Instead]]:
    """The last five years, else the latest earlier window of three that is shown."""
    five = visit.periods("five_years")[-2:-1]
    three = visit.periods("three_years")
    before = three.index(visit.window)
    earlier = three[max(0, before - WINDOWS_BACK) : before][::-1]
    in_five = visit.shares(headlines, (place,), "five_years", five)
    in_three = visit.shares(headlines, (place,), "three_years", earlier)
    found: dict[str, list[Instead]] = {}
    for headline in headlines:
        shares = [*in_five.series(headline, place, five), *in_three.series(headline, place, earlier)]
        known = [share for share in shares if share.interval is not None][:1]
        found[headline.name] = [Instead("own", share.period.replace("-", "–"), share) for share in known]
    return found
