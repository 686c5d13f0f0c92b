"""`interchange`: published figures for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import QuietOption, StoreOption, app, console, noted, told_plainly
from pipelines.errors import StoreIsEmpty


@app.command()
@told_plainly
def interchange(
    store: StoreOption,
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; an earlier export there is replaced.")],
    only: Annotated[
        list[str] | None, typer.Option("--only", help="csv, json, fhir or frictionless; may be given several times.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", help="What the figures may be used under, such as CC-BY-4.0.")
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Write the published figures as CSV and JSON with schemas, as a Data Package, and as FHIR measure reports.

    Published tables only: what the gate has hidden is hidden in every form.

    Example: `roedtraad interchange --store demo/store --out demo/interchange --only csv --only frictionless`
    """
    from pipelines.store import Store
    from reports.interchange.exporting import FORMS, assert_asked, export

    forms = only or list(FORMS)
    assert_asked(out, forms)
    publication = Store(store).last("publish")
    if publication is None or not publication.versions:
        raise StoreIsEmpty(f"Nothing was published from {store}", to_do="Publish with: roedtraad publish")
    noted(store, "exported", f"interchange {', '.join(forms)}")
    files = export(publication, out, forms, licence)
    if not quiet:
        console.print(f"{len(files)} files in {escape(str(out))}", highlight=False, soft_wrap=True)
