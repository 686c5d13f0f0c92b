"""What stewards decided about findings, and what it does: accepted rows do not fail a check while the decision holds.

A decision is about one failing row (`row_key`), or about a whole check: in one municipality, or everywhere. Decisions
are only ever added; of two about the same thing the later one holds, through its last day.
"""

from __future__ import annotations

from dataclasses import dataclass
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
}
"""`kind`: accepted or assigned. A null `until` takes an earlier decision back."""

ABOUT = ["kind", "check_id", "row_key", "municipality_code"]
PLACE = ["check_id", "municipality_code"]
TOLD = {
    "accepted": {"accepted_until": "until", "accepted_reason": "reason"},
    "assigned": {"assigned_to": "assigned_to"},
}
"""Columns of a finding, from the columns of the decision that holds for it."""


def in_force(decisions: pl.DataFrame, today: date) -> pl.DataFrame:
    """The latest decision about each thing, if `today` is not after its last day."""
    latest = decisions.sort("decided_at", maintain_order=True).unique(ABOUT, keep="last", maintain_order=True)
    return latest.filter((pl.col("until") >= today).fill_null(value=False))


def with_decisions(findings: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """The findings (FAILURES) with the decisions in force that hold for them; what was told before is forgotten.

    A decision about the row comes before one about its municipality, and that before one about the check everywhere.
    """
    told = findings.select(pl.exclude([name for names in TOLD.values() for name in names]))
    for kind, columns in TOLD.items():
        told = _told(told, decisions.filter(pl.col("kind") == kind), columns)
    return told.select(findings.columns)


def _told(findings: pl.DataFrame, decisions: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    is_of_a_row, is_of_a_municipality = pl.col("row_key").is_not_null(), pl.col("municipality_code").is_not_null()
    levels = {
        ("check_id", "row_key"): is_of_a_row,
        ("check_id", "municipality_code"): ~is_of_a_row & is_of_a_municipality,
        ("check_id",): ~is_of_a_row & ~is_of_a_municipality,
    }
    for number, (keys, is_level) in enumerate(levels.items()):
        names = {given: f"{number} {column}" for column, given in columns.items()}
        level = decisions.filter(is_level).select(*keys, *(pl.col(given).alias(name) for given, name in names.items()))
        findings = findings.join(level, on=list(keys), how="left", maintain_order="left")
    return findings.with_columns(
        pl.coalesce(f"{number} {column}" for number in range(len(levels))).alias(column) for column in columns
    ).select(pl.exclude(r"^\d .*$"))


@dataclass(frozen=True)
class Accepted:
    """The decisions in force that accept: single rows, whole municipalities, whole checks."""

    rows: pl.DataFrame
    places: pl.DataFrame
    checks: pl.DataFrame

    @staticmethod
    def among(decisions: pl.DataFrame) -> Accepted:
        """`decisions`: those in force."""
        accepting = decisions.filter(pl.col("kind") == "accepted")
        whole = accepting.filter(pl.col("row_key").is_null())
        return Accepted(
            accepting.filter(pl.col("row_key").is_not_null()).select(FINDING),
            whole.filter(pl.col("municipality_code").is_not_null()).select(PLACE),
            whole.filter(pl.col("municipality_code").is_null()).select("check_id"),
        )

    def in_municipalities(self, counts: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        """Adds `accepted` to `check_id, municipality_code, failing`: failing rows that are accepted.

        `found`: FOUND, once for each listed failing row; of rows that are not listed, only whole decisions speak.
        """
        single = found.join(self.rows, on=FINDING, how="semi").group_by(PLACE).agg(pl.len().alias("_single"))
        is_whole = _is_one_of(counts, self.places, PLACE) | _is_one_of(counts, self.checks, ["check_id"])
        return _accepted(counts.with_columns(is_whole.alias("_whole")).join(single, on=PLACE, how="left"))

    def overall(self, counts: pl.DataFrame, in_municipalities: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        """Adds `accepted` to `check_id, failing`. A row in an accepted municipality is not counted twice."""
        places = in_municipalities.join(self.places, on=PLACE, how="semi").select("check_id", "failing")
        single = (
            found.join(self.rows, on=FINDING, how="semi")
            .join(self.places, on=PLACE, how="anti")
            .select("check_id", pl.lit(1, pl.Int64).alias("failing"))
        )
        summed = pl.concat([places, single]).group_by("check_id").agg(pl.col("failing").sum().alias("_single"))
        is_whole = _is_one_of(counts, self.checks, ["check_id"])
        return _accepted(counts.with_columns(is_whole.alias("_whole")).join(summed, on="check_id", how="left"))


def _is_one_of(rows: pl.DataFrame, known: pl.DataFrame, keys: list[str]) -> pl.Series:
    marked = known.unique().with_columns(pl.lit(value=True).alias("_known"))
    return rows.select(keys).join(marked, on=keys, how="left", maintain_order="left")["_known"].fill_null(value=False)


def _accepted(rows: pl.DataFrame) -> pl.DataFrame:
    single = pl.min_horizontal(pl.col("_single").fill_null(0).cast(pl.Int64), "failing")
    return rows.with_columns(pl.when("_whole").then("failing").otherwise(single).fill_null(0).alias("accepted")).drop(
        "_whole", "_single"
    )
