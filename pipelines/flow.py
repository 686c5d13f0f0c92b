"""The story in one place: delivery -> canonical -> linked -> evidence -> obligations -> counts -> store.

The only file that composes stages with files and the store.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import polars as pl

from pipelines import counts as counts_stage
from pipelines import obligations as obligations_stage
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import CONTRACT_VERSION, TABLE_NAMES
from pipelines.errors import StoreIsEmpty, UserError
from pipelines.guidance import of_store as guidance
from pipelines.identity import Pseudonyms, read_secret, throw_away_secret
from pipelines.in_memory import run_in_memory
from pipelines.ingest import INGESTED_BESIDE, ingest
from pipelines.linkage import linkage_quality
from pipelines.progress import Progress
from pipelines.records import Records
from pipelines.sources.canonical_folder import read_canonical_folder
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declared_source import read_declared_source
from pipelines.sources.delivery import Delivery
from pipelines.store import OF_RETURNS, Snapshot, Store, Writer
from pipelines.thread import Thread, held, with_municipality_type

__all__ = ["Outcome", "Source", "ingest_into", "key_with_pseudonyms", "run", "run_in_memory"]

INGESTED = (*TABLE_NAMES, *INGESTED_BESIDE)
CHILDREN_PER_BUCKET = 250_000
"""Buckets of children bound the memory: about 1.5 GB for one of this size with all its follow-up."""

THROW_AWAY_SECRET = "throw-away-secret"  # noqa: S105 - a file name


Gate = Callable[[Mapping[str, pl.LazyFrame], pl.LazyFrame, date], None]
"""Canonical tables by name, identities and the as-of date: raises a UserError when no figures may be made of them."""


@dataclass(frozen=True)
class Outcome:
    """The store after a command, and whether the command changed it."""

    snapshot: Snapshot
    is_new: bool


@dataclass(frozen=True)
class Source:
    """What the user pointed at: a canonical folder, a declared source, or neither (what the store holds)."""

    canonical: Path | None = None
    declared: Path | None = None

    @property
    def is_the_store(self) -> bool:
        """Nothing new is delivered."""
        return self.canonical is None and self.declared is None


@cache
def code_version() -> str:
    """Package version and a hash of the pipeline's own code: another code, another run."""
    digest = hashlib.blake2b(digest_size=4)
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return f"{version('roedtraad')}+{digest.hexdigest()}"


def ingest_into(store: Store, source: Source, reference: Reference, progress: Progress) -> Outcome:
    """Only the canonical tables, their quarantine and accounting; a later `run` without a source starts from them."""
    with store.writing() as writer:
        earlier = _earlier(store, reference)
        delivery = _delivery(source, writer, reference, progress)
        fingerprint = _fingerprint(delivery, reference)
        if earlier and earlier.run["canonical_fingerprint"] == fingerprint:
            return Outcome(earlier, is_new=False)
        ingest(delivery, writer, reference, progress)
        guidance.keep(store.folder)
        return Outcome(
            writer.commit(
                kind="ingest",
                canonical_fingerprint=fingerprint,
                **_facts(reference, progress),
                **_facts_of(delivery),
            ),
            is_new=True,
        )


