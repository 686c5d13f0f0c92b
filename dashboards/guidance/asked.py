"""What municipalities say of a description's recommendations, for those who may read it: national coordination all of
them, a municipality its own."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from dashboards.scope import Scope
from pipelines.definitions.descriptions import Description
from pipelines.errors import UserError
from pipelines.guidance.survey import SAYS, is_survey_of, says
from pipelines.requests.opened import Opened, all_opened


def last_survey(store: Path, described: Description) -> Opened | None:
    """The follow-up survey that was opened last; null when none was, or the store's requests cannot be read."""
    try:
        return next((each for each in all_opened(store) if is_survey_of(each, described)), None)
    except (UserError, OSError):
        return None


def said(opened: Opened, scope: Scope, described: Description) -> pl.DataFrame:
    """The rows of `survey.says` (columns SAYS) within the scope; nobody else's."""
    if scope.role == "operator":
        return pl.DataFrame(schema=SAYS)
    rows = says(opened, described.recommendations["id"].to_list())
    if scope.role == "national":
        return rows
    return rows.filter(pl.col("municipality_code") == scope.municipality_code)
