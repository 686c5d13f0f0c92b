"""The story in one place: delivery -> canonical -> linked -> evidence -> obligations -> counts -> store.

The only file that composes stages with files and the store.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import polars as pl

from pipelines import cells, unchanged
from pipelines import counts as counts_stage
from pipelines.already_ingested import already_ingested
from pipelines.bucket import held, with_municipality_type
from pipelines.bucket_work import BY_BUCKET, Work
from pipelines.buckets import Buckets, height
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
from pipelines.scheduler import OneAfterTheOther, Scheduler
from pipelines.sources.canonical_folder import read_canonical_folder
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declared_source import read_declared_source
from pipelines.sources.delivery import Delivery
from pipelines.store import OF_RETURNS, Snapshot, Store, Writer
from pipelines.thread import Thread

__all__ = ["Outcome", "Source", "ingest_into", "key_with_pseudonyms", "run", "run_in_memory"]

INGESTED = (*TABLE_NAMES, *INGESTED_BESIDE)
THROW_AWAY_SECRET = "throw-away-secret"  # noqa: S105 - a file name


Gate = Callable[[Mapping[str, pl.LazyFrame], pl.LazyFrame, date], None]
"""Canonical tables by name, identities and the as-of date: raises a UserError when no figures may be made of them."""


@dataclass(frozen=True)
class How:
    """In how many buckets of children, and who works on them. Without a number the children decide.

    Whoever chooses a number is told later which buckets are still the same: looking costs a look at every row.
    """

    count: int | None = None
    scheduler: Scheduler = field(default_factory=OneAfterTheOther)
    is_chosen: bool = True

    @property
    def buckets(self) -> Buckets:
        """One, when nobody has counted the children yet."""
        return Buckets(self.count or 1)

    def for_children(self, children: pl.LazyFrame) -> How:
        """As many as these children need, when nobody said how many."""
        if self.count:
            return self
        return replace(self, count=Buckets.for_children(height(children)).count, is_chosen=False)


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
        buckets = How().for_children(delivery.tables["children"]).buckets
        _ingest(delivery, earlier, writer, reference, progress, buckets)
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
    how: How | None = None,
) -> Outcome:
    """The main job. The same inputs, reference files, code and as-of date make no new version.

    `gate` sees the canonical rows before figures are made; when it raises, nothing is kept and the last version stays.
    """
    if source.is_the_store and store.last("run", "ingest") is None:
        raise StoreIsEmpty(f"{store.folder} holds no records yet", to_do="Give --canonical DIR or --source TOML.")
    how = how or How()
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
        elif delivery:
            how = how.for_children(delivery.tables["children"])
            _ingest(delivery, earlier, writer, reference, progress, how.buckets)
        tables = {name: writer.rows(name) for name in TABLE_NAMES}
        if gate:
            with progress.stage("critical checks"):
                gate(tables, writer.rows("identities"), as_of)
        how = how.for_children(writer.rows("children"))
        follow_the_thread(Records.of(tables), reference, as_of, writer, progress, how)
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


def _ingest(
    delivery: Delivery,
    earlier: Snapshot | None,
    writer: Writer,
    reference: Reference,
    progress: Progress,
    buckets: Buckets,
) -> None:
    """What came before in the same words is shared with the ingest before."""
    already = already_ingested(delivery, earlier, _judged_by(reference), buckets)
    ingest(delivery, writer, reference, progress, buckets, already)


def _earlier(store: Store, reference: Reference) -> Snapshot | None:
    """The last run or ingest, which must have been about the same target group, and made of rows."""
    earlier = store.last("run", "ingest")
    if earlier and OF_RETURNS in earlier.versions:
        to_do = "Give another --store for rows; returns are added with `roedtraad return combine`."
        raise UserError("This store is made from returns of municipalities", to_do=to_do)
    guidance.require_same_group(earlier.run["reference_version"] if earlier else None, reference, store.folder)
    return earlier


def follow_the_thread(
    records: Records, reference: Reference, as_of: date, writer: Writer, progress: Progress, how: How
) -> None:
    """Evidence, obligations, gaps, counts and continuity, written to the next version of the store."""
    thread = Thread.follow(records, reference, as_of)
    with progress.stage("links") as stage:
        links = pl.scan_parquet(writer.write("links", thread.links))
        writer.write("linkage_quality", _linkage_quality(links, records, reference))
        writer.write_buckets("children_in_view", replace(thread, links=links).children_in_view(), how.buckets)
        children = writer.rows("children_in_view")
        stage.rows = height(children)
    with progress.stage("evidence") as stage:
        known = thread.with_children(with_municipality_type(children, reference))
        writer.write("evidence", known.evidence)
        writer.write("exposed", known.exposed)
        stage.rows = height(known.evidence)
    with progress.stage("obligations") as stage:
        stage.rows, again = _follow_buckets(known, writer, how)
        stage.told = f"{again} of {how.buckets.count} buckets" if again < how.buckets.count else ""
    with progress.stage("counts") as stage:
        stage.rows = _count(writer, reference, as_of)
    with progress.stage("continuity") as stage:
        writer.write("continuity", known.continuity(writer.rows("gaps")))
        stage.rows = height(writer.rows("continuity"))


def _linkage_quality(links: pl.LazyFrame, records: Records, reference: Reference) -> pl.LazyFrame:
    return linkage_quality(
        links, records.children, records.residences, records.pregnancies, records.exposures, reference
    )


def _follow_buckets(thread: Thread, writer: Writer, how: How) -> tuple[int, int]:
    """Every bucket by itself, by whoever does it: obligations, their gaps, and the cells they count in.

    What the last run has made of the same rows is taken over. Rows, and how many buckets were worked out.
    """
    made_by = digest([CONTRACT_VERSION, thread.reference.version, code_version(), thread.as_of.isoformat()])
    rows = 0
    with writer.aside() as few:
        for name, known in thread.beside_the_rows().items():
            known.sink_parquet(few / f"{name}.parquet")
        work = Work(
            staging=writer.staging,
            run_id=writer.run_id,
            buckets=how.buckets,
            files={name: tuple(writer.files(name)) for name in BY_BUCKET},
            few=few,
            reference=thread.reference,
            as_of=thread.as_of,
        )
        earlier, same = unchanged.Earlier(writer.store.last("run")), []
        if how.is_chosen:
            now = unchanged.contents(work, made_by, earlier.contents_of_shared(writer, how.buckets))
            writer.write(unchanged.TABLE, now.lazy())
            same = earlier.same(now)
        others = [at for at in range(how.buckets.count) if at not in set(same)]
        for done in chain(earlier.taken_over(work, same), how.scheduler.followed(work, others)):
            rows += done.obligations
            for name, parts in done.files.items():
                writer.adopt(name, parts[0])
    return rows, len(others)


def _count(writer: Writer, reference: Reference, as_of: date) -> int:
    """The cells of all buckets added up, some measures after the others: every count is about one measure."""
    rows, counted = 0, []
    for measures in cells.together(writer.rows("cells"), reference):
        some = cells.of_measures(writer.rows("cells"), measures, reference)
        quarters = held(counts_stage.quarterly(cells.by_quarter(some, reference), reference))
        counted.append(held(counts_stage.counts(quarters)))
        rows += height(pl.scan_parquet(writer.write("counts_by_group", counts_stage.counts_by_group(quarters, as_of))))
    writer.write("counts", counts_stage.in_order(pl.concat(counted)))
    return rows


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
    return {**_judged_by(reference), "stages": json.dumps(stages)}


def _judged_by(reference: Reference) -> dict[str, str]:
    """What says how rows are judged and figures are made."""
    return {
        "contract_version": CONTRACT_VERSION,
        "reference_version": reference.version,
        "code_version": code_version(),
    }


def _facts_of(delivery: Delivery) -> dict[str, object]:
    inputs = json.dumps(dict(sorted(delivery.inputs.items())))
    return {"is_sample": delivery.is_sample, "inputs": inputs, "inputs_hash": digest([inputs])}


def _facts_again(earlier: Snapshot) -> dict[str, object]:
    return {name: earlier.run[name] for name in ("is_sample", "inputs", "inputs_hash")}
