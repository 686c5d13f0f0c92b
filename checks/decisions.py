"""What stewards decided about findings, and what it does: accepted rows do not fail a check while the decision holds.

A decision is about one failing row (`row_key`), or about a whole check: in one municipality, or everywhere. Decisions
are only ever added; of two about the same thing the later one holds, through its last day.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.findings import FINDING

DECISIONS: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "check_id": pl.String(),
    "row_key": pl.String(),
    "municipality_code": pl.String(),
    "until": pl.Date(),
    "reason": pl.String(),
    "assigned_to": pl.String(),
    "decided_by": pl.String(),
    "decided_at": pl.Datetime("us", "UTC"),
    "rows": pl.Int64(),
    "checked_at": pl.Datetime("us", "UTC"),
}
"""`kind`: accepted or assigned. A null `until` takes an earlier decision back. `rows`: so many failing rows it is
about; `checked_at`: the check that had counted them."""

ABOUT = ["kind", "check_id", "row_key", "municipality_code"]
PLACE = ["check_id", "municipality_code"]
LEVELS = (("check_id", "row_key"), ("check_id", "municipality_code"), ("check_id",))
"""What a decision is about, the narrowest first."""

TOLD = {
    "accepted": {"accepted_until": "until", "accepted_reason": "reason"},
    "assigned": {"assigned_to": "assigned_to"},
}
"""Columns of a finding, from the columns of the decision that holds for it."""


def in_force(decisions: pl.DataFrame, today: date) -> pl.DataFrame:
    """The latest decision about each thing, if `today` (a day in Denmark) is not after its last day."""
    latest = decisions.sort("decided_at", maintain_order=True).unique(ABOUT, keep="last", maintain_order=True)
    return latest.filter((pl.col("until") >= today).fill_null(value=False))


def reached(findings: pl.DataFrame, accepting: pl.DataFrame, keys: list[str]) -> pl.Series:
    """Whether a decision that accepts a whole municipality (`keys`: PLACE) or check (`check_id`) reaches each finding.

    It reaches what was there when it was made: findings first seen by then, the oldest first, and no more failing rows
    than were counted then. One that does not say how many it has seen reaches none.
    """
    seen = accepting.select(*keys, pl.col("rows").alias("_seen"), pl.col("checked_at").alias("_seen_at"))
    was_there = pl.col("first_seen") <= pl.col("_seen_at")
    is_within = pl.col("rows").fill_null(1).cum_sum().over(keys) <= pl.col("_seen")
    return (
        findings.select(*FINDING, *keys[1:], "first_seen", "rows")
        .with_row_index("_at")
        .sort("first_seen", *FINDING, nulls_last=True)
        .join(seen, on=keys, how="left", maintain_order="left")
        .with_columns((was_there & is_within).fill_null(value=False).alias("_reached"))
        .sort("_at")
        .get_column("_reached")
    )


def with_decisions(findings: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """The findings (FAILURES) with the decisions in force that hold for them; what was told before is forgotten.

    A decision about the row comes before one about its municipality, and that before one about the check everywhere.
    Who has a municipality or a check has its new findings too; accepted are only those that were there.
    """
    open_rows = pl.when("still_open").then(pl.col("rows").fill_null(1)).otherwise(0)
    told = findings.select(pl.exclude([name for names in TOLD.values() for name in names])).with_columns(
        open_rows.alias("rows")
    )
    for kind, columns in TOLD.items():
        told = _told(told, kind, decisions.filter(pl.col("kind") == kind), columns)
    return told.with_columns(findings["rows"]).select(findings.columns)


def _told(findings: pl.DataFrame, kind: str, decisions: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    for number, (keys, about) in enumerate(levels(decisions).items()):
        names = {given: f"{number} {column}" for column, given in columns.items()}
        level = about.select(*keys, *(pl.col(given).alias(name) for given, name in names.items()))
        is_whole = kind == "accepted" and "row_key" not in keys
        holds = reached(findings, about, list(keys)) if is_whole else pl.lit(value=True)
        findings = findings.join(level, on=list(keys), how="left", maintain_order="left").with_columns(
            pl.when(holds).then(pl.col(name)).alias(name) for name in names.values()
        )
    return findings.with_columns(
        pl.coalesce(f"{number} {column}" for number in range(len(LEVELS))).alias(column) for column in columns
    ).select(pl.exclude(r"^\d .*$"))


def levels(decisions: pl.DataFrame) -> dict[tuple[str, ...], pl.DataFrame]:
    """Decisions about single rows, about a check in a municipality, and about a check everywhere, by their keys."""
    is_of_a_row, is_of_a_municipality = pl.col("row_key").is_not_null(), pl.col("municipality_code").is_not_null()
    meant = (is_of_a_row, ~is_of_a_row & is_of_a_municipality, ~is_of_a_row & ~is_of_a_municipality)
    return {keys: decisions.filter(is_meant) for keys, is_meant in zip(LEVELS, meant, strict=True)}
