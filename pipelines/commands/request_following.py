"""`request status|remind|approve|change|withdraw|close` and `request provider`: while a request is open."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.requests import (
    DAYS,
    IdArgument,
    LanguageOption,
    OnOption,
    RespondentArgument,
    actor,
    counts_of,
    day_of,
    request_app,
    who_is,
    words_in,
    written,
)
from pipelines.commands.shared import StoreOption, console, told_plainly
from pipelines.errors import WrongUse

provider_app = typer.Typer(no_args_is_help=True, help="Providers: who they are, who owns them, where they stand.")
request_app.add_typer(provider_app, name="provider")


@request_app.command("status")
@told_plainly
def status(request_id: IdArgument, store: StoreOption, on: OnOption = None, language: LanguageOption = "da") -> None:
    """Who has answered, who is missing, which answers are other than what is on record, and how far approval is.

    Example: `roedtraad request status pregnant_substance_use-1083-2026 --store demo/store`
    """
    from pipelines.requests.deviations import deviations
    from pipelines.requests.opened import opened
    from pipelines.requests.progress import progress
    from pipelines.requests.steps import steps
    from pipelines.requests.terminal import deviations_table, progress_table, steps_table

    words = words_in(language)
    made = opened(store, request_id)
    console.print(progress_table(made, progress(made), words))
    console.print(deviations_table(made, deviations(made, counts_of(made)), words))
    console.print(steps_table(steps(made, day_of(on)), words))


@request_app.command("remind")
@told_plainly
def remind(
    request_id: IdArgument,
    store: StoreOption,
    out: Annotated[Path, typer.Option("--out", help="Folder for the list and the calendar file.")],
    on: OnOption = None,
    language: LanguageOption = "da",
) -> None:
    """Write a list of those who lack answers, and the days of the request as a calendar file; note that they were told.

    Example: `roedtraad request remind pregnant_substance_use-1083-2026 --store demo/store --out demo/reminders`
    """
    from pipelines.requests.opened import opened
    from pipelines.requests.reminders import as_csv, calendar
    from pipelines.requests.reminders import remind as reminded

    words_in(language)
    rows = reminded(store, request_id, actor=actor(), on=day_of(on))
    written(out / f"{request_id}-reminders.csv", as_csv(rows))
    written(out / f"{request_id}.ics", calendar(opened(store, request_id), language))
    console.print(f"{rows.height} to remind; list and calendar in {out}", highlight=False)


@request_app.command("approve")
@told_plainly
def approve(
    request_id: IdArgument,
    step: Annotated[str, typer.Argument(help="A forum, such as directors_forum.")],
    store: StoreOption,
    send_back: Annotated[bool, typer.Option("--send-back", help="Not approved: back to the secretariat.")] = False,
    note: Annotated[str, typer.Option("--note", help="A few words.")] = "",
    on: OnOption = None,
) -> None:
    """A forum approves the reply or sends it back. The first one has its turn when the reply is drafted.

    Example: `roedtraad request approve pregnant_substance_use-1083-2026 directors_forum --store demo/store`
    """
    from pipelines.requests.steps import decide

    decision = "sent_back" if send_back else "approved"
    decide(store, request_id, step, decision, actor=actor(), note=note, on=on.date() if on else None)  # type: ignore[arg-type]
    console.print(f"{step}: {decision.replace('_', ' ')}")


@request_app.command("change")
@told_plainly
def change(
    request_id: IdArgument,
    store: StoreOption,
    step: Annotated[str | None, typer.Option("--step", help="A step, such as answers or k22; with --due.")] = None,
    due: Annotated[datetime | None, typer.Option("--due", formats=DAYS, help="The new last day of the step.")] = None,
    ask: Annotated[
        str | None, typer.Option("--ask", help="One more to ask: the code of a municipality or the id of a provider.")
    ] = None,
) -> None:
    """Move the last day of a step, or ask one more. What has been answered and approved stays.

    Example: `roedtraad request change pregnant_substance_use-1083-2026 --step answers --due 2026-09-01 --store store`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.requests.asked_later import ask_also
    from pipelines.requests.steps import move

    if (step is None) != (due is None) or (step is None and ask is None):
        raise WrongUse("Nothing is said to change", to_do="Give --step with --due, or --ask.")
    if step is not None and due is not None:
        move(store, request_id, step, due.date(), actor=actor())
        console.print(f"{step}: until {due.date()}", highlight=False)
    if ask is not None:
        name = ask_also(store, request_id, ask, actor=actor(), reference=Reference.load())
        console.print(f"{name} is asked too", highlight=False, markup=False)


@request_app.command("withdraw")
@told_plainly
def withdraw(
    request_id: IdArgument,
    respondent: RespondentArgument,
    store: StoreOption,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a few words.")],
    undo: Annotated[bool, typer.Option("--undo", help="It answers after all.")] = False,
) -> None:
    """A respondent declines or withdraws: its answers are kept and count no more.

    Example: `roedtraad request withdraw pregnant_substance_use-1083-2026 0563 --reason "Ingen borgere" --store store`
    """
    from pipelines.requests.answers import resume
    from pipelines.requests.answers import withdraw as withdrew

    change = resume if undo else withdrew
    change(store, request_id, who_is(respondent), reason, actor=actor())
    console.print(f"{respondent}: {'answers again' if undo else 'withdrawn'}", highlight=False)


@request_app.command("close")
@told_plainly
def close(request_id: IdArgument, store: StoreOption) -> None:
    """Nothing more is answered or approved. All that was stays.

    Example: `roedtraad request close pregnant_substance_use-1083-2026 --store demo/store`
    """
    from pipelines.requests.opened import close as closed

    closed(store, request_id, actor=actor())
    console.print(f"{request_id} is closed", highlight=False)


@provider_app.command("add")
@told_plainly
def add_provider(
    provider_id: Annotated[str, typer.Argument(help="Small letters, digits and -; the same id describes it anew.")],
    store: StoreOption,
    name: Annotated[str, typer.Option("--name")],
    owner: Annotated[str, typer.Option("--owner", help="municipal, regional or private")],
    municipality: Annotated[str, typer.Option("--municipality", help="Where it stands: four digits.")],
    offers: Annotated[str, typer.Option("--offers", help="What it offers, in plain words.")] = "",
) -> None:
    """Describe a provider, or describe it anew. Requests that are opened afterwards ask it.

    Example: `roedtraad request provider add fyn --name "Døgnhuset" --owner regional --municipality 0461 --store store`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.requests.providers import Provider, describe

    provider = Provider(provider_id, name, owner, municipality, offers)  # type: ignore[arg-type]
    describe(store, provider, actor=actor(), reference=Reference.load())
    console.print(f"{provider_id} is described", highlight=False)


@provider_app.command("list")
@told_plainly
def list_providers(store: StoreOption) -> None:
    """Every provider of the store.

    Example: `roedtraad request provider list --store demo/store`
    """
    from pipelines.requests.providers import profiles
    from pipelines.requests.terminal import providers_table

    console.print(providers_table(profiles(store)))
