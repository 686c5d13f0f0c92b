"""What the pages open: the last run of a store, its last publication, and its last check.

Whoever opens a store speaks of its target group from then on. Synthetic data only, unless a reader who has signed in is
handed over. Nothing here reads a table: that is for the readers (`published` for figures; `worklist_rows`,
`published_quality`, `published_checks` and `checks_today` for what a data steward works on).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from dashboards.access.claims import Reader
from pipelines.definitions.tables import CONTRACT_VERSION
from pipelines.errors import StoreFailed, StoreIsEmpty, UserError
from pipelines.guidance.of_store import put_in_force, require_in_force

if TYPE_CHECKING:
    from pipelines.store import Snapshot

STORE_VARIABLE = "ROEDTRAAD_STORE"
"""The environment variable that names the store."""

DEFAULT_STORE = "demo/store"

SAME_RUN = ("as_of", "canonical_fingerprint", "reference_version", "code_version")
"""Two runs that agree in these have the same figures: the same rows, rules and day."""


class Source(Protocol):
    """One finished run, check or publication: lazy tables by name, and the facts about it."""

    @property
    def run(self) -> Mapping[str, Any]:
        """`run_id`, `as_of`, `is_sample` and the versions behind the figures."""

    def table(self, name: str) -> pl.LazyFrame:
        """A table of the store, unread."""

    def __hash__(self) -> int:
        """What was read of it is kept by it: two that are equal have the same tables."""


class NotSampleData(UserError):
    """Nobody has signed in, so nothing but synthetic data is opened."""

    exit_code = 10


class OtherVersion(StoreFailed):
    """The store was made by another version of Rød tråd, whose tables may mean something else."""


@dataclass(frozen=True)
class Opened:
    """A source whose tables, when they cannot be opened, are a UserError and never a trace."""

    source: Source

    @property
    def run(self) -> Mapping[str, Any]:
        """As the source says."""
        return self.source.run

    def table(self, name: str) -> pl.LazyFrame:
        """The rows, lazily. StoreFailed when the table is not there, half-written or closed to us."""
        try:
            return self.source.table(name)
        except UserError:
            raise
        except Exception as fault:  # the engine's own errors share no base class
            raise StoreFailed(f"The table {name} cannot be read", to_do="Look at: roedtraad status") from fault


@dataclass(frozen=True)
class Publication:
    """Published tables, and the run that they are of. `run_id`: null when that run is known no more."""

    tables: Source
    run_id: str | None
    is_of_last_run: bool

    @property
    def as_of(self) -> date:
        """The day the published figures are true on."""
        day: date = self.tables.run["as_of"]
        return day


@dataclass(frozen=True)
class InMemory:
    """A publication, every table of it read once for all readers: figures are few, and the gate has passed them."""

    published: Snapshot

    @property
    def run(self) -> Mapping[str, Any]:
        """As the publication says."""
        return self.published.run

    def table(self, name: str) -> pl.LazyFrame:
        """The rows, from memory. Errors as the store's."""
        return self.published.held(name)


def store_path() -> Path:
    """The store that the pages show."""
    return Path(os.environ.get(STORE_VARIABLE, DEFAULT_STORE))


def open_store(path: Path, reader: Reader | None = None) -> Source:
    """The last finished run of a store.

    NotSampleData unless it was made from synthetic data or a reader has signed in; OtherVersion when it was made by
    another version; another UserError when there is none or it cannot be read.
    """
    put_in_force(path)
    run = _last(path, "run")
    if run is None:
        raise StoreIsEmpty(f"No run has finished in {path}", to_do="Make one with: make run")
    require_ours(run, reader)
    return run


def open_publication(path: Path, reader: Reader | None = None) -> Publication | None:
    """The last publication; none when nothing was published, or when a new secret has taken its tables away.

    Errors as `open_store`.
    """
    from pipelines.store import Store

    put_in_force(path)
    published = Store(path).last("publish")
    if published is None or not published.versions:
        return None
    require_ours(published, reader)
    runs = Store(path).runs().filter(pl.col("kind") == "run")
    behind = [run for run in runs.iter_rows(named=True) if _is_same(run, published.run)]
    is_last = bool(behind) and behind[0]["run_id"] == runs["run_id"].first()
    return Publication(Opened(InMemory(published)), str(behind[0]["run_id"]) if behind else None, is_last)


