"""What the pages open: the last run of a store, its last publication, and its last check. Synthetic data only.

Nothing here reads a table: that is for the readers (`published` for figures; `worklist_rows`, `published_quality`,
`published_checks` and `checks_today` for what a data steward works on).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from pipelines.errors import UserError

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


class NotSampleData(UserError):
    """This version of the pages has no signing in, so it opens nothing but synthetic data."""

    exit_code = 10


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


def store_path() -> Path:
    """The store that the pages show."""
    return Path(os.environ.get(STORE_VARIABLE, DEFAULT_STORE))


def open_store(path: Path) -> Source:
    """The last finished run of a store.

    NotSampleData unless it was made from synthetic data; another UserError when there is none or it cannot be read.
    """
    from pipelines.store import Store

    try:
        snapshot: Source = Store(path).snapshot()
    except UserError:
        raise
    except Exception as fault:  # the engine's own errors share no base class; a reader gets a way out of each
        raise UserError("The store cannot be read", where=str(path), to_do="Look at: roedtraad status") from fault
    require_sample_data(snapshot)
    return snapshot


def open_publication(path: Path) -> Publication | None:
    """The last publication; none when nothing was published, or when a new secret has taken its tables away.

    NotSampleData unless the figures are those of synthetic data.
    """
    from pipelines.store import Store

    store = Store(path)
    published = store.last("publish")
    if published is None or not published.versions:
        return None
    require_sample_data(published)
    runs = store.runs().filter(pl.col("kind") == "run")
    behind = [run for run in runs.iter_rows(named=True) if _is_same(run, published.run)]
    is_last = bool(behind) and behind[0]["run_id"] == runs["run_id"].first()
    return Publication(published, str(behind[0]["run_id"]) if behind else None, is_last)


def open_checks(path: Path) -> Source | None:
    """The last finished check of a store; none when nothing was checked, or when it does not say that it is sample."""
    from pipelines.store import Store

    checked: Source | None = Store(path).last("check")
    return checked if checked is not None and checked.run.get("is_sample") is True else None


def require_sample_data(source: Source) -> None:
    """Only a plain `true` opens: a run that does not say what it is may hold real children."""
    if source.run.get("is_sample") is not True:
        raise NotSampleData("The store does not hold sample data", to_do="Make one with: make run")


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[name] == other[name] for name in SAME_RUN)
