"""`publish`, `protect`, `audit` and `ledger`: what may leave, and what has left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import QuietOption, StoreOption, app, console, noted, told_plainly
from pipelines.errors import StoreFailed, UserError, WrongUse

if TYPE_CHECKING:
    from pipelines.disclosure.ledger import Ledger

ledger_app = typer.Typer(no_args_is_help=True, help="Everything that was ever published, in a chain that only grows.")
app.add_typer(ledger_app, name="ledger")

RelationsArgument = Annotated[Path, typer.Argument(help="RELATIONS.json: the threshold, and what adds up to what.")]
LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", help="Folder with all earlier releases: they count for the attacker too.")
]
OfStoreOption = Annotated[Path | None, typer.Option("--store", help="Folder of a store: its own ledger.")]
ReasonOption = Annotated[
    str | None, typer.Option("--reason", help="Declares a correction of released figures, and says why.")
]


RenewOption = Annotated[
    bool, typer.Option("--renew-closed", help="Make closed periods anew too; late knowledge of single children shows.")
]


@app.command()
@told_plainly
def publish(
    store: StoreOption, reason: ReasonOption = None, renew_closed: RenewOption = False, quiet: QuietOption = False
) -> None:
    """Make the published tables of the last run: only what an auditor has passed, beside all earlier releases.

    Development, times to event and participation of closed periods stay as they were told first.

    Exit code 13: the gate did not let the release through; readers keep what was published before.

    Example: `roedtraad publish --store demo/store`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.disclosure.publishing import publish as publish_run
    from pipelines.progress import Progress
    from pipelines.shown import stages_on
    from pipelines.shown_disclosure import published_summary
    from pipelines.store import Store

    with stages_on(None if quiet else console) as shown:
        progress = Progress(shown)
        publication = publish_run(Store(store), Reference.load(), _said(reason), progress, renew_closed=renew_closed)
    noted(store, "published", "correction" if reason else "release")
    if not quiet:
        console.print(published_summary(publication))


@app.command()
@told_plainly
def protect(
    cells: Annotated[Path, typer.Argument(help="CELLS.csv with the columns cell, count and, for shares, rate_of.")],
    relations: RelationsArgument,
    out: Annotated[Path, typer.Option("--out", help="PUBLISHED.csv; it appears only when the auditor has passed it.")],
    ledger: LedgerOption = None,
    reason: ReasonOption = None,
) -> None:
    """Suppress what must be suppressed in any linked count tables, and let the auditor judge the outcome.

    Example: `roedtraad protect CELLS.csv RELATIONS.json --out PUBLISHED.csv --ledger releases`
    """
    from pipelines.disclosure.files import read_tables
    from pipelines.disclosure.ledger import Ledger
    from pipelines.disclosure.publishing import protect_file
    from pipelines.shown_disclosure import usefulness_table, verdict_line

    if not out.parent.is_dir():
        raise StoreFailed(f"There is no folder {out.parent}", to_do="Make it, or choose another place.")
    passed = protect_file(read_tables(cells, relations), out, Ledger(ledger) if ledger else None, _said(reason))
    console.print(usefulness_table(passed.usefulness))
    console.print(verdict_line(passed.verdict), highlight=False)
    console.print(escape(str(out)), highlight=False, soft_wrap=True)


@app.command()
@told_plainly
def audit(
    published: Annotated[Path, typer.Argument(help="PUBLISHED.csv, as `roedtraad protect` writes it.")],
    relations: RelationsArgument,
    ledger: LedgerOption = None,
) -> None:
    """Only the auditor: can a hidden count be worked out or narrowed from what is shown?

    Exit code 0: no · 13: yes, or it could not be decided.

    Example: `roedtraad audit PUBLISHED.csv RELATIONS.json`
    """
    from pipelines.disclosure.files import read_published
    from pipelines.disclosure.gate import judged
    from pipelines.disclosure.ledger import Ledger
    from pipelines.shown_disclosure import shown_share_table, verdict_line

    seen = read_published(published, relations)
    verdict = judged(seen, Ledger(ledger).releases() if ledger else ())
    console.print(shown_share_table(seen))
    console.print(verdict_line(verdict), highlight=False)


@ledger_app.command("list")
@told_plainly
def list_releases(ledger: LedgerOption = None, store: OfStoreOption = None) -> None:
    """All releases, the last one first.

    Example: `roedtraad ledger list --store demo/store`
    """
    from pipelines.shown_disclosure import releases_table

    console.print(releases_table(_ledger(ledger, store).releases()))


@ledger_app.command("show")
@told_plainly
def show_release(
    number: Annotated[int, typer.Argument(help="The number of the release, as `ledger list` shows it.")],
    ledger: LedgerOption = None,
    store: OfStoreOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write its figures to FILE.csv.")] = None,
) -> None:
    """One release: when, why, how much of it is shown; and its figures as a file.

    Example: `roedtraad ledger show 1 --store demo/store --out release.csv`
    """
    from pipelines.disclosure.files import write_published
    from pipelines.shown_disclosure import release_facts, shown_share_table

    found = next((each for each in _ledger(ledger, store).releases() if each.number == number), None)
    if found is None:
        raise UserError(f"There is no release {number}", to_do="Look at: roedtraad ledger list")
    console.print(release_facts(found))
    console.print(shown_share_table(found.published))
    if out:
        write_published(found.published, out)
        console.print(escape(str(out)), highlight=False, soft_wrap=True)


@ledger_app.command("verify")
@told_plainly
def verify(ledger: LedgerOption = None, store: OfStoreOption = None) -> None:
    """Is every release as it was written, and none missing or put in? Exit code 14: no.

    Example: `roedtraad ledger verify --store demo/store`
    """
    releases = _ledger(ledger, store).releases()
    last = f" The last one is {releases[-1].hash}; keep that elsewhere too." if releases else ""
    console.print(f"{len(releases)} releases, all as they were written.{last}", highlight=False, soft_wrap=True)


def _ledger(ledger: Path | None, store: Path | None) -> Ledger:
    from pipelines.disclosure.ledger import Ledger
    from pipelines.disclosure.publishing import ledger_of
    from pipelines.store import Store

    if (ledger is None) == (store is None):
        raise WrongUse("Which ledger?", to_do="Give --ledger DIR, or --store DIR for that of a store.")
    found = Ledger(ledger) if ledger else ledger_of(Store(store or Path()))
    if not found.folder.is_dir():
        raise UserError(f"There is no ledger in {found.folder}", to_do="The first release makes it.")
    return found


def _said(reason: str | None) -> str | None:
    """A reason of blanks is none, and may not stand for one."""
    if reason is not None and not reason.strip():
        raise WrongUse("--reason says nothing", to_do="Say why released figures have changed, or leave it out.")
    return reason.strip() if reason else None
