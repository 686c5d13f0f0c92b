"""The work on one bucket, from files to files: whoever is given it needs the store's folder and nothing else.

Done twice, it leaves the same files: the work of somebody who was lost is given to somebody else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import polars as pl

from pipelines.addresses import Place
from pipelines.as_of import known_on
from pipelines.bucket import Bucket, Pregnancies, held, with_municipality_type
from pipelines.buckets import Buckets
from pipelines.cells import CELL, merged
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import table_named
from pipelines.obligations import follow_up
from pipelines.residence import spells
from pipelines.table_files import all_plain, written_to

OF_CHILDREN = ("children_in_view", "residences", "contacts", "support_records")
OF_PREGNANCIES = "pregnancies"
BY_BUCKET = {**dict.fromkeys(OF_CHILDREN, "child_id"), OF_PREGNANCIES: "pregnancy_id"}
"""Tables that are many rows, and whose bucket a row is in. All that is known beside them is few rows."""

KNOWN_ABOUT = {
    "evidence": "child_id",
    "exposed": "child_id",
    "handovers_about": "child_id",
    "exposures": "pregnancy_id",
    "handovers": "pregnancy_id",
}
"""What is few rows, by whom they are about."""

CELLS_TOGETHER = 50_000
"""Cells are read some measures at a time: in order, and in row groups small enough to leave the others unread."""

RESULTS = ("obligations", "gaps", "cells")


@dataclass(frozen=True)
class Work:
    """What all buckets share. `files` has the files of each table of BY_BUCKET, `few` the folder of what is few rows;
    parts of the tables of RESULTS are written to folders of their names in `staging`."""

    staging: Path
    run_id: str
    buckets: Buckets
    files: Mapping[str, tuple[Place, ...]]
    few: Path
    reference: Reference
    as_of: date

    def rows(self, name: str, at: int) -> pl.LazyFrame:
        """The rows of a bucket as they were known."""
        rows = self.buckets.rows(self.files[name], at, BY_BUCKET[name])
        typed = with_municipality_type(rows, self.reference)
        return typed if name == "children_in_view" else known_on(typed, table_named(name), self.as_of)

    def known(self, name: str) -> pl.LazyFrame:
        """What is known beside the rows."""
        return pl.scan_parquet(self.few / f"{name}.parquet")

    def known_here(self, name: str, at: int) -> pl.LazyFrame:
        """Of that, what is about the children or pregnancies of a bucket: held, for all its slices read it."""
        return held(self.known(name).filter(self.buckets.number(KNOWN_ABOUT[name]) == at))

    def children(self, at: int) -> Bucket:
        """The children of a bucket."""
        return Bucket(
            children=self.rows("children_in_view", at),
            spells=spells(self.rows("residences", at)),
            contacts=follow_up.in_schedule(self.rows("contacts", at), self.reference),
            support_records=self.rows("support_records", at),
            evidence=self.known_here("evidence", at),
            exposed=self.known_here("exposed", at),
            handovers_about=self.known_here("handovers_about", at),
            reference=self.reference,
            as_of=self.as_of,
        )

    def pregnancies(self, at: int) -> Pregnancies:
        """The pregnancies of a bucket."""
        return Pregnancies(
            pregnancies=self.rows(OF_PREGNANCIES, at),
            exposures=self.known_here("exposures", at),
            handovers=self.known_here("handovers", at),
            mother_diagnoses=held(self.known("mother_diagnoses")),
            treatments=held(self.known("treatments")),
            reference=self.reference,
            as_of=self.as_of,
        )


@dataclass(frozen=True)
class Followed:
    """A bucket that is done: its files by table, and how many obligations they hold."""

    at: int
    files: Mapping[str, tuple[Path, ...]]
    obligations: int


def follow_bucket(work: Work, at: int) -> Followed:
    """Obligations, gaps and cells of the children and the pregnancies of a bucket, slice after slice."""
    children, pregnancies = work.children(at), work.pregnancies(at)
    files: dict[str, list[Path]] = {name: [] for name in RESULTS}
    cells, rows = [], 0
    parts: Iterator[Bucket | Pregnancies] = chain(children.parts(work.buckets), pregnancies.parts(work.buckets))
    for number, part in enumerate(parts):
        obligations = held(part.obligations())
        rows += obligations.select(pl.len()).collect().item()
        files["obligations"].append(_part(work, at, "obligations", number, obligations))
        files["gaps"].append(_part(work, at, "gaps", number, part.gaps(obligations)))
        cells.append(part.cells(obligations))
    files["cells"].append(_part(work, at, "cells", 0, merged(cells).sort(CELL), row_group_size=CELLS_TOGETHER))
    return Followed(at, {name: tuple(parts) for name, parts in files.items()}, rows)


def _part(work: Work, at: int, table: str, number: int, rows: pl.LazyFrame, row_group_size: int | None = None) -> Path:
    """Written beside and moved to its place: a part is there whole, or not at all."""
    place = work.staging / table / f"{work.run_id}-{number}{work.buckets.mark(at)}"
    beside = work.few / f"{uuid.uuid4().hex}.parquet"
    written_to(beside, all_plain(rows), row_group_size)
    place.parent.mkdir(exist_ok=True)
    return beside.replace(place)
