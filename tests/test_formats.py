"""Numbers, shares, days and kroner as they are written by hand in Denmark and in Britain; colours that stay apart."""

from __future__ import annotations

import time
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.kroner import kroner
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, Tokens, contrast

DA, EN = Words("da"), Words("en")

NUMBERS = """
|      value | Danish       | English      |
|          0 | 0            | 0            |
|         41 | 41           | 41           |
|       1234 | 1.234        | 1,234        |
|    1480000 | 1.480.000    | 1,480,000    |
|         -7 | −7           | −7           |
"""
DECIMALS = """
|      value | Danish       | English      |
|        0.5 | 0,5          | 0.5          |
|       -0.0 | 0            | 0            |
|      -0.25 | −0,25        | −0.25        |
|     1234.5 | 1.234,5      | 1,234.5      |
"""
DAYS = """
|      value | Danish              | English            |
| 2026-09-30 | 30. september 2026  | 30 September 2026  |
| 2024-02-29 | 29. februar 2024    | 29 February 2024   |
| 2026-05-01 | 1. maj 2026         | 1 May 2026         |
"""
SHARES = """
|      value | Danish       | English      |
|          0 | 0 %          | 0%           |
|      0.001 | under 1 %    | under 1%     |
|       0.29 | 29 %         | 29%          |
|       0.83 | 83 %         | 83%          |
|      0.999 | over 99 %    | over 99%     |
|          1 | 100 %        | 100%         |
"""
AMOUNTS = """
|      value | Danish          | English         |
|          0 | 0 kr.           | DKK 0           |
|     412000 | 412.000 kr.     | DKK 412,000     |
|    1240000 | 1,24 mio. kr.   | DKK 1.24 million|
|   -1240000 | −1,24 mio. kr.  | DKK −1.24 million|
"""


def rows(table: str) -> list[tuple[str, str, str]]:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[1:]]
    return [(value, danish, english) for value, danish, english in lines]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("value", "danish", "english"), rows(NUMBERS))
def test_whole_numbers(value: str, danish: str, english: str) -> None:
    assert (DA.number(int(value)), EN.number(int(value))) == (danish, english)


@pytest.mark.parametrize(("value", "danish", "english"), rows(DECIMALS))
def test_decimals(value: str, danish: str, english: str) -> None:
    assert (DA.decimal(float(value)), EN.decimal(float(value))) == (danish, english)


@pytest.mark.parametrize(("value", "danish", "english"), rows(DAYS))
def test_days(value: str, danish: str, english: str) -> None:
    day = date.fromisoformat(value)
    assert (DA.day(day), EN.day(day)) == (danish, english)


@pytest.mark.parametrize(("value", "danish", "english"), rows(SHARES))
def test_shares(value: str, danish: str, english: str) -> None:
    assert (plain(DA.percent(float(value))), EN.percent(float(value))) == (danish, english)
    assert " " not in DA.percent(float(value)).removeprefix("under ").removeprefix("over ")


@pytest.mark.parametrize(("value", "danish", "english"), rows(AMOUNTS))
def test_kroner(value: str, danish: str, english: str) -> None:
    assert (plain(kroner(float(value), DA)), plain(kroner(float(value), EN))) == (danish, english)


def test_an_interval_says_percent_once() -> None:
    assert (plain(DA.interval(0.61, 0.84)), EN.interval(0.61, 0.84)) == ("61–84 %", "61–84%")


def test_so_many_decimals_as_are_asked_for() -> None:
    assert (DA.decimal(1.0, 1), EN.decimal(0.666, 2)) == ("1,0", "0.67")


@given(st.integers(-(10**12), 10**12))
def test_a_number_reads_back_in_either_language(value: int) -> None:
    assert int(DA.number(value).replace(".", "").replace("−", "-")) == value
    assert int(EN.number(value).replace(",", "").replace("−", "-")) == value


def test_ten_thousand_numbers_are_written_in_the_blink_of_an_eye() -> None:
    DA.number(1)
    began = time.process_time()
    for value in range(10_000):
        DA.number(value % 500)
    assert time.process_time() - began < 0.2


MEANINGS = ("thread", "lost", "better", "worse")
CONES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
}
"""How red, green and blue are seen without the one cone or the other (Machado, Oliveira and Fernandes 2009, severity 1,
on linear light)."""

APART = 10.0
"""Difference in CIELAB that is seen at a glance; 2 is just noticed."""


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def seen(colour: str, sight: str) -> list[float]:
    light = linear(colour)
    return [min(1.0, max(0.0, sum(a * b for a, b in zip(row, light, strict=True)))) for row in CONES[sight]]


def lab(light: list[float]) -> tuple[float, float, float]:
    red, green, blue = light
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(first: str, second: str, sight: str) -> float:
    pairs = zip(lab(seen(first, sight)), lab(seen(second, sight)), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("sight", CONES)
@pytest.mark.parametrize("mode", TOKENS)
def test_colours_that_mean_something_stay_apart_without_red_or_green(mode: Mode, sight: str) -> None:
    tokens: Tokens = TOKENS[mode]
    pairs = {
        pair: distance(getattr(tokens, pair[0]), getattr(tokens, pair[1]), sight) for pair in combinations(MEANINGS, 2)
    }
    assert {pair: round(apart, 1) for pair, apart in pairs.items() if apart < APART} == {}


@pytest.mark.parametrize("mode", TOKENS)
def test_marks_are_seen_on_their_card(mode: Mode) -> None:
    tokens = TOKENS[mode]
    told = {
        name: contrast(getattr(tokens, name), tokens.card) for name in ("thread", "better", "worse", "muted", "ink")
    }
    assert {name: round(ratio, 2) for name, ratio in told.items() if ratio < 3} == {}