def run(
    store: Store,
    source: Source,
    as_of: date,
    reference: Reference,
    progress: Progress,
    gate: Gate | None = None,
) -> Outcome:
    """The main job. The same inputs, reference files, code and as-of date make no new version.

    `gate` sees the canonical rows before figures are made; when it raises, nothing is kept and the last version stays.
    """
    if source.is_the_store and store.last("run", "ingest") is None:
        raise StoreIsEmpty(f"{store.folder} holds no records yet", to_do="Give --canonical DIR or --source TOML.")
    with store.writing() as writer:
        earlier = _earlier(store, reference)
        if source.is_the_store and earlier is not None:
            delivery, canonical, facts = None, earlier.run["canonical_fingerprint"], _facts_again(earlier)
        else:
            delivery = _delivery(source, writer, reference, progress)
            canonical, facts = _fingerprint(delivery, reference), _facts_of(delivery)
        fingerprint = fingerprint_of_run(canonical, reference.version, code_version(), as_of)
        last_run = store.last("run")
        if last_run and last_run.run["fingerprint"] == fingerprint:
            return Outcome(last_run, is_new=False)
        if earlier and (delivery is None or earlier.run["canonical_fingerprint"] == canonical):
            writer.keep(earlier, *INGESTED)
            read = earlier.table
        elif delivery:
            ingest(delivery, writer, reference, progress)
            read = writer.written
        tables = {name: read(name) for name in TABLE_NAMES}
        if gate:
            with progress.stage("critical checks"):
                gate(tables, read("identities"), as_of)
        follow_the_thread(Records.of(tables), reference, as_of, writer, progress)
        guidance.keep(store.folder)
        return Outcome(
            writer.commit(
                kind="run",
                as_of=as_of,
                canonical_fingerprint=canonical,
                fingerprint=fingerprint,
                **_facts(reference, progress),
                **facts,
            ),
            is_new=True,
        )


def _earlier(store: Store, reference: Reference) -> Snapshot | None:
    """The last run or ingest, which must have been about the same target group, and made of rows."""
    earlier = store.last("run", "ingest")
    if earlier and OF_RETURNS in earlier.versions:
        to_do = "Give another --store for rows; returns are added with `roedtraad return combine`."
        raise UserError("This store is made from returns of municipalities", to_do=to_do)
    guidance.require_same_group(earlier.run["reference_version"] if earlier else None, reference, store.folder)
    return earlier


def follow_the_thread(records: Records, reference: Reference, as_of: date, writer: Writer, progress: Progress) -> None:
    """Evidence, obligations, gaps, counts and continuity, written to the next version of the store."""
    thread = Thread.follow(records, reference, as_of)
    with progress.stage("links") as stage:
        links = pl.scan_parquet(writer.write("links", thread.links))
        writer.write("linkage_quality", _linkage_quality(links, records, reference))
        children = pl.scan_parquet(writer.write("children_in_view", thread.children))
        stage.rows = _height(children)
    with progress.stage("evidence") as stage:
        known = thread.with_children(with_municipality_type(children, reference))
        writer.write("evidence", known.evidence)
        writer.write("exposed", known.exposed)
        stage.rows = _height(known.evidence)
    with progress.stage("obligations") as stage:
        cells = _obligations(known, writer)
        stage.rows = _height(writer.written("obligations"))
    with progress.stage("counts") as stage:
        quarters = held(counts_stage.quarterly(held(cells), reference))
        writer.write("counts", counts_stage.counts(quarters))
        writer.write("counts_by_group", counts_stage.counts_by_group(quarters, as_of))
        stage.rows = _height(writer.written("counts_by_group"))
    with progress.stage("continuity") as stage:
        writer.write("continuity", known.continuity(writer.written("gaps")))
        stage.rows = _height(writer.written("continuity"))


def _linkage_quality(links: pl.LazyFrame, records: Records, reference: Reference) -> pl.LazyFrame:
    return linkage_quality(
        links, records.children, records.residences, records.pregnancies, records.exposures, reference
    )


def _obligations(thread: Thread, writer: Writer) -> pl.LazyFrame:
    """Bucket after bucket of children, then the pregnancies: obligations, their gaps, and the cells they count in."""
    buckets = _buckets(_height(thread.children))
    parts = []
    for at in range(buckets):
        some = thread.bucket(at, buckets)
        obligations = _written(some.obligations_of_children(), some, writer)
        parts.append(some.cells_of_children(obligations))
    of_pregnancies = _written(thread.obligations_of_pregnancies(), thread, writer)
    parts.append(thread.cells_of_pregnancies(of_pregnancies))
    return counts_stage.merged(parts)


def _written(obligations: pl.LazyFrame, thread: Thread, writer: Writer) -> pl.LazyFrame:
    """Obligations worked out once, kept in memory for the counts, with their gaps written beside them."""
    rows = held(obligations)
    writer.write("obligations", rows)
    gaps = obligations_stage.gaps(rows, thread.children, thread.view.support_records, thread.as_of)
    writer.write("gaps", gaps)
    return rows


