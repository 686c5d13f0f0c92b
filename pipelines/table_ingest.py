"""One canonical table on its way into the store: accepted once, set aside with its reason, or seen as a copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines import canonical
from pipelines.bucket_work import BY_BUCKET
from pipelines.buckets import KEYS_AT_ONCE, Buckets
from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE, Table
from pipelines.definitions.reference import Reference
from pipelines.identity import surrogate, with_surrogates
from pipelines.store import Writer

CONFLICT = "key"
BY_SOURCE: dict[str, pl.DataType] = {"source": pl.String(), "quarantined": pl.Int64(), "exact_duplicates": pl.Int64()}


@dataclass(frozen=True)
class Ingested:
    """Where the rows of one table went, as a whole and by the file that they came from."""

    read: int
    accepted: int
    quarantined: int
    exact_duplicates: int
    by_source: pl.DataFrame


class TableIngest:
    """One table on its way: what was delivered, the rules, and the rows whose keys occur more than once."""

    def __init__(
        self, table: Table, rows: pl.LazyFrame, reference: Reference, known: Mapping[str, pl.LazyFrame]
    ) -> None:
        self.table = table
        self.rows = rows
        self.delivered = dict(rows.collect_schema())
        self.rules = canonical.rules_of(table, self.delivered, reference)
        self.known = known

    def into(self, writer: Writer, buckets: Buckets) -> Ingested:
        """Accepted rows to the table, the others to quarantine."""
        read = self.rows.select(pl.len()).collect(engine="streaming").item()
        repeated = self._repeated_keys(writer, read)
        judged = self._judge_repeated(repeated)
        self._write(self._accepted_once(repeated), writer, buckets)
        if judged.accepted.height:
            self._write(judged.accepted.lazy(), writer, buckets)
        accepted = writer.rows(self.table.name).select(pl.len()).collect().item()
        quarantined = judged.quarantine
        if accepted + judged.exact_duplicates + quarantined.height < read:
            quarantined = pl.concat([quarantined, self._quarantined_once(repeated)])
        if quarantined.height:
            writer.write("quarantine", quarantined.lazy())
        by_source = _by_source(quarantined, judged.copies)
        return Ingested(read, accepted, quarantined.height, judged.exact_duplicates, by_source)

    def _key_hash(self) -> pl.Expr:
        parts = [self._key_part(name).hash(seed) for seed, name in enumerate(self.table.key)]
        combined = parts[0]
        for part in parts[1:]:
            combined = combined.xor(part)
        return combined.alias("_key_hash")

    def _key_part(self, name: str) -> pl.Expr:
        """The value of a key column as it is read; what cannot be read as it was delivered."""
        value = canonical.parsed(self.table.column(name), self.delivered[name])
        return pl.coalesce(value.cast(pl.String), pl.col(name).cast(pl.String))

    def _write(self, accepted: pl.LazyFrame, writer: Writer, buckets: Buckets) -> None:
        rows, whose = with_surrogates(accepted, self.table), BY_BUCKET.get(self.table.name)
        if whose:
            writer.write_buckets(self.table.name, rows, buckets, whose)
        else:
            writer.write(self.table.name, rows)

    def _repeated_keys(self, writer: Writer, read: int) -> pl.DataFrame:
        """Hashes of keys that occur more than once: 8 bytes a row, not the keys; candidates are judged exactly."""
        hashes = self.rows.select(self._key_hash())
        again = [_repeated(some) for some in writer.apart(hashes, "_key_hash", KEYS_AT_ONCE, read)]
        return pl.concat([pl.DataFrame(schema=hashes.collect_schema()), *again])

    def _accepted_once(self, repeated: pl.DataFrame) -> pl.LazyFrame:
        return canonical.accepted(
            self._with_references(self._without(repeated)), self.table, self.rules, self.delivered
        )

    def _without(self, repeated: pl.DataFrame) -> pl.LazyFrame:
        if repeated.is_empty():
            return self.rows
        return (
            self.rows.with_columns(self._key_hash()).join(repeated.lazy(), on="_key_hash", how="anti").drop("_key_hash")
        )

    def _with_references(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        surrogates = {
            column.name: surrogate(canonical.parsed(column, self.delivered[column.name]), column.identifier)
            for column in self.table.columns
            if column.identifier
        }
        return canonical.with_known_references(rows, self.table, self.known, surrogates)

    def _quarantined_once(self, repeated: pl.DataFrame) -> pl.DataFrame:
        judged = canonical.judged(self._with_references(self._without(repeated)), self.rules)
        return self._as_quarantine(judged.filter(pl.col(canonical.FAULTS).is_not_null())).collect(engine="streaming")

    def _judge_repeated(self, repeated: pl.DataFrame) -> Judged:
        """Rows with a repeated key: copies go, what breaks a rule goes, and contents that contradict each other go."""
        if repeated.is_empty():
            empty = pl.DataFrame(schema=self.table.schema)
            return Judged(empty, pl.DataFrame(schema=QUARANTINE), pl.DataFrame(schema=COPIES))
        rows = (
            self.rows.with_columns(self._key_hash()).join(repeated.lazy(), on="_key_hash", how="semi").drop("_key_hash")
        )
        all_rows = rows.sort(SOURCE, ROW).collect(engine="streaming")
        content = [name for name in all_rows.columns if name not in (SOURCE, ROW)]
        refused = [name for name in content if name.startswith(IDENTITY_FAULT)]
        if refused:  # whose number was refused is nobody known: such rows are copies of nothing
            is_refused = pl.any_horizontal(pl.col(refused).is_not_null())
            all_rows = all_rows.with_columns(pl.when(is_refused).then(pl.int_range(pl.len())).alias("_own"))
            content.append("_own")
        different = all_rows.unique(content, keep="first", maintain_order=True)
        judged = canonical.judged(self._with_references(different.lazy()), self.rules)
        typed = judged.with_columns(
            canonical.parsed(column, self.delivered[column.name]).alias(column.name) for column in self.table.columns
        ).collect()
        kept = typed.filter(pl.col(canonical.FAULTS).is_null()).sort(SOURCE, ROW)
        kept = kept.unique(self.table.column_names, keep="first", maintain_order=True)
        conflicting = pl.struct(self.table.key).is_duplicated()
        conflicts = kept.filter(conflicting).with_columns(
            pl.lit(f"{CONFLICT}:{'+'.join(self.table.key)}").alias(canonical.FAULTS)
        )
        faulty = typed.filter(pl.col(canonical.FAULTS).is_not_null())
        quarantine = pl.concat([self._as_quarantine(part.lazy()).collect() for part in (faulty, conflicts)])
        accepted = kept.filter(~conflicting)
        copies = _left(all_rows, accepted, quarantine)
        return Judged(accepted.select(self.table.column_names), quarantine, copies)

    def _as_quarantine(self, judged: pl.LazyFrame) -> pl.LazyFrame:
        judged_schema = judged.collect_schema()
        first = pl.col(canonical.FAULTS).str.split(";").list.first().str.split(":")
        others = pl.col(canonical.FAULTS).str.split(";").list.slice(1).list.join("; ")
        read = [canonical.parsed(self.table.column(name), judged_schema[name]) for name in self.table.key]
        shown = [part.cast(pl.String) for part in read]
        key = pl.concat_str(
            [pl.when(~canonical.looks_like_a_number(part)).then(part) for part in shown],
            separator="|",
            ignore_nulls=True,
        )
        return judged.select(
            pl.lit(self.table.name).alias("table"),
            pl.col(SOURCE).alias("source"),
            pl.col(ROW).alias("row_number"),
            key.alias("key"),
            first.list.first().alias("rule"),
            first.list.last().alias("column"),
            pl.when(others != "").then(others).alias("other_faults"),
        )


def _repeated(hashes: pl.LazyFrame) -> pl.DataFrame:
    ordered = hashes.collect(engine="streaming").to_series().sort()
    again = ordered.filter((ordered == ordered.shift(1)).fill_null(value=False))
    return again.unique().to_frame()


COPIES: dict[str, pl.DataType] = {"source": pl.String(), "copies": pl.Int64()}
QUARANTINE: dict[str, pl.DataType] = {
    "table": pl.String(),
    "source": pl.String(),
    "row_number": pl.Int64(),
    "key": pl.String(),
    "rule": pl.String(),
    "column": pl.String(),
    "other_faults": pl.String(),
}


@dataclass(frozen=True)
class Judged:
    """The verdict on rows with repeated keys."""

    accepted: pl.DataFrame
    quarantine: pl.DataFrame
    copies: pl.DataFrame

    @property
    def exact_duplicates(self) -> int:
        """Rows that say again what another row says."""
        return int(self.copies["copies"].sum())


def _left(all_rows: pl.DataFrame, accepted: pl.DataFrame, quarantine: pl.DataFrame) -> pl.DataFrame:
    """Per source the rows that are neither accepted nor set aside: copies of one that is."""
    counts = [
        all_rows.select(pl.col(SOURCE).alias("source"), pl.lit(1).alias("copies")),
        accepted.select(pl.col(SOURCE).alias("source"), pl.lit(-1).alias("copies")),
        quarantine.select("source", pl.lit(-1).alias("copies")),
    ]
    summed = pl.concat(counts).group_by("source").agg(pl.col("copies").cast(pl.Int64).sum())
    return summed.filter(pl.col("copies") != 0)


def _by_source(quarantined: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    if quarantined.is_empty() and copies.is_empty():
        return pl.DataFrame(schema=BY_SOURCE)
    refused = quarantined.group_by("source").agg(pl.len().cast(pl.Int64).alias("quarantined"))
    both = refused.join(copies.rename({"copies": "exact_duplicates"}), on="source", how="full", coalesce=True)
    return both.select("source", pl.col("quarantined", "exact_duplicates").fill_null(0))
