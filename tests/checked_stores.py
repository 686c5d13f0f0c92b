"""Small stores to check, and small catalogues to check them with."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from deliveries import Row, changed, deliver

from checks.declared import Check, Severity
from checks.frames import Frame
from checks.run import Outcome, check
from pipelines.definitions.reference import Reference
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

AS_OF = date(2026, 9, 30)
MONDAY, TUESDAY, WEDNESDAY = (datetime(2026, 11, day, 8, tzinfo=UTC) for day in (23, 24, 25))


def claim(
    id: str,
    fails: pl.Expr,
    *,
    applies: pl.Expr | None = None,
    threshold: float = 0.0,
    severity: Severity = "warning",
) -> Check:
    """A check whose frame is the first part of its id."""
    return Check(
        id=id,
        frame=id.split(".", maxsplit=1)[0],
        claim_da="Sådan er det",
        claim_en="So it is",
        category="plausibility",
        context="verification",
        severity=severity,
        fails=fails,
        applies=applies,
        threshold=threshold,
        supplier_da="Ret det",
        supplier_en="Mend it",
        reader_da="Vid det",
        reader_en="Know it",
    )


def contact(number: int, **values: Any) -> Row:
    return changed("contacts", contact_id=f"k{number}", **values)


def contacts_in(**municipalities: int) -> list[Row]:
    """`m0461=3`: three contacts in Odense; `none=1`: one in no known municipality. Their ids count from k0."""
    codes = [None if name == "none" else name[1:] for name, many in municipalities.items() for _ in range(many)]
    return [contact(number, municipality_code=code) for number, code in enumerate(codes)]


def store_with(folder: Path, as_of: date = AS_OF, **tables: Sequence[Row]) -> Store:
    """The small delivery with other rows in some tables, run into `folder/store`; again for another delivery.

    A first run of the same rows is made once in a process, and copied.
    """
    if (folder / "store").exists():
        return _run_into(folder, as_of, tables)
    first = _first_run(as_of, json.dumps(tables, default=str, sort_keys=True))
    if not (first / "store").exists():
        _run_into(first, as_of, tables)
    shutil.copytree(first, folder, dirs_exist_ok=True)
    return Store(folder / "store")


def _run_into(folder: Path, as_of: date, tables: Mapping[str, Sequence[Row]]) -> Store:
    store = Store(folder / "store")
    delivery = deliver(folder / f"delivery-{store.runs().height}", {name: list(rows) for name, rows in tables.items()})
    run(store, Source(canonical=delivery), as_of, Reference.load(), Progress())
    return store


@cache
def _first_run(_as_of: date, _rows: str) -> Path:
    """A folder for the first run of these rows, removed with the process."""
    folder = Path(tempfile.mkdtemp(prefix="roedtraad-first-run-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def small_frames(snapshot: Snapshot, _: Reference) -> dict[str, Frame]:
    """Two tables as they are, one that no run has any more, and one without rows."""
    contacts, children = snapshot.table("contacts"), snapshot.table("children")
    return {
        "contacts": Frame("contacts", contacts, ("contact_id",), "municipality_code", "Kontakter", "Contacts"),
        "children": Frame("children", children, ("child_id",), None, "Børn", "Children"),
        "nobody": Frame("nobody", contacts.head(0), ("contact_id",), "municipality_code", "Ingen", "Nobody"),
    }


def checked(
    store: Store,
    *catalogue: Check,
    now: datetime = MONDAY,
    tables: Sequence[str] | None = None,
    frames: Callable[[Snapshot, Reference], Mapping[str, Frame]] = small_frames,
) -> Outcome:
    return check(store, catalogue=catalogue, frames=frames, now=now, tables=tables)


def findings(outcome: Outcome) -> pl.DataFrame:
    return outcome.snapshot.table("check_failures").collect()


def result(outcome: Outcome, check_id: str, municipality: str | None = None) -> dict[str, Any]:
    """The one row of a check, overall or in a municipality."""
    is_there = pl.col("municipality_code").eq_missing(pl.lit(municipality, pl.String))
    return outcome.results.filter(is_there, pl.col("check_id") == check_id).row(0, named=True)
