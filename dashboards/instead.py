"""Where to look when a figure is not shown: the place over a longer or an earlier period, its region, the country."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.headlines import Headline
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Instead
from dashboards.visit import Visit

WINDOWS_BACK = 3
"""An earlier window of three years says something as long as it ends at most so many years before the last one."""


def look_instead(visit: Visit, headlines: Sequence[Headline], place: Place) -> dict[str, tuple[Instead, ...]]:
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


def _own(visit: Visit, headlines: Sequence[Headline], place: Place) -> dict[str, list[Instead]]:
    """The five years up to the last one, else the latest earlier window of three that is shown."""
    found: dict[str, list[Instead]] = {headline.name: [] for headline in headlines}
    of_five = [headline for headline in headlines if headline.step is None]
    five = visit.periods("five_years")[-2:-1]
    earlier = visit.periods("three_years")[-2 - WINDOWS_BACK : -2][::-1]
    in_five = visit.shares(of_five, (place,), "five_years", five)
    in_three = visit.shares(headlines, (place,), "three_years", earlier)
    for headline in headlines:
        longer = in_five.series(headline, place, five) if headline.step is None else []
        shares = [*longer, *in_three.series(headline, place, earlier)]
        known = next((share for share in shares if share.interval is not None), None)
        if known is not None:
            found[headline.name] = [Instead("own", known.period.replace("-", "–"), known)]
    return found
