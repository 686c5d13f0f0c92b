"""The command `roedtraad`. It reads arguments, calls the flow, and says what happened; exit codes tell schedulers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from pipelines.errors import StoreFailed, StoreIsEmpty, UserError, WrongUse

if TYPE_CHECKING:
    from pipelines.store import Snapshot, Store

EXIT_CODES = """
Exit codes: 0 done · 1 a request that cannot be met · 2 wrong use of the command · 3 a delivery was refused ·
4 the store is in use by another run · 5 the store is empty · 6 the store cannot be read or written ·
7 the secret is missing · 8 a floor was not reached · 9 not allowed for this role · 10 not sample data
"""
BELOW_FLOOR = 8

app = typer.Typer(
    name="roedtraad",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Follows the knowledge of a child's prenatal exposure through public records, and shows where it is lost.\n\n"
    "Start with `roedtraad sample demo` and `roedtraad run --source demo/raw/source.toml --store demo/store "
    "--as-of 2026-09-30`.\n\n" + EXIT_CODES,
)
console = Console()
complaints = Console(stderr=True)

StoreOption = Annotated[Path, typer.Option("--store", help="Folder of the store.")]
AsOfOption = Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day whose knowledge is used.")]
CanonicalOption = Annotated[Path | None, typer.Option("--canonical", help="Folder with the canonical tables.")]
SourceOption = Annotated[Path | None, typer.Option("--source", help="TOML file that declares the deliveries.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only errors; for schedulers.")]


def told_plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """A UserError is a message and an exit code, never a stack trace."""

    @wraps(command)
    def told(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except UserError as error:
            complaints.print(escape(error.what), style="bold", highlight=False)
            for line in (error.where, error.to_do):
                if line:
                    complaints.print(f"  {line}", highlight=False, markup=False)
            raise typer.Exit(error.exit_code) from None

    return told


@app.command()
@told_plainly
def sample(
    out: Annotated[Path, typer.Argument(help="Folder to write to; it is made.")],
    children: Annotated[int, typer.Option(help="How many children.", min=50)] = 60_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same sample.", min=0)] = 1,
    as_of: AsOfOption = datetime(2026, 9, 30),  # noqa: DTZ001 - a date, in the form that Typer reads
    forms: Annotated[str, typer.Option(help="canonical, raw, or both with a comma.")] = "canonical,raw",
    canonical_csv: Annotated[bool, typer.Option(help="Canonical tables as CSV instead of Parquet.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Make synthetic sample data of any size: canonical tables, raw deliveries, and the answer key beside them.

    Example: `roedtraad sample demo --children 60000 --seed 1 --as-of 2026-09-30`
    """
    from pipelines.shown import stages_on
    from sample_data import make_sample

    with stages_on(None if quiet else console) as shown:
        try:
            make_sample(
                out,
                children=children,
                seed=seed,
                as_of=as_of.date(),
                forms=tuple(forms.split(",")),
                canonical_csv=canonical_csv,
                progress=shown.said,
            )
        except OSError as fault:
            raise StoreFailed(f"The sample cannot be written: {fault.strerror}", where=str(out)) from fault


