"""A store of a sample with all published tables, as leaders and analysts open it.

Shares of municipalities are made up, and what is told beside them is what its part of the gate wishes to tell: the
auditor, who takes minutes, has tests of its own and has not looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
from figure_frames import OF_SHARES, share_row
from published_frames import country

from pipelines.definitions.reference import Reference
from pipelines.disclosure.beside_counts import beside_counts
from pipelines.disclosure.publishing import TAKEN_OVER
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Store
from sample_data.sample import make_sample

AS_OF = date(2026, 9, 30)
CHILDREN = 12_000
"""So many that each table has figures: costs need 20 children in every pathway."""

THRESHOLD = 5


def published_store(folder: Path, children: int = CHILDREN) -> Path:
    """Sample, run, and what is published of it."""
    make_sample(folder / "sample", children=children, seed=1, as_of=AS_OF, forms=("canonical",))
    store, reference = Store(folder / "store"), Reference.load()
    made = run(store, Source(canonical=folder / "sample" / "canonical"), AS_OF, reference, Progress()).snapshot
    beside = beside_counts(made, AS_OF, reference, THRESHOLD)
    told = beside.participation.select("programme", "period").unique()
    tables = made_up_shares() | beside.published(beside.protected.hidden, told)
    with store.writing() as writer:
        for name, rows in tables.items():
            writer.write(name, rows)
        writer.commit(kind="publish", fingerprint="wished", **{name: made.run[name] for name in TAKEN_OVER})
    return folder / "store"


def published_otherwise(store: Path, folder: Path, changed: Mapping[str, pl.LazyFrame | None]) -> Path:
    """What a store has published last with other tables in their place; without those that are None."""
    published = Store(store).last("publish")
    assert published is not None
    tables = {name: published.table(name) for name in published.versions} | changed
    with Store(folder).writing() as writer:
        for name, rows in tables.items():
            if rows is not None:
                writer.write(name, rows)
        writer.commit(kind="publish", fingerprint="other", **{name: published.run[name] for name in TAKEN_OVER})
    return folder


def made_up_shares() -> dict[str, pl.LazyFrame]:
    """Of a made-up country, with twelve quarters in which handing over falls from 30 to 15 of 40."""
    of_country = ("handed_over", "country", "country", "quarter")
    names = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
    quarters = [share_row(*of_country, name, part=30 if at < 8 else 15, whole=40) for at, name in enumerate(names)]
    made_up = country().tables
    shares = pl.concat([made_up["published_shares"], pl.DataFrame(quarters, schema=OF_SHARES)])
    return {"published_shares": shares.lazy(), "published_continuity": made_up["published_continuity"].lazy()}
