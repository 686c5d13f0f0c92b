"""Names: pseudonyms of people and pregnancies, short keys of events. None of them holds ten digits in a row."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.days import Rows

HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
LETTERS = 6
DIGITS_AFTER = 9
ROOM = LETTERS * 16**DIGITS_AFTER
STRIDE = 247_111_222_333
"""Shares no factor with ROOM, so every number gets its own name and neighbours look unrelated."""
HALF = 2**20


def pseudonyms(prefix: str, numbers: Rows, seed: int) -> pl.Series:
    """`prefix`, a letter and nine hexadecimal digits: unique per number, and never ten digits in a row."""
    value = _mixed(numbers, seed)
    characters = np.empty((len(numbers), len(prefix) + 1 + DIGITS_AFTER), dtype=np.uint8)
    characters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    for place in range(DIGITS_AFTER):
        characters[:, -1 - place] = HEX[value % 16]
        value = value // 16
    characters[:, len(prefix)] = HEX[10 + value % LETTERS]
    return pl.Series(characters.view(f"S{characters.shape[1]}").ravel().astype(str), dtype=pl.String)


def _mixed(numbers: Rows, seed: int) -> Rows:
    """number * STRIDE + an offset of the seed, modulo ROOM; multiplied in halves to stay within 64 bits."""
    high, low = divmod(STRIDE, HALF)
    shifted = (numbers * high % ROOM) * HALF % ROOM
    mixed: Rows = (shifted + numbers * low % ROOM + seed * 7_919_000_003 % ROOM) % ROOM
    return mixed


def event_names(letter: str, numbers: Rows) -> pl.Series:
    """`k0000123`: a letter and the number, at least seven digits."""
    return pl.select(letter + pl.lit(pl.Series(numbers)).cast(pl.String).str.zfill(7)).to_series()
