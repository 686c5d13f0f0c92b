"""What the operator's pages read: runs, sizes, deliveries, releases, failures and the audit log. Asks the scope first.

No figure of a child: rows are told in thousands and of the whole country alone, files by who sent them and when, and
the audit log says that somebody saw a child's thread, never whose, and about how many rows somebody took out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from dashboards.opening import Source
from dashboards.scope import Scope
from pipelines import failures as noted
from pipelines import health
from pipelines.audit_log import LATEST, AuditLog, Verdict
from pipelines.definitions.reference import Reference
from pipelines.health import Disk, Lock
from pipelines.nightly.night import Night, NightFolder

KINDS = ("ingest", "run", "check", "publish")
RUN = (
    "run_id",
    "kind",
    "started_at",
    "finished_at",
    "duration_seconds",
    "as_of",
    "is_sample",
    "contract_version",
    "reference_version",
    "code_version",
    "fingerprint",
)
ROUNDED_TO = 1000
"""Rows of a stage are rounded to so many, and fewer are not told."""

ROW_BANDS = {10: "under_10", 100: "10_to_99", 1_000: "100_to_999", 10_000: "1000_to_9999"}
"""What the rows of an entry are called that are fewer than so many."""

MANY_ROWS = "from_10000"

OF_THE_STORE = ("refused", "repaired", "setting", "published", "returned", "approved")
REASON_IS_TOLD = (*OF_THE_STORE, "rekeyed", "deleted_rows", "upgraded")
"""Why something was seen or decided is the steward's own text, and may be about a child."""


def runs(store: Path, scope: Scope) -> pl.DataFrame:
    """Finished ingests, runs, checks and publications, the latest first (columns RUN)."""
    scope.require_operations()
    return health.runs(store).select(RUN)


def stages(store: Path, scope: Scope, run_id: str) -> pl.DataFrame:
    """`stage, rows, seconds` of a run, in its order; rows in thousands, null below half of one."""
    scope.require_operations()
    told = health.runs(store).filter(pl.col("run_id") == run_id)["stages"].to_list()
    found: Mapping[str, Mapping[str, Any]] = json.loads(told[0]) if told and told[0] else {}
    rows = [(name, _rounded(stage["rows"]), float(stage["seconds"])) for name, stage in found.items()]
    return pl.DataFrame(rows, schema={"stage": pl.String, "rows": pl.Int64, "seconds": pl.Float64}, orient="row")


def sizes(store: Path, scope: Scope) -> pl.DataFrame:
    """`table, bytes, before, on_disk` of the tables that the last run, check and publication have written."""
    scope.require_operations()
    latest: dict[str, int] = {}
    before: dict[str, int] = {}
    for rows in health.runs(store).filter(pl.col("versions") != "{}").partition_by("kind", maintain_order=True):
        last, *earlier = (json.loads(versions) for versions in rows["versions"].head(2))
        latest |= {name: version for name, version in last.items() if name not in latest}
        before |= {name: version for name, version in (earlier[0] if earlier else {}).items() if name not in before}
    return health.sizes(store, latest, before)


def disk(store: Path, scope: Scope) -> Disk:
    """Bytes of the store, and of its disk."""
    scope.require_operations()
    return health.disk(store)


def lock(store: Path, scope: Scope) -> Lock:
    """Whether somebody writes into the store now."""
    scope.require_operations()
    return health.lock_of(store)[0]


def failures(store: Path, scope: Scope) -> pl.DataFrame:
    """`at, command, exit_code, what`: commands that failed, the last one first."""
    scope.require_operations()
    return noted.failures(store)


def last_night(store: Path, scope: Scope) -> Night | None:
    """How the last night went that was run by its configuration; none where nights are not."""
    scope.require_operations()
    return NightFolder.of(store).last()


def releases(store: Path, scope: Scope) -> pl.DataFrame:
    """`number, released_at, as_of, threshold, reason`, the last one first; UserError when the ledger is broken."""
    scope.require_operations()
    return health.releases(store)


def deliveries(source: Source, scope: Scope) -> pl.DataFrame:
    """`delivery, sender, last_seen`: when a file that is in use was last taken in, the oldest first.

    `sender`: a municipality, a region, or null for all others.
    """
    scope.require_operations()
    known = [*Reference.load().municipality_codes, *_regions()]
    is_known = pl.col("sender").is_in(known).fill_null(value=False)
    return (
        source.table("deliveries")
        .filter(pl.col("state") == "in_use")
        .group_by("delivery", pl.when(is_known).then("sender").alias("sender"))
        .agg(pl.col("first_seen").max().alias("last_seen"))
        .sort("last_seen", "delivery", "sender")
        .collect()
    )


def audit_state(store: Path, scope: Scope) -> tuple[int, int]:
    """What changes with every entry of the audit log."""
    scope.require_operations()
    return AuditLog.of(store).state()


def audit_entries(store: Path, scope: Scope) -> pl.DataFrame:
    """The latest entries of the audit log, the last one first: `number, at, who, role, municipality_code, action, what,
    is_of_one_child, rows, why`. Pseudonyms and numbers of rows stay in the log: `rows` is a band (`10_to_99`)."""
    scope.require_operations()
    why = pl.when(pl.col("action").is_in(REASON_IS_TOLD)).then("why").alias("why")
    told = AuditLog.of(store).entries(LATEST)
    columns = ("number", "at", "who", "role", "municipality_code", "action", "what")
    is_of_one_child = pl.col("record").is_not_null().alias("is_of_one_child")
    return told.select(*columns, is_of_one_child, _band().alias("rows"), why).sort("number", descending=True)


def audit_verdict(store: Path, scope: Scope) -> Verdict:
    """Whether the chain of the audit log is whole in its latest entries, and else where it is broken."""
    scope.require_operations()
    return AuditLog.of(store).verify(latest=LATEST)


def _band() -> pl.Expr:
    """By its lowest upper end; null where no rows are meant."""
    told: pl.Expr = pl.when(pl.col("rows").is_not_null()).then(pl.lit(MANY_ROWS))
    for end, name in sorted(ROW_BANDS.items(), reverse=True):
        told = pl.when(pl.col("rows") < end).then(pl.lit(name)).otherwise(told)
    return told


def _rounded(rows: int) -> int | None:
    return round(rows / ROUNDED_TO) * ROUNDED_TO or None


def _regions() -> list[str]:
    codes: list[str] = Reference.load().municipalities["region_code"].drop_nulls().unique().to_list()
    return codes
