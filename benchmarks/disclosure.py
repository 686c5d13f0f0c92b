"""Attacks on what the gate lets out: random small countries, three releases after another, all that was shown together.

`python -m benchmarks.disclosure [RELEASES]`. The attacker is the exact auditor, told which counts are sensitive.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from pipelines.disclosure.auditor import Verdict, audit
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, LinkedTables, Published
from pipelines.disclosure.suppressor import CannotBeProtected, suppress

PLACES, REGIONS, YEARS, WINDOW = 6, 2, 3, 3
CHAIN = 3
OUTCOMES = {"denominator": ("ever", "missed"), "ever": ("timely", "late")}


@dataclass
class Attacked:
    """What became of all releases under one way to suppress."""

    releases: int = 0
    sensitive: int = 0
    narrowed: int = 0
    unclean: int = 0
    withheld: int = 0
    cells: int = 0
    shown: int = 0
    large: int = 0
    large_shown: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, tables: LinkedTables, hidden: Flags, verdict: Verdict) -> None:
        sensitive = sensitive_cells(tables)
        told = {leak.cell for leak in verdict.leaks if leak.cell >= len(tables) or sensitive[leak.cell]}
        base = tables.counts[tables.denominators]
        large = (tables.denominators != NO_DENOMINATOR) & (base >= tables.threshold)
        self.releases += 1
        self.sensitive += int(sensitive.sum())
        self.narrowed += len(told)
        self.unclean += not verdict.clean
        self.cells += len(tables)
        self.shown += int((~hidden).sum())
        self.large += int(large.sum())
        self.large_shown += int((large & ~hidden & ~hidden[tables.denominators]).sum())
        self.seconds.append(verdict.seconds)

    def row(self, name: str) -> str:
        share, kept = self.shown / max(self.cells, 1), self.large_shown / max(self.large, 1)
        return (
            f"| {name} | {self.releases:,} | {self.withheld:,} | {self.sensitive:,} | {self.narrowed:,} | "
            f"{self.unclean:,} | {share:.1%} | {kept:.1%} | {np.median(self.seconds or [0.0]):.3f} |"
        )


def sensitive_cells(tables: LinkedTables) -> Flags:
    """By the rules: 1 to t-1, a zero of 1 to t-1, everyone of a denominator."""
    counts, has = tables.counts, tables.denominators != NO_DENOMINATOR
    base = np.where(has, counts[tables.denominators], 0)
    small = (counts > 0) & (counts < tables.threshold)
    of_few = (counts == 0) & (base > 0) & (base < tables.threshold)
    flags: Flags = small | of_few | (has & (counts > 0) & (counts == base))
    return flags


def country(random: np.random.Generator, last_year: int) -> LinkedTables:
    """Places in regions, years and a window over all of them, outcomes that add up; the years before stay the same."""
    size = random.gamma(1.0, 6.0, PLACES)
    atoms = random.poisson(size[None, :, None] * np.array([0.6, 0.25, 0.15]), (last_year, PLACES, 3)).transpose(1, 0, 2)
    counts: dict[str, int] = {}
    relations: list[tuple[str, list[str]]] = []
    years = [f"y{year}" for year in range(last_year)]
    windows = [f"w{end}" for end in range(WINDOW - 1, last_year)]
    for place in range(PLACES):
        for year in range(last_year):
            for kind, outcome in enumerate(("timely", "late", "missed")):
                counts[f"p{place}|y{year}|{outcome}"] = int(atoms[place, year, kind])
    places, regions = [f"p{n}" for n in range(PLACES)], [f"r{n}" for n in range(REGIONS)]
    _outcomes(counts, relations, [f"{place}|{year}" for place in places for year in years])
    kinds = ("timely", "late", "missed", "ever", "denominator")
    for kind in kinds:
        for place in places:
            for end, window in enumerate(windows):
                _total(
                    counts, relations, f"{place}|{window}|{kind}", [f"{place}|y{end + k}|{kind}" for k in range(WINDOW)]
                )
        for period in (*years, *windows):
            for number, region in enumerate(regions):
                inside = [f"{place}|{period}|{kind}" for at, place in enumerate(places) if at % REGIONS == number]
                _total(counts, relations, f"{region}|{period}|{kind}", inside)
            _total(counts, relations, f"all|{period}|{kind}", [f"{region}|{period}|{kind}" for region in regions])
    rates = {name: name.replace("|ever", "|denominator") for name in counts if name.endswith("|ever")}
    return LinkedTables.of(counts, relations, rates)


def _outcomes(counts: dict[str, int], relations: list[tuple[str, list[str]]], groups: list[str]) -> None:
    for group in groups:
        for total in reversed(OUTCOMES):
            _total(counts, relations, f"{group}|{total}", [f"{group}|{part}" for part in OUTCOMES[total]])


def _total(counts: dict[str, int], relations: list[tuple[str, list[str]]], total: str, parts: list[str]) -> None:
    counts[total] = sum(counts[part] for part in parts)
    relations.append((total, parts))


def with_known(tables: LinkedTables, earlier: Sequence[Published]) -> LinkedTables:
    """Cells that an earlier release has shown can no longer be hidden."""
    shown = {name for one in earlier for name, hidden in zip(one.names, one.suppressed, strict=True) if not hidden}
    return replace(tables, known=np.array([name in shown for name in tables.names]))


def attack(seed: int, mine: Attacked, naive: Attacked) -> None:
    """A chain: the same country with one more year each time."""
    earlier: list[Published] = []
    for length in range(YEARS, YEARS + CHAIN):
        tables = with_known(country(np.random.default_rng(seed), length), earlier)
        sensitive = sensitive_cells(tables)
        naive.add(tables, sensitive, audit(Published.of(tables, sensitive), sensitive=sensitive))
        try:
            hidden = suppress(tables)
        except CannotBeProtected:
            mine.withheld += 1
            continue
        published = Published.of(tables, hidden)
        verdict = audit(published, earlier=earlier, sensitive=sensitive, counts=None)
        mine.add(tables, hidden, verdict)
        if verdict.clean:
            earlier.append(published)


def measure(folder: Path, releases: int = 1_000) -> list[str]:
    """The table for the README."""
    del folder
    mine, naive, started = Attacked(), Attacked(), time.perf_counter()
    for seed in range(-(-releases // CHAIN)):
        attack(seed, mine, naive)
    return [
        f"{releases:,} random releases of small countries in chains of {CHAIN}, each attacked by the exact auditor "
        f"with all that came before it ({time.perf_counter() - started:,.0f} s; target: 0 recovered or "
        "narrowed). What the auditor does not pass is not published and no part of the chain.",
        "",
        "| pattern | releases | withheld by the suppressor | sensitive counts | recovered or narrowed | not passed | "
        "cells shown | shares shown of those with a denominator of at least 5 | seconds of one audit, median |",
        "|---|---|---|---|---|---|---|---|---|",
        mine.row("the gate's"),
        naive.row("small counts alone (leaky)"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("releases", type=int, nargs="?", default=1_000)
    print("\n".join(measure(Path(), parser.parse_args().releases)))


if __name__ == "__main__":
    main()