def open_publication_before(path: Path, shown: Source) -> Source | None:
    """The latest publication before the one that is shown which told other figures; none when its tables are gone.

    Whoever may open the one may open the other: it is of the same store, the same kind of data and the same version.
    """
    from pipelines.store import Snapshot, Store

    kept = ("is_sample", "contract_version")
    earlier = (
        Store(path)
        .runs()
        .filter(
            (pl.col("kind") == "publish")
            & (pl.col("finished_at") < shown.run["finished_at"])
            & pl.col("fingerprint").ne_missing(shown.run["fingerprint"])
            & (pl.col("versions") != "{}")
        )
    )
    alike = [run for run in earlier.iter_rows(named=True) if all(run[name] == shown.run[name] for name in kept)]
    return Opened(Snapshot(path, alike[0])) if alike else None


def open_earlier_runs(path: Path, shown: Source) -> list[Source]:
    """Runs before the one that is shown whose tables are kept, the latest first.

    Whoever may open the one may open the others: they are of the same store, the same kind of data and version.
    """
    from pipelines.store import KEPT_RUNS, Snapshot, Store

    rows = Store(path).runs().filter(pl.col("kind") == "run").head(KEPT_RUNS)
    is_like = pl.all_horizontal(pl.col(name) == shown.run[name] for name in ("is_sample", "contract_version"))
    kept = rows.filter(is_like, pl.col("versions") != "{}", pl.col("finished_at") < shown.run["finished_at"])
    return [Opened(Snapshot(path, row)) for row in kept.iter_rows(named=True)]


def open_checks(path: Path, reader: Reader | None = None) -> Source | None:
    """The last finished check of a store; none when nothing was checked, or when it is not for this reader.

    Its tables need not be on this machine.
    """
    put_in_force(path)
    checked = _last(path, "check")
    return checked if checked is not None and _may_open(checked, reader) else None


def has_rows(path: Path) -> bool:
    """Whether the tables of a run are on this machine; one for leaders and national coordination needs none."""
    from pipelines.store import Store

    return Store(path).has_rows()


def rows_deleted_on(source: Source) -> date | None:
    """The day on which the rows behind a run were deleted, because their time was over; null while they are there."""
    from pipelines.store import rows_deleted_on as day_of

    return day_of(source.run)


def is_of_returns(source: Source) -> bool:
    """Whether a run was made from the returns of municipalities: then no row of a person is behind it anywhere here."""
    return "returns" in json.loads(source.run.get("versions") or "{}")


def require_ours(source: Source, reader: Reader | None) -> None:
    """NotSampleData unless this reader may open it, OtherVersion unless it speaks of tables as we do, WrongGuidance
    unless the target group that its figures are about is in force.

    Only a plain `true` is sample data: a run that does not say what it is may hold real children.
    """
    if not _may_open(source, reader):
        raise NotSampleData("The store does not hold sample data", to_do="Make one with: make run")
    version = source.run.get("contract_version")
    if version != CONTRACT_VERSION:
        raise OtherVersion(
            "The store was made by another version of Rød tråd",
            where=f"tables of version {version}, pages of version {CONTRACT_VERSION}",
            to_do="Bring it to this version with `roedtraad upgrade`, or start its own.",
        )
    require_in_force(source.run.get("reference_version"))


def _may_open(source: Source, reader: Reader | None) -> bool:
    return source.run.get("is_sample") is True or (reader is not None and reader.is_signed_in)


def _last(path: Path, kind: str) -> Source | None:
    from pipelines.store import Store

    try:
        found = Store(path).last(kind)
    except UserError:
        raise
    except Exception as fault:  # the engine's own errors share no base class; a reader gets a way out of each
        raise StoreFailed("The store cannot be read", where=str(path), to_do="Look at: roedtraad status") from fault
    return Opened(found) if found is not None else None


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[name] == other[name] for name in SAME_RUN)
