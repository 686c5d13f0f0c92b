"""Whether a store can be read and how old its last publication is: facts about runs, never a figure and never a row."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from pipelines.errors import UserError
from pipelines.migrations.applying import assert_readable
from pipelines.store import Snapshot, Store


@dataclass(frozen=True)
class Health:
    """`exit_code` is zero when all is well, else that of the error, or UNHEALTHY for a publication that is too old."""

    is_healthy: bool
    problem: str | None
    exit_code: int
    published_at: str | None = None
    published_age_hours: float | None = None
    as_of: str | None = None
    contract_version: str | None = None
    rows_deleted_on: str | None = None

    def line(self) -> str:
        """One line of JSON, the same keys always: null is not known."""
        return json.dumps({name: value for name, value in asdict(self).items() if name != "exit_code"})


UNHEALTHY = 34


def health_of(folder: Path, now: datetime, max_age_hours: float | None = None) -> Health:
    """The published tables are opened to their last row group's end: a file that is gone or cut short is found."""
    from pipelines.store import rows_deleted_on

    store = Store(folder)
    try:
        published = store.last("publish")
        assert_readable(store)
        run = store.last("run")
        if published is None or not published.versions:
            return Health(False, "nothing is published", 5)
        _read_all(published)
    except UserError as fault:
        return Health(False, type(fault).__name__, fault.exit_code)
    except (OSError, pl.exceptions.PolarsError) as fault:
        return Health(False, type(fault).__name__, 6)
    hours = round((now - published.run["finished_at"]).total_seconds() / 3600, 1)
    too_old = max_age_hours is not None and hours > max_age_hours
    deleted = rows_deleted_on(run.run) if run else None
    return Health(
        not too_old,
        "the publication is too old" if too_old else None,
        UNHEALTHY if too_old else 0,
        published.run["finished_at"].isoformat(timespec="seconds"),
        hours,
        published.run["as_of"].isoformat(),
        str(published.run["contract_version"]),
        deleted.isoformat() if deleted else None,
    )


def _read_all(published: Snapshot) -> None:
    """Every table that pages read; published tables are small."""
    from deltalake.exceptions import DeltaError

    from pipelines.errors import StoreFailed

    for name in published.versions:
        if name.startswith("published_"):
            try:
                published.table(name).collect()
            except DeltaError as fault:
                raise StoreFailed(f"The table {name} cannot be read") from fault
