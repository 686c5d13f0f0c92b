"""`briefs`: one page for the leaders of each municipality."""

from __future__ import annotations

from enum import StrEnum
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import StoreOption, app, console, noted, told_plainly


class Language(StrEnum):
    """Of a document."""

    da = "da"
    en = "en"


@app.command()
@told_plainly
def briefs(
    store: StoreOption,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files; it appears when all are made.")],
    municipality: Annotated[
        str | None, typer.Option("--municipality", help="Code of one municipality; all when left out.")
    ] = None,
    language: Annotated[Language, typer.Option("--language", help="Danish or English.")] = Language.da,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="HTML only.")] = False,
) -> None:
    """One page for the leaders of each municipality, HTML and PDF, from published figures only; and a list of them.

    Example: `roedtraad briefs --store demo/store --out demo/briefs` ·
    `roedtraad briefs --store demo/store --out svendborg --municipality 0479 --language en`
    """
    from reports.brief.making import Choice
    from reports.brief.making import briefs as made
    from reports.documents.folder import put_into

    choice = Choice(municipality, language.value, has_pdf=not no_pdf)
    files = made(store, choice, getuser())
    number = sum(name.endswith(".html") and name != "index.html" for name in files)
    noted(store, "published", "briefs", municipality_code=municipality, rows=number)
    put_into(out, files)
    console.print(
        f"{number} {'brief' if number == 1 else 'briefs'} in {escape(str(out))}", highlight=False, soft_wrap=True
    )
