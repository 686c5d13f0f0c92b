"""What documents are made of: the last publication of a store, and the run that it is of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from dashboards import opening, published_quality
from dashboards.access.claims import LAST_DAY, Reader
from dashboards.opening import Publication, Source
from dashboards.quality.months import months_until
from dashboards.scope import Scope
from pipelines.errors import StoreFailed, StoreIsEmpty, UserError

MONTHS = 12
"""Of deliveries, up to the day of the figures."""


def publication_of(store: Path, who: str) -> Publication:
    """For whoever runs a command on the machine where the store lies: the files are theirs to read, as `publish` is.

    StoreIsEmpty where nothing is published; StoreFailed where there is no store; OtherVersion as on the pages.
    """
    if not store.is_dir():
        raise StoreFailed(f"There is no store in {store}", to_do="Name its folder with --store.")
    found = opening.open_publication(store, _reader(who))
    if found is None:
        raise StoreIsEmpty(f"Nothing is published in {store}", to_do="Publish the last run with: roedtraad publish")
    return found


def run_of(store: Path, publication: Publication, who: str) -> Source | None:
    """The run whose figures are published, for what is known of its deliveries; none where it is not here any more."""
    if not publication.is_of_last_run or not opening.has_rows(store):
        return None
    try:
        return opening.open_store(store, _reader(who))
    except UserError:
        return None


def months_reported(run: Source | None, scope: Scope, as_of: date) -> pl.DataFrame | None:
    """`delivery, municipality_code, month, state` of the last twelve months up to the day.

    None where nothing is known of them: without the run, its tables, or any delivery (a run of canonical tables).
    """
    if run is None:
        return None
    year = months_until(as_of, MONTHS)
    try:
        rows = published_quality.reporting(run, scope, year[0], year[-1])
    except UserError:
        return None
    return None if rows.is_empty() else rows


def _reader(who: str) -> Reader:
    return Reader(who, "national", expires_at=LAST_DAY)
