"""`guidance`: the register of guidance descriptions, their folders, and the follow-up survey."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import StoreOption, app, console, told_plainly

guidance_app = typer.Typer(no_args_is_help=True, help="Guidance descriptions: whom they are for, and what shows them.")
app.add_typer(guidance_app, name="guidance")

NameArgument = Annotated[str, typer.Argument(help="A shipped description by its name, or a folder.")]


@guidance_app.command("list")
@told_plainly
def listed() -> None:
    """The descriptions that are shipped: published when, follow-up and revision due when.

    Example: `roedtraad guidance list`
    """
    from pipelines.definitions.descriptions import shipped
    from pipelines.guidance.shown import register
    from pipelines.requests.opened import today

    console.print(register(shipped(), today()))


@guidance_app.command("show")
@told_plainly
def show(name: NameArgument) -> None:
    """The recommendations of a description, and the obligations and measures that show each.

    Example: `roedtraad guidance show rare_disabilities`
    """
    from pipelines.guidance.of_store import folder_named
    from pipelines.guidance.rules import checked
    from pipelines.guidance.shown import recommendations

    console.print(recommendations(checked(folder_named(name))))


@guidance_app.command("check")
@told_plainly
def check(folder: NameArgument) -> None:
    """Whether a folder keeps every rule: each fault with its file, its row, and what to do. Exit code 27: it has some.

    Example: `roedtraad guidance check eating_disorders`
    """
    from dashboards.own_texts import texts_that_fit_nowhere
    from pipelines.definitions.descriptions import WrongGuidance
    from pipelines.guidance.of_store import folder_named
    from pipelines.guidance.rules import checked

    described = checked(folder_named(folder))
    if wrong := texts_that_fit_nowhere(described):
        raise WrongGuidance(
            f"The guidance {described.name} has texts that fit nowhere",
            where="\n  ".join(wrong),
            to_do="Mend the keys of [texts]; they are those of dashboards/texts.",
        )
    console.print(escape(f"{described.name} keeps every rule: {described.recommendations.height} recommendations."))


@guidance_app.command("new")
@told_plainly
def new(folder: Annotated[Path, typer.Argument(help="Folder to write; its name is that of the description.")]) -> None:
    """Draft a folder for a new target group. Guesses are marked as guesses, and what only you know is left empty.

    Example: `roedtraad guidance new eating_disorders`
    """
    from pipelines.guidance.draft import draft
    from pipelines.requests.opened import today

    names = draft(folder, year=today().year)
    console.print(escape(f"Wrote {folder}: {', '.join(names)}."))
    console.print(escape(f"Fill evidence.csv and recommendations.csv, then: roedtraad guidance check {folder}"))


@guidance_app.command("survey")
@told_plainly
def survey(
    name: NameArgument,
    store: StoreOption,
    region: Annotated[str | None, typer.Option(help="Region code; without it the whole country is asked.")] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of the opening; today without it.")
    ] = None,
) -> None:
    """Open the follow-up survey: two questions per recommendation, in the forms and Excel of every request.

    Example: `roedtraad guidance survey rare_disabilities --store demo/store`
    """
    from getpass import getuser

    from pipelines.definitions.reference import Reference
    from pipelines.guidance.of_store import folder_named, of_store
    from pipelines.guidance.rules import checked
    from pipelines.guidance.survey import survey_of
    from pipelines.requests.actors import Actor
    from pipelines.requests.opened import open_request, today
    from pipelines.requests.respondents import municipalities

    day, own = on.date() if on else today(), of_store(store)
    asked = own if own is not None and own.name == name else folder_named(name)
    opened = open_request(
        store,
        survey_of(checked(asked)),
        municipalities(Reference.load(), day, region),
        actor=Actor(getuser()),
        on=day,
        region_code=region,
    )
    console.print(
        escape(f"Opened {opened.id}: {opened.respondents.height} municipalities, answers by {opened.deadline}.")
    )
