"""`nightly`: everything that brings a store up to date, in order, by one configuration."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import QuietOption, app, console, told_plainly
from pipelines.errors import StoreFailed

if TYPE_CHECKING:
    from pipelines.nightly.configuration import Configuration
    from pipelines.nightly.night import Night


@app.command()
@told_plainly
def nightly(
    configuration: Annotated[Path, typer.Argument(help="CONFIG.toml: the store, and a part for each step.")],
    plan: Annotated[bool, typer.Option("--plan", help="Only show what would be done.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Ingest, run, check, publish, and write what is to be written: what CONFIG.toml asks for, in this order.

    A night that was stopped goes on where it stopped, and one that is finished does nothing twice; a new delivery or
    another configuration begins anew. A step that fails leaves undone what rests on it, and what was there stays. The
    page `<store>-nightly/status.html` says how it went.

    Exit code 0: all is done; else that of the first step that failed. 4: another night is running.

    Example: `roedtraad nightly nightly.toml --plan`
    """
    from pipelines.nightly.configuration import read_configuration
    from pipelines.nightly.running import Runner

    asked = read_configuration(configuration)
    say = (lambda _: None) if quiet else _said
    runner = Runner(asked, told=lambda night: _write_page(asked, night), line=say)
    now = datetime.now(UTC)
    if plan:
        for line in _planned(asked, runner.planned(now)):
            _said(line)
        return
    raise typer.Exit(runner.run(now).exit_code)


def _said(line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True, markup=False)


def _write_page(asked: Configuration, night: Night) -> None:
    from dashboards.language import LANGUAGES, Words
    from pipelines.nightly.night import PAGE, NightFolder, write_whole
    from reports.nightly.page import Told, page

    file = NightFolder.of(asked.store).folder / PAGE
    told = Told(night, asked.store.name, asked.file.name, file, asked.path("check", "report"))
    language = next(each for each in LANGUAGES if each == asked.language)
    try:
        write_whole(file, page(told, Words(language)).encode())
    except OSError as fault:
        raise StoreFailed(
            f"The page of the night cannot be written: {fault.strerror}",
            where=str(file),
            to_do="Give this user the right to write there, and room on the disk; then run it again.",
        ) from fault


def _planned(asked: Configuration, night: Night) -> list[str]:
    """A line for each step: whether it is done, and the command that it is."""
    done = {True: "is done      ", False: "would be done"}
    lines = [
        f"{done[step.outcome == 'done']}  {shlex.join(['roedtraad', *asked.arguments(step.name, night.as_of)])}"
        for step in night.steps
    ]
    return [f"The night to {night.name}, figures as of {night.as_of}:", *lines]
