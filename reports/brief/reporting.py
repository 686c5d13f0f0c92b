"""How much of what a municipality was to report has come in the last year, and what is missing now, in words."""

from __future__ import annotations

import polars as pl

from dashboards.language import Words
from dashboards.opening import Source
from dashboards.quality import lacking, months
from dashboards.quality.declared import table_name
from dashboards.scope import Scope
from reports.documents.runs import runs_of, text_of
from reports.opened import months_reported


def reported(run: Source | None, scope: Scope, words: Words) -> str:
    """`run`: the run that the publication is of; none where it is not on this machine."""
    rows = None if run is None else months_reported(run, scope, run.run["as_of"])
    if rows is None:
        return words("brief.reporting_unknown")
    counted = months.completeness(rows, rows["month"].unique().to_list())
    if counted.share is None:
        return words("reporting.nothing_expected")
    numbers = {"reported": words.number(counted.reported), "expected": words.number(counted.expected)}
    told = text_of(runs_of(words("reporting.reported", share=words.percent(counted.share), **numbers)))
    return " ".join([told, *_missing_now(rows, words)])


def _missing_now(rows: pl.DataFrame, words: Words) -> list[str]:
    missing = lacking.missing_now(rows)["delivery"].unique().sort()
    names = sorted({table_name(delivery, words) for delivery in missing})
    return [words("brief.missing_now", deliveries=", ".join(names))] if names else []
