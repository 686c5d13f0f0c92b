"""The numbers of development: each beside all others, and beside the children born three years before."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.charts.periods import period_words
from dashboards.charts.ratio_rows import decimal
from dashboards.intervals import Interval, change, direction
from dashboards.language import Words
from dashboards.leader.analysis_sentences import Row, share_in, side_of
from dashboards.leader.tiles import Mark, Tile
from dashboards.states import State

Rows = Mapping[tuple[str, str, str | None], Row | None]
Periods = tuple[str | None, str | None]
"""The chosen years of birth, and those before; null where nothing is told of any."""


def tiles(rows: Rows, ratios: Mapping[str, Row | None], mean: Row | None, periods: Periods, words: Words) -> list[Tile]:
    """`rows`: published shares by group, what they are of, and period; `ratios` by whether they are standardised."""
    return [
        _share("concern", "exposed", rows, periods, words),
        _share("concern", "others", rows, periods, words),
        _ratio(ratios, words),
        _share("assessed", "exposed", rows, periods, words),
        _share("assessed", "others", rows, periods, words),
        _z(mean, words),
    ]


def _share(share_of: str, group: str, rows: Rows, periods: Periods, words: Words) -> Tile:
    """Of the assessed those with a concern; of all those who were not assessed."""
    kind = "concern" if share_of == "concern" else "unseen"
    title, how = words(f"grown.number_{kind}_{group}"), words(f"grown.how_{kind}")
    row = rows[group, share_of, periods[0]]
    told = _told(row, kind)
    if row is None or told is None:
        return Tile(title, "", how=how, state=_state(row))
    count = (
        words("grown.of", part=words.number(row["numerator"]), whole=words.number(row["denominator"]))
        if kind == "concern"
        else words("grown.of_about", whole=words.number(row["denominator"]))
    )
    beside = _told(rows["others", share_of, periods[0]], kind) if group == "exposed" else None
    lines: list[tuple[Mark, str]] = []
    if beside is not None:
        lines.append(("", words("grown.beside_others", share=words.percent(beside.value))))
    lines += _since(_told(rows[group, share_of, periods[1]], kind), told, periods[1], words)
    interval = f"({words.interval(told.low, told.high)})"
    return Tile(title, words.percent(told.value), interval, count, tuple(lines), how)


def _told(row: Row | None, kind: str) -> Interval | None:
    share = share_in(row)
    if share is None or kind == "concern":
        return share
    return Interval(1 - share.value, 1 - share.high, 1 - share.low)


def _since(earlier: Interval | None, now: Interval, period: str | None, words: Words) -> list[tuple[Mark, str]]:
    """Low is good of both kinds. Nothing is said where the years before are not told."""
    if earlier is None or period is None:
        return []
    verdict = direction(change(earlier, now), high_is_good=False)
    text = words(f"trend.{verdict}", period=period_words(period, words), share=words.percent(earlier.value))
    return [(verdict, text[:1].upper() + text[1:])]


def _ratio(ratios: Mapping[str, Row | None], words: Words) -> Tile:
    title, how, row, crude = words("grown.number_ratio"), words("grown.how_ratio"), ratios["alike"], ratios["crude"]
    if row is None or row["ratio"] is None or row["low"] is None or row["high"] is None:
        return Tile(title, "", how=how, state=_state(row))
    interval = words("ratio.interval", low=decimal(row["low"], words), high=decimal(row["high"], words))
    side = words(f"grown.side_{side_of(row['low'], row['high'], 1)}")
    lines: list[tuple[Mark, str]] = [("", side)]
    if crude is not None and crude["ratio"] is not None:
        lines.append(("", words("grown.crude", ratio=decimal(crude["ratio"], words))))
    return Tile(title, decimal(row["ratio"], words), f"({interval})", lines=tuple(lines), how=how)


def _z(row: Row | None, words: Words) -> Tile:
    """What has no row may not be told, or was not measured: the two look the same from outside."""
    title, how = words("grown.number_z"), words("grown.how_z")
    if row is None:
        return Tile(title, "", how=how, state="missing")
    mean, low, high = (_signed(row[name], words) for name in ("mean", "low", "high"))
    return Tile(title, mean, f"({words('costs.interval', low=low, high=high)})", how=how)


def _signed(value: float, words: Words) -> str:
    text = f"{value + 0.0:g}".replace("-", "\N{MINUS SIGN}")
    return text.replace(".", ",") if words.language == "da" else text


def _state(row: Row | None) -> State:
    state: State = row["state"] if row is not None else "missing"
    return state
