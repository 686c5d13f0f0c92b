"""`doctor`: what is wrong with a store, what still works, and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import StoreOption, app, console, noted, told_plainly

if TYPE_CHECKING:
    from pipelines.doctor import Looked


@app.command()
@told_plainly
def doctor(
    folder: StoreOption,
    quick: Annotated[bool, typer.Option("--quick", help="Sizes and footers of files only, not their content.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    mend: Annotated[bool, typer.Option("--repair", help="Mend what can be mended without losing anything.")] = False,
    aside: Annotated[
        list[str] | None,
        typer.Option("--set-aside", metavar="RUN", help="A damaged run that no backup brings back: out of the way."),
    ] = None,
    secret_file: Annotated[Path | None, typer.Option("--secret-file", help="Look at this secret, too.")] = None,
) -> None:
    """Look at a store: every file, log, run, right and chain; say what is damaged, what still works and what to do.

    Exit codes: 0 sound · 35 damage, with a whole run left or nothing lost · 36 damage, and no run is whole.

    Example: `roedtraad doctor --store demo/store` · `roedtraad doctor --store demo/store --repair`
    """
    from pipelines.doctor import Looked, examine
    from pipelines.doctor.shown import as_json as in_json
    from pipelines.doctor.shown import shown

    looked = Looked(folder, quick, secret_file)
    if aside:
        _set_aside(folder, aside)
    if mend:
        _repair(looked, quiet=as_json)
    found = examine(looked)
    if as_json:
        typer.echo(json.dumps(in_json(found), ensure_ascii=False, indent=2))
    else:
        console.print(shown(found))
    raise typer.Exit(found.exit_code)


def _set_aside(store: Path, run_ids: list[str]) -> None:
    from pipelines.doctor import set_aside

    noted(store, "repaired", f"doctor: set aside {', '.join(run_ids)}")
    for said in set_aside(store, run_ids):
        console.print(f"Set aside: {said}", highlight=False, markup=False)


def _repair(looked: Looked, *, quiet: bool) -> None:
    """Twice: what a killed run left in the tables is looked at once its staging is gone."""
    from pipelines.doctor import examine, repair

    for _ in range(2):
        before = examine(looked)
        kinds = sorted({finding.kind for finding in before.findings if finding.repair})
        if not kinds:
            return
        noted(looked.store, "repaired", f"doctor: {', '.join(kinds)}")
        repairs = repair(looked, before)
        for word, findings in (("Mended", repairs.done), ("Could not be mended", repairs.failed)):
            for finding in () if quiet else findings:
                console.print(escape(f"{word}: {finding.kind} ({finding.where})"), highlight=False)