@app.command()
@told_plainly
def ingest(
    store: StoreOption,
    canonical: CanonicalOption = None,
    source: SourceOption = None,
    quiet: QuietOption = False,
) -> None:
    """Read a delivery into the store: canonical tables, quarantine, row accounting. Nothing is computed yet.

    Example: `roedtraad ingest --canonical demo/canonical --store demo/store`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.flow import Source, ingest_into
    from pipelines.progress import Progress
    from pipelines.shown import accounting, stages_on
    from pipelines.store import Store

    _exactly_one(canonical, source)
    with stages_on(None if quiet else console) as shown:
        outcome = ingest_into(Store(store), Source(canonical, source), Reference.load(), Progress(shown))
    if not quiet:
        console.print(accounting(outcome.snapshot))
        console.print("Nothing new: the store already holds this delivery." if not outcome.is_new else "Ingested.")


@app.command()
@told_plainly
def run(
    store: StoreOption,
    as_of: AsOfOption,
    canonical: CanonicalOption = None,
    source: SourceOption = None,
    quiet: QuietOption = False,
) -> None:
    """The main job: from a delivery (or what the store holds) to evidence, obligations, gaps and counts.

    Examples: `roedtraad run --source demo/raw/source.toml --store demo/store --as-of 2026-09-30` ·
    `roedtraad run --store demo/store --as-of 2025-09-30` (again, as of another day)
    """
    from pipelines.definitions.reference import Reference
    from pipelines.flow import Source
    from pipelines.flow import run as run_flow
    from pipelines.progress import Progress
    from pipelines.shown import accounting, stages_on, summary
    from pipelines.store import Store

    if canonical or source:
        _exactly_one(canonical, source)
    with stages_on(None if quiet else console) as shown:
        outcome = run_flow(Store(store), Source(canonical, source), as_of.date(), Reference.load(), Progress(shown))
    if not quiet:
        console.print(accounting(outcome.snapshot))
        console.print(summary(outcome.snapshot))
        if not outcome.is_new:
            console.print("Nothing new: the store already holds this run, so no new version was made.")


OF_AN_INGEST = ("quarantine", "row_accounting")
EXPORTS = ("evidence", "exposed", "obligations", "gaps", "counts", "counts_by_group", "continuity", "quarantine")


@app.command()
@told_plainly
def export(
    table: Annotated[str, typer.Argument(help=f"One of: {', '.join(EXPORTS)}, row_accounting.")],
    store: StoreOption,
    out: Annotated[Path, typer.Option("--out", help="FILE.csv or FILE.parquet.")],
) -> None:
    """Write a table of the last run to a file, with the specification's column names and pseudonyms as ids.

    Example: `roedtraad export obligations --store demo/store --out obligations.parquet`
    """
    from pipelines import export as edge
    from pipelines.store import Store

    opened = Store(store)
    snapshot = opened.snapshot() if table not in OF_AN_INGEST else _latest(opened)
    if table not in (*EXPORTS, "row_accounting"):
        raise UserError(f"There is no table {table} to export", to_do=f"One of: {', '.join(EXPORTS)}, row_accounting.")
    rows = edge.as_specified(table, snapshot)
    if not out.parent.is_dir():
        raise StoreFailed(f"There is no folder {out.parent}", to_do="Make it, or choose another place.")
    try:
        if out.suffix == ".parquet":
            rows.sink_parquet(out)
        elif out.suffix == ".csv":
            rows.sink_csv(out)
        else:
            raise UserError(f"{out.name} has no known form", to_do="Name it .csv or .parquet.")
    except OSError as fault:
        raise StoreFailed(
            f"{out} cannot be written: {fault.strerror or type(fault).__name__}", to_do="Choose another place."
        ) from fault
    console.print(escape(str(out)))


@app.command()
@told_plainly
def gaps(
    store: StoreOption,
    municipality: Annotated[
        str, typer.Option("--municipality", help="Four digits, such as 0479; `unknown` for gaps without one.")
    ],
    limit: Annotated[int, typer.Option(help="How many to show; export has them all.", min=1)] = 25,
    lang: Annotated[str, typer.Option(help="da or en")] = "da",
) -> None:
    """The worklist of one municipality: what was expected, what was found, who can close it, days over.

    Example: `roedtraad gaps --store demo/store --municipality 0479`
    """
    from dashboards.worklist import worklist_table
    from pipelines.store import Store

    console.print(worklist_table(Store(store).snapshot(), municipality, limit, lang))


@app.command()
@told_plainly
def status(store: StoreOption) -> None:
    """The runs of a store: when, as of which day, on what, how long, and where every row went.

    Example: `roedtraad status --store demo/store`
    """
    from pipelines.shown import accounting, runs_table, stages_table, summary
    from pipelines.store import Store

    opened = Store(store)
    snapshot = _latest(opened)
    for part in (runs_table(opened.runs()), stages_table(snapshot), accounting(snapshot)):
        console.print(part)
    if snapshot.run["kind"] == "run":
        console.print(summary(snapshot))


@app.command("check-answers")
@told_plainly
def check_answers(
    store: StoreOption,
    key: Annotated[Path, typer.Option("--key", help="The answer key that `roedtraad sample` wrote.")],
    floor: Annotated[float, typer.Option(help="Recall and precision that each kind and reason must reach.")] = 0.99,
) -> None:
    """Compare the gaps that were found with the losses that the sample planted: recall and precision.

    Example: `roedtraad check-answers --store demo/store --key demo/answer_key_raw.parquet`
    """
    from checks.answer_key import compare, reaches
    from pipelines import export as edge
    from pipelines.flow import key_with_pseudonyms
    from pipelines.shown import answers_table
    from pipelines.store import Store

    opened = Store(store)
    if not key.exists():
        raise UserError(f"There is no answer key {key}", to_do="`roedtraad sample` writes one beside the data.")
    found = edge.as_specified("gaps", opened.snapshot())
    compared = compare(found, key_with_pseudonyms(key, opened))
    console.print(answers_table(compared, floor))
    if not reaches(compared, floor):
        complaints.print(f"Below the floor of {floor:.0%}.")
        raise typer.Exit(BELOW_FLOOR)


@app.command("app")
@told_plainly
def open_app(
    store: StoreOption = Path("demo/store"),
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8501,
) -> None:
    """Open the dashboards in a browser, on this machine only. They open sample data only.

    Example: `roedtraad app --store demo/store`
    """
    script = Path(__file__).resolve().parent.parent / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    environment = os.environ | {"ROEDTRAAD_STORE": str(store.resolve())}
    raise typer.Exit(subprocess.run(command, cwd=script.parent, env=environment, check=False).returncode)


@app.command()
@told_plainly
def screenshots(
    store: StoreOption = Path("demo/store"),
    out: Annotated[Path, typer.Option("--out", help="Folder for the PNG files.")] = Path("demo/screenshots"),
) -> None:
    """Take a picture of every page: wide and narrow, light and dark, Danish and English. Needs Chromium.

    Example: `roedtraad screenshots --store demo/store --out demo/screenshots`
    """
    from dashboards.screenshots import make_screenshots

    taken = make_screenshots(store, out)
    console.print(f"{len(taken)} pictures in {out}")


@app.command()
@told_plainly
def docs(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a page is stale.")] = False,
) -> None:
    """Generate the pages of the docs that come from declarations.

    Example: `roedtraad docs`
    """
    from pipelines.definitions.contract_page import PAGES

    root = Path(__file__).resolve().parent.parent / "docs"
    stale = [name for name, text in PAGES.items() if not _is_current(root / name, text())]
    if check and stale:
        raise UserError(f"Generated pages are stale: {', '.join(stale)}", to_do="Run `roedtraad docs`.")
    for name in stale:
        (root / name).write_text(PAGES[name](), encoding="utf-8")
        console.print(f"wrote docs/{name}")


def _is_current(page: Path, text: str) -> bool:
    return page.exists() and page.read_text(encoding="utf-8") == text


def _latest(store: Store) -> Snapshot:
    """The last run or ingest: both have rows to account for."""
    snapshot = store.last("run", "ingest")
    if snapshot is None:
        raise StoreIsEmpty(f"Nothing has been read into {store.folder}", to_do="Start with `roedtraad run`.")
    return snapshot


def _exactly_one(canonical: Path | None, source: Path | None) -> None:
    if (canonical is None) == (source is None):
        raise WrongUse("Give one of --canonical DIR and --source TOML")


def main() -> None:
    """Entry point of the console command."""
    app()


if __name__ == "__main__":
    main()
