"""`sample`, `ingest`, `run`, `status`: from data to a store, and what is in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.shared import (
    AsOfOption,
    CanonicalOption,
    GuidanceOption,
    QuietOption,
    SourceOption,
    StoreOption,
    app,
    console,
    latest,
    told_plainly,
)
from pipelines.errors import StoreFailed, WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.flow import How
    from pipelines.store import Snapshot, Store


BucketsOption = Annotated[
    int | None,
    typer.Option("--buckets", min=1, help="Work on so many buckets of children, one at a time: bounds the memory."),
]
TablesOption = Annotated[
    str | None,
    typer.Option("--tables", metavar="ADDRESS", help="Where a new store has its tables: s3://BUCKET/PREFIX."),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option("--scheduler", help="Who works on the buckets: `local`, or the address of a Dask scheduler."),
]


@app.command()
@told_plainly
def sample(
    out: Annotated[Path, typer.Argument(help="Folder to write to; it is made.")],
    children: Annotated[int, typer.Option(help="How many children.", min=50)] = 60_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same sample.", min=0)] = 1,
    as_of: AsOfOption = datetime(2026, 9, 30),  # noqa: DTZ001 - a date, in the form that Typer reads
    forms: Annotated[str, typer.Option(help="canonical, raw, or both with a comma.")] = "canonical,raw",
    canonical_csv: Annotated[bool, typer.Option(help="Canonical tables as CSV instead of Parquet.")] = False,
    guidance: GuidanceOption = None,
    municipality: Annotated[
        str | None,
        typer.Option(help="Code of one municipality: its own CSV files instead, as its systems export them."),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Make synthetic sample data of any size: canonical tables, raw deliveries, and the answer key beside them.

    Example: `roedtraad sample demo --children 60000 --seed 1 --as-of 2026-09-30` ·
    `roedtraad sample rare --guidance rare_disabilities` (canonical tables for the target group of a guidance) ·
    `roedtraad sample kommune --municipality 0479 --children 8000` (files to practise on: see docs/tutorial.md)
    """
    from pipelines.shown import stages_on
    from sample_data import make_sample
    from sample_data.own_files import make_own_files
    from sample_data.target_group import make_country

    if guidance is not None:
        make_country(out, children=children, seed=seed, as_of=as_of.date(), as_csv=canonical_csv)
        return
    with stages_on(None if quiet else console) as shown:
        if municipality is not None:
            make_own_files(
                out, municipality=municipality, children=children, seed=seed, as_of=as_of.date(), progress=shown.said
            )
            return
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
    tables: TablesOption = None,
    guidance: GuidanceOption = None,  # noqa: ARG001 - put in force by `told_plainly`
    quiet: QuietOption = False,
) -> None:
    """Read a delivery into the store: canonical tables, quarantine, row accounting. Nothing is computed yet.

    Example: `roedtraad ingest --canonical demo/canonical --store demo/store`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.flow import Source, ingest_into
    from pipelines.progress import Progress
    from pipelines.shown import accounting, stages_on
    from pipelines.shown_deliveries import withdrawn
    from pipelines.store import Store

    _exactly_one(canonical, source)
    with stages_on(None if quiet else console) as shown:
        outcome = ingest_into(Store(store, tables), Source(canonical, source), Reference.load(), Progress(shown))
    if not quiet:
        console.print(accounting(outcome.snapshot))
        console.print(withdrawn(outcome.snapshot))
        console.print("Nothing new: the store already holds this delivery." if not outcome.is_new else "Ingested.")


@app.command()
@told_plainly
def run(
    store: StoreOption,
    as_of: AsOfOption,
    canonical: CanonicalOption = None,
    source: SourceOption = None,
    tables: TablesOption = None,
    guidance: GuidanceOption = None,  # noqa: ARG001 - put in force by `told_plainly`
    buckets: BucketsOption = None,
    scheduler: SchedulerOption = None,
    quiet: QuietOption = False,
) -> None:
    """The main job: from a delivery (or what the store holds) to evidence, obligations, gaps and counts.

    Examples: `roedtraad run --source demo/raw/source.toml --store demo/store --as-of 2026-09-30` ·
    `roedtraad run --store demo/store --as-of 2025-09-30` (again, as of another day) ·
    `roedtraad run --guidance rare_disabilities --canonical rare/canonical --store rare/store --as-of 2026-09-30` ·
    `roedtraad run --canonical country --store store --as-of 2026-09-30 --buckets 8` (in little memory) ·
    `roedtraad run --store store --as-of 2026-09-30 --scheduler local` (on the workers of a Dask cluster) ·
    `roedtraad run --canonical country --store store --tables s3://records/country --as-of 2026-09-30` (see
    docs/scale.md)
    """
    from checks.gate import gate_of
    from pipelines.definitions.reference import Reference
    from pipelines.flow import Source
    from pipelines.flow import run as run_flow
    from pipelines.progress import Progress
    from pipelines.shown import accounting, stages_on, summary
    from pipelines.shown_deliveries import withdrawn
    from pipelines.store import Store

    if canonical or source:
        _exactly_one(canonical, source)
    with stages_on(None if quiet else console) as shown:
        opened, reference = Store(store, tables), Reference.load()
        gate = gate_of(opened, reference)
        how = _how(buckets, scheduler, console.print if not quiet else None)
        outcome = run_flow(opened, Source(canonical, source), as_of.date(), reference, Progress(shown), gate, how)
    if not quiet:
        console.print(accounting(outcome.snapshot))
        console.print(withdrawn(outcome.snapshot))
        console.print(summary(outcome.snapshot))
        if not outcome.is_new:
            console.print("Nothing new: the store already holds this run, so no new version was made.")


@app.command()
@told_plainly
def status(
    store: StoreOption,
    files: Annotated[bool, typer.Option("--files", help="Every file of the ledger, one line each.")] = False,
) -> None:
    """The runs of a store, its deliveries, how complete they are, how they were linked, and where every row went.

    Example: `roedtraad status --store demo/store`
    """
    from pipelines import shown_deliveries
    from pipelines.shown import accounting, runs_table, stages_table, summary
    from pipelines.store import OF_RETURNS, Store

    opened = Store(store)
    snapshot = latest(opened)
    if OF_RETURNS in snapshot.versions:
        _status_of_returns(opened, snapshot)
        return
    for part in (runs_table(opened.runs()), stages_table(snapshot), accounting(snapshot)):
        console.print(part)
    for told in shown_deliveries.PARTS:
        console.print(told(snapshot))
    if files:
        console.print(shown_deliveries.ledger_table(snapshot))
    if snapshot.run["kind"] == "run":
        console.print(summary(snapshot))


def _status_of_returns(store: Store, snapshot: Snapshot) -> None:
    """A store of counts has no deliveries: who has reported stands in their place."""
    from pipelines.definitions.reference import Reference
    from pipelines.returns.shown import returns_table, status_lines
    from pipelines.shown import runs_table

    console.print(runs_table(store.runs()))
    for line in status_lines(snapshot, Reference.load()):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print(returns_table(snapshot))


def _how(buckets: int | None, scheduler: str | None, told: Callable[[str], None] | None) -> How:
    from pipelines.flow import How
    from pipelines.scheduler import OnDask

    return How(buckets, OnDask(scheduler, told=told)) if scheduler else How(buckets)


def _exactly_one(canonical: Path | None, source: Path | None) -> None:
    if (canonical is None) == (source is None):
        raise WrongUse("Give one of --canonical DIR and --source TOML")
