"""`CELLS.csv` and `PUBLISHED.csv`: any linked count tables, read strictly, and what was published of them."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Integers, LinkedTables, Published
from pipelines.disclosure.relations_file import DeclaredRelations, named, read_relations, refused, text_of
from pipelines.errors import StoreFailed
from pipelines.spreadsheet_text import LIKE_A_FORMULA

CELLS = ("cell", "count")
RATE_OF = "rate_of"
PUBLISHED = ("cell", "count", "suppressed", "rate_suppressed")
WHOLE_NUMBER = r"^[0-9]{1,15}$"


def read_tables(cells: Path, relations: Path) -> LinkedTables:
    """Exact counts with their relations. RefusedTables for anything that does not hold; then nothing is published."""
    declared = read_relations(relations)
    rows = _read(cells, CELLS, optional=(RATE_OF,))
    _assert_named_once(cells.name, rows)
    counts = _whole_numbers(cells.name, rows, "count")
    names = rows["cell"].to_list()
    tables = LinkedTables(
        names=tuple(names),
        counts=counts,
        denominators=_denominators(cells.name, rows),
        relations=declared.between(names),
        threshold=declared.threshold,
    )
    _assert_all_linked(cells.name, tables)
    _assert_sums(declared, tables)
    return tables


def read_published(published: Path, relations: Path) -> Published:
    """What the public sees. Its denominators are not in the files, so rates say no more than their two counts."""
    declared = read_relations(relations)
    rows = _read(published, PUBLISHED)
    _assert_named_once(published.name, rows)
    flags = {column: _flags(published.name, rows, column) for column in PUBLISHED[2:]}
    suppressed = flags["suppressed"].to_numpy()
    if not rows["count"].is_null().equals(flags["suppressed"]):
        raise refused(published.name, "has suppressed cells with a count, or others without", "One or the other.")
    counts = np.full(rows.height, -1, dtype=np.int64)
    counts[~suppressed] = _whole_numbers(published.name, rows.filter(~flags["suppressed"]), "count")
    return Published(
        names=tuple(rows["cell"].to_list()),
        counts=counts,
        suppressed=suppressed,
        rate_suppressed=flags["rate_suppressed"].to_numpy(),
        relations=declared.between(rows["cell"].to_list()),
        threshold=declared.threshold,
        denominators=np.full(rows.height, NO_DENOMINATOR, dtype=np.int64),
    )


def write_published(published: Published, file: Path) -> None:
    """The file as a whole or not at all; StoreFailed when the disk says no."""
    rows = pl.DataFrame(
        {
            "cell": list(published.names),
            "count": pl.Series(published.counts).cast(pl.Int64),
            "suppressed": published.suppressed,
            "rate_suppressed": published.rate_suppressed,
        }
    ).with_columns(pl.when(~pl.col("suppressed")).then("count").alias("count"))
    beside = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        rows.write_csv(beside)
        beside.replace(file)
    except OSError as fault:
        raise StoreFailed(f"{file} cannot be written: {fault.strerror}", to_do="Choose another place.") from None
    finally:
        beside.unlink(missing_ok=True)


def _read(file: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> pl.DataFrame:
    """Text columns by their exact names; a blank field is null."""
    try:
        rows = pl.read_csv(io.StringIO(text_of(file)), infer_schema=False)
    except pl.exceptions.PolarsError:
        raise refused(file.name, "is no CSV with a heading", f"Its columns must be {', '.join(columns)}.") from None
    known = [column for column in optional if column in rows.columns]
    if sorted(rows.columns) != sorted([*columns, *known]):
        raise refused(file.name, "has not the expected columns", f"They must be {', '.join([*columns, *optional])}.")
    if rows.is_empty():
        raise refused(file.name, "has no cells", "Give at least one.")
    return rows.with_columns(pl.all().replace("", None))


def _assert_named_once(file: str, rows: pl.DataFrame) -> None:
    if formulas := rows["cell"].str.contains(LIKE_A_FORMULA).sum():
        raise refused(file, f"has {formulas} cells whose names begin like a formula", "Name them by letters or digits.")
    if rows["cell"].null_count():
        raise refused(file, f"has {rows['cell'].null_count()} cells without a name", "Name them.")
    repeated = rows.filter(pl.col("cell").is_duplicated())["cell"].unique(maintain_order=True).to_list()
    if repeated:
        raise refused(file, f"has cells twice: {named(repeated)}", "Each cell stands once.")


def _whole_numbers(file: str, rows: pl.DataFrame, column: str) -> Integers:
    """Missing, negative, fractional and written-out counts are refused; the count itself is not repeated."""
    is_whole = pl.col(column).str.contains(WHOLE_NUMBER).fill_null(value=False)
    wrong = rows.filter(~is_whole)["cell"].to_list()
    if wrong:
        what = f"has a {column} that is missing, negative or no whole number: {named(wrong)}"
        raise refused(file, what, "Counts are whole numbers from 0 on.")
    return rows[column].cast(pl.Int64).to_numpy()


def _flags(file: str, rows: pl.DataFrame, column: str) -> pl.Series:
    flags = rows[column].str.to_lowercase().replace_strict({"true": True, "false": False}, default=None)
    flags = flags.cast(pl.Boolean)
    if flags.null_count():
        raise refused(file, f"has a {column} that is neither true nor false", "Write true or false.")
    return flags


def _denominators(file: str, rows: pl.DataFrame) -> Integers:
    if RATE_OF not in rows.columns:
        return np.full(rows.height, NO_DENOMINATOR, dtype=np.int64)
    number = {name: at for at, name in enumerate(rows["cell"].to_list())}
    given = rows[RATE_OF].drop_nulls().unique(maintain_order=True).to_list()
    if unknown := [name for name in given if name not in number]:
        raise refused(file, f"has a rate_of that is no cell: {named(unknown)}", "Name a cell of the file.")
    own = rows.filter(pl.col(RATE_OF) == pl.col("cell"))["cell"].to_list()
    if own:
        raise refused(file, f"has cells that are a rate of themselves: {named(own)}", "Name the denominator.")
    at = rows[RATE_OF].replace_strict(number, default=NO_DENOMINATOR, return_dtype=pl.Int64)
    return at.fill_null(NO_DENOMINATOR).to_numpy()


def _assert_all_linked(file: str, tables: LinkedTables) -> None:
    """A cell that nothing is said of has been forgotten. Numerators and denominators are linked by their rate."""
    linked = tables.denominators != NO_DENOMINATOR
    linked[tables.denominators[linked]] = True
    linked[tables.relations.totals] = True
    linked[tables.relations.parts] = True
    if not linked.all():
        alone = [tables.names[at] for at in np.flatnonzero(~linked).tolist()]
        raise refused(file, f"has cells that stand in no relation: {named(alone)}", "Say what they add up to.")


def _assert_sums(declared: DeclaredRelations, tables: LinkedTables) -> None:
    broken = tables.relations.broken(tables.counts)
    if len(broken):
        totals = list(dict.fromkeys(tables.names[at] for at in tables.relations.totals[broken].tolist()))
        what = f"has totals that are not the sum of their parts: {named(totals)}"
        raise refused(declared.file, what, "Mend the counts, or the relations.")
