"""One share beside its region and the country on a line from 0 to 100 %, small enough for a cell of a table."""

from __future__ import annotations

from html import escape

from reports.brief.row import Strip

LENGTH, MIDDLE = 120.0, 9.0


def strip_drawing(strip: Strip, mark: str | None, told: str) -> str:
    """As SVG; `told` says the same in words. The own share has the shape of its verdict, always in red."""
    parts = [_rule(strip)]
    if strip.low is not None and strip.high is not None:
        low, high = _at(strip.low), _at(strip.high)
        parts.append(
            f"<rect class='band' x='{low:.1f}' y='{MIDDLE - 3:g}' width='{high - low:.1f}' height='6' rx='2'/>"
        )
    if strip.country is not None:
        at = _at(strip.country)
        parts.append(f"<path class='country' d='M{at:.1f} 1.5V{2 * MIDDLE - 1.5:g}'/>")
    if strip.region is not None:
        parts.append(f"<rect class='region' x='{_at(strip.region) - 3:.1f}' y='{MIDDLE - 3:g}' width='6' height='6'/>")
    if strip.own is not None:
        parts.append(_own(_at(strip.own), mark))
    return (
        f"<svg class='strip' viewBox='0 0 {LENGTH + 12:g} {2 * MIDDLE:g}' role='img' "
        f"aria-label='{escape(told, quote=True)}'>{''.join(parts)}</svg>"
    )


def _at(share: float) -> float:
    """Room for half a mark at both ends."""
    return 6 + LENGTH * share


def _rule(strip: Strip) -> str:
    kind = "rule" if strip.own is not None else "rule hidden"
    ends = "".join(f"<path class='rule' d='M{_at(end):g} {MIDDLE - 2.5:g}v5'/>" for end in (0.0, 1.0))
    return f"<path class='{kind}' d='M{_at(0):g} {MIDDLE:g}H{_at(1):g}'/>{ends}"


def _own(x: float, mark: str | None) -> str:
    """Diamond, triangle or circle, as everywhere."""
    y = MIDDLE
    if mark == "better":
        return f"<path class='own' d='M{x:.1f} {y - 5.5:g}l5.5 5.5-5.5 5.5-5.5-5.5z'/>"
    if mark == "worse":
        return f"<path class='own' d='M{x - 5.5:.1f} {y - 4.5:g}h11l-5.5 9.5z'/>"
    return f"<circle class='own' cx='{x:.1f}' cy='{y:g}' r='4.5'/>"
