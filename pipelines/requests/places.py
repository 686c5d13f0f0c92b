"""Where requests lie in a store, and what is said when they cannot be read or written."""

from __future__ import annotations

from pathlib import Path

from pipelines.append_only import Refusals
from pipelines.errors import StoreFailed

FOLDER = "requests"
REFUSALS = Refusals(
    unread="Requests cannot be read",
    busy="Somebody else is writing in this request just now",
    unwritten="It could not be written, so nothing was changed",
)


def assert_is_store(store: Path) -> None:
    """A mistyped name makes no folder."""
    if not store.is_dir():
        raise StoreFailed(f"There is no store {store}", to_do="Name the folder of the store with --store.")
