"""Months side by side, one row per delivery or municipality: filled, hollow, hatched or a dot, and a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from dashboards.language import Words
from dashboards.quality.months import STATES, Strip

MONTHS_NAMED = 4
"""So many missing months are named in the sentence of a row; more are a number."""


def month_strips(strips: Sequence[Strip], months: Sequence[date], name: Callable[[str], str], words: Words) -> str:
    """`name` gives the words for a strip's name. Years stand above their months, the key below."""
    rows = "".join(_row(strip, months, name(strip.name), words) for strip in strips)
    return f"<div class='rt-strips'>{_years(months)}{rows}{_key(strips, words)}</div>"


def strip_text(strip: Strip, months: Sequence[date], words: Words) -> str:
    """`22 af 24 måneder indberettet; mangler: marts 2026, april 2026`."""
    known = sum(state is not None for state in strip.states)
    parts = [words("strip.reported", number=strip.number("reported"), months=known)]
    missing = [month for month, state in zip(months, strip.states, strict=True) if state == "missing"]
    if len(missing) > MONTHS_NAMED:
        parts.append(words("strip.missing_many", number=len(missing)))
    elif missing:
        parts.append(words("strip.missing", months=", ".join(_month(month, words) for month in missing)))
    parts += [words(f"strip.{state}_months", number=strip.number(state)) for state in STATES[2:] if strip.number(state)]
    return "; ".join(parts)


def _month(month: date, words: Words) -> str:
    return f"{words.month(month.month)} {month.year}"


def _years(months: Sequence[date]) -> str:
    firsts = [at for at, month in enumerate(months) if at == 0 or month.month == 1]
    ends = [*firsts[1:], len(months)]
    spans = "".join(
        f"<span style='grid-column:{first + 1}/{end + 1}'>{months[first].year if end - first > 2 else ''}</span>"
        for first, end in zip(firsts, ends, strict=True)
    )
    years = f"<div class='rt-years' {_columns(months)}>{spans}</div>"
    return f"<div class='rt-strip' aria-hidden='true'><span></span>{years}</div>"


def _columns(months: Sequence[date]) -> str:
    return f"style='grid-template-columns:repeat({len(months)},minmax(0,1fr))'"


def _row(strip: Strip, months: Sequence[date], name: str, words: Words) -> str:
    cells = "".join(_cell(state, month, words) for state, month in zip(strip.states, months, strict=True))
    label = escape(f"{name}: {strip_text(strip, months, words)}", quote=True)
    lacks = f"<small>{escape(words('strip.lacks', number=strip.lacking))}</small>" if strip.lacking else ""
    return (
        f"<div class='rt-strip' role='img' aria-label='{label}'><span>{escape(name)}{lacks}</span>"
        f"<div class='rt-months' {_columns(months)}>{cells}</div></div>"
    )


def _cell(state: str | None, month: date, words: Words) -> str:
    kind = state or "outside"
    tip = escape(f"{_month(month, words)}: {words(f'month_state.{kind}')}", quote=True)
    return f"<i class='{kind}' title='{tip}'></i>"


def _key(strips: Sequence[Strip], words: Words) -> str:
    """The states that occur."""
    present = {state or "outside" for strip in strips for state in strip.states}
    items = [_key_item(state, words) for state in (*STATES, "outside") if state in present]
    return f"<ul class='rt-key'>{''.join(items)}</ul>"


def _key_item(state: str, words: Words) -> str:
    return f"<li><span class='rt-months'><i class='{state}'></i></span>{escape(words(f'month_state.{state}'))}</li>"
