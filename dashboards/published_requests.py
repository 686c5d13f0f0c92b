"""The published counts that answers to a request stand beside: of the municipalities that a scope may see."""

from __future__ import annotations

import polars as pl

from dashboards.opening import Source
from dashboards.scope import Place, Scope
from pipelines.requests.deviations import counts_in
from pipelines.requests.opened import Opened


def counts(tables: Source | None, scope: Scope, opened: Opened) -> pl.DataFrame:
    """Columns COUNTS of the municipalities that are asked (`opened`: as the scope may see it)."""
    asked = opened.respondents.filter(respondent_kind="municipality")["respondent"].to_list()
    scope.require(tuple(Place("municipality", code) for code in asked))
    return counts_in(None if tables is None else tables.table("published_counts"), opened)
