"""The municipalities as tiles, each about where it lies: redder where knowledge follows, greyer where it is lost.

Markup instead of a Plotly figure: tiles are links, keep their shape at any width, and follow the reader's colours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor

import polars as pl

from dashboards.language import Words
from dashboards.marks import count_in_words, state_word
from dashboards.shares import Share
from dashboards.states import STATES
from pipelines.definitions.measures import Measure

STEPS = 5
ROUNDED_TO = 0.05
LETTERS = 3


def breaks(shares: Sequence[Share]) -> list[float]:
    """Six ends of five equally wide classes that hold all shares, on whole 5 %; empty when none may be shown."""
    known = [share.share for share in shares if share.share is not None]
    if not known:
        return []
    low = floor(min(known) / ROUNDED_TO + 1e-9) * ROUNDED_TO
    width = max(1, ceil((max(known) - low) / STEPS / ROUNDED_TO - 1e-9)) * ROUNDED_TO
    low = max(0.0, min(low, 1 - STEPS * width))
    return [low + width * step for step in range(STEPS + 1)]


def step_of(share: float, ends: Sequence[float], *, high_is_good: bool) -> int:
    """The class of a share, 0 (lost) to 4 (follows); a share on a break belongs to the class above it."""
    step = min(sum(share >= end - 1e-9 for end in ends[1:-1]), STEPS - 1)
    return step if high_is_good else STEPS - 1 - step


@dataclass(frozen=True)
class Tile:
    """A municipality's share, and its region's, which a hidden tile is hatched with."""

    own: Share
    region: Share
    region_name: str


def tile_map(
    tiles: Sequence[Tile],
    headline: Measure,
    grid: pl.DataFrame,
    link: Callable[[str], str],
    words: Words,
    threshold: int,
) -> str:
    """Tiles at `column`, `row` of the grid (`municipality_code, name, column, row`), and the key below them.

    `link` makes the address that a tile opens from the municipality's code. Whoever goes from tile to tile by keyboard
    meets one region after the other, each from north to south.
    """
    ends = breaks([share for tile in tiles for share in (tile.own, tile.region)])
    places = {row["municipality_code"]: row for row in grid.iter_rows(named=True)}
    southward = sorted(tiles, key=lambda tile: [places[tile.own.place.code][name] for name in ("row", "column")])
    drawn = "".join(
        f"<div role='group' aria-label='{escape(region, quote=True)}'>"
        + "".join(
            _tile(tile, places[tile.own.place.code], kinds_of(tile, headline, ends), link, words, threshold)
            for tile in of_region
        )
        + "</div>"
        for region, of_region in by_region(southward).items()
    )
    key = map_key([tile.own for tile in tiles], headline, ends, words)
    return f"<div class='rt-map-frame'><div class='rt-map'>{drawn}</div>{key}</div>"


def by_region(tiles: Sequence[Tile]) -> dict[str, list[Tile]]:
    """Tiles under the name of their region, which come in the order of their names."""
    groups: dict[str, list[Tile]] = {}
    for tile in tiles:
        groups.setdefault(tile.region_name, []).append(tile)
    return dict(sorted(groups.items()))


def map_text(title: str, shares: Sequence[Share], words: Words) -> str:
    """What the map shows, in one sentence."""
    known = sorted(share.share for share in shares if share.share is not None)
    if not known:
        return words("chart.map_alt_empty", title=title, absent=_absent(shares, words))
    ends = {"lowest": words.percent(known[0]), "highest": words.percent(known[-1])}
    return words("chart.map_alt", title=title, number=len(known), absent=_absent(shares, words), **ends)


def _absent(shares: Sequence[Share], words: Words) -> str:
    """How many have no figure, state by state."""
    counted = {state: sum(share.state == state for share in shares) for state in STATES if state != "number"}
    return " ".join(
        words("chart.map_absent", state=words(f"state.{state}"), number=number)
        for state, number in counted.items()
        if number
    )


def kinds_of(tile: Tile, headline: Measure, ends: Sequence[float]) -> str:
    """Style classes of a tile: its own step, or its state; a hidden one also bears the step of its region."""
    if tile.own.share is not None:
        return f"m{step_of(tile.own.share, ends, high_is_good=headline.high_is_good)}"
    if tile.own.state == "suppressed" and tile.region.share is not None:
        return f"suppressed r{step_of(tile.region.share, ends, high_is_good=headline.high_is_good)}"
    return tile.own.state


def _tile(
    tile: Tile, place: dict[str, object], kinds: str, link: Callable[[str], str], words: Words, threshold: int
) -> str:
    name, column, row = str(place["name"]), int(str(place["column"])), int(str(place["row"]))
    side = "west" if column < 4 else "east" if column > 10 else ""
    text = escape(tip(name, tile, words, threshold), quote=True)
    return (
        f"<a class='rt-tile {kinds} {side}' style='grid-area:{row + 1}/{column + 1}' "
        f"href='{escape(link(tile.own.place.code), quote=True)}' aria-label='{text}' data-tip='{text}'>"
        f"<span aria-hidden='true'>{escape(name[:LETTERS])}</span></a>"
    )


def tip(name: str, tile: Tile, words: Words, threshold: int) -> str:
    """The municipality in words, and where it is hidden its region."""
    text = tile_text(name, tile.own, words, threshold)
    if tile.own.state == "suppressed" and tile.region.share is not None:
        return f"{text} · {tile.region_name}: {words.percent(tile.region.share)}"
    return text


def tile_text(name: str, share: Share, words: Words, threshold: int) -> str:
    """One municipality in words."""
    if share.interval is None:
        return words("chart.tile_without", name=name, state=state_word(share, words, threshold))
    return words(
        "chart.tile",
        name=name,
        share=words.percent(share.interval.value),
        interval=words.interval(share.interval.low, share.interval.high),
        of=count_in_words(share, words),
    )


def map_key(shares: Sequence[Share], headline: Measure, ends: Sequence[float], words: Words) -> str:
    """Only what is on the map: the classes with their ends, and the states that occur."""
    order = range(STEPS) if ends else range(0)
    classes = [
        f"<li><i class='rt-tile m{step if headline.high_is_good else STEPS - 1 - step}'></i>"
        f"{words.interval(ends[step], ends[step + 1])}</li>"
        for step in order
    ]
    present = {share.state for share in shares}
    states = [
        f"<li><i class='rt-tile {state}'></i>{escape(words(f'state.{state}'))}</li>"
        for state in STATES
        if state in present and state != "number"
    ]
    return f"<ul class='rt-key'>{''.join(classes + states)}</ul>"
