"""`request`: ask municipalities and providers, send and read their forms, see who has answered, approve the reply."""

from __future__ import annotations

from datetime import date, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import StoreOption, app, console, told_plainly
from pipelines.errors import WrongUse

if TYPE_CHECKING:
    import polars as pl

    from dashboards.language import Words
    from pipelines.requests.actors import Actor
    from pipelines.requests.opened import Opened

request_app = typer.Typer(
    no_args_is_help=True,
    help="Central requests: ask, send and read forms, see who has answered, remind, approve the reply.",
)
app.add_typer(request_app, name="request")

IdArgument = Annotated[str, typer.Argument(help="The id of an open request; `request list` has them.")]
RespondentArgument = Annotated[str, typer.Argument(help="The code of a municipality, or the id of a provider.")]
DAYS = ["%Y-%m-%d"]
ReceivedOption = Annotated[
    datetime | None, typer.Option("--received", formats=DAYS, help="The day it came; today unless given.")
]
OnOption = Annotated[datetime | None, typer.Option("--on", formats=DAYS, help="As of this day; today unless given.")]
LanguageOption = Annotated[str, typer.Option("--language", help="da or en")]


def actor() -> Actor:
    """Whoever is signed in to this machine."""
    from pipelines.requests.actors import Actor

    return Actor(getuser())


def who_is(respondent: str) -> tuple[str, str]:
    """Kind and code: four digits are a municipality."""
    return ("municipality" if respondent.isdigit() else "provider"), respondent


def counts_of(opened: Opened) -> pl.DataFrame:
    """What is published beside the answers."""
    from pipelines.requests.deviations import published_counts
    from pipelines.store import Store

    publication = Store(opened.store).last("publish")
    return published_counts(publication if publication and publication.versions else None, opened)


@request_app.command("list")
@told_plainly
def list_requests(store: StoreOption) -> None:
    """The requests that can be asked, and those that are open.

    Example: `roedtraad request list --store demo/store`
    """
    from pipelines.requests.declared import load, names
    from pipelines.requests.opened import all_opened
    from pipelines.requests.terminal import declared_table, opened_table

    console.print(declared_table([load(name) for name in names()]))
    console.print(opened_table(all_opened(store)))


@request_app.command("open")
@told_plainly
def open_one(
    name: Annotated[str, typer.Argument(help="A declared request, such as pregnant_substance_use.")],
    store: StoreOption,
    region: Annotated[str, typer.Option("--region", help="Code of a region, or `country`.")],
    on: Annotated[datetime | None, typer.Option("--on", formats=DAYS, help="The day of opening; else today.")] = None,
    request_id: Annotated[str | None, typer.Option("--id", help="Another id than name, region and year.")] = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="Where declared requests lie; else ours.")] = None,
) -> None:
    """Ask the municipalities of a region, as they are that day, and the providers that stand in it.

    Example: `roedtraad request open pregnant_substance_use --store demo/store --region 1083 --on 2026-08-03`
    """
    import polars as pl

    from pipelines.definitions.reference import Reference
    from pipelines.requests import respondents
    from pipelines.requests.declared import load
    from pipelines.requests.opened import open_request, today
    from pipelines.requests.providers import profiles

    day, reference = on.date() if on else today(), Reference.load()
    code = None if region == respondents.COUNTRY else region
    asked = respondents.municipalities(reference, day, region)
    offering = respondents.providers(profiles(store).to_dicts(), reference, day)
    if code is not None:
        offering = offering.filter(pl.col("region_code").is_in(asked["region_code"].unique().to_list()))
    made = open_request(
        store,
        load(name, folder),
        pl.concat([asked, offering]),
        actor=actor(),
        on=day,
        region_code=code,
        request_id=request_id,
    )
    console.print(f"{made.id}: {made.respondents.height} are asked, and answer until {made.deadline}.", highlight=False)


@request_app.command("forms")
@told_plainly
def write_forms(
    request_id: IdArgument,
    store: StoreOption,
    out: Annotated[Path, typer.Option("--out", help="Folder for the forms.")],
    language: LanguageOption = "da",
) -> None:
    """Write an Excel form for each respondent, with what it has answered, else with what is on record.

    Example: `roedtraad request forms pregnant_substance_use-1083-2026 --store demo/store --out demo/forms`
    """
    from pipelines.requests.opened import opened
    from pipelines.requests.receiving import forms

    made = opened(store, request_id)
    files = forms(made, counts_of(made), words_in(language))
    for name, content in files.items():
        written(out / name, content)
    console.print(f"{len(files)} forms in {out}", highlight=False)


