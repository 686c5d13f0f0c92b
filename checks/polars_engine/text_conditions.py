"""Text, row by row: "this row is unexpected". A column that is not text is an error for the check, never a guess.

Regular expressions are Rust's (linear time, no look-around, no back-references) and match anywhere, as in pandas.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any

import polars as pl
from dateutil.parser import parse  # type: ignore[import-untyped]  # no stubs

from .column_conditions import outside
from .domain import Domain
from .errors import UnreadableConditionError
from .values import by_distinct_value


def length_equals(domain: Domain, value: int) -> pl.Expr:
    """Characters, not bytes: æ is one."""
    return domain.text.str.len_chars() != value


def length_between(
    domain: Domain,
    min_value: int | None = None,
    max_value: int | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> pl.Expr:
    """Both ends belong unless they are strict."""
    lengths = domain.text.str.len_chars()
    return outside(lengths, min_value, max_value, strict_min=bool(strict_min), strict_max=bool(strict_max))


def match_regex(domain: Domain, regex: str) -> pl.Expr:
    """Found nowhere in the text."""
    return ~domain.text.str.contains(regex)


def not_match_regex(domain: Domain, regex: str) -> pl.Expr:
    """Found somewhere in the text."""
    return domain.text.str.contains(regex)


def match_regex_list(domain: Domain, regex_list: Sequence[str], match_on: str | None = "any") -> pl.Expr:
    """None (or, with `all`, not every one) is found."""
    return ~_joined([domain.text.str.contains(each) for each in regex_list], match_on)


def not_match_regex_list(domain: Domain, regex_list: Sequence[str]) -> pl.Expr:
    """One of them is found."""
    return _joined([domain.text.str.contains(each) for each in regex_list], "any")


def match_like(domain: Domain, like_pattern: str, escape: str | None = None) -> pl.Expr:
    """The whole text is not of the pattern."""
    return ~domain.text.str.contains(of_like(like_pattern, escape))


def not_match_like(domain: Domain, like_pattern: str, escape: str | None = None) -> pl.Expr:
    """The whole text is of the pattern."""
    return domain.text.str.contains(of_like(like_pattern, escape))


def match_like_list(
    domain: Domain, like_pattern_list: Sequence[str], match_on: str | None = "any", escape: str | None = None
) -> pl.Expr:
    """The text is of none (or, with `all`, not of every one) of the patterns."""
    return match_regex_list(domain, [of_like(each, escape) for each in like_pattern_list], match_on)


def not_match_like_list(domain: Domain, like_pattern_list: Sequence[str], escape: str | None = None) -> pl.Expr:
    """The text is of one of the patterns."""
    return not_match_regex_list(domain, [of_like(each, escape) for each in like_pattern_list])


def of_like(pattern: str, escape: str | None = None) -> str:
    """SQL's LIKE as a regular expression: `%` any text, `_` one character, the whole value, case counts.
    A backslash means nothing unless it is the escape."""
    parts, characters = ["^"], iter(pattern)
    for each in characters:
        if escape and each == escape:
            following = next(characters, None)
            if following is None:
                raise UnreadableConditionError("the like pattern ends in its escape character")
            parts.append(re.escape(following))
        else:
            parts.append({"%": ".*", "_": "."}.get(each) or re.escape(each))
    return "(?s)" + "".join(parts) + "$"


def _joined(matches: list[pl.Expr], match_on: str | None) -> pl.Expr:
    if not matches:
        raise UnreadableConditionError("the list of patterns is empty")
    if match_on not in (None, "any", "all"):
        raise UnreadableConditionError('match_on must be "any" or "all"')
    return reduce(operator.and_ if match_on == "all" else operator.or_, matches)


def match_strftime(domain: Domain, strftime_format: str) -> pl.Expr:
    """As Python's `strptime` reads it, asked once per distinct value: Polars' own reader is stricter about width and
    looser about what follows."""
    datetime.strptime(datetime(2000, 1, 1).strftime(strftime_format), strftime_format)  # noqa: DTZ001, DTZ007
    return _unreadable(domain, lambda given: datetime.strptime(given, strftime_format))  # noqa: DTZ007  # only whether it reads


def json_parseable(domain: Domain) -> pl.Expr:
    """Python's reader decides, which takes NaN and Infinity."""
    return _unreadable(domain, json.loads)


def dateutil_parseable(domain: Domain) -> pl.Expr:
    """dateutil decides, which takes much."""
    return _unreadable(domain, parse)


def match_json_schema(domain: Domain, json_schema: Mapping[str, Any]) -> pl.Expr:
    """Text that is no JSON is unexpected too (the pandas engine stops at it)."""
    import jsonschema  # type: ignore[import-untyped]  # no stubs

    validator = jsonschema.validators.validator_for(json_schema)
    validator.check_schema(json_schema)
    judge = validator(json_schema)

    def reads(given: str) -> None:
        if not judge.is_valid(json.loads(given)):
            raise ValueError

    return _unreadable(domain, reads)


def _unreadable(domain: Domain, read: Callable[[str], object]) -> pl.Expr:
    def is_unreadable(given: str) -> bool:
        try:
            read(given)
        except (ValueError, OverflowError, RecursionError):
            return True
        return False

    return domain.text.map_batches(by_distinct_value(is_unreadable), return_dtype=pl.Boolean)
