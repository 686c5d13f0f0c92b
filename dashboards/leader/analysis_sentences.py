"""Sentences of what is published beside the shares, made by rules: none without its interval, and no word of effect.

Rows are published ones by column name. A ratio says more or less only where its interval keeps clear of 1, a difference
only where it keeps clear of 0. All results are markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal

from dashboards.charts.incidence_words import length
from dashboards.charts.ratio_rows import decimal
from dashboards.intervals import Interval
from dashboards.kroner import kroner, kroner_interval
from dashboards.language import Words
from dashboards.markup import interval_in_sentence, strong_share

Row = Mapping[str, Any]


def side_of(low: float, high: float, middle: float) -> Literal["less", "same", "more"]:
    """Where an interval lies; one that touches the middle cannot tell."""
    if low <= middle <= high:
        return "same"
    return "more" if low > middle else "less"


def participation(row: Row, words: Words) -> str:
    """How often exposed children come, beside all others, in one programme."""
    programme = words(f"programme.{row['programme']}")
    if row["ratio"] is None or row["low"] is None:
        return words("follow_up.participation_hidden", programme=programme, state=words(f"state.{row['state']}"))
    return words(
        f"follow_up.participation_{side_of(row['low'], row['high'], 1)}",
        programme=programme,
        ratio=f"<b>{decimal(row['ratio'], words)}</b>",
        interval=ratio_interval(row, words),
        exposed=words.percent(row["exposed_share"]),
        others=words.percent(row["others_share"]),
    )


def how_long(points: Sequence[Row], half_days: int | None, words: Words) -> str:
    """`points` of one curve. The day on which half had come so far, else the last day that is told, each with the share
    and interval of that day; what may not be told is said.
    """
    known = [row for row in points if row["share"] is not None and row["low"] is not None]
    if not known:
        return words("follow_up.half_absent")
    at = [row for row in known if row["days"] == half_days]
    row = (at or known)[-1]
    told = Interval(row["share"], row["low"], row["high"])
    return words(
        "follow_up.half" if at else "follow_up.half_not_reached",
        length=length(row["days"], words),
        share=strong_share(told.value, words),
        interval=interval_in_sentence(told, words),
    )


def ratio_interval(row: Row, words: Words) -> str:
    """`(1,3–3,1)`, small."""
    low, high = (decimal(row[end], words) for end in ("low", "high"))
    return f"<small>({words('ratio.interval', low=low, high=high)})</small>"


def concern(exposed: Row | None, others: Row | None, words: Words, about: Mapping[str, str]) -> str:
    """In how many of the assessed a concern was found; `about`: domain, band and period in words."""
    own, beside = share_in(exposed), share_in(others)
    if own is None:
        return words("grown.hidden", **about)
    told = {"exposed": strong_share(own.value, words), "exposed_interval": interval_in_sentence(own, words)}
    if beside is None:
        return words("grown.one", **told, **about)
    told |= {"others": strong_share(beside.value, words), "others_interval": interval_in_sentence(beside, words)}
    return words("grown.both", **told, **about)


def times_as_often(ratio: Row | None, words: Words) -> str:
    """Whether that is oftener; nothing where no ratio is told."""
    if ratio is None or ratio["ratio"] is None or ratio["low"] is None or ratio["high"] is None:
        return ""
    side = side_of(ratio["low"], ratio["high"], 1)
    shown = f"<b>{decimal(ratio['ratio'], words)}</b>"
    return words(f"grown.{side}", ratio=shown, interval=ratio_interval(ratio, words))


def not_assessed(assessed: Row | None, words: Words) -> str:
    """How many nobody has looked at; nothing where that is not told."""
    seen = share_in(assessed)
    if seen is None:
        return ""
    unseen = Interval(1 - seen.value, 1 - seen.high, 1 - seen.low)
    return words("grown.unseen", share=strong_share(unseen.value, words), interval=interval_in_sentence(unseen, words))


def share_in(row: Row | None) -> Interval | None:
    """A share with its interval, where it is told."""
    if row is None or row["share"] is None or row["low"] is None or row["high"] is None:
        return None
    return Interval(row["share"], row["low"], row["high"])


def costs(by_pathway: Mapping[str, Row], age: str, words: Words) -> str:
    """What a child has cost whose thread was whole, and one for whom it broke; else of the first that is told."""
    known = {name: row for name, row in by_pathway.items() if row["mean_dkk"] is not None}
    if not known:
        return words("money.lead_absent")
    if "early" in known and "lost" in known:
        told = {name: f"<b>{kroner(known[name]['mean_dkk'], words)}</b>" for name in ("early", "lost")} | {
            f"{name}_interval": small_interval(known[name], words) for name in ("early", "lost")
        }
        return words("money.lead", age=age, **told)
    name, row = next(iter(known.items()))
    amount = f"<b>{kroner(row['mean_dkk'], words)}</b>"
    pathway = escape(words(f"costs.pathway.{name}"))
    return words("money.lead_one", age=age, pathway=pathway, amount=amount, interval=small_interval(row, words))


def cost_difference(row: Row | None, words: Words) -> str:
    """How much more or less per child, where its interval keeps clear of 0; nothing where it is not told."""
    if row is None or any(row[name] is None for name in ("difference_dkk", "low_dkk", "high_dkk")):
        return ""
    side = side_of(row["low_dkk"], row["high_dkk"], 0)
    shown = row["difference_dkk"] if side == "same" else abs(row["difference_dkk"])
    interval = small_interval(row, words)
    return words(f"money.difference_{side}", amount=f"<b>{kroner(shown, words)}</b>", interval=interval)


def small_interval(row: Row, words: Words) -> str:
    """`(96.600 til 181.000 kr.)`, small; nothing where there is none."""
    told = kroner_interval(row["low_dkk"], row["high_dkk"], words)
    return f"<small>{told}</small>" if told else ""
