"""Who has reported: the table of a national store that says of each return whether it holds or was taken back."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.returns.count_tables import MUNICIPALITY
from pipelines.store import OF_RETURNS, Snapshot

ACCEPTED, WITHDRAWN = "accepted", "withdrawn"
OF_RETURN: dict[str, pl.DataType] = {
    MUNICIPALITY: pl.String(),
    "state": pl.String(),
    "as_of": pl.Date(),
    "first_day": pl.Date(),
    "last_day": pl.Date(),
    "made_at": pl.Datetime("us", "UTC"),
    "accepted_at": pl.Datetime("us", "UTC"),
    "accepted_by": pl.String(),
    "definitions": pl.String(),
    "software": pl.String(),
    "contract_version": pl.String(),
    "is_sample": pl.Boolean(),
    "key": pl.String(),
    "checksum": pl.String(),
    "months_expected": pl.Int64(),
    "months_reported": pl.Int64(),
    "share_set_aside": pl.Float64(),
    "withdrawn_at": pl.Datetime("us", "UTC"),
    "why": pl.String(),
}
"""The table `returns`: one row for each municipality that has reported in this round. Completeness is of all sources
together; `share_set_aside` of the worst."""


def standing(run: Snapshot | None) -> pl.DataFrame:
    """The table `returns` of a run; empty without one."""
    return pl.DataFrame(schema=OF_RETURN) if run is None else run.table(OF_RETURNS).collect()


def missing(returns: pl.DataFrame, reference: Reference, as_of: date) -> list[str]:
    """Municipalities in force on the day without an accepted return. The rest is not missed: it may have nothing."""
    held = (pl.col("valid_from") <= as_of) & (pl.col("valid_to") > as_of).fill_null(value=True)
    known = reference.municipalities.filter(held)["municipality_code"].unique().sort().to_list()
    reported = set(returns.filter(pl.col("state") == ACCEPTED)[MUNICIPALITY])
    return [code for code in known if code not in reported]
