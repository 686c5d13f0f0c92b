"""What `roedtraad status` tells about deliveries: the ledger, completeness of reporting, linkage, unknown codes."""

from __future__ import annotations

import polars as pl
from rich.console import Group
from rich.table import Table

from pipelines.store import Snapshot

COUNTS = ("rows_read", "out_of_scope", "superseded", "faulty", "accepted", "quarantined", "exact_duplicates")
WORST = 5


def deliveries(snapshot: Snapshot) -> Group:
    """The ledger by kind of delivery; below it what no longer counts."""
    ledger = snapshot.table("deliveries").collect()
    shown = Table(title="Deliveries", title_justify="left")
    shown.add_column("Delivery", no_wrap=True)
    for heading in (
        "Files",
        "Senders",
        "Rows",
        "Out of scope",
        "Superseded",
        "Unreadable",
        "Accepted",
        "Quarantined",
        "Copies",
    ):
        shown.add_column(heading, justify="right")
    for row in _by_delivery(ledger).iter_rows(named=True):
        counts = [f"{row[name]:,}" for name in ("files", "senders", *COUNTS)]
        shown.add_row(row["delivery"], *counts)
    replaced = ledger.filter(pl.col("state") != "in_use")
    return Group(shown, *(_no_longer(row) for row in replaced.iter_rows(named=True)))


def _by_delivery(ledger: pl.DataFrame) -> pl.DataFrame:
    is_here = pl.col("state") != "withdrawn"
    return (
        ledger.filter(is_here)
        .group_by("delivery")
        .agg(pl.len().alias("files"), pl.col("sender").drop_nulls().n_unique().alias("senders"), pl.col(COUNTS).sum())
        .sort("delivery")
    )


def _no_longer(row: dict[str, object]) -> str:
    by = f" by {row['superseded_by']}" if row["superseded_by"] else ""
    return f"{row['source']} ({str(row['content_hash'])[:8]}): {row['state']}{by}"


def ledger_table(snapshot: Snapshot) -> Table:
    """Every file of the ledger, one line each."""
    shown = Table(
        "File", "Delivery", "Sender", "First seen (UTC)", "Content", "State", title="Ledger", title_justify="left"
    )
    for heading in ("Rows", "Accepted", "Quarantined", "Copies"):
        shown.add_column(heading, justify="right")
    for row in snapshot.table("deliveries").collect().iter_rows(named=True):
        counts = [f"{row[name]:,}" for name in ("rows_read", "accepted", "quarantined", "exact_duplicates")]
        seen = f"{row['first_seen']:%Y-%m-%d %H:%M}"
        shown.add_row(
            row["source"], row["delivery"], row["sender"] or "", seen, row["content_hash"][:8], row["state"], *counts
        )
    return shown


def completeness(snapshot: Snapshot) -> Group:
    """Months reported per delivery, and the municipalities and years that lack most."""
    rows = snapshot.table("reporting").collect()
    shown = Table(title="Completeness of reporting (municipality and month)", title_justify="left")
    shown.add_column("Delivery", no_wrap=True)
    for heading in ("Municipalities", "Months reported", "Missing", "Too few to say", "Said to be incomplete"):
        shown.add_column(heading, justify="right")
    for row in _months(rows, ["delivery"]).sort("delivery").iter_rows(named=True):
        states = [f"{row[state]:,}" for state in ("reported", "missing", "too_few_to_say", "declared_incomplete")]
        shown.add_row(row["delivery"], str(row["municipalities"]), *states)
    by_year = _months(
        rows.with_columns(pl.col("month").dt.year().alias("year")), ["delivery", "municipality_code", "year"]
    )
    lacking = (pl.col("missing") + pl.col("declared_incomplete")).alias("lacking")
    worst = (
        by_year.with_columns(lacking)
        .filter(pl.col("lacking") > 0)
        .sort("lacking", "delivery", "municipality_code", descending=[True, False, False])
    )
    told = [_lacking(row) for row in worst.head(WORST).iter_rows(named=True)]
    more = [f"and {worst.height - WORST} more"] if worst.height > WORST else []
    return Group(shown, *(told or ["No month is missing where rows were to be expected."]), *more)


def _lacking(row: dict[str, object]) -> str:
    said = f", {row['declared_incomplete']} are said to be incomplete" if row["declared_incomplete"] else ""
    missing = f", {row['missing']} are missing" if row["missing"] else ""
    who = f"{row['delivery']} {row['year']}: municipality {row['municipality_code']}"
    return f"{who} reported {row['reported']} months{missing}{said}"


def _months(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    states = ("reported", "missing", "too_few_to_say", "declared_incomplete")
    return rows.group_by(by).agg(
        pl.col("municipality_code").n_unique().alias("municipalities"),
        *((pl.col("state") == state).sum().alias(state) for state in states),
    )


def linkage(snapshot: Snapshot) -> Group:
    """How births, exposures and rows without a number found their pregnancy or child, and how many did not."""
    shown = Table("What", "How", title="Links", title_justify="left")
    shown.add_column("Rows", justify="right")
    shown.add_column("Least sure", justify="right")
    rows = []
    if "linkage_quality" in snapshot.versions:
        quality = snapshot.table("linkage_quality").group_by("measure", "outcome").agg(pl.col("rows").sum())
        rows += [(*row, None) for row in quality.sort("measure", "outcome").collect().iter_rows()]
    records = snapshot.table("record_links").group_by("delivery", "linked_by")
    found = records.agg(pl.len().alias("rows"), pl.col("match_probability").min().alias("least"))
    rows += list(found.sort("delivery", "linked_by").collect().iter_rows())
    for what, how, count, least in rows:
        shown.add_row(what, how, f"{count:,}", f"{least:.4f}" if least is not None else "")
    return Group(shown)


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