def _buckets(children: int) -> int:
    """The power of two that keeps a bucket below its size."""
    buckets = 1
    while children > buckets * CHILDREN_PER_BUCKET:
        buckets *= 2
    return buckets


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect(engine="streaming").item())


def _delivery(source: Source, writer: Writer, reference: Reference, progress: Progress) -> Delivery:
    with progress.stage("read") as stage:
        if source.declared is not None:
            delivery = _declared_delivery(source.declared, writer, reference)
        else:
            delivery = read_canonical_folder(source.canonical or Path())
        stage.rows = sum(one.rows_read for one in delivery.reading.accounts) if delivery.reading else 0
    return delivery


def _declared_delivery(file: Path, writer: Writer, reference: Reference) -> Delivery:
    configuration = read_configuration(file)
    if configuration.secret_file is None and configuration.is_demo:
        secret = throw_away_secret(writer.store.folder / THROW_AWAY_SECRET)
    else:
        secret = read_secret(configuration.secret_file)
    staging = writer.staging / "delivered"
    staging.mkdir()
    pseudonyms = Pseudonyms(secret, test_numbers_only=configuration.is_demo)
    return read_declared_source(configuration, pseudonyms, staging, reference)


def key_with_pseudonyms(key: Path, store: Store) -> pl.LazyFrame:
    """An answer key with the ids of the store's last run: persons' test numbers become pseudonyms under its secret."""
    rows = _read_key(key)
    numbers = rows["child_id"].drop_nulls()
    secret_file = store.folder / THROW_AWAY_SECRET
    if not secret_file.exists() or not numbers.str.contains(r"^\d{6}").any():
        return rows.lazy()
    made = Pseudonyms(read_secret(secret_file), test_numbers_only=True).of(numbers)
    names = made.select(pl.col("number").alias("child_id"), "pseudonym").lazy()
    is_the_child = pl.col("subject_id") == pl.col("child_id")
    return (
        rows.lazy()
        .join(names, on="child_id", how="left")
        .with_columns(
            pl.when(is_the_child).then("pseudonym").otherwise("subject_id").alias("subject_id"),
            pl.col("pseudonym").alias("child_id"),
        )
        .drop("pseudonym")
    )


def _read_key(key: Path) -> pl.DataFrame:
    columns = ["child_id", "pregnancy_id", "kind", "subject_id", "status", "reason"]
    try:
        return pl.read_parquet(key, columns=columns)
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise UserError(f"{key.name} is no answer key", to_do="Give the one that `roedtraad sample` wrote.") from fault


def digest(parts: list[str]) -> str:
    """A short hash of the parts in their order."""
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def fingerprint_of_run(canonical: str, reference_version: str, code: str, as_of: date) -> str:
    """What the results of a run depend on."""
    return digest([canonical, reference_version, code, as_of.isoformat()])


def _fingerprint(delivery: Delivery, reference: Reference) -> str:
    """Content of the inputs, contract, reference files and code: what the canonical tables depend on."""
    inputs = [f"{name} {content}" for name, content in sorted(delivery.inputs.items())]
    return digest(
        [delivery.name, str(delivery.is_sample), CONTRACT_VERSION, reference.version, code_version(), *inputs]
    )


def _facts(reference: Reference, progress: Progress) -> dict[str, object]:
    stages = {stage.name: {"rows": stage.rows, "seconds": round(stage.seconds, 3)} for stage in progress.stages}
    return {
        "contract_version": CONTRACT_VERSION,
        "reference_version": reference.version,
        "code_version": code_version(),
        "stages": json.dumps(stages),
    }


def _facts_of(delivery: Delivery) -> dict[str, object]:
    inputs = json.dumps(dict(sorted(delivery.inputs.items())))
    return {"is_sample": delivery.is_sample, "inputs": inputs, "inputs_hash": digest([inputs])}


def _facts_again(earlier: Snapshot) -> dict[str, object]:
    return {name: earlier.run[name] for name in ("is_sample", "inputs", "inputs_hash")}
