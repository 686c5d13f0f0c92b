"""A new key for a store without the numbers behind it: every pseudonym p becomes HMAC(new key, p), in every table.

The order makes it safe to be killed at any moment: the new secret is written beside the old one, the store is committed
in one step, old files are removed, the new secret takes the old one's place. The same command again goes on from there.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from pipelines.errors import StoreFailed, StoreIsEmpty, UserError
from pipelines.flow import digest, fingerprint_of_run
from pipelines.gap_decisions import GapDecisions
from pipelines.identity import begin_rotation, fingerprint_of, finish_rotation, next_of, read_secret
from pipelines.renaming import Renaming
from pipelines.store import Snapshot, Store, Writer
from pipelines.tables_at import assert_here

ROWS_AT_A_TIME = 1_000_000


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: persons and pregnancies with a new name, and the runs that were carried over."""

    identities: int
    carried: tuple[str, ...]


def rotate(store: Store, secret_file: Path) -> Rotation:
    """A new key for the secret, and the store re-keyed with it; what was interrupted is finished.

    A store that is some keys behind its secret (because the secret was rotated with another store) is brought up to it,
    and the secret stays. Readers of older runs lose them: those hold the old pseudonyms. StoreFailed when the store was
    filled with another secret, or from a canonical folder.
    """
    assert_here(store.folder, "A rotation of the secret")
    with store.writing() as writer:
        kept = _kept(store)
        goal = _goal(kept, secret_file)
        behind = [snapshot for snapshot in kept if _missing(snapshot, goal)]
        carried = _carry_over(behind, goal, writer)
        if carried:
            others = [dict(snapshot.run) for snapshot in kept if snapshot not in behind]
            writer.commit_instead(others + [one.row for one in carried], [one.run["run_id"] for one in kept])
        _remove_what_is_old(store)
        _rename_decisions(store, goal)
        if next_of(secret_file).exists():
            finish_rotation(secret_file)
    identities = max((one.identities for one in carried), default=0)
    return Rotation(identities, tuple(str(one.row["kind"]) for one in carried))


def _kept(store: Store) -> list[Snapshot]:
    """The last run, the last ingest where it is newer, and the last check: all that later commands read."""
    kept: dict[str, Snapshot] = {}
    for snapshot in (store.last("run"), store.last("run", "ingest"), store.last("check")):
        if snapshot:
            kept[snapshot.run["run_id"]] = snapshot
    if not kept:
        raise StoreIsEmpty(f"Nothing has been read into {store.folder}", to_do="Start with `roedtraad run`.")
    return list(kept.values())


def _fingerprint(snapshot: Snapshot) -> str | None:
    found: str | None = json.loads(snapshot.run["inputs"]).get("secret")
    return found


def _goal(kept: list[Snapshot], secret_file: Path) -> tuple[bytes, ...]:
    """The keys that the store shall have: a rotation's new ones, or those of the secret where the store is behind."""
    if not any(_fingerprint(snapshot) for snapshot in kept):
        raise StoreFailed(
            "The pseudonyms of this store were made elsewhere, so it cannot be given another key here",
            where=str(kept[0].folder),
            to_do="It was filled from a canonical folder: who made that can make it again with another secret.",
        )
    if not next_of(secret_file).exists():
        keys = read_secret(secret_file)
        if any(_missing(snapshot, keys) for snapshot in kept):
            return keys
    return begin_rotation(secret_file)


