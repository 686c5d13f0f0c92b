"""What documents are made of: the last publication of a store, and the run that it is of."""

from __future__ import annotations

from pathlib import Path

from dashboards import opening
from dashboards.access.claims import LAST_DAY, Reader
from dashboards.opening import Publication, Source
from pipelines.errors import StoreFailed, StoreIsEmpty, UserError


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


def _reader(who: str) -> Reader:
    return Reader(who, "national", expires_at=LAST_DAY)
