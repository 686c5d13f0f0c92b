"""A guidance's words for its own target group, instead of those about exposure before birth.

`texts.da.toml` of a guidance folder has `[words]`: what our texts say on the left, what they say of this target group
on the right. Longer phrases go first, only whole words are met and never a placeholder, and a capital letter stays one.
"""

from __future__ import annotations

import re
from functools import cache

from pipelines.definitions.descriptions import read_description
from pipelines.definitions.in_force import InForce, guidance


def reworded(text: str, language: str) -> str:
    """The text in the words of the guidance in force; as it is when there is none."""
    chosen = guidance()
    return text if chosen is None else reworded_by(text, language, chosen)


@cache
def reworded_by(text: str, language: str, chosen: InForce) -> str:
    """The same in the words of a guidance, whichever is in force."""
    instead = words_of(language, chosen)
    if not instead:
        return text
    return _pattern(language, chosen).sub(lambda found: instead[found.group()], text)


@cache
def words_of(language: str, chosen: InForce) -> dict[str, str]:
    """What is said instead of what, each in small letters and with a capital one."""
    words: dict[str, str] = read_description(chosen.folder).texts(language).get("words", {})
    return {_capital(said): _capital(instead) for said, instead in words.items()} | words


@cache
def _pattern(language: str, chosen: InForce) -> re.Pattern[str]:
    longest_first = sorted(words_of(language, chosen), key=len, reverse=True)
    return re.compile(rf"(?<![\w{{])(?:{'|'.join(re.escape(phrase) for phrase in longest_first)})(?![\w}}])")


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
