"""`secret new`, `secret rotate`, `scan`: nobody can be found again in what is written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import BELOW_FLOOR, StoreOption, app, console, noted, told_plainly

secret = typer.Typer(no_args_is_help=True, help="The secret under which persons' numbers become pseudonyms.")
app.add_typer(secret, name="secret")


@secret.command("new")
@told_plainly
def secret_new(file: Annotated[Path, typer.Argument(help="Where to write it: outside the project.")]) -> None:
    """Make a secret that only you may read. What is there already is never written over.

    Example: `roedtraad secret new ~/roedtraad-secret`
    """
    from pipelines.identity import make_secret

    make_secret(file)
    console.print(f"{escape(str(file))} is yours alone. Keep a copy in a safe place: it cannot be made again.")


@secret.command("rotate")
@told_plainly
def secret_rotate(
    store: StoreOption,
    secret_file: Annotated[
        Path | None, typer.Option("--secret-file", help="The secret; default: the demo's own in the store.")
    ] = None,
) -> None:
    """A new key for a store: every pseudonym changes, and nobody's thread breaks. Interrupted? Give it again.

    Example: `roedtraad secret rotate --store demo/store --secret-file ~/roedtraad-secret`
    """
    from pipelines.flow import THROW_AWAY_SECRET
    from pipelines.rekey import rotate
    from pipelines.store import Store

    noted(store, "rekeyed", "secret")
    done = rotate(Store(store), secret_file or store / THROW_AWAY_SECRET)
    carried = " and ".join(done.carried) or "nothing was left to do"
    console.print(f"{done.identities:,} pseudonyms have a new key: {carried}. Keep a copy of the new secret.")


@app.command("scan")
@told_plainly
def scan_files(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
) -> None:
    """Look for text that looks like a CPR or replacement number in files. A hit is critical: exit code 8.

    Example: `roedtraad scan demo/store exports`
    """
    from pipelines.scan import scan

    found = scan(paths)
    for hit in found.hits:
        console.print(f"{hit.file}: {hit.place}: {hit.count:,}", markup=False, highlight=False)
    for name in found.unread:
        console.print(f"{name}: cannot be read, so nothing is known about it", markup=False, highlight=False)
    console.print(f"{found.files:,} files, {found.bytes / 1e6:,.1f} MB: {len(found.hits):,} places with numbers.")
    if not found.is_clean:
        raise typer.Exit(BELOW_FLOOR)