def _missing(snapshot: Snapshot, keys: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The keys at the end of a chain that the pseudonyms of a run do not have yet; none for a canonical folder."""
    fingerprint = _fingerprint(snapshot)
    for known in range(len(keys), 0, -1):
        if fingerprint in (None, fingerprint_of(keys[:known])):
            return keys[known:]
    raise StoreFailed(
        "This store was filled with another secret, so nothing was changed",
        where=f"run {snapshot.run['run_id']}",
        to_do="Give --secret-file the file that the source's TOML names.",
    )


@dataclass(frozen=True)
class Carried:
    """A run under the new key: its row of `runs`, which nobody sees yet, and how many identities it has."""

    row: dict[str, object]
    identities: int


def _carry_over(behind: list[Snapshot], goal: tuple[bytes, ...], writer: Writer) -> list[Carried]:
    """Each run on its own: an ingest and a run may share tables, and those are written once."""
    done: dict[tuple[str, int], int] = {}
    carried = []
    for snapshot in behind:
        own = Writer(writer.store, uuid.uuid4().hex[:12])
        own.staging.mkdir(parents=True)
        names = Renaming.of(snapshot, _missing(snapshot, goal))
        fresh = [name for name, version in snapshot.versions.items() if (name, version) not in done]
        for name in fresh:
            _write_renamed(name, snapshot, names, own)
        made = snapshot.versions | own.commit_tables()
        done |= {(name, snapshot.versions[name]): made[name] for name in fresh}
        versions = {name: done[name, version] for name, version in snapshot.versions.items()}
        carried.append(Carried(_row(snapshot, own, versions, goal, names.identities.height), names.identities.height))
    return carried


def _row(
    snapshot: Snapshot, writer: Writer, versions: Mapping[str, int], goal: tuple[bytes, ...], identities: int
) -> dict[str, object]:
    """The same run, with one more stage; what depends on the secret is worked out again."""
    run = dict(snapshot.run)
    seconds = (datetime.now(UTC) - writer.started_at).total_seconds()
    stages = json.loads(run["stages"]) | {"rekey": {"rows": identities, "seconds": round(seconds, 3)}}
    inputs = json.dumps(json.loads(run["inputs"]) | {"secret": fingerprint_of(goal)}, sort_keys=True)
    canonical = digest(["rekeyed", run["canonical_fingerprint"], fingerprint_of(goal)])
    if run["fingerprint"]:
        facts = (run["reference_version"], run["code_version"], run["as_of"])
        run["fingerprint"] = fingerprint_of_run(canonical, *facts)
    return run | {
        "run_id": writer.run_id,
        "canonical_fingerprint": canonical,
        "inputs": inputs,
        "inputs_hash": digest([inputs]),
        "stages": json.dumps(stages),
        "versions": json.dumps(versions, sort_keys=True),
    }


def _write_renamed(name: str, snapshot: Snapshot, names: Renaming, writer: Writer) -> None:
    """A table that names nobody stays as it is."""
    rows = snapshot.table(name)
    schema = rows.collect_schema()
    names.assert_all_columns_are_known(name, rows)
    if not names.columns(schema):
        return
    writer.write(name, pl.LazyFrame(schema=schema))
    for batch in rows.collect_batches(chunk_size=ROWS_AT_A_TIME):
        writer.write(name, names.renamed(batch).lazy())


def _rename_decisions(store: Store, goal: tuple[bytes, ...]) -> None:
    """What stewards decided follows the pseudonyms; each decision says under which secret it was written."""
    older = range(1, len(goal))
    names = {fingerprint_of(goal[:known]): Renaming(pl.DataFrame(), goal[known:]).texts for known in older}
    for decisions in GapDecisions.of_all(store.folder):
        decisions.rename(names, fingerprint_of(goal))


def _remove_what_is_old(store: Store) -> None:
    """Files of runs that are gone hold old pseudonyms: they must be gone from the disk, too."""
    store.tidy()
    needed: dict[str, set[int]] = {}
    for named in store.runs()["versions"]:
        for table, version in json.loads(named).items():
            needed.setdefault(table, set()).add(version)
    for folder in (store.folder / "tables").iterdir():
        if folder.name not in needed:
            shutil.rmtree(folder)
            continue
        in_use = [DeltaTable(str(folder), version=version).file_uris() for version in needed[folder.name]]
        kept = {Path(file).name for files in in_use for file in files}
        old = [part for part in folder.glob("*.parquet") if part.name not in kept]
        if old:
            raise UserError(
                f"The store is re-keyed, but {len(old)} old files could not be removed",
                where=str(folder),
                to_do="Mend the rights and give the same command again.",
            )
