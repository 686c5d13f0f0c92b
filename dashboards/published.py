"""The only reader of the store for pages: asks the scope first, suppresses small counts, hands out small frames.

Nothing but the worklist of a steward holds a count below the threshold or a row of a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import polars as pl

from dashboards import shares as share_steps
from dashboards.continuity import Thread
from dashboards.headlines import Headline
from dashboards.scope import Place, Scope
from pipelines.definitions.enumerations import UNKNOWN
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

PeriodKind = Literal["year", "three_years"]
STORE_VARIABLE = "ROEDTRAAD_STORE"
"""The environment variable that names the store."""

PERIODS_SHOWN = 8
ALL_YEARS = "all"
WORKLIST_COLUMNS = (
    "subject",
    "subject_kind",
    "birth_date",
    "kind",
    "measure",
    "record_type",
    "reason",
    "sector",
    "severity",
    "due_date",
    "found_date",
    "age_days",
    "recommendation",
)
SEVERITIES = ("critical", "warning", "info")


class Source(Protocol):
    """One finished run: lazy tables by name, and the facts of the run."""

    @property
    def run(self) -> Mapping[str, Any]:
        """`run_id`, `as_of`, `is_sample` and the versions behind the figures."""

    def table(self, name: str) -> pl.LazyFrame:
        """A table of the store, unread."""


class NotSampleData(UserError):
    """This version of the pages has no signing in, so it opens nothing but synthetic data."""

    exit_code = 10


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


def require_sample_data(source: Source) -> None:
    """Only a plain `true` opens: a run that does not say what it is may hold real children."""
    if source.run.get("is_sample") is not True:
        raise NotSampleData("The store does not hold sample data", to_do="Make one with: make run")


def threshold() -> int:
    """The smallest count that is shown; parameters.csv may raise it, never lower it below 3."""
    return max(3, Reference.load().days_of("suppression_threshold"))


def periods(source: Source, kind: PeriodKind) -> list[str]:
    """The last periods up to the as-of date, oldest first: calendar years, or rolling windows of three."""
    last = source.run["as_of"].year
    years = range(last - PERIODS_SHOWN + 1, last + 1)
    return [str(year) if kind == "year" else f"{year - 2}-{year}" for year in years]


def shares(
    source: Source,
    scope: Scope,
    headlines: Sequence[Headline],
    places: Sequence[Place],
    *,
    kind: PeriodKind,
    names: Sequence[str],
) -> pl.DataFrame:
    """Every headline in every place and period, whatever its state (columns: `shares.KEYS`, `state`, `shares.VALUES`).

    Shares of a continuity step exist for windows of three birth years only.
    """
    scope.require(tuple(places))
    if kind == "year" and any(place.kind == "municipality" for place in places):
        raise ValueError("a municipality is shown windows of three years only: years could be subtracted from them")
    by_step = [headline for headline in headlines if headline.step is not None]
    if by_step and kind != "three_years":
        raise ValueError(f"{by_step[0].name} is counted for windows of three years only")
    in_periods = pl.col("period").is_in(list(names))
    counts = share_steps.of_places(
        source.table("counts_by_group").filter(pl.col("attribution") == "responsible", pl.col("period_kind") == kind),
        places,
    ).filter(in_periods)
    steps = share_steps.of_places(_steps(source, "three_years"), places)
    counted = pl.concat(
        [
            share_steps.of_obligations(counts, [headline for headline in headlines if headline.step is None]),
            share_steps.of_steps(steps, by_step),
        ]
    )
    return share_steps.protected(share_steps.on_grid(counted, counts, headlines, places, names), threshold()).collect()


def thread(source: Source, scope: Scope, place: Place, window: str) -> Thread:
    """The continuity picture of the children born in the window (or in `ALL_YEARS`) who live in the place now.

    A place that delivered counts but has no thread has no exposed child; without counts it is missing.
    """
    scope.require((place,))
    kind = ALL_YEARS if window == ALL_YEARS else "three_years"
    rows = share_steps.of_places(_steps(source, kind), (place,)).filter(pl.col("birth_period") == window)
    picture = Thread.of(rows.collect(), threshold())
    if picture.state == "missing" and _has_delivered(source, place):
        return Thread("not_applicable")
    return picture


def _has_delivered(source: Source, place: Place) -> bool:
    counted = source.table("counts_by_group").filter(
        pl.col("group_kind") == place.kind, pl.col("group_value") == place.code
    )
    return not counted.head(1).collect().is_empty()


def _steps(source: Source, kind: str) -> pl.LazyFrame:
    return source.table("continuity").filter(pl.col("birth_period_kind") == kind)


def worklist(source: Source, scope: Scope) -> pl.DataFrame:
    """The gaps of the steward's municipality with pseudonyms, by severity, then age (oldest first), then key.

    `subject` is the pseudonym of the child, or of the pregnancy when there is no child; surrogates stay behind.
    """
    municipality_code = scope.require_rows()
    is_theirs = pl.col("municipality_code").fill_null(UNKNOWN) == municipality_code
    gaps = source.table("gaps").filter(is_theirs)
    identities = source.table("identities").select("kind", "id", "pseudonym")
    is_child = pl.col("child_id").is_not_null()
    return (
        gaps.with_columns(
            pl.when(is_child).then(pl.lit("person")).otherwise(pl.lit("pregnancy")).alias("subject_kind"),
            pl.coalesce("child_id", "pregnancy_id").alias("subject_surrogate"),
            pl.col("severity").cast(pl.Enum(SEVERITIES)),
        )
        .join(identities, left_on=["subject_kind", "subject_surrogate"], right_on=["kind", "id"], how="left")
        .rename({"pseudonym": "subject"})
        .sort(
            ["severity", "age_days", "subject", "measure", "due_date", "subject_id"],
            descending=[False, True, False, False, False, False],
            nulls_last=True,
        )
        .select(*WORKLIST_COLUMNS)
        .collect()
    )
