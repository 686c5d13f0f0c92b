"""What `roedtraad status` tells about deliveries: the ledger, completeness of reporting, linkage, unknown codes.

Everything fits 80 columns: a figure is never cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from rich.box import SIMPLE
from rich.console import Group
from rich.table import Table

from pipelines.sources.reported import STATES, completeness_by_year
from pipelines.store import Snapshot

COUNTS = ("rows_read", "out_of_scope", "superseded", "faulty", "accepted", "quarantined", "exact_duplicates")
NOT_USED = {"out_of_scope": "out of scope", "superseded": "superseded", "faulty": "unreadable"}
WORST = 5


def deliveries(snapshot: Snapshot) -> Group:
    """The ledger by kind of delivery; below it the rows that were not used, and the files that no longer count."""
    ledger = snapshot.table("deliveries").collect()
    shown = _table("Deliveries", ["Delivery"], ["Files", "Rows", "Accepted", "Quarantined", "Copies"])
    by_delivery = _by_delivery(ledger)
    for row in by_delivery.iter_rows(named=True):
        counts = ("files", "rows_read", "accepted", "quarantined", "exact_duplicates")
        shown.add_row(row["delivery"], *(f"{row[name]:,}" for name in counts))
    replaced = ledger.filter(pl.col("state") != "in_use")
    return Group(
        shown, *filter(None, map(_not_used, by_delivery.to_dicts())), *(_no_longer(row) for row in replaced.to_dicts())
    )


def withdrawn(snapshot: Snapshot) -> str:
    """A word of warning where files that the store once used are not delivered any more."""
    ledger = (
        snapshot.table("deliveries").collect() if "deliveries" in snapshot.versions else pl.DataFrame({"state": []})
    )
    gone = ledger.filter(pl.col("state").cast(pl.String) == "withdrawn").height
    if not gone:
        return ""
    return f"{gone} files of earlier deliveries are gone, and so are their rows: see roedtraad status --files."


def _table(title: str, words: Sequence[str], figures: Sequence[str]) -> Table:
    """Words may be folded, figures never."""
    shown = Table(title=title, title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0))
    for heading in words:
        shown.add_column(heading, overflow="fold")
    for heading in figures:
        shown.add_column(heading, justify="right", no_wrap=True, min_width=len(heading))
    return shown


def _by_delivery(ledger: pl.DataFrame) -> pl.DataFrame:
    is_here = pl.col("state").is_in(["in_use", "superseded"])
    return (
        ledger.filter(is_here).group_by("delivery").agg(pl.len().alias("files"), pl.col(COUNTS).sum()).sort("delivery")
    )


def _not_used(row: dict[str, Any]) -> str | None:
    told = [f"{row[name]:,} {word}" for name, word in NOT_USED.items() if row[name]]
    return f"{row['delivery']}: {', '.join(told)}" if told else None


def _no_longer(row: dict[str, Any]) -> str:
    by = f" by {row['superseded_by']}" if row["superseded_by"] else ""
    return f"{row['source']} ({row['content_hash'][:8]}): {row['state']}{by}"


def ledger_table(snapshot: Snapshot) -> Table:
    """Every file of the ledger, one line each."""
    shown = _table("Ledger", ["File", "First seen", "State"], ["Rows", "Accepted", "Aside", "Copies"])
    for row in snapshot.table("deliveries").collect().iter_rows(named=True):
        counts = [f"{row[name]:,}" for name in ("rows_read", "accepted", "quarantined", "exact_duplicates")]
        sender = f" from {row['sender']}" if row["sender"] else ""
        file = f"{row['source']} ({row['delivery']}{sender}, {row['content_hash'][:8]})"
        shown.add_row(file, f"{row['first_seen']:%Y-%m-%d}", row["state"], *counts)
    return shown


def completeness(snapshot: Snapshot) -> Group:
    """Months reported per delivery, and the municipalities and years that lack most."""
    rows = snapshot.table("reporting").with_columns(pl.col("state").cast(pl.Enum(list(STATES)))).collect()
    headings = ["Places", "Reported", "Missing", "Too few", "Incomplete"]
    shown = _table("Completeness of reporting (municipality and month)", ["Delivery"], headings)
    for row in _months(rows).iter_rows(named=True):
        shown.add_row(row["delivery"], *(f"{row[name]:,}" for name in ("places", *STATES)))
    lacking = pl.col("missing") + pl.col("declared_incomplete")
    worst = (
        completeness_by_year(rows).filter(lacking > 0).sort(lacking, "year", "delivery", descending=[True, True, False])
    )
    told = [
        f"{row['delivery']} {row['year']}: municipality {row['municipality_code']} {row['said_en']}"
        for row in worst.head(WORST).iter_rows(named=True)
    ]
    more = [f"and {worst.height - WORST} more: roedtraad export reporting"] if worst.height > WORST else []
    few = "Too few: fewer than five rows were to be expected, so an empty month says nothing."
    return Group(shown, few, *(told or ["No month is missing where rows were to be expected."]), *more)


def _months(rows: pl.DataFrame) -> pl.DataFrame:
    states = [(pl.col("state") == state).sum().alias(state) for state in STATES]
    places = pl.col("municipality_code").n_unique().alias("places")
    return rows.group_by("delivery").agg(places, *states).sort("delivery")


def linkage(snapshot: Snapshot) -> Group:
    """How births, exposures and rows without a number found their pregnancy or child, and how many did not."""
    parts: list[Group | Table] = []
    if "linkage_quality" in snapshot.versions:
        parts.append(_linked(snapshot.table("linkage_quality").collect()))
    records = snapshot.table("record_links").collect()
    if records.height:
        parts.append(_linked_by_source(records))
    return Group(*parts)


def _linked(quality: pl.DataFrame) -> Group:
    shown = _table("Links, all municipalities", ["What", "Outcome"], ["Rows"])
    for what, outcome, rows in (
        quality.group_by("measure", "outcome").agg(pl.col("rows").sum()).sort("measure", "outcome").iter_rows()
    ):
        shown.add_row(what, outcome, f"{rows:,}")
    is_lost = pl.col("outcome").is_in(["none", "ambiguous", "no_child"])
    lost = (
        quality.filter(is_lost)
        .group_by("municipality_code")
        .agg(pl.col("rows").sum())
        .sort("rows", "municipality_code", descending=[True, False])
    )
    told = [f"{row['municipality_code'] or 'no municipality'} ({row['rows']:,})" for row in lost.head(WORST).to_dicts()]
    return Group(shown, f"Most unlinked: {', '.join(told)}" if told else "Every birth and exposure is linked.")


def _linked_by_source(records: pl.DataFrame) -> Table:
    shown = _table("Links by source", ["Delivery", "Linked by"], ["Rows", "Least sure"])
    found = records.group_by("delivery", "linked_by").agg(
        pl.len().alias("rows"), pl.col("match_probability").min().alias("least")
    )
    for delivery, linked_by, rows, least in found.sort("delivery", "linked_by").iter_rows():
        shown.add_row(delivery, linked_by, f"{rows:,}", f"{least:.4f}" if least is not None else "by rule")
    return shown


def unmapped(snapshot: Snapshot) -> Group:
    """Codes that the mappings do not know."""
    rows = snapshot.table("unmapped_codes").group_by("column", "code").agg(pl.col("rows").sum())
    told = [
        f"{row['column']}: {row['code'] if row['code'] is not None else 'other values'} ({row['rows']:,})"
        for row in rows.sort("rows", "column", "code", descending=[True, False, False]).collect().iter_rows(named=True)
    ]
    return Group("Codes that no mapping knows: " + ", ".join(told[:20]) if told else "Every code is mapped.")


def numbers(snapshot: Snapshot) -> str:
    """Persons' numbers of the delivery, as counts; the checksum is a hint and never a fault."""
    for row in snapshot.table("number_hints").collect().iter_rows(named=True):
        return (
            f"Persons' numbers: {row['numbers']:,} different, {row['replacement_numbers']:,} replacement numbers; "
            f"{row['failing_checksum']:,} born before October 2007 fail modulus 11 (a hint only)."
        )
    return "The delivery came with pseudonyms: no person's number was read."


PARTS = (deliveries, completeness, linkage, unmapped, numbers)
"""In the order of `roedtraad status`."""
