"""What pages read of the checks: the latest result of each, their history, and the steward's own findings. Scope first.

Statuses are for everybody. Numbers of a municipality are its steward's; those of the country are shown where neither
they nor what they leave over (beside the steward's own) is small, and never to leaders.

Decisions are made and end between two checks: with a `today`, results and findings are told as of that day (a day in
Denmark), without one as they were when they were checked.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.days import danish_day
from checks.declared import STATUSES
from dashboards import suppression
from dashboards.checks_today import IS_LATEST, latest, open_findings
from dashboards.opening import Source
from dashboards.published import threshold
from dashboards.quality.declared import declared
from dashboards.scope import COUNTRY, Place, Scope
from pipelines.definitions.enumerations import UNKNOWN
from pipelines.definitions.reference import Reference

EVERYWHERE = COUNTRY.code
"""In `place`: the result over all municipalities."""

NOWHERE = UNKNOWN
"""In `place`: rows whose municipality is unknown or outside the country."""

NUMBERS = ("rows", "applicable", "failing", "share", "accepted", "listed")
FACTS = ("is_by_place", "severity", "threshold", "checked_at", "run_id", "error")
RESULT = ("check_id", "frame", "place", "status", *FACTS)
FINDING = ("check_id", "row_key", "first_seen", "accepted_until", "accepted_reason", "assigned_to", "state")
FINDING_STATES = ("open", "assigned", "accepted")


def results(checks: Source, scope: Scope, today: date | None = None) -> pl.DataFrame:
    """The latest result of every check in every place of the scope (`RESULT` and `NUMBERS`).

    A check that was left out of the last run (it was for one table) keeps its result of the run before, as `run_id`
    says. `is_by_place` says that it was counted for municipalities at all.
    """
    rows = latest(checks, today)
    is_by_place = pl.col("municipality_code").is_not_null().any().over("check_id")
    seen = _in_scope(rows.with_columns(is_by_place.alias("is_by_place")), scope).filter(pl.col("place") != NOWHERE)
    kept = _with_numbers_for(seen, scope, _giving_away(rows))
    return kept.select(*RESULT, *NUMBERS).sort("check_id", "place").collect()


def _giving_away(rows: pl.LazyFrame) -> list[str]:
    """Checks of which the country's number would tell small ones of municipalities, whose statuses all may see."""
    found = _by_place(rows).group_by("check_id", "frame").agg("failing").collect()
    return [check_id for check_id, frame, parts in found.iter_rows() if _tells_too_much(parts, frame)]


def _by_place(rows: pl.LazyFrame) -> pl.LazyFrame:
    """`check_id, frame, place, status, failing` where something fails; all codes of no municipality are one place."""
    found = _with_place(rows).filter((pl.col("place") != EVERYWHERE) & (pl.col("failing") > 0))
    worst = pl.col("status").cast(pl.Enum(STATUSES)).min().cast(pl.String)
    return found.group_by("check_id", "frame", "place").agg(worst, pl.col("failing").sum())


def _tells_too_much(parts: list[int], frame: str) -> bool:
    smallest = suppression.smallest_shown(frame, threshold())
    return suppression.gives_away(parts, suppression.shown_parts(parts, smallest), smallest)


def of_run(checks: Source, scope: Scope, run_id: str, place: str, today: date | None = None) -> pl.DataFrame:
    """What the checks say of this very run, everywhere and in one place of the scope; no number.

    `check_id, place, status, checked_at`; `is_accepted`: it would have failed without what stewards have accepted, at
    least until `accepted_until` (null where that is not known).
    """
    scope.require((COUNTRY if place == EVERYWHERE else Place("municipality", place),))
    former = checks.table("check_results").filter(~IS_LATEST)
    rows = (
        pl.concat([former, latest(checks, today)], how="diagonal")
        .filter(pl.col("run_id") == run_id)
        .with_columns(pl.col("municipality_code").fill_null(EVERYWHERE).alias("place"))
        .filter(pl.col("place").is_in([EVERYWHERE, place]))
        .select("check_id", "place", "status", "checked_at", _is_accepted().alias("is_accepted"))
        .sort("check_id", "place")
        .collect()
    )
    return rows.join(_ends(checks, rows, today), on=["check_id", "place"], how="left", maintain_order="left")