@request_app.command("read")
@told_plainly
def read_forms(
    request_id: IdArgument,
    files: Annotated[list[Path], typer.Argument(help="Returned forms.")],
    store: StoreOption,
    received: ReceivedOption = None,
    marked: Annotated[Path | None, typer.Option("--marked", help="Folder for forms to mend; else beside them.")] = None,
    language: LanguageOption = "da",
) -> None:
    """Read returned forms. One with a wrong cell is not kept at all: a copy with its wrong cells marked is written.

    Exit code 22: at least one was refused or is to be mended; the others are kept.

    Example: `roedtraad request read pregnant_substance_use-1083-2026 demo/forms/*.xlsx --store demo/store`
    """
    from pipelines.requests.forms.guard import FormRefused
    from pipelines.requests.opened import opened
    from pipelines.requests.receiving import content_of, receive
    from pipelines.requests.terminal import outcome_line

    words, refused = words_in(language), 0
    counts = counts_of(opened(store, request_id))
    for file in files:
        try:
            made = opened(store, request_id)
            on = received.date() if received else None
            told = receive(made, content_of(file), counts, words, actor=actor(), name=file.name, received_on=on)
        except FormRefused as fault:
            refused += 1
            where = f" ({fault.cells})" if fault.cells else ""
            console.print(f"{file.name}: {words(f'request_fault.{fault.fault}')}{where}", highlight=False, markup=False)
            continue
        except WrongUse as fault:
            refused += 1
            console.print(f"{file.name}: {fault.what}. {fault.to_do}", highlight=False, markup=False)
            continue
        console.print(f"{file.name}: {outcome_line(told, made)}", highlight=False, markup=False)
        if told.marked is not None:
            refused += 1
            written((marked or file.parent) / f"{file.stem}-ret.xlsx", told.marked)
    if refused:
        raise typer.Exit(FormRefused.exit_code)


@request_app.command("answer")
@told_plainly
def answer(
    request_id: IdArgument,
    respondent: RespondentArgument,
    question: Annotated[str, typer.Argument(help="The id of a question; `request status` has those that are lacking.")],
    value: Annotated[str, typer.Argument(help="The answer; an empty text takes it away.")],
    store: StoreOption,
    reason: Annotated[str | None, typer.Option("--reason", help="Why it is another than what is on record.")] = None,
    received: ReceivedOption = None,
) -> None:
    """Answer one question for a respondent, such as one who has telephoned.

    Example: `roedtraad request answer pregnant_substance_use-1083-2026 0461 access ja --store demo/store`
    """
    from pipelines.requests.answer_rules import read_answer
    from pipelines.requests.answers import give
    from pipelines.requests.deviations import visible
    from pipelines.requests.opened import opened

    made = opened(store, request_id)
    asked = {each.id: each for each in made.request.of(who_is(respondent)[0])}
    if question not in asked:
        raise WrongUse(f"{question} is no question to {respondent}", to_do=f"They are: {', '.join(asked)}.")
    outcome = give(
        store,
        request_id,
        who_is(respondent),
        [read_answer(made.request, asked[question], value, reason)],
        actor=actor(),
        how="command",
        counted=visible(counts_of(made), respondent),
        received_on=received.date() if received else None,
    )
    console.print("Kept, after the deadline." if outcome.is_late else "Kept.")


def words_in(language: str) -> Words:
    """The catalogue of a language; WrongUse for one that is none."""
    from dashboards.language import LANGUAGES, Words

    known = next((each for each in LANGUAGES if each == language), None)
    if known is None:
        raise WrongUse(f"There is no language {language}", to_do=f"One of: {', '.join(LANGUAGES)}.")
    return Words(known)


def written(file: Path, content: bytes) -> None:
    """A file for its owner alone, that is seen whole or not at all; StoreFailed when the disk refuses."""
    from pipelines.errors import StoreFailed
    from pipelines.private_file import write_private

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreFailed(f"{file.parent} cannot be made", to_do="Choose another place.") from fault
    write_private(file, content)


def day_of(on: datetime | None) -> date:
    """The day that was given, or today in Denmark."""
    from pipelines.requests.opened import today

    return on.date() if on else today()
