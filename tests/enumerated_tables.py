"""What an attacker holds possible, by trying every table: plain Python, no solver, nothing of the auditor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pipelines.disclosure.linked_tables import Published

MOST = 14
"""No hidden cell that is no total is tried above this, unless a shown total allows more."""


@dataclass
class Riddle:
    """Everything published, by the cell's name."""

    values: dict[str, int] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    relations: list[tuple[str, list[str]]] = field(default_factory=list)
    shares: list[tuple[str, str, int]] = field(default_factory=list)
    rates: list[tuple[str, str, Fraction, Fraction]] = field(default_factory=list)
    shown_shares: list[tuple[str, str, int]] = field(default_factory=list)


def riddle(releases: Sequence[Published]) -> Riddle:
    told = Riddle()
    for release in releases:
        names = list(release.names)
        for at, name in enumerate(names):
            if not release.suppressed[at]:
                told.values[name] = int(release.counts[at])
            elif name not in told.hidden:
                told.hidden.append(name)
            if release.denominators[at] >= 0:
                pair = (name, names[release.denominators[at]], release.threshold)
                told.shares.append(pair)
                if not release.suppressed[at]:
                    told.shown_shares.append(pair)
        told.relations += [(names[total], [names[part] for part in parts]) for total, parts in release.relations]
        told.rates += [(names[r.numerator], names[r.denominator], r.value, r.half) for r in release.rates]
    told.hidden = [name for name in told.hidden if name not in told.values]
    return told


def possible(releases: Sequence[Published]) -> dict[str, set[int]]:
    """All values that each hidden cell has in some table that fits; empty sets where no table fits."""
    told = riddle(releases)
    found: dict[str, set[int]] = {name: set() for name in told.hidden}
    any_fits = False
    for table in tables(told):
        any_fits = True
        for name in told.hidden:
            found[name].add(table[name])
    return found if any_fits else {}


def tables(told: Riddle) -> Iterator[dict[str, int]]:
    totals = {total for total, _ in told.relations}
    free = [name for name in told.hidden if name not in totals]
    yield from _tried(told, dict(told.values), free)


def _tried(told: Riddle, table: dict[str, int], free: list[str]) -> Iterator[dict[str, int]]:
    table = _added_up(told, table)
    if not _may_fit(told, table):
        return
    if not free:
        if len(table) == len(told.values) + len(told.hidden) and _fits(told, table):
            yield table
        return
    name, rest = free[0], free[1:]
    for value in range(_most(told, table, name) + 1):
        yield from _tried(told, table | {name: value}, rest)


def _added_up(told: Riddle, table: dict[str, int]) -> dict[str, int]:
    """Totals whose parts are all there."""
    table = dict(table)
    changed = True
    while changed:
        changed = False
        for total, parts in told.relations:
            if total not in table and all(part in table for part in parts):
                table[total] = sum(table[part] for part in parts)
                changed = True
    return table


def _most(told: Riddle, table: dict[str, int], name: str) -> int:
    bound = shown_above(told, table, name)
    return MOST if bound is None else bound


def shown_above(told: Riddle, table: dict[str, int], name: str) -> int | None:
    """The smallest count known of a total that holds the cell, however far above."""
    over = [total for total, parts in told.relations if name in parts]
    bounds = [table[total] if total in table else shown_above(told, table, total) for total in over]
    return min((bound for bound in bounds if bound is not None), default=None)


def _may_fit(told: Riddle, table: dict[str, int]) -> bool:
    for total, parts in told.relations:
        if total in table:
            so_far = sum(table.get(part, 0) for part in parts)
            if so_far > table[total] or (so_far < table[total] and all(part in table for part in parts)):
                return False
    return True


def _fits(told: Riddle, table: dict[str, int]) -> bool:
    return (
        all(table[part] <= table[whole] for part, whole, _ in told.shares if not _is_ratio(told, part, whole))
        and all(
            not (table[part] == 0 and 0 < table[whole] < threshold) and not (table[part] == table[whole] > 0)
            for part, whole, threshold in told.shown_shares
            if whole not in told.values
        )
        and all((v - h) * table[d] <= table[n] <= (v + h) * table[d] for n, d, v, h in told.rates)
    )


def _is_ratio(told: Riddle, part: str, whole: str) -> bool:
    return part in told.values and whole in told.values and told.values[part] > told.values[whole]
