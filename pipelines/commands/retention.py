"""`retention`: rows of persons are deleted when their time is over; what was published stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.commands.shared import QuietOption, StoreOption, app, console, noted, told_plainly


@app.command()
@told_plainly
def retention(
    store: StoreOption,
    keep_rows_days: Annotated[int, typer.Option("--keep-rows-days", help="Days from when rows were first read.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Delete rows of persons that were first read so many days ago, for good. Published figures stay, and so do the
    ledger of releases and the audit log. Interrupted? Give it again.

    Example: `roedtraad retention --store demo/store --keep-rows-days 365 --dry-run`
    """
    from pipelines import retention as stage
    from pipelines.store import Store

    now = datetime.now(UTC)
    found = stage.planned(Store(store), keep_rows_days, now)
    if not dry_run:
        if found.runs or found.decisions or found.checks:
            noted(store, "deleted_rows", f"rows kept {keep_rows_days} days", rows=found.rows)
        found = stage.delete(Store(store), keep_rows_days, now)
    if not quiet:
        done = "would be deleted" if dry_run else "deleted"
        console.print(
            f"Rows first read before {found.before:%Y-%m-%d}: {found.rows:,} of {len(found.runs):,} runs {done}, "
            f"{found.decisions:,} decisions about gaps, and the numbers of {found.checks:,} results of checks. "
            "Published figures stay.",
            highlight=False,
            soft_wrap=True,
        )