def _is_accepted() -> pl.Expr:
    is_over = pl.col("failing") / pl.col("applicable") > pl.col("threshold")
    return ((pl.col("status") == "passed_with_failing_rows") & is_over).fill_null(value=False)


def _ends(checks: Source, rows: pl.DataFrame, today: date | None) -> pl.DataFrame:
    """`check_id, place, accepted_until`: when the first acceptance ends that a check stands on."""
    accepted = rows.filter("is_accepted")
    if accepted.is_empty():
        return pl.DataFrame(schema={"check_id": pl.String, "place": pl.String, "accepted_until": pl.Date})
    wanted = accepted["check_id"].unique().implode()
    open_ones = open_findings(checks, today).filter(pl.col("check_id").is_in(wanted))
    places = [pl.lit(EVERYWHERE), pl.col("municipality_code")]
    found = pl.concat([open_ones.select("check_id", place.alias("place"), "accepted_until") for place in places])
    return found.group_by("check_id", "place").agg(pl.col("accepted_until").min()).collect()


def history(checks: Source, scope: Scope) -> pl.DataFrame:
    """Checks by status in the whole country in every run, oldest first: `run_id, checked_at, status, checks`.

    `is_partial`: a check that had been run before, and still is declared, was left out.
    """
    rows = _of_scope(checks, scope).filter(pl.col("place") == EVERYWHERE)
    at_its_end = rows.with_columns(pl.col("checked_at").max().over("run_id")).collect()
    return (
        at_its_end.group_by("run_id", "checked_at", "status")
        .agg(pl.len().cast(pl.Int64).alias("checks"))
        .join(_partial(at_its_end), on="run_id")
        .sort("checked_at", "run_id", "status")
    )


def _partial(rows: pl.DataFrame) -> pl.DataFrame:
    """`run_id, is_partial`. Checks that nobody declares any more are missed by no run."""
    asked = rows.filter(pl.col("check_id").is_in(list(declared())))
    first = asked.group_by("check_id").agg(pl.col("checked_at").min())["checked_at"]
    counted = asked.group_by("run_id").agg(pl.col("check_id").n_unique().alias("asked"))
    runs = rows.select("run_id", "checked_at").unique().join(counted, on="run_id", how="left")
    known = [(first <= moment).sum() for moment in runs["checked_at"]]
    return runs.select("run_id", (pl.col("asked").fill_null(0) < pl.Series(known, dtype=pl.Int64)).alias("is_partial"))


def history_of(checks: Source, scope: Scope, check_id: str) -> pl.DataFrame:
    """One check in every run, oldest first: `checked_at, place, status, target`, and `failing` for the steward's own
    rows. `target` is the steward's at the time, null for checks without one and in results from before it was kept."""
    rows = _of_scope(checks, scope).filter(pl.col("check_id") == check_id)
    own = EVERYWHERE if scope.municipality_code is None else scope.municipality_code
    counts = pl.when(pl.lit(scope.role == "steward") & (pl.col("place") != EVERYWHERE)).then(pl.col("failing"))
    return (
        rows.filter(pl.col("place").is_in([EVERYWHERE, own]))
        .select("checked_at", "place", "status", _target(rows), counts.alias("failing"))
        .sort("checked_at", "place")
        .collect()
    )


def _target(rows: pl.LazyFrame) -> pl.Expr:
    is_kept = "target" in rows.collect_schema()
    return pl.col("target") if is_kept else pl.lit(None, pl.Float64).alias("target")


