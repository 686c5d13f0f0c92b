"""Random linked tables of many shapes, small enough that every table can be tried."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
from enumerated_tables import MOST, riddle, shown_above

from pipelines.disclosure.linked_tables import Flags, LinkedTables, Published, PublishedRate

Counts = dict[str, int]
Totals = list[tuple[str, list[str]]]


def added(counts: Counts, totals: Totals, total: str, parts: list[str]) -> None:
    counts[total] = sum(counts[part] for part in parts)
    totals.append((total, parts))


def a_table(chance: random.Random, most: int) -> tuple[Counts, Totals, dict[str, str]]:
    """Rows by columns with margins; now and then without one of them."""
    rows, columns = chance.choice([(2, 2), (2, 3), (3, 3)])
    counts: Counts = {f"{r}{c}": chance.randint(0, most) for r in range(rows) for c in range(columns)}
    totals: Totals = []
    for r in range(rows):
        added(counts, totals, f"r{r}", [f"{r}{c}" for c in range(columns)])
    for c in range(columns):
        added(counts, totals, f"c{c}", [f"{r}{c}" for r in range(rows)])
    added(counts, totals, "all", [f"r{r}" for r in range(rows)])
    totals.append(("all", [f"c{c}" for c in range(columns)]))
    return counts, totals, {}


def a_timeline(chance: random.Random, most: int) -> tuple[Counts, Totals, dict[str, str]]:
    """Years and overlapping windows of three."""
    years = chance.randint(4, 6)
    counts: Counts = {f"y{n}": chance.randint(0, most) for n in range(years)}
    totals: Totals = []
    for n in range(years - 2):
        added(counts, totals, f"w{n}", [f"y{n + k}" for k in range(3)])
    return counts, totals, {}


def places(chance: random.Random, most: int) -> tuple[Counts, Totals, dict[str, str]]:
    """Places, two generations of regions, outcomes: ever and missed of a denominator."""
    several = chance.randint(2, 4)
    counts: Counts = {}
    totals: Totals = []
    rate_of: dict[str, str] = {}
    for n in range(several):
        counts |= {f"e{n}": chance.randint(0, most), f"m{n}": chance.randint(0, most)}
        added(counts, totals, f"d{n}", [f"e{n}", f"m{n}"])
        rate_of[f"e{n}"] = f"d{n}"
    for what in "edm":
        added(counts, totals, f"{what}R", [f"{what}{n}" for n in range(several)])
        if several > 2 and chance.random() < 0.5:
            added(counts, totals, f"{what}S", [f"{what}{n}" for n in range(1, several)])
    totals.append(("dR", ["eR", "mR"]))
    rate_of["eR"] = "dR"
    return counts, totals, rate_of


def odd_sums(chance: random.Random, most: int) -> tuple[Counts, Totals, dict[str, str]]:
    """Sums without a shape: parity, cells counted twice on the way, denominators of something else."""
    counts: Counts = {f"x{n}": chance.randint(0, most) for n in range(chance.randint(3, 5))}
    totals: Totals = []
    for n in range(chance.randint(2, 5)):
        parts = chance.sample(list(counts), chance.randint(2, min(3, len(counts))))
        added(counts, totals, f"s{n}", parts)
    rate_of = {}
    for name in list(counts):
        over = [other for other in counts if counts[other] >= counts[name] and other != name]
        if over and chance.random() < 0.2:
            rate_of[name] = chance.choice(over)
    return counts, totals, rate_of


SHAPES = (a_table, a_timeline, places, odd_sums)


def sensitive_cells(tables: LinkedTables) -> Flags:
    counts, t = tables.counts, tables.threshold
    has = tables.denominators >= 0
    base = np.where(has, counts[tables.denominators], -1)
    few = (counts > 0) & (counts < t)
    return few | ((counts == 0) & (base > 0) & (base < t)) | (has & (counts > 0) & (counts == base))


def some_release(chance: random.Random) -> tuple[LinkedTables, Published, Flags]:
    """Sensitive cells hidden, and others by chance; at times a rate of what is hidden is shown after all."""
    while True:
        threshold = chance.randint(3, 7)
        counts, totals, rate_of = chance.choice(SHAPES)(chance, chance.choice([3, 6, 9]))
        tables = LinkedTables.of(counts, totals, rate_of, threshold)
        sensitive = sensitive_cells(tables)
        share = chance.choice([0.0, 0.2, 0.5, 0.9])
        hidden = sensitive | (np.array([chance.random() < share for _ in counts]))
        published = with_some_rates(Published.of(tables, hidden), tables, chance)
        if can_be_tried([published]):
            return tables, published, sensitive


def can_be_tried(releases: list[Published]) -> bool:
    """Few enough tables; and with rates, which stretch far, none without a shown total above every hidden cell."""
    told = riddle(releases)
    totals = {total for total, _ in told.relations}
    above = [shown_above(told, told.values, name) for name in told.hidden if name not in totals]
    ways = math.prod(1 + (MOST if bound is None else bound) for bound in above)
    return ways <= 20_000 and (not told.rates or None not in above)


def with_some_rates(published: Published, tables: LinkedTables, chance: random.Random) -> Published:
    rates = []
    for n, d in enumerate(tables.denominators.tolist()):
        if d >= 0 and published.rate_suppressed[n] and tables.counts[d] > 0 and chance.random() < 0.25:
            value = Fraction(round(1000 * int(tables.counts[n]) / int(tables.counts[d])), 1000)
            rates.append(PublishedRate(n, d, value, Fraction(1, 2000)))
    return replace(published, rates=tuple(rates))
