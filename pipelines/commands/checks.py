"""`check`, `checks list`, `accept`, `assign` and `take-back`: can the data be trusted, and who has decided what."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import QuietOption, StoreOption, app, console, noted, tell, told_plainly
from pipelines.errors import StoreFailed, WrongUse

if TYPE_CHECKING:
    from checks.acceptance import Finding
    from checks.report import Report, Words
    from checks.run import Outcome

checks_app = typer.Typer(no_args_is_help=True, help="The checks themselves, and what stewards decide about findings.")
app.add_typer(checks_app, name="checks")

TableOption = Annotated[
    list[str] | None, typer.Option("--table", help="Only the checks of this table; may be given several times.")
]
LangOption = Annotated[str, typer.Option("--lang", help="da or en")]
CheckArgument = Annotated[str, typer.Argument(help="The id of the check, as `roedtraad checks list` shows it.")]
KeyOption = Annotated[str | None, typer.Option("--key", help="One finding, by its key in the worklist.")]
PlaceOption = Annotated[
    str | None, typer.Option("--municipality", help="Four digits: all findings that the check has there today.")
]
EverywhereOption = Annotated[bool, typer.Option("--everywhere", help="All findings that the check has today.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a few words; nothing about a person.")]
UntilOption = Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day that it holds.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides.")]


@app.command()
@told_plainly
def check(
    store: StoreOption,
    table: TableOption = None,
    report: Annotated[Path | None, typer.Option("--report", help="Folder for the reports; it is made.")] = None,
    municipality: Annotated[
        str | None, typer.Option("--municipality", help="Four digits: the report that this municipality may have.")
    ] = None,
    lang: LangOption = "da",
    quiet: QuietOption = False,
) -> None:
    """Check the last run of a store: what is wrong, what it means for the figures, and what the supplier must do.

    Exit code 0: no critical check failed (warnings are told) · 11: a critical check failed · 12: a check could not be
    run.

    Example: `roedtraad check --store demo/store --report demo/checks`
    """
    from checks.report import assert_free, reported
    from checks.run import check as run_checks
    from pipelines.progress import Progress
    from pipelines.shown import stages_on
    from pipelines.store import Store

    words = words_in(lang)
    _assert_known(municipality)
    if report:
        assert_free(report, has_data_docs=municipality is None)
    with stages_on(None if quiet else console) as shown:
        outcome = run_checks(Store(store), tables=table, progress=Progress(shown))
    told = reported(outcome, municipality=municipality)
    if not quiet:
        _show(told, words)
    raise typer.Exit(_written(outcome, told, report, words) if report else outcome.exit_code)


@checks_app.command("list")
@told_plainly
def list_checks(table: TableOption = None, lang: LangOption = "da") -> None:
    """Every check: what must hold, how grave it is when it does not, and how much is tolerated.

    Example: `roedtraad checks list --table children`
    """
    from checks.catalogue import CATALOGUE
    from checks.report import rows
    from pipelines.shown_checks import listed

    words = words_in(lang)
    chosen = [each for each in CATALOGUE if table is None or each.frame in table]
    unknown = sorted(set(table or ()) - {each.frame for each in CATALOGUE})
    if unknown:
        known = ", ".join(dict.fromkeys(each.frame for each in CATALOGUE))
        raise WrongUse(f"No check is about {', '.join(unknown)}", to_do=f"There are: {known}.")
    console.print(listed(words("list.title"), rows.declared(chosen, words)))
    console.print(words("list.counted", number=words.number(len(chosen))), highlight=False)


@checks_app.command()
@told_plainly
def accept(
    check_id: CheckArgument,
    store: StoreOption,
    reason: ReasonOption,
    until: UntilOption,
    by: ByOption,
    key: KeyOption = None,
    municipality: PlaceOption = None,
    everywhere: EverywhereOption = False,
) -> None:
    """Accept findings until a day: they no longer fail their check, and come back when the day has passed.

    Accepted is what fails today: a row that fails later is a new finding. Two years at most.

    Example: `roedtraad checks accept children.mother_too_old --store demo/store --municipality 0479
    --reason "Gammel sag" --until 2027-03-01 --by Anne`
    """
    from checks.acceptance import accept as accept_finding
    from pipelines.store import Store

    finding, scope = _finding(check_id, key, municipality, everywhere=everywhere)
    decided = accept_finding(Store(store), finding, reason=reason, until=until.date(), by=by)
    noted(store, "decided", f"check {check_id}: accepted", municipality_code=municipality, rows=decided.rows)
    console.print(
        f"Accepted until {until.date()}: {_rows(decided.rows)} {scope}. A row that fails later is a new finding. "
        "The reports follow with the next `roedtraad check`.",
        highlight=False,
    )


@checks_app.command()
@told_plainly
def assign(
    check_id: CheckArgument,
    store: StoreOption,
    to: Annotated[str, typer.Option("--to", help="Who works on it.")],
    reason: ReasonOption,
    until: UntilOption,
    by: ByOption,
    key: KeyOption = None,
    municipality: PlaceOption = None,
    everywhere: EverywhereOption = False,
) -> None:
    """Assign findings to somebody until a day; they fail their check all the same.

    Example: `roedtraad checks assign children.mother_too_old --store demo/store --municipality 0479 --to Bo
    --reason "Ringer til fødestedet" --until 2027-03-01 --by Anne`
    """
    from checks.acceptance import assign as assign_finding
    from pipelines.store import Store

    finding, scope = _finding(check_id, key, municipality, everywhere=everywhere)
    decided = assign_finding(Store(store), finding, to=to, reason=reason, until=until.date(), by=by)
    noted(store, "decided", f"check {check_id}: assigned", municipality_code=municipality, rows=decided.rows)
    console.print(f"Assigned until {until.date()}: {_rows(decided.rows)} {scope}.", highlight=False)


@checks_app.command("take-back")
@told_plainly
def take_back(
    check_id: CheckArgument,
    store: StoreOption,
    by: ByOption,
    key: KeyOption = None,
    municipality: PlaceOption = None,
    everywhere: EverywhereOption = False,
) -> None:
    """Take back what was accepted or assigned: the finding fails its check again, and is nobody's.

    Name the same key or municipality as in the decision, or everywhere. It stays in the history, with who took it back
    and when.

    Example: `roedtraad checks take-back children.mother_too_old --store demo/store --municipality 0479 --by Anne`
    """
    from checks.acceptance import take_back as take_back_decision
    from pipelines.store import Store

    finding, scope = _finding(check_id, key, municipality, everywhere=everywhere)
    take_back_decision(Store(store), finding, by=by)
    noted(store, "decided", f"check {check_id}: taken back", municipality_code=municipality)
    console.print(
        f"Taken back: what was decided {scope}. The reports follow with the next `roedtraad check`.", highlight=False
    )


def _show(told: Report, words: Words) -> None:
    """How many of which status, and which to look at."""
    from checks.report import rows
    from checks.report.page import lead
    from pipelines.shown_checks import counts_table, listed

    console.print(counts_table(words("shown.title"), rows.counts(told, words)))
    failed = list(rows.to_look_at(told, words))
    if failed:
        console.print(listed(words("shown.failed"), failed))
        console.print()
    console.print(" ".join(lead(told, words)), highlight=False)


def _written(outcome: Outcome, told: Report, folder: Path, words: Words) -> int:
    """The exit code: that the data are wrong comes before that the report cannot be written."""
    from checks.report import write_reports

    try:
        for file in write_reports(outcome, told, folder, words):
            console.print(escape(words("shown.written", file=file)), highlight=False, soft_wrap=True)
    except StoreFailed as fault:
        tell(fault)
        return outcome.exit_code or fault.exit_code
    return outcome.exit_code


def _finding(check_id: str, key: str | None, municipality: str | None, *, everywhere: bool) -> tuple[Finding, str]:
    """What is decided about, and in words; WrongUse unless exactly one scope is named: none is no way to say all."""
    from checks.acceptance import Finding

    if [key is not None, municipality is not None, everywhere].count(True) != 1:
        raise WrongUse(
            "It is not said which findings are meant",
            to_do="Give one of --key KEY (one finding), --municipality CODE (all there) and --everywhere (all).",
        )
    scope = "under the key" if key else f"in municipality {municipality}" if municipality else "in the whole country"
    return Finding(check_id, key, municipality), scope


def _rows(number: int) -> str:
    return f"{number:,} failing row{'' if number == 1 else 's'}"


def words_in(lang: str) -> Words:
    """The reports' words in the language that was asked for."""
    from checks.report import Words
    from dashboards.language import LANGUAGES

    for language in LANGUAGES:
        if language == lang:
            return Words(language)
    raise WrongUse("The reports speak Danish and English", to_do="Give --lang da or --lang en.")


def _assert_known(municipality: str | None) -> None:
    """Before the checks, which take a while."""
    from pipelines.definitions.reference import Reference

    if municipality is not None and municipality not in Reference.load().municipality_codes:
        raise WrongUse("There is no such municipality", to_do="Give its four digits, such as 0479.")
