"""Amounts of Danish kroner in words: 412.000 kr., 1,24 mio. kr. Three digits are said, as amounts are published."""

from __future__ import annotations

from dashboards.language import MINUS, NO_BREAK, Words

MILLION = 1_000_000


def kroner(amount: float, words: Words) -> str:
    """Kroner below a million, millions from there; what is above 0 and below 1 says so."""
    if 0 < abs(amount) < 0.5:
        return words("app.under", share=_with_unit("1", words, is_million=False))
    is_million = abs(amount) >= MILLION
    return _with_unit(_number(amount, words, is_million=is_million), words, is_million=is_million)


def kroner_interval(low: float | None, high: float | None, words: Words) -> str:
    """`(96.600 til 181.000 kr.)`, both ends in the same unit; nothing where there is no interval."""
    if low is None or high is None:
        return ""
    is_million = max(abs(low), abs(high)) >= MILLION
    ends = {"low": _number(low, words, is_million=is_million), "high": _number(high, words, is_million=is_million)}
    return f"({_with_unit(words('costs.interval', **ends), words, is_million=is_million)})"


def _number(amount: float, words: Words, *, is_million: bool) -> str:
    size = float(f"{abs(amount):.3g}")
    sign = MINUS if amount < 0 and (is_million or round(size)) else ""
    if not is_million:
        return sign + words.number(round(size))
    return sign + words.decimal(size / MILLION)


def _with_unit(number: str, words: Words, *, is_million: bool) -> str:
    return words("costs.million" if is_million else "costs.kroner", number=number).replace(" ", NO_BREAK)
