"""Numbers that are no share of obligations, as cards of the same look: figure, what it is beside, how it is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from dashboards.language import Words
from dashboards.markup import comparison_mark, state_mark
from dashboards.states import State

SHORT = 6
"""Letters of a number that fits in large type on a narrow page: `156.000 kr.` does not."""

Mark = Literal["", "better", "similar", "worse", "incomparable"]


@dataclass(frozen=True)
class Tile:
    """`number` is empty where there is none; then `state` says why. `lines`: what it is beside, each with its mark."""

    title: str
    number: str
    interval: str = ""
    count: str = ""
    lines: tuple[tuple[Mark, str], ...] = ()
    how: str = ""
    state: State = "number"


def tile_grid(tiles: Sequence[Tile], words: Words, threshold: int) -> str:
    """All tiles; they wrap as the page narrows."""
    return f"<div class='rt-cards'>{''.join(_tile(tile, words, threshold) for tile in tiles)}</div>"


def _tile(tile: Tile, words: Words, threshold: int) -> str:
    body = _number(tile) if tile.number else _absence(tile, words, threshold)
    how = f"<details><summary>{escape(words('app.definition'))}</summary><p>{escape(tile.how)}</p></details>"
    return f"<section class='rt-card'><h2>{escape(tile.title)}</h2>{body}<footer>{how}</footer></section>"


def _number(tile: Tile) -> str:
    small = "".join(f"<p class='rt-count'>{escape(text)}</p>" for text in (tile.interval, tile.count) if text)
    lines = "".join(
        f"<p class='rt-compare'>{comparison_mark(mark) if mark else ''}{escape(text)}</p>" for mark, text in tile.lines
    )
    long = " long" if len(tile.number) > SHORT else ""
    return f"<p class='rt-number{long}'>{escape(tile.number)}</p>{small}{lines}"


def _absence(tile: Tile, words: Words, threshold: int) -> str:
    state: State = "missing" if tile.state == "number" else tile.state
    word = f"<p class='rt-absent'>{state_mark(state)}{escape(words(f'state.{state}'))}</p>"
    return f"{word}<p class='rt-why'>{escape(words(f'why.{state}', threshold=threshold))}</p>"
