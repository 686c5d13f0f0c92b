"""Who has returned its counts to national coordination, who has not, and what was refused. Scope first.

Nothing here is a count of children: when, by which definitions, and how whole the sources were.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from dashboards.geography import Geography
from dashboards.opening import Source
from dashboards.scope import NotAllowed, Scope
from pipelines.returns.refused_files import RefusedFiles

ACCEPTED, WITHDRAWN = "accepted", "withdrawn"
REST = "rest"
"""Whose return has the children of no municipality."""


def accepted(source: Source, scope: Scope) -> pl.DataFrame:
    """One row for each return that is in the figures, by code."""
    return _returns(source, scope).filter(pl.col("state") == ACCEPTED).sort("municipality_code")


def missing(source: Source, scope: Scope, geography: Geography) -> pl.DataFrame:
    """`municipality_code, withdrawn_at, why` of every municipality whose return is not in the figures; those that have
    taken theirs back first. Null where nothing was ever returned in this round."""
    returns = _returns(source, scope)
    taken_back = returns.filter(pl.col("state") == WITHDRAWN).select("municipality_code", "withdrawn_at", "why")
    is_in = returns.filter(pl.col("state") == ACCEPTED)["municipality_code"].to_list()
    expected = pl.DataFrame({"municipality_code": [code for code in geography.codes if code not in is_in]})
    rows = expected.join(taken_back, on="municipality_code", how="left", maintain_order="left")
    return rows.sort(pl.col("withdrawn_at").is_null(), maintain_order=True)


def refused(store: Path, scope: Scope) -> pl.DataFrame:
    """The files that were refused lately, the latest first."""
    _require(scope)
    return RefusedFiles(store).latest()


def _returns(source: Source, scope: Scope) -> pl.DataFrame:
    _require(scope)
    return source.table("returns").collect()


def _require(scope: Scope) -> None:
    """Of every municipality: for national coordination alone."""
    if scope.role != "national":
        raise NotAllowed("Who has returned its counts is for national coordination", to_do="Choose that role")
