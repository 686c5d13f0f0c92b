"""Random small countries through the gate, one release or three after another, and an attack on what came out.

What is attacked is what the auditor has passed, after tables were held back where it did not. What it does not pass in
any way is not published, so it is no part of a chain; both are counted too.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.attacker import Attack, Broken, attack
from benchmarks.public_knowledge import Shown, sensitive
from benchmarks.small_countries import Country
from pipelines.disclosure.holding_back import hidden_before, released_beside
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.linked_tables import Flags, LinkedTables, Published
from pipelines.disclosure.national import national_release
from pipelines.disclosure.publishing import facts_of
from pipelines.errors import NotPublished

THRESHOLD = 5
CHAIN = 3
CELLS = 20
"""Of the sensitive counts of each release or chain so many are attacked, drawn at random."""

EVERY_CHAIN, EVERY_LEAKY = 3, 20
EVERY_TOLD = 20
REASON = "late deliveries"
WAYS = ("one release", "three, nothing changed", "three, with corrections", "small counts alone (leaky)")


@dataclass
class Told:
    """What became of the releases of one way. Of `held_back` some tables were hidden whole, as the auditor did not pass
    what the layers had chosen; `refused` were not published at all."""

    attacks: int = 0
    releases: int = 0
    held_back: int = 0
    refused: int = 0
    cells: int = 0
    sensitive: int = 0
    attacked: int = 0
    recovered: int = 0
    narrowed: int = 0
    mistaken: int = 0
    unsolved: int = 0

    def add(self, found: Attack) -> None:
        recovered = sum(each.is_recovered for each in found.broken)
        self.attacks += 1
        self.sensitive += found.sensitive
        self.attacked += found.attacked
        self.recovered += recovered
        mistaken = sum(each.is_mistaken for each in found.broken)
        self.narrowed += len(found.broken) - recovered - mistaken
        self.mistaken += mistaken
        self.unsolved += found.unsolved

    def __add__(self, other: Told) -> Told:
        return Told(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Told)))


@dataclass
class World:
    """What became of one country: by way, and what was broken of what the gate let through."""

    seed: int
    told: dict[str, Told]
    broken: list[Broken]


def world(seed: int) -> World:
    """One release; of some countries two more, a year later each."""
    random = np.random.default_rng(seed)
    country = Country.drawn(random)
    found = World(seed, {}, [])
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger")
        first = _published(country, 0, ledger, None, found, WAYS[0])
        if first.is_out:
            _attacked(found, WAYS[0], [first], random)
        if seed % EVERY_LEAKY == 0:
            _attack_leaky(found, first.tables, random)
        if seed % EVERY_CHAIN == 0:
            _chain(found, country, ledger, first, random)
    return found


def _chain(found: World, country: Country, ledger: Ledger, first: Release, random: np.random.Generator) -> None:
    is_late = bool(found.seed % (2 * EVERY_CHAIN))
    way = WAYS[2] if is_late else WAYS[1]
    shown: list[Release] = [first]
    for later in range(1, CHAIN):
        country = country.with_late_deliveries(random) if is_late else country
        shown.append(_published(country, later, ledger, REASON if is_late else None, found, way))
    _attacked(found, way, [each for each in shown if each.is_out], random)


@dataclass(frozen=True, eq=False)
class Release(Shown):
    """`is_out`: the auditor has passed it."""

    is_out: bool = True


def _published(country: Country, later: int, ledger: Ledger, reason: str | None, found: World, way: str) -> Release:
    run = country.run(later)
    national = national_release(run, run.as_of, country.reference, THRESHOLD)
    told = found.told.setdefault(way, Told())
    told.releases += 1
    told.cells += len(national.tables)
    with ledger.writing() as releases:
        try:
            out = released_beside(national.tables, national.hidden, national.belongs_to, releases, reason)
        except NotPublished:
            told.refused += 1
            return Release(Published.of(national.tables, national.hidden), national.tables, is_out=False)
        told.held_back += bool((out.hidden & ~national.hidden & ~hidden_before(national.tables, releases)).any())
        ledger.append(out.published, facts_of(out.published, run.as_of, reason))
    return Release(out.published, national.tables, is_correction=bool(reason))


def _attacked(found: World, way: str, releases: list[Release], random: np.random.Generator) -> None:
    made = attack(releases, random, at_most=CELLS)
    found.told.setdefault(way, Told()).add(made)
    found.broken += [each for each in made.broken if not each.is_mistaken]


def _attack_leaky(found: World, tables: LinkedTables, random: np.random.Generator) -> None:
    """The same country with nothing hidden but what is sensitive: the attacker must not come back empty-handed."""
    hidden: Flags = sensitive(tables)
    made = attack([Shown(Published.of(tables, hidden), tables)], random, at_most=CELLS)
    told = found.told.setdefault(WAYS[3], Told(releases=1, cells=len(tables)))
    told.add(made)


def attacked_worlds(seeds: Iterable[int]) -> list[World]:
    """On all processors, one world each at a time; how far it is, and what was broken, is told on the way."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    worlds: list[World] = []
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for each in pool.map(world, seeds, chunksize=4):
            worlds.append(each)
            if each.broken or len(worlds) % EVERY_TOLD == 0:
                print(f"{len(worlds)} countries, the last {each.seed}, broken in it {each.broken}", file=sys.stderr)
    return worlds


def measure(releases: int) -> list[str]:
    """The table for the README."""
    worlds = attacked_worlds(range(releases))
    told = {way: sum((each.told[way] for each in worlds if way in each.told), Told()) for way in WAYS}
    ours = [told[way] for way in WAYS[:3]]
    lost = sum(each.recovered + each.narrowed for each in ours)
    lines = [
        f"{releases:,} random releases of small countries in the shape of the real one, and {told[WAYS[1]].attacks} + "
        f"{told[WAYS[2]].attacks} chains of {CHAIN} successive releases, attacked with all that was shown: "
        f"**{lost} sensitive counts recovered or narrowed** of {sum(each.attacked for each in ours):,} (target: 0).",
        "",
        "| what was attacked | attacks | releases made | with tables held back | refused | cells | sensitive counts | "
        "of them attacked | recovered | narrowed | mistaken | without an answer |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
        *(_row(way, each) for way, each in told.items()),
        "",
        "The attacker is a plain linear and whole-number program for each value from 1 to 4, shares no code with the "
        "gate, and takes what a correction does not show to be otherwise for unchanged; where that was not so he is "
        "mistaken: he believes what is not so, or what he would not believe if he knew what had changed. With tables "
        "held back, something was hidden whole because the auditor did not pass what the "
        "layers had chosen. Releases of chains are those after the first; the sensitive counts are those of all three.",
    ]
    for each in worlds:
        lines += [f"Country {each.seed}: {broken.name} {broken.possible}" for broken in each.broken]
    return lines


def _row(way: str, told: Told) -> str:
    numbers = (
        told.attacks,
        told.releases,
        told.held_back,
        told.refused,
        told.cells,
        told.sensitive,
        told.attacked,
        told.recovered,
        told.narrowed,
        told.mistaken,
        told.unsolved,
    )
    return f"| {way} | {' | '.join(f'{number:,}' for number in numbers)} |"
