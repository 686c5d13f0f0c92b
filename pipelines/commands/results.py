"""`export`, `gaps`, `check-answers`, `compare`: what a run found, and whether it is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import BELOW_FLOOR, StoreOption, app, complaints, console, latest, noted, told_plainly
from pipelines.errors import StoreFailed, StoreIsEmpty, UserError

if TYPE_CHECKING:
    import polars as pl

    from pipelines.store import Snapshot, Store

OF_AN_INGEST = (
    "quarantine",
    "row_accounting",
    "deliveries",
    "reporting",
    "record_links",
    "unmapped_codes",
    "number_hints",
)
PUBLISHED = ("published_counts", "published_shares", "published_continuity")
"""What the gate has let through: the last publication, whatever was run since."""

EXPORTS = (
    "evidence",
    "exposed",
    "obligations",
    "gaps",
    "counts",
    "counts_by_group",
    "continuity",
    "linkage_quality",
    *OF_AN_INGEST,
    *PUBLISHED,
)


@app.command()
@told_plainly
def export(
    table: Annotated[str, typer.Argument(help=f"One of: {', '.join(EXPORTS)}.")],
    store: StoreOption,
    out: Annotated[Path, typer.Option("--out", help="FILE.csv or FILE.parquet.")],
) -> None:
    """Write a table of the last run to a file, with the specification's column names and pseudonyms as ids.

    The published tables are those of the last publication; each figure says which of five states it is in.

    Example: `roedtraad export obligations --store demo/store --out obligations.parquet`
    """
    from pipelines import export as edge
    from pipelines.store import Store

    opened = Store(store)
    if table not in EXPORTS:
        raise UserError(f"There is no table {table} to export", to_do=f"One of: {', '.join(EXPORTS)}.")
    rows = _published(opened, table) if table in PUBLISHED else edge.as_specified(table, _holding(opened, table))
    if not out.parent.is_dir():
        raise StoreFailed(f"There is no folder {out.parent}", to_do="Make it, or choose another place.")
    if table not in PUBLISHED:
        noted(store, "exported", table)
    from pipelines.private_file import writing_private
    from pipelines.spreadsheet_text import without_formulas

    if out.suffix not in (".csv", ".parquet"):
        raise UserError(f"{out.name} has no known form", to_do="Name it .csv or .parquet.")
    with writing_private(out) as beside:
        if out.suffix == ".parquet":
            rows.sink_parquet(beside)
        else:
            rows.with_columns(without_formulas()).sink_csv(beside)
    console.print(escape(str(out)))


def _holding(store: Store, table: str) -> Snapshot:
    return latest(store) if table in OF_AN_INGEST else store.snapshot()


def _published(store: Store, table: str) -> pl.LazyFrame:
    publication = store.last("publish")
    if publication is None:
        raise StoreIsEmpty(f"Nothing was published from {store.folder}", to_do="Publish with `roedtraad publish`.")
    return publication.table(table)


@app.command()
@told_plainly
def gaps(
    store: StoreOption,
    municipality: Annotated[
        str, typer.Option("--municipality", help="Four digits, such as 0479; `unknown` for gaps without one.")
    ],
    limit: Annotated[int, typer.Option(help="How many to show; export has them all.", min=1)] = 25,
    lang: Annotated[str, typer.Option(help="da or en")] = "da",
    fhir: Annotated[
        Path | None,
        typer.Option("--fhir", help="Write what is open or coming to FILE.json instead: DEQM gaps in care."),
    ] = None,
) -> None:
    """The worklist of one municipality: what was expected, what was found, who can close it, days over.

    Accepted gaps are counted, not shown; who a gap is assigned to, and the last note, stand beside who can close it.

    The file of `--fhir` holds rows of persons under their pseudonyms: it is readable for its owner alone.

    Examples: `roedtraad gaps --store demo/store --municipality 0479` ·
    `roedtraad gaps --store demo/store --municipality 0479 --fhir gaps.json`
    """
    from dashboards.worklist import worklist_table
    from pipelines.gap_decisions import decisions_of
    from pipelines.store import Store

    if fhir is not None:
        _write_care_gaps(store, municipality, fhir)
        return
    noted(store, "saw", "worklist", municipality_code=municipality)
    source = Store(store).snapshot()
    console.print(worklist_table(source, municipality, limit, lang, decisions_of(store, municipality)))


def _write_care_gaps(store: Path, municipality: str, file: Path) -> None:
    from pipelines.care_gaps import care_gaps, gap_rows
    from pipelines.definitions.measures import all_measures
    from pipelines.definitions.reference import Reference
    from pipelines.private_file import write_private
    from pipelines.store import Store

    source, reference = Store(store).snapshot(), Reference.load()
    if municipality not in {*reference.municipality_codes, "unknown"}:
        raise UserError(f"There is no municipality {municipality}", to_do="Give four digits, such as 0479.")
    rows = gap_rows(source, municipality)
    noted(store, "exported", "care gaps (FHIR)", municipality_code=municipality, rows=rows.height)
    told = care_gaps(rows, all_measures(reference), source.run, municipality)
    write_private(file, json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())
    console.print(f"{rows.height} gaps in {escape(str(file))}", highlight=False, soft_wrap=True)


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


@app.command()
@told_plainly
def compare(
    first: Annotated[Path, typer.Argument(help="Folder of one store.")],
    second: Annotated[Path, typer.Argument(help="Folder of the other.")],
    names: Annotated[Path, typer.Option("--names", help="Who is who: the names.parquet of `roedtraad sample`.")],
) -> None:
    """Are the obligations of two stores identical, whatever names each has for children, pregnancies and records?

    Example: `roedtraad compare demo/store demo/store-canonical --names demo/names.parquet`
    """
    from checks.same_obligations import are_identical, compared, obligations_by_canonical_names, read_names
    from pipelines.shown_comparison import comparison_table
    from pipelines.store import Store

    known = read_names(names)
    comparison = compared(*(obligations_by_canonical_names(Store(store), known) for store in (first, second)))
    console.print(comparison_table(comparison))
    if not are_identical(comparison):
        complaints.print("The obligations differ.")
        raise typer.Exit(BELOW_FLOOR)
    console.print("The obligations are identical.")
