"""Which buckets the earlier run has already worked out: those whose rows, and what is known beside them, are the same.

Obligations are made again only for the buckets whose children or pregnancies a delivery touches.
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
from pipelines.bucket_work import BY_BUCKET, KNOWN_ABOUT, RESULTS, Followed, Work
from pipelines.buckets import Buckets
from pipelines.store import Snapshot, Writer

TABLE = "bucket_contents"
SCHEMA: dict[str, pl.DataType] = {
    "bucket": pl.Int64(),
    "buckets": pl.Int64(),
    "table": pl.String(),
    "contents": pl.String(),
}
BESIDE = "beside"
"""In the place of a table: what is known beside the rows of a bucket, and what all buckets share."""

OF_MOTHERS = ("mother_diagnoses", "treatments")
"""Whose pregnancy these are about is not looked up: where one of them changes, every bucket is worked out again."""


def contents(work: Work, made_by: str, known: pl.DataFrame) -> pl.DataFrame:
    """For each bucket and table a hash of the rows that its results depend on; their order does not matter.

    `made_by` stands for what all buckets share: code, definitions and the as-of date. `known`: such rows of tables that
    are those of an earlier run; they are not looked at again.
    """
    looked_at = [name for name in BY_BUCKET if name not in set(known["table"])]
    beside = _beside(work, made_by)
    rows = [
        (at, work.buckets.count, name, told)
        for at in range(work.buckets.count)
        for name, told in [(BESIDE, beside[at]), *((name, _of_table(work, at, name)) for name in looked_at)]
    ]
    return pl.concat([pl.DataFrame(rows, schema=SCHEMA, orient="row"), known.select(list(SCHEMA))])


def _beside(work: Work, made_by: str) -> list[str]:
    known = {name: _by_bucket(work, name, column) for name, column in KNOWN_ABOUT.items()}
    shared = [made_by, pl.__version__, *(str(_sum_of(work.known(name))) for name in OF_MOTHERS)]
    return [_digest([*shared, *(str(said.get(at)) for said in known.values())]) for at in range(work.buckets.count)]


def _of_table(work: Work, at: int, name: str) -> str:
    return _digest([str(_sum_of(work.buckets.rows(work.files[name], at, BY_BUCKET[name])))])


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

    def contents(self) -> pl.DataFrame:
        """Of each bucket and table, as that run has found them; no rows where it did not look."""
        if self.snapshot is None or TABLE not in self.snapshot.versions:
            return pl.DataFrame(schema=SCHEMA)
        then = self.snapshot.table(TABLE).collect()
        return then if then.schema == pl.Schema(SCHEMA) else pl.DataFrame(schema=SCHEMA)

    def contents_of_shared(self, writer: Writer, buckets: Buckets) -> pl.DataFrame:
        """Of the tables that this run has in the same version as that one, in as many buckets."""
        if self.snapshot is None:
            return self.contents()
        shared = [name for name in BY_BUCKET if writer.shares(name, self.snapshot)]
        return self.contents().filter(pl.col("table").is_in(shared), pl.col("buckets") == buckets.count)

    def same(self, now: pl.DataFrame) -> list[int]:
        """The buckets with the same contents as then."""
        others = now.join(self.contents(), on=list(SCHEMA), how="anti")
        return sorted(set(now["bucket"]) - set(others["bucket"]))

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
