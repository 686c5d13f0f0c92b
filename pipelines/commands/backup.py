"""`backup` and `restore`: a copy of a store that is whole by itself, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import app, console, noted, told_plainly
from pipelines.errors import WrongUse

if TYPE_CHECKING:
    from pipelines.backup import Manifest

HashOption = Annotated[
    str | None, typer.Option("--hash", help="That was told when the backup was made, and noted elsewhere.")
]


@app.command()
@told_plainly
def backup(
    folder: Annotated[Path | None, typer.Option("--store", help="Folder of the store.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="A new folder, or a new file that ends with .zip.")] = None,
    verify: Annotated[Path | None, typer.Option("--verify", help="Look at this backup instead of making one.")] = None,
    known_hash: HashOption = None,
) -> None:
    """Copy a store, whole by itself, while people read and a run writes; or look whether a backup is what was written.

    The secret of the pseudonyms is not in it. Keep it apart, and never beside the backup.
    Exit code 37: the backup is not whole.

    Example: `roedtraad backup --store demo/store --to backups/monday.zip` ·
    `roedtraad backup --verify backups/monday.zip`
    """
    from pipelines.backup import back_up, verified

    if verify is not None and folder is None and to is None:
        _say(verified(verify, known_hash))
        console.print("The backup is whole.")
        return
    if folder is None or to is None or verify is not None:
        raise WrongUse("Give --store and --to, or --verify alone", to_do="See: roedtraad backup --help")
    if folder.is_dir():
        noted(folder, "exported", f"backup:{to.name}")
    made = back_up(folder, to)
    _say(made.manifest)
    console.print(f"Backup: {made.place}\nHash, to be noted elsewhere: {made.seal}", highlight=False, markup=False)
    console.print(made.manifest.not_included, highlight=False)


@app.command()
@told_plainly
def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="Folder or .zip of a backup.")],
    folder: Annotated[Path, typer.Option("--store", help="A new folder; it is made.")],
    known_hash: HashOption = None,
) -> None:
    """A store from a backup: verified, written beside, examined, and only then given its name.

    Example: `roedtraad restore backups/monday.zip --store demo/again`
    """
    from pipelines.backup import restore as restore_from

    made = restore_from(source, folder, known_hash)
    noted(folder, "repaired", f"restored from backup:{source.name}")
    _say(made.manifest)
    console.print(f"Store: {made.store}\nAudit log: {made.audit_log}", highlight=False, markup=False)
    if made.keeps_audit_log:
        console.print("The audit log that lay there goes on from the one in the backup, so it stayed.")
    for finding in made.to_do:
        console.print(f"{finding.what} ({finding.where}). {finding.to_do}", highlight=False, markup=False)


def _say(manifest: Manifest) -> None:
    last = next(iter(manifest.runs), None)
    of_run = f"; last {last.kind} {last.run_id} as of {last.as_of}" if last else ""
    console.print(
        f"{len(manifest.files):,} files, {manifest.bytes / 1e6:,.1f} MB, {len(manifest.runs)} runs{of_run}; "
        f"made {manifest.made_at:%Y-%m-%d %H:%M} UTC",
        highlight=False,
    )
