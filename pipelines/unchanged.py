"""Which buckets the earlier run has already worked out: those whose rows, and what is known beside them, are the same.

A delivery is read whole; obligations are made again only for the buckets whose children or pregnancies it touches.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines import objects
from pipelines.addresses import Place, name_of
from pipelines.bucket_work import BY_BUCKET, RESULTS, Followed, Work
from pipelines.store import Snapshot

TABLE = "bucket_contents"
SCHEMA: dict[str, pl.DataType] = {"bucket": pl.Int64(), "buckets": pl.Int64(), "contents": pl.String()}
OF_A_CHILD = ("evidence", "exposed", "handovers_about")
OF_A_PREGNANCY = ("exposures", "handovers")
OF_MOTHERS = ("mother_diagnoses", "treatments")
"""Whose pregnancy these are about is not looked up: where one of them changes, every bucket is worked out again."""


def contents(work: Work, made_by: str) -> pl.DataFrame:
    """For each bucket a hash of everything that its results depend on; the order of rows does not matter.

    `made_by` stands for what all buckets share: code, definitions and the as-of date.
    """
    known = {name: _by_bucket(work, name, "child_id") for name in OF_A_CHILD}
    known |= {name: _by_bucket(work, name, "pregnancy_id") for name in OF_A_PREGNANCY}
    shared = [made_by, pl.__version__, *(str(_sum_of(work.known(name))) for name in OF_MOTHERS)]
    rows = [
        (at, work.buckets.count, _digest([*shared, *_own(work, at), *(str(said.get(at)) for said in known.values())]))
        for at in range(work.buckets.count)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _own(work: Work, at: int) -> Iterator[str]:
    for name, column in BY_BUCKET.items():
        yield f"{name} {_sum_of(work.buckets.rows(work.files[name], at, column))}"


def _sum_of(rows: pl.LazyFrame) -> tuple[int, int]:
    """Rows, and the sum of their hashes: a row more or less, or another value, and it is another sum."""
    counted = rows.select(pl.len(), _hash().sum().alias("hashes")).collect(engine="streaming")
    return counted.row(0)


def _by_bucket(work: Work, name: str, column: str) -> Mapping[int, tuple[int, int]]:
    counted = (
        work.known(name)
        .group_by(work.buckets.number(column).alias("bucket"))
        .agg(pl.len(), _hash().sum().alias("hashes"))
        .collect(engine="streaming")
    )
    return {bucket: (rows, hashes) for bucket, rows, hashes in counted.iter_rows()}


def _hash() -> pl.Expr:
    return pl.struct(pl.all().to_physical()).hash()


def _digest(parts: list[str]) -> str:
    """In capital letters: nothing that looks like a pseudonym stands where none is."""
    return base64.b32encode(hashlib.blake2b("\n".join(parts).encode(), digest_size=20).digest()).decode()


@dataclass(frozen=True)
class Earlier:
    """What the last run has left, if it can be used."""

    snapshot: Snapshot | None

    def same(self, now: pl.DataFrame) -> list[int]:
        """The buckets with the same contents as then."""
        if self.snapshot is None or TABLE not in self.snapshot.versions:
            return []
        then = self.snapshot.table(TABLE).collect()
        return now.join(then, on=list(SCHEMA), how="semi")["bucket"].to_list()

    def taken_over(self, work: Work, buckets: list[int]) -> Iterator[Followed]:
        """The results of these buckets as parts of this run: other names of the same files, which nobody changes;
        from object storage, which has no second names, copies of them."""
        if self.snapshot is None or not buckets:
            return
        files = {name: self.snapshot.files(name) for name in RESULTS}
        for at in buckets:
            mark = work.buckets.mark(at)
            own = {
                name: [file for file in of_table if name_of(file).endswith(mark)] for name, of_table in files.items()
            }
            taken = {name: tuple(_linked(file, work, name) for file in of_bucket) for name, of_bucket in own.items()}
            yield Followed(at, taken, _height(taken["obligations"]))


def _linked(file: Place, work: Work, table: str) -> Path:
    folder = work.staging / table
    folder.mkdir(exist_ok=True)
    place = folder / f"{work.run_id}-{name_of(file).split('-', 1)[1]}"
    if isinstance(file, Path):
        os.link(file, place)
    else:
        objects.download(file, place)
    return place


def _height(files: tuple[Path, ...]) -> int:
    return int(pl.scan_parquet(list(files), glob=False).select(pl.len()).collect().item()) if files else 0
