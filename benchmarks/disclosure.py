"""The gate: attacks on random releases, how long the national release takes, and how much of it stays to be read.

`python -m benchmarks.disclosure [--releases N] [--stores DEMO LARGE] [--others PYTHON]`. Something is published from the
stores: give copies.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import attacks, single_tables
from pipelines.definitions.reference import Reference
from pipelines.disclosure.linked_tables import LinkedTables
from pipelines.disclosure.national import NationalRelease, national_release
from pipelines.disclosure.utility import Usefulness
from pipelines.store import Store

RELEASES = 1_000
THRESHOLD = 5
MINUTES, GIGABYTES, KEPT = 5, 4.0, 0.70
KINDS = {"place": r"\|(?:[a-z_]+/)?([a-z_]+):", "period": r"\|(quarter|year|three_years):"}


def measure(folder: Path, stores: dict[str, Path], others: Path | None = None, releases: int = RELEASES) -> list[str]:
    """The tables for the README. `stores`: the demo's first, each with a finished run. `others`: a Python that has
    pytauargus, which the project does not depend on."""
    lines = [*attacks.measure(releases), ""]
    lines += [
        f"`roedtraad publish`, from the start of Python to the published tables (targets: under {MINUTES} minutes and "
        f"{GIGABYTES:g} GB):",
        "",
        "| store | children | cells | release s | audit s | wall s | CPU s | peak GB |",
        "|---|---|---|---|---|---|---|---|",
        *(_speed(name, store) for name, store in stores.items()),
        "",
    ]
    nationals = {name: _national(store) for name, store in stores.items()}
    for name, national in nationals.items():
        lines += [*_usefulness(name, national), ""]
    return [*lines, *single_tables.measure(folder, next(iter(nationals.values())), others)]


def _speed(name: str, store: Path) -> str:
    from benchmarks.__main__ import measured, roedtraad

    process = measured(roedtraad("publish", "--quiet", "--store", store))
    published = Store(store).last("publish")
    if published is None:
        raise SystemExit(f"{name}: nothing was published")
    stages = json.loads(published.run["stages"])
    children = Store(store).snapshot().table("children_in_view").select("child_id").collect(engine="streaming").height
    seconds = f"{stages['release']['seconds']:.1f} | {stages['gate']['seconds']:.1f}"
    whole = f"{process.wall:.1f} | {process.cpu:.1f} | {process.peak_gb:.2f}"
    return f"| {name} | {children:,} | {stages['release']['rows']:,} | {seconds} | {whole} |"


def _national(store: Path) -> NationalRelease:
    run = Store(store).last("run")
    if run is None:
        raise SystemExit("no run has finished in the store")
    return national_release(run, run.run["as_of"], Reference.load(), THRESHOLD)


def _usefulness(name: str, national: NationalRelease) -> list[str]:
    """Cells with a denominator of at least 5 that stay: in all, and by kind of place and of period."""
    tables, hidden = national.tables, national.hidden
    whole = Usefulness.of(tables, hidden)
    kept = whole.protected.of_publishable or 0.0
    missed = "" if kept >= KEPT else ", missed"
    lines = [
        f"Of the {name}'s release {kept:.1%} of the cells with a denominator of at least {THRESHOLD} stay (target: at "
        f"least {KEPT:.0%}{missed}):",
        "",
        "| cells | in all | publishable | stay | with small counts alone hidden (leaky) |",
        "|---|---|---|---|---|",
        _row("all", whole),
    ]
    for kind, among in _kinds(tables).items():
        lines.append(_row(kind, Usefulness.of(tables, hidden, among)))
    return lines


def _kinds(tables: LinkedTables) -> dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Cells by kind of place, by kind of period, and by both, as their names say."""
    names = pl.Series(tables.names)
    kinds = {kind: names.str.extract(pattern).fill_null("other") for kind, pattern in KINDS.items()}
    place, period = kinds["place"], kinds["period"]
    found = {each: place == each for each in place.unique().sort()}
    found |= {each: period == each for each in period.unique().sort()}
    found |= {f"{p}, {q}": (place == p) & (period == q) for p in place.unique().sort() for q in period.unique().sort()}
    return {name: flags.to_numpy() for name, flags in found.items() if flags.any()}


def _row(name: str, usefulness: Usefulness) -> str:
    protected, primary = usefulness.protected, usefulness.primary_only
    shares = [
        f"{share:.1%}" if share is not None else "–" for share in (protected.of_publishable, primary.of_publishable)
    ]
    return f"| {name.replace('_', ' ')} | {protected.cells:,} | {protected.publishable:,} | {' | '.join(shares)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=RELEASES)
    parser.add_argument("--stores", type=Path, nargs="*", default=[])
    parser.add_argument("--others", type=Path, help="a Python with pytauargus")
    given = parser.parse_args()
    stores = dict(zip(("demo", "country"), given.stores, strict=False))
    if not stores:
        print("\n".join(attacks.measure(given.releases)))
        return
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(measure(Path(folder), stores, given.others, given.releases)))


if __name__ == "__main__":
    main()
