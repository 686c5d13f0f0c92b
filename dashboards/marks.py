"""Small pieces of markup that pages and documents share: numbers with their interval, marks of comparison and absence.

Nothing here needs Streamlit.
"""

from __future__ import annotations

from html import escape

from dashboards.intervals import Interval
from dashboards.language import Words
from dashboards.shares import Share
from dashboards.states import State


def strong_share(share: float, words: Words) -> str:
    """A share in a sentence."""
    return f"<b>{words.percent(share)}</b>"


def interval_in_sentence(interval: Interval, words: Words) -> str:
    """Its interval, small and in brackets."""
    return f"<small>({words.interval(interval.low, interval.high)})</small>"


def code(text: str) -> str:
    """A name from outside (file, field, key), which may break where its parts meet."""
    parts = escape(text)
    for mark in "|/_":
        parts = parts.replace(mark, f"{mark}<wbr>")
    return f"<code>{parts}</code>"


def comparison_mark(comparison: str) -> str:
    """Diamond better, circle similar, triangle worse, dash incomparable; a word always follows."""
    return f"<i class='rt-mark {comparison}' aria-hidden='true'></i>"


def state_mark(state: State) -> str:
    """The mark of a figure that is not there; a word always follows."""
    return f"<i class='rt-state {state}' aria-hidden='true'></i>"


def state_word(share: Share, words: Words, threshold: int) -> str:
    """Why there is no figure, in words: `Skjult (under 5 børn)`."""
    return f"{words(f'state.{share.state}')} ({words(f'why.{share.state}', threshold=threshold).lower()})"


def count_in_words(share: Share, words: Words) -> str:
    """`34 af 41 børn`; empty when it may not be shown."""
    if share.numerator is None or share.denominator is None:
        return ""
    unit = words.measure(share.headline, "unit")
    return words("card.of", part=words.number(share.numerator), whole=words.number(share.denominator), unit=unit)
