"""The gate: attacks on random releases, how long the national release takes, and how much of it stays to be read.

`python -m benchmarks.disclosure [--releases N] [--stores DEMO LARGE] [--others PYTHON]`. Something is published from
the stores: give copies.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import attacks, single_tables
from benchmarks.attacker import attack
from benchmarks.public_knowledge import Shown
from pipelines.definitions.reference import Reference
from pipelines.disclosure.linked_tables import Published
from pipelines.disclosure.national import FIGURE, NationalRelease, national_release
from pipelines.disclosure.utility import Usefulness
from pipelines.store import Store

RELEASES = 1_000
THRESHOLD = 5
ATTACKED, LARGEST = 1_000, 1_000
MINUTES, GIGABYTES, KEPT = 5, 4.0, 0.70
PLACES = ("country", "region", "municipality")


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
        lines += [_attacked(name, national), "", *_usefulness(name, national), ""]
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


def _attacked(name: str, national: NationalRelease) -> str:
    """A part of the release, for the whole of it is the auditor's."""
    shown = Shown(Published.of(national.tables, national.hidden), national.tables)
    made = attack([shown], np.random.default_rng(0), at_most=ATTACKED, largest=LARGEST)
    return (
        f"Of the {name}'s release {made.attacked:,} of {made.sensitive:,} sensitive counts were attacked (drawn at "
        f"random, from parts with at most {LARGEST:,} unknowns): **{len(made.broken)} recovered or narrowed**."
    )


def _usefulness(name: str, national: NationalRelease) -> list[str]:
    """Cells with a denominator of at least 5 that stay, and figures: in all, and by kind of place and of period."""
    whole = Usefulness.of(national.tables, national.hidden)
    kept, leaky = whole.protected.of_publishable or 0.0, whole.primary_only.of_publishable or 0.0
    missed = "" if kept >= KEPT else ", missed"
    figures = _publishable(national)
    return [
        f"Of the {name}'s release {kept:.1%} of the {whole.protected.publishable:,} cells with a denominator of at "
        f"least {THRESHOLD} stay (target: at least {KEPT:.0%}{missed}); with nothing hidden but small counts, which "
        f"leaks, {leaky:.1%}. Figures that readers may ask for are more than cells: years of municipalities are cells "
        "only where they are shown, and rolling windows are none. Figures with a denominator of at least 5 that are "
        "shown:",
        "",
        "| place | period | figures of at least 5 | shown | with small counts alone hidden (leaky) |",
        "|---|---|---|---|---|",
        _row("all", "all", figures),
        *(_row(place, "all", rows) for (place,), rows in figures.group_by("place", maintain_order=True)),
        *(_row("all", period, rows) for (period,), rows in figures.group_by("period", maintain_order=True)),
        *(
            _row(place, period, rows)
            for (place, period), rows in figures.group_by("place", "period", maintain_order=True)
        ),
    ]


def _publishable(national: NationalRelease) -> pl.DataFrame:
    """`place, period, is_told, is_sensitive` of every figure whose denominator, or else itself, is at least 5."""
    own = pl.when("has_share").then("denominator").otherwise("count")
    is_everyone = pl.col("has_share") & (pl.col("count") == pl.col("denominator"))
    rows = [
        national.obligations(national.hidden).select("group_kind", pl.col("period_kind"), *FIGURE),
        national.thread(national.hidden).select(
            "group_kind", pl.col("birth_period_kind").alias("period_kind"), *FIGURE
        ),
    ]
    return (
        pl.concat(rows)
        .filter(own >= THRESHOLD)
        .select(
            pl.when(pl.col("group_kind").is_in(PLACES)).then("group_kind").otherwise(pl.lit("trait")).alias("place"),
            pl.col("period_kind").alias("period"),
            "is_told",
            (pl.col("count").is_between(1, THRESHOLD - 1) | is_everyone).alias("is_sensitive"),
        )
        .sort("place", "period")
    )


def _row(place: object, period: object, figures: pl.DataFrame) -> str:
    shares = figures.select(pl.col("is_told").mean(), 1 - pl.col("is_sensitive").mean()).row(0)
    kinds = (str(kind).replace("_", " ") for kind in (place, period))
    return f"| {' | '.join(kinds)} | {figures.height:,} | {shares[0]:.1%} | {shares[1]:.1%} |"


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