def failing_by_municipality(checks: Source, scope: Scope, check_id: str, today: date | None = None) -> pl.DataFrame:
    """Where a check finds something: `place, status, failing`, by status and size.

    For national coordination `failing` is null where it is small or would give a small one away, and all codes that are
    no municipality's are one place, `NOWHERE`; a municipality reads itself.
    """
    if scope.role != "national":
        own = results(checks, scope, today).filter((pl.col("check_id") == check_id) & (pl.col("place") != EVERYWHERE))
        return own.select("place", "status", "failing")
    found = _by_place(latest(checks, today).filter(pl.col("check_id") == check_id)).collect()
    parts = found.sort(["failing", "place"], descending=[True, False])
    smallest = suppression.smallest_shown(next(iter(parts["frame"]), ""), threshold())
    is_shown = pl.Series(suppression.shown_parts(parts["failing"].to_list(), smallest), dtype=pl.Boolean)
    shown = parts.with_columns(pl.when(is_shown).then(pl.col("failing")).alias("failing"))
    return shown.select("place", "status", "failing").sort(
        "failing", "place", descending=[True, False], nulls_last=True
    )


def findings(checks: Source, scope: Scope, today: date | None = None) -> pl.DataFrame:
    """Open findings of the steward's own municipality (`FINDING`), the oldest first.

    `state` is `accepted` up to and with the last day of the acceptance; then it is open again.
    """
    code = scope.require_rows()
    day = today or danish_day(checks.run["finished_at"])
    return (
        open_findings(checks, today)
        .filter(pl.col("municipality_code") == code)
        .with_columns(pl.col("first_seen").cast(pl.Date), pl.col("accepted_until").cast(pl.Date))
        .with_columns(_state(day).alias("state"))
        .select(FINDING)
        .sort("first_seen", "check_id", "row_key")
        .collect()
    )


def _state(day: date) -> pl.Expr:
    is_accepted = (pl.col("accepted_until") >= day).fill_null(value=False)
    is_assigned = pl.col("assigned_to").is_not_null()
    return (
        pl.when(is_accepted)
        .then(pl.lit("accepted"))
        .when(is_assigned)
        .then(pl.lit("assigned"))
        .otherwise(pl.lit("open"))
    )


def _of_scope(checks: Source, scope: Scope) -> pl.LazyFrame:
    return _in_scope(checks.table("check_results"), scope)


def _in_scope(results: pl.LazyFrame, scope: Scope) -> pl.LazyFrame:
    """Rows of the scope with `place`: a municipality, or everywhere."""
    rows = _with_place(results)
    if scope.role == "national":
        return rows
    return rows.filter(pl.col("place").is_in([EVERYWHERE, scope.municipality_code]))


def _with_place(results: pl.LazyFrame) -> pl.LazyFrame:
    """A code that is no municipality's may be any text of a row: it is not handed on."""
    code, known = pl.col("municipality_code"), Reference.load().municipality_codes
    place = pl.when(code.is_null()).then(pl.lit(EVERYWHERE)).when(code.is_in(known)).then(code)
    return results.with_columns(place.otherwise(pl.lit(NOWHERE)).alias("place"))


def _with_numbers_for(rows: pl.LazyFrame, scope: Scope, giving_away: list[str]) -> pl.LazyFrame:
    """Numbers where the scope may read them; null elsewhere. `giving_away`: checks without a number of the country."""
    is_country = pl.col("place") == EVERYWHERE
    is_own = pl.lit(scope.role == "steward") & ~is_country
    failing, passing = pl.col("failing"), pl.col("applicable") - pl.col("failing")
    elsewhere = [part - pl.when(is_own).then(part).sum().over("check_id") for part in (failing, passing)]
    small = [suppression.is_small(part, threshold()) for part in (failing, passing, *elsewhere)]
    is_of_persons = ~pl.col("frame").is_in(list(suppression.OF_FIGURES))
    is_small = pl.any_horizontal(small) & is_of_persons
    is_told = is_country & ~is_small & ~pl.col("check_id").is_in(giving_away)
    may = pl.lit(scope.role != "leader") & (is_own | is_told)
    return rows.with_columns(pl.when(may).then(pl.col(name)).alias(name) for name in NUMBERS)
