"""The map of municipalities: tiles, or areas where boundaries are configured, both read by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib import resources

import streamlit as st

from dashboards import published
from dashboards.boundaries import VARIABLE, Boundaries, WrongBoundaries, boundaries, configured
from dashboards.charts.boundary_map import boundary_map
from dashboards.charts.tile_map import Tile, tile_map
from dashboards.frame import link_to_municipality
from dashboards.language import Words
from dashboards.markup import show, show_drawing
from dashboards.visit import Visit
from pipelines.definitions.measures import Measure


def captions(visit: Visit, headline: Measure, tiles: Sequence[Tile]) -> str:
    """What a mark of the map is, how it is coloured, and how to open one."""
    words, is_areas = visit.words, isinstance(_areas(visit), Boundaries)
    is_hatched = any(tile.own.share is None and tile.region.share is not None for tile in tiles)
    names = ["map_caption" if headline.high_is_good else "map_caption_reverse"]
    names += ["map_hatched", "map_open"] if is_hatched else ["map_open"]
    period = visit.window.replace("-", "–")
    said = [words(f"areas.{name}" if is_areas else f"overview.{name}", period=period) for name in names]
    return " ".join([*said, words("areas.keys")])


def draw(visit: Visit, headline: Measure, tiles: Sequence[Tile]) -> None:
    """The map, and above it what is wrong with a file of boundaries that cannot be used."""
    words, link, drawn = visit.words, link_to_municipality(visit), _areas(visit)
    if isinstance(drawn, Boundaries):
        show_drawing(
            boundary_map(
                tiles, headline, drawn, lambda share: visit.name(share.place), link, words, published.threshold()
            )
        )
    else:
        if drawn is not None:
            show(f"<p class='rt-notice'>{escape(_told(drawn, words))}</p>")
        show(tile_map(tiles, headline, visit.reference.tile_grid, link, words, published.threshold()))
    script = (resources.files("dashboards") / "charts" / "arrow_keys.js").read_text("utf-8")
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def _areas(visit: Visit) -> Boundaries | WrongBoundaries | None:
    file = configured()
    if file is None:
        return None
    try:
        return boundaries(file, visit.geography.codes)
    except WrongBoundaries as wrong:
        return wrong


def _told(wrong: WrongBoundaries, words: Words) -> str:
    """What is wrong, and what to do."""
    return f"{words(f'boundaries.{wrong.problem}', **wrong.told)} {words('boundaries.instead', variable=VARIABLE)}"
