"""Checks by status: where the reader stands beside the country, how many of each, and how it was run by run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import polars as pl

from checks.declared import CATEGORIES, SEVERITIES, STATUSES, Status
from dashboards.published_checks import EVERYWHERE, NUMBERS
from dashboards.quality.declared import declared

Division = Literal["table", "category", "severity"]
DIVISIONS: tuple[Division, ...] = get_args(Division)
NEEDS_EYES: tuple[Status, ...] = ("error", "failed", "passed_with_failing_rows")
"""Somebody should look at these: the first two before figures are used, the third when there is time."""

DEFAULT_FILTER = "needs_eyes"
FILTERS = (DEFAULT_FILTER, "all", *STATUSES)
EMPTY_CHOICE = "any"


def by_check(results: pl.DataFrame, own_place: str) -> pl.DataFrame:
    """One row per declared check: its `status` in the reader's place, else in the country, and `status_everywhere`.

    Also `category`, `severity`, `frame`, `checked_at` and the numbers of the reader's place. A check that is not
    counted for municipalities has the status of the country; one that is, but not here, is not applicable here. Worst
    first: what has not passed by severity, then what passed with findings by severity, then the rest.
    """
    known = declared()
    words = {
        "check_id": list(known),
        "category": [check.category for check in known.values()],
        "declared_frame": [check.frame for check in known.values()],
    }
    names = pl.DataFrame(words, schema=dict.fromkeys(words, pl.String))
    here = results.filter(pl.col("place") == own_place).select("check_id", "status", *NUMBERS)
    everywhere = results.filter(pl.col("place") == EVERYWHERE)
    elsewhere_only = pl.when(pl.col("is_by_place") & pl.lit(own_place != EVERYWHERE)).then(pl.lit("not_applicable"))
    both = everywhere.rename({"status": "status_everywhere", **{name: f"{name}_everywhere" for name in NUMBERS}})
    return (
        both.join(names, on="check_id")
        .join(here, on="check_id", how="left")
        .with_columns(
            (pl.col("status").is_not_null() | pl.lit(own_place == EVERYWHERE)).alias("is_of_place"),
            pl.coalesce("status", elsewhere_only, "status_everywhere").cast(pl.Enum(STATUSES)).alias("status"),
            pl.col("status_everywhere").cast(pl.Enum(STATUSES)),
            pl.col("severity").cast(pl.Enum(SEVERITIES)),
            pl.col("category").cast(pl.Enum(CATEGORIES)),
        )
        .with_columns(
            pl.col("status").cast(pl.String).is_in(NEEDS_EYES).alias("needs_eyes"),
            (pl.col("status") == "passed_with_failing_rows").alias("is_tolerated"),
        )
        .sort("needs_eyes", "is_tolerated", "severity", "status", "check_id", descending=[True, *[False] * 4])
        .drop("is_tolerated")
    )


def is_of_country_alone(row: Mapping[str, object]) -> bool:
    """Whether a check (a row of `by_check`) was judged, but for no municipality: it says nothing of this one.

    What could not be run, or has no rows anywhere, is so in every municipality.
    """
    told = ("failed", "passed_with_failing_rows", "passed")
    return not row["is_of_place"] and not row["is_by_place"] and row["status"] in told


def fits(name: str) -> pl.Expr:
    """Whether a check belongs under a filter."""
    if name == "all":
        return pl.lit(value=True)
    return pl.col("needs_eyes") if name == DEFAULT_FILTER else pl.col("status").cast(pl.String) == name


def number_of(checks: pl.DataFrame) -> dict[str, int]:
    """Checks under each filter."""
    counted = checks.select(fits(name).sum().cast(pl.Int64).alias(name) for name in FILTERS if name != "all")
    return {"all": checks.height, **counted.row(0, named=True)}


def failing_critical(checks: pl.DataFrame) -> int:
    """Checks that say that figures must not be used."""
    stops = pl.col("status").cast(pl.String).is_in(["error", "failed"]) & (pl.col("severity") == "critical")
    return checks.filter(stops).height


def divided(checks: pl.DataFrame, division: Division) -> pl.DataFrame:
    """Checks per part of the division and status: `part`, and one column per status in their order."""
    column = "frame" if division == "table" else division
    counts = [(pl.col("status") == status).sum().cast(pl.Int64).alias(status) for status in STATUSES]
    rows = checks.group_by(pl.col(column).alias("part")).agg(counts)
    if division == "table":
        return rows.sort(["error", "failed", "passed_with_failing_rows", "part"], descending=[True, True, True, False])
    return rows.sort("part").with_columns(pl.col("part").cast(pl.String))


@dataclass(frozen=True)
class RunOfChecks:
    """One run of the checks: how many had each status. `is_partial`: some checks were left out of it."""

    checked_at: datetime
    checks: dict[Status, int]
    is_partial: bool = False

    @property
    def all(self) -> int:
        """Checks that were run."""
        return sum(self.checks.values())


def run_by_run(history: pl.DataFrame, last: int) -> list[RunOfChecks]:
    """The last runs, oldest first, as the country's statuses are."""
    runs = history.partition_by("run_id", maintain_order=True)
    return [
        RunOfChecks(run.item(0, "checked_at"), _in_order(run), is_partial=run.item(0, "is_partial"))
        for run in runs[-last:]
    ]


def _in_order(run: pl.DataFrame) -> dict[Status, int]:
    counted = dict(run.select("status", "checks").iter_rows())
    return {status: counted.get(status, 0) for status in STATUSES}


def status_by_place(results: pl.DataFrame, check_ids: Sequence[str]) -> dict[str, dict[str, Status]]:
    """For each of the checks that finds something in some municipality: municipality to status."""
    rows = results.filter((pl.col("place") != EVERYWHERE) & pl.col("check_id").is_in(list(check_ids)))
    is_told = pl.col("status").is_in(["error", "failed", "passed_with_failing_rows"]).any().over("check_id")
    told = rows.filter(is_told).group_by("check_id", maintain_order=True).agg("place", "status")
    found = {row["check_id"]: dict(zip(row["place"], row["status"], strict=True)) for row in told.iter_rows(named=True)}
    return {check_id: found[check_id] for check_id in check_ids if check_id in found}
