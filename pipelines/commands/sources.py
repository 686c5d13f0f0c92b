"""`source test`, `source new`, `check-linkage`: connect a sender, and see how well its rows are linked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import BELOW_FLOOR, app, complaints, console, told_plainly

if TYPE_CHECKING:
    from pipelines.sources.declarations import Configuration

source_app = typer.Typer(no_args_is_help=True, help="Declare a source: draft its TOML file, and try it on a sample.")
app.add_typer(source_app, name="source")


@source_app.command("test")
@told_plainly
def try_out(
    config: Annotated[Path, typer.Argument(help="TOML file that declares the source.")],
    rows: Annotated[int, typer.Option("--rows", help="So many first rows of one file of each part.", min=1)] = 20_000,
) -> None:
    """Read a sample through the real adapters and show what maps and what does not; nothing is ingested or kept.

    Needs no secret and no store. Exit code 0: nothing stops it · 3: a file would be refused · 8: a column breaks a rule
    in one row of twenty (and five at least), or a code that the mapping does not know stands in five rows.

    Example: `roedtraad source test demo/raw/source.toml`
    """
    from pipelines.shown_trial import exit_code, trial_shown
    from pipelines.sources.configuration import read_configuration
    from pipelines.sources.trial import try_source

    source = read_configuration(config)
    parts = try_source(source, rows)
    console.print(trial_shown(parts))
    lacking = fed_by_nothing(source)
    if lacking:
        console.print(f"Nothing feeds {', '.join(lacking)}: without their rows `roedtraad run` makes no figures.")
    raise typer.Exit(exit_code(parts))


def fed_by_nothing(source: Configuration) -> list[str]:
    """Tables that figures need. What registers and FHIR files feed is not known before they are read: then none."""
    from checks.frames.sizes import NEVER_EMPTY

    fed = {mapped.table.name for mapped in source.mapped}
    return [] if source.registers or source.fhir else [name for name in NEVER_EMPTY if name not in fed]


@source_app.command("new")
@told_plainly
def draft(
    files: Annotated[list[Path], typer.Argument(help="Files as they were delivered.")],
    out: Annotated[Path, typer.Option("--out", help="TOML file to write, in the folder that holds the files.")],
) -> None:
    """Draft the TOML of a source from its files. Guesses are marked as guesses, and what is not known as TODO.

    Example: `roedtraad source new kommune/kontakter.csv kommune/sager.csv --out kommune/source.toml`
    """
    from pipelines.sources.draft import write_draft

    text = write_draft(files, out)
    guesses, open_points = text.count("# gæt / guess"), sum("# TODO" in line for line in text.splitlines()[2:])
    console.print(escape(f"Wrote {out}: {guesses} guesses to check, {open_points} points to settle (TODO)."))
    console.print(escape(f"Next: roedtraad source test {out}"))


@app.command("check-linkage")
@told_plainly
def check_linkage(
    out: Annotated[Path, typer.Argument(help="Folder of the truth set; it is made when it is not there.")],
    children: Annotated[int, typer.Option(help="How many children, when it is made.", min=1000)] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same truth set.", min=0)] = 1,
) -> None:
    """Link a truth set by the real reading of a source, and print precision and recall of each step.

    Example: `roedtraad check-linkage demo/linkage_truth --children 20000 --seed 1`
    """
    from checks.linkage import precision_and_recall, reaches, read_truth_set
    from pipelines.shown_linkage import linkage_steps
    from sample_data.linkage_truth import make_linkage_truth

    if not out.exists():
        make_linkage_truth(out, children=children, seed=seed)
    found = precision_and_recall(read_truth_set(out))
    console.print(linkage_steps(found))
    if not reaches(found):
        complaints.print("Below the floors of precision or recall.")
        raise typer.Exit(BELOW_FLOOR)
