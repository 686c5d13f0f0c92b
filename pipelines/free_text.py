"""What nobody may write in free text: a person's number, however it is written."""

from __future__ import annotations

import re
from unicodedata import category, digit, normalize

import polars as pl

from pipelines.scan_rule import STANDS_ALONE

BETWEEN = r"[\s.\-‐-―−_/:]"
APART = rf"{BETWEEN}{{0,3}}"
LAST_FOUR = rf"{APART}\d{{4}}(?!\d)"
LAST_FOUR_SPACED = rf"{BETWEEN}{{1,3}}\d(?:\s?\d){{3}}(?!\d|\s\d\d)"
WRITTEN_APART = (
    re.compile(rf"(?<!\d)[0-36-9]\d{APART}[01]\d{APART}(?:\d\d)?\d\d{LAST_FOUR}"),
    re.compile(rf"(?<!\d)(?:19|20)\d\d{APART}[01]\d{APART}[0-3]\d{LAST_FOUR}"),
    re.compile(r"(?<!\d)[0-36-9]\d [01]\d \d\d[ \-]\d\d \d\d(?!\d)"),
    re.compile(r"(?<!\d)(?:\d[\s.\-_/]){9}\d(?!\d)"),
)
"""Day, month and year (two digits or four), or the year first, and four digits more, with spaces, dots or dashes
between them; five pairs; or ten digits one by one. A day with a time of day (`12-10-2026 14:30`) is none."""

WRITTEN_WITH_SPACES = (
    re.compile(rf"(?<!\d)[0-36-9]\s?\d{APART}[01]\s?\d{APART}(?:\d\s?\d\s?)?\d\s?\d{LAST_FOUR_SPACED}"),
    re.compile(rf"(?<!\d)(?:1\s?9|2\s?0)\s?\d\s?\d{APART}[01]\s?\d{APART}[0-3]\s?\d{LAST_FOUR_SPACED}"),
    re.compile(r"(?<!\d)[0-36-9]\s?\d\s?[01]\s?\d(?:\s?\d){6}(?!\d|\s\d\d)"),
)
"""The same with a space between any two digits. A telephone number after a day (`12-10-2026 20 12 34 56`) is none."""


def holds_a_persons_number(text: str) -> bool:
    """Whether something in the text looks like one, in whatever digits; a letter next to it hides nothing."""
    plain = "".join(map(_plain, normalize("NFKC", text)))
    stands_alone: bool = pl.Series([plain]).str.contains(STANDS_ALONE).item()
    return stands_alone or any(pattern.search(plain) for pattern in (*WRITTEN_APART, *WRITTEN_WITH_SPACES))


def _plain(letter: str) -> str:
    """Digits of other scripts as ours, and what cannot be seen left out."""
    if category(letter) == "Nd":
        return str(digit(letter))
    return "" if category(letter) == "Cf" else letter
