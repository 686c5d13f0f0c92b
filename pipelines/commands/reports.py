"""`report`, `reply draft`, `reply template`: documents that leave the house. Each is in the audit log before it is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import QuietOption, StoreOption, app, console, noted, told_plainly

reply = typer.Typer(help="The drafted reply to a central request.", no_args_is_help=True)
app.add_typer(reply, name="reply")


class Spoken(StrEnum):
    """The languages of documents."""

    da = "da"
    en = "en"


OutOption = Annotated[Path, typer.Option("--out", help="Folder for the Word, PDF and Excel files.")]
LanguageOption = Annotated[Spoken, typer.Option("--language", help="da or en.")]
TemplateOption = Annotated[
    Path | None, typer.Option("--template", help="A Word template of your own; see `roedtraad reply template`.")
]


@app.command("report")
@told_plainly
def national_report(
    period: Annotated[str, typer.Option("--period", help="A year (2025) or a quarter (2026Q3).")],
    store: StoreOption = Path("demo/store"),
    out: OutOption = Path("demo/documents"),
    language: LanguageOption = Spoken.da,
    template: TemplateOption = None,
    quiet: QuietOption = False,
) -> None:
    """The national report of a year, or as of a quarter: Word, PDF and Excel, from published figures alone.

    Example: `roedtraad report --store demo/store --out demo/documents --period 2025`
    """
    from reports.documents.forms import all_forms
    from reports.national_report import report

    reading = report.read(store, period, language.value, getuser())
    name = f"national-report-{reading.period.asked.replace('-', '').lower()}-{language.value}"
    files = all_forms(report.national_report(reading), name, template)
    noted(store, "exported", f"report:{reading.period.asked}")
    _put(out, files, quiet=quiet)


@reply.command("draft")
@told_plainly
def draft(
    request: Annotated[str, typer.Argument(help="The id of an open request: `roedtraad request list`.")],
    store: StoreOption = Path("demo/store"),
    out: OutOption = Path("demo/documents"),
    language: LanguageOption = Spoken.da,
    template: TemplateOption = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day that deadlines are seen from.")
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Draft the reply to a request: Word to edit, the same as PDF and Excel. Small answers are never numbers in it.

    Example: `roedtraad reply draft pregnant_substance_use-1083-2026 --store demo/store --out demo/documents`
    """
    from pipelines.requests.actors import Actor
    from pipelines.requests.opened import today
    from pipelines.requests.steps import drafted
    from reports.documents.forms import all_forms
    from reports.reply.draft import read, reply_document

    day = today() if on is None else on.date()
    reading = read(store, request, language.value, getuser(), day)
    files = all_forms(reply_document(reading), f"reply-{reading.opened.id}-{language.value}", template)
    noted(store, "exported", f"reply:{reading.opened.id}", rows=reading.answers.height)
    _put(out, files, quiet=quiet, for_all=False)
    if not reading.opened.is_closed:
        drafted(store, reading.opened.id, actor=Actor(getuser()))


@reply.command("template")
@told_plainly
def word_template(
    file: Annotated[Path, typer.Argument(help="Where to write it: skabelon.docx.")],
    language: LanguageOption = Spoken.da,
) -> None:
    """Write the Word template that documents are made with, to change it and hand it over with --template.

    Example: `roedtraad reply template skabelon.docx`
    """
    from reports.documents.word_template import word_template as made

    _put(file.parent, {file.name: made(language.value)}, quiet=False)


def _put(folder: Path, files: dict[str, bytes], *, quiet: bool, for_all: bool = True) -> None:
    from reports.documents.folder import put_into

    put_into(folder, files, for_all=for_all)
    if not quiet:
        for name in files:
            console.print(f"wrote {folder / name}", highlight=False, markup=False, soft_wrap=True)
