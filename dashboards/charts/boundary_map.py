"""The municipalities as they lie, where their boundaries are configured: the same steps, hatching, words and links as
the tiles, as one drawing whose areas are reached by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from dashboards.boundaries import WIDTH, Boundaries
from dashboards.charts.tile_map import STEPS, Tile, breaks, by_region, kinds_of, map_key, tip
from dashboards.language import Words
from dashboards.shares import Share
from pipelines.definitions.measures import Measure


def boundary_map(
    tiles: Sequence[Tile],
    headline: Measure,
    drawn: Boundaries,
    name: Callable[[Share], str],
    link: Callable[[str], str],
    words: Words,
    threshold: int,
) -> str:
    """`name` gives the municipality of a share. Areas follow each other region by region, as the tiles do."""
    ends = breaks([share for tile in tiles for share in (tile.own, tile.region)])
    groups = "".join(
        f"<g role='group' aria-label='{escape(region, quote=True)}'>"
        + "".join(
            _area(tile, kinds_of(tile, headline, ends), tip(name(tile.own), tile, words, threshold), drawn, link)
            for tile in of_region
        )
        + "</g>"
        for region, of_region in by_region(tiles).items()
    )
    drawing = f"<svg viewBox='-4 -4 {WIDTH + 8} {drawn.height + 8}'>{_hatches()}{groups}</svg>"
    key = map_key([tile.own for tile in tiles], headline, ends, words)
    return f"<div class='rt-map-frame rt-areas'>{drawing}{key}</div>"


def _area(tile: Tile, kinds: str, text: str, drawn: Boundaries, link: Callable[[str], str]) -> str:
    code = tile.own.place.code
    return (
        f"<a class='rt-area' href='{escape(link(code), quote=True)}' target='_self' "
        f"aria-label='{escape(text, quote=True)}'>"
        f"<path class='{kinds}' d='{drawn.paths[code]}'><title>{escape(text)}</title></path></a>"
    )


def _hatches() -> str:
    """A pattern for a hidden area in each colour that its region may have, and one without."""
    names = ["none", *(str(step) for step in range(STEPS))]
    return "<defs>" + "".join(
        f"<pattern id='rt-hatch-{name}' width='9' height='9' patternUnits='userSpaceOnUse' "
        f"patternTransform='rotate(45)'><rect class='ground' width='9' height='9'></rect>"
        f"<rect class='h{name}' width='3' height='9'></rect></pattern>"
        for name in names
    ) + "</defs>"  # fmt: skip
