"""The first rows of a register against its layout: what is there, what is filled, which codes have no meaning yet."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.identity import Pseudonyms
from pipelines.sources.declarations import Form, RegisterFile
from pipelines.sources.findings import Fault, PartTried, columns_seen
from pipelines.sources.first_rows import first_rows, headings_there, shown_headings
from pipelines.sources.reading import UNMAPPED
from pipelines.sources.registers.layouts import LAYOUTS, Variable
from pipelines.sources.registers.normal import is_no_day, normal
from pipelines.sources.unmapped import shown_safely


def look_at_register(
    declared: RegisterFile, file: Path | None, rows: int, pseudonyms: Pseudonyms, tried: PartTried
) -> None:
    """Fills `tried` from one file. How registers join to each other is not seen here."""
    layout = LAYOUTS[declared.layout]
    heading_of = {one.name: declared.headings.get(one.name, one.name) for one in layout.variables}
    needed = [heading_of[one.name] for one in layout.variables if one.is_needed]
    there = headings_there(file, declared.form, needed)
    tried.not_read = shown_headings(name for name in there if name not in heading_of.values())
    variables = [one for one in layout.variables if heading_of[one.name] in there]
    tried.missing = [one.name for one in layout.variables if one not in variables]
    theirs = first_rows(file, declared.form, [heading_of[one.name] for one in variables], rows)
    tried.rows = theirs.height
    tried.columns = columns_seen(theirs, {heading_of[one.name]: one.name for one in variables})
    for one in variables:
        _look_at_variable(theirs.get_column(heading_of[one.name]), one, declared, pseudonyms, tried)


def _look_at_variable(
    given: pl.Series, variable: Variable, declared: RegisterFile, pseudonyms: Pseudonyms, tried: PartTried
) -> None:
    if variable.kind == "code":
        unknown = _codes_not_mapped(given, variable, declared)
        tried.codes = pl.concat([tried.codes, unknown])
    elif variable.kind == "person":
        tried.faults += _identity_faults(given, variable, declared, pseudonyms)
    elif variable.kind in ("date", "moment"):
        unparsed = _unparsed(given, variable, declared.form)
        if unparsed:
            tried.faults.append(Fault(declared.layout, variable.name, "type", unparsed, given.len()))


def as_text(given: pl.Series) -> pl.Series:
    """Whole numbers without a decimal part; nothing and blanks as null."""
    if given.dtype.is_float():
        given = given.fill_nan(None).cast(pl.Int64, strict=False)
    return given.cast(pl.String).str.strip_chars().replace("", None)


def _codes_not_mapped(given: pl.Series, variable: Variable, declared: RegisterFile) -> pl.DataFrame:
    counted = as_text(given).drop_nulls().value_counts(name="rows").rename({given.name: "code"})
    known = list(declared.codes.get(variable.name, {}))
    unknown = shown_safely(counted.filter(~pl.col("code").is_in(known)))
    place = (pl.lit(declared.layout).alias("source"), pl.lit(variable.name).alias("column"))
    return unknown.with_columns(*place, pl.col("rows").cast(pl.Int64)).select(*UNMAPPED)


def _identity_faults(
    given: pl.Series, variable: Variable, declared: RegisterFile, pseudonyms: Pseudonyms
) -> list[Fault]:
    numbers = as_text(given).rename("number")
    if given.dtype.is_numeric():
        numbers = numbers.str.zfill(10)
    rows = numbers.to_frame().join(pseudonyms.of(numbers), on="number", how="left")
    kinds = rows.get_column("fault").drop_nulls().value_counts(name="rows").sort("rows", "fault", descending=True)
    return [Fault(declared.layout, variable.name, kind, count, given.len()) for kind, count in kinds.iter_rows()]


def _unparsed(given: pl.Series, variable: Variable, form: Form) -> int:
    """What is a day in none of the forms that the adapter reads."""
    rows = given.rename(variable.name).to_frame()
    read = rows.select(normal(variable, given.dtype, form))
    return int(read.select(is_no_day(variable.name).sum()).item())
