"""`audit-log`: who saw, exported, published and decided what; and that nobody has changed the log."""

from __future__ import annotations

from typing import Annotated

import polars as pl
import typer
from rich.markup import escape
from rich.table import Table

from pipelines.commands.shared import StoreOption, app, console, told_plainly
from pipelines.errors import UserError

audit_app = typer.Typer(no_args_is_help=True, help="Who saw, exported, published and decided what, in a hash chain.")
app.add_typer(audit_app, name="audit-log")

SHOWN = ("number", "at", "who", "role", "municipality_code", "action", "what", "rows", "why")


class LogIsBroken(UserError):
    """An entry of the audit log does not follow the one before."""

    exit_code = 16


@audit_app.command("list")
@told_plainly
def list_entries(
    store: StoreOption,
    last: Annotated[int, typer.Option("--last", help="So many of the latest.", min=1)] = 50,
    who: Annotated[str | None, typer.Option("--who", help="Of one person.")] = None,
    action: Annotated[str | None, typer.Option("--action", help="Of one kind, such as exported.")] = None,
    records: Annotated[bool, typer.Option("--records", help="With the pseudonyms of the children seen.")] = False,
) -> None:
    """The latest entries: who did what, when, under what role and municipality.

    Example: `roedtraad audit-log list --store demo/store --action exported`
    """
    from pipelines.audit_log import AuditLog

    asked = [pl.col(name) == value for name, value in (("who", who), ("action", action)) if value is not None]
    rows = AuditLog.of(store).entries().filter(*asked).tail(last)
    columns = (*SHOWN, "record") if records else SHOWN
    shown = Table(*columns, show_lines=False)
    for row in rows.select(columns).with_columns(pl.col("at").dt.to_string("%Y-%m-%d %H:%M:%S")).iter_rows():
        shown.add_row(*("" if value is None else escape(str(value)) for value in row))
    console.print(shown)


@audit_app.command("verify")
@told_plainly
def verify_log(
    store: StoreOption,
    head: Annotated[str | None, typer.Option("--head", help="NUMBER:HASH that was noted earlier, elsewhere.")] = None,
) -> None:
    """Go through the whole chain. Exit code 16: an entry was changed, removed or added between others.

    Note the head that it prints in another place now and then: a log that was made anew as a whole is found by it.

    Example: `roedtraad audit-log verify --store demo/store`
    """
    from pipelines.audit_log import AuditLog

    log = AuditLog.of(store)
    verdict = log.verify(head)
    if not verdict.is_whole:
        raise LogIsBroken(
            f"The audit log is broken at entry {verdict.broken_at}: {SAID[verdict.why or '']}",
            where=str(log.folder),
            to_do="Keep the folder as it is, and find out who could write there.",
        )
    console.print(f"The chain is whole: {verdict.entries:,} entries.\nHead: {verdict.head}", highlight=False)


SAID = {
    "unreadable": "the line is no entry",
    "changed": "it is not what was written",
    "cut_short": "it was cut short; the next entry sets it aside and says so",
    "entries_missing": "entries that were there are gone",
}
