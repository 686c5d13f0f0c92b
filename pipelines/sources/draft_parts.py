"""The parts of a drafted source, as TOML: guesses are marked as such, what is needed and not known as TODO."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from pipelines.definitions.contract import Table
from pipelines.sources.declarations import Form
from pipelines.sources.file_look import FileLook, share_that_are_dates
from pipelines.sources.guesses import CodesGuess, TableGuess, codes_of, list_of, share_of_numbers
from pipelines.sources.register_trial import as_text
from pipelines.sources.registers.layouts import Layout, Variable
from pipelines.sources.unmapped import shown_safely

GUESS = "# gæt / guess:"
TODO = "# TODO"
OPTIONAL = "# valgfri / optional:"
UNKNOWN_HEADING = "TODO"
"""Stands for a heading that was not found, so that the draft can be read and `source test` tells what is missing."""

SETTINGS: Mapping[str, tuple[str, ...]] = {
    "delimited": ("encoding", "separator", "decimal", "date_format"),
    "excel": ("sheet", "date_format"),
    "parquet": ("date_format",),
    "sas": ("date_format",),
}


def quoted(text: str) -> str:
    """A text as TOML writes it (as JSON does)."""
    return json.dumps(text, ensure_ascii=False)


def form_lines(look: FileLook, *, has_decimals: bool = True) -> Iterator[str]:
    """The form and its settings, each with why; a setting that nothing in the file tells is left to its default.

    The sign of decimals is not spoken of where no column that is read has any.
    """
    yield f"form = {quoted(look.form.kind)}"
    for name in SETTINGS[look.form.kind]:
        if name in look.said:
            yield f"{name} = {quoted(_setting(look.form, name))}  {GUESS} {look.said[name]}"
        elif look.form.kind == "delimited" and (name != "decimal" or has_decimals):
            yield f"{TODO} {name} = {quoted(_setting(look.form, name))}  # nothing in the first rows tells"


def _setting(form: Form, name: str) -> str:
    return str(getattr(form, name))


def delivery_lines(guess: TableGuess, path: str, alike: int, look: FileLook, rows: pl.DataFrame) -> Iterator[str]:
    """One `[[delivery]]`."""
    found = len(guess.columns)
    yield "[[delivery]]"
    yield f"table = {quoted(guess.table.name)}  {GUESS} {found} of its {len(guess.table.columns)} columns were found"
    yield f"path = {quoted(path)}{_alike(alike)}"
    yield from form_lines(
        look, has_decimals=any(guess.table.column(name).type_name == "float" for name in guess.columns)
    )
    yield "[delivery.columns]"
    for column in guess.table.columns:
        heading = guess.columns.get(column.name)
        if heading:
            why = _why(rows.get_column(heading), column.name, guess.table, look.form)
            yield f"{column.name} = {quoted(heading)}  {GUESS} {why}"
        elif column.name in guess.lacking:
            yield f"{column.name} = {quoted(UNKNOWN_HEADING)}  {TODO}: which heading? Needed: {column.meaning_en}"
        else:
            yield f"{OPTIONAL} {column.name} = {quoted('')}  # {column.meaning_en}, if it is there"
    yield from _person_lines(guess)
    yield from _pad_lines(guess, rows)
    yield from _code_lines(guess, rows)


def _alike(files: int) -> str:
    return f"  {GUESS} {files} files alike" if files > 1 else ""


def _why(given: pl.Series, name: str, table: Table, form: Form) -> str:
    """By its values where they tell something, else by its heading."""
    column = table.column(name)
    if given.dtype == pl.String and not as_text(given).drop_nulls().len():
        return "by its heading; empty in the first rows"
    if column.identifier == "person":
        share = max(share_of_numbers(given, test_numbers=flag) for flag in (True, False))
        return f"by its heading; {share:.0%} of the values are persons' numbers"
    if column.type_name == "date" and given.dtype == pl.String:
        return f"by its heading; {share_that_are_dates(given, form.date_format):.0%} of the values are days"
    return "by its heading"


def _person_lines(guess: TableGuess) -> Iterator[str]:
    if guess.person:
        yield f"[delivery.person]  {GUESS} no column holds the child's number, so the child is found by these"
        yield from (f"{name} = {quoted(heading)}" for name, heading in guess.person.items())


def _pad_lines(guess: TableGuess, rows: pl.DataFrame) -> Iterator[str]:
    """Municipality codes of three digits have lost their zero."""
    codes = [column.name for column in guess.table.columns if column.references == "municipalities"]
    lost = [
        name
        for name in codes
        if name in guess.columns and as_text(rows.get_column(guess.columns[name])).str.contains(r"^\d{3}$").any()
    ]
    if lost:
        yield f"[delivery.pad]  {GUESS} codes of three digits lack their leading zero"
        yield from (f"{name} = 4" for name in lost)


def _code_lines(guess: TableGuess, rows: pl.DataFrame) -> Iterator[str]:
    for name, heading in guess.columns.items():
        column = guess.table.column(name)
        codes = codes_of(rows.get_column(heading), column, guess.table)
        if codes and (codes.meanings or codes.unknown or codes.hidden):
            allowed = ", ".join(list_of(column, guess.table))
            yield f"[delivery.codes.{name}]  {GUESS} {codes.share_known:.0%} of the rows by their labels"
            yield from _meaning_lines(codes, allowed, heading)


def _meaning_lines(codes: CodesGuess, allowed: str, heading: str) -> Iterator[str]:
    for code, meaning in sorted(codes.meanings.items()):
        yield f"{quoted(code)} = {quoted(meaning)}"
    if codes.unknown or codes.hidden:
        yield f"# The codes below mean one of: {allowed}"
    for code, count in codes.unknown.items():
        yield f"{TODO} {quoted(code)} = {quoted('')}  # {count:,} rows"
    if codes.hidden:
        others = f"{codes.hidden:,} rows with other values, which are not shown here"
        yield f"{TODO}: {others}: see {quoted(heading)} in the file"


def register_lines(layout: Layout, path: str, alike: int, look: FileLook, rows: pl.DataFrame) -> Iterator[str]:
    """One `[[register]]`. What its codes mean is never guessed: the register's own description says it."""
    heading_of = {name.upper(): name for name in rows.columns}
    yield "[[register]]"
    yield f"layout = {quoted(layout.name)}  {GUESS} all variables that it needs are there ({layout.title_en})"
    yield f"path = {quoted(path)}{_alike(alike)}"
    yield from form_lines(look)
    renamed = {name: heading_of[name.upper()] for name in layout.variable_names if name.upper() in heading_of}
    renamed = {name: heading for name, heading in renamed.items() if name != heading}
    if renamed:
        yield "[register.headings]"
        yield from (f"{name} = {quoted(heading)}" for name, heading in renamed.items())
    for variable in layout.variables:
        heading = heading_of.get(variable.name.upper())
        if variable.kind == "code" and heading:
            yield from _register_codes(variable, rows.get_column(heading))


def _register_codes(variable: Variable, given: pl.Series) -> Iterator[str]:
    counted = as_text(given).drop_nulls().value_counts(name="rows").rename({given.name: "code"})
    yield f"[register.codes.{variable.name}]"
    yield f"# What each code means, of: {', '.join(variable.meanings) or 'see the description of the register'}"
    for code, count in shown_safely(counted).iter_rows():
        told = f"{quoted(code)} = {quoted('')}" if code is not None else "other values, which are not shown here"
        yield f"{TODO} {told}  # {count:,} rows"


def fhir_lines(profile: str, form: str, path: str, alike: int, why: str) -> Iterator[str]:
    """One `[[fhir]]`."""
    yield "[[fhir]]"
    yield f"profile = {quoted(profile)}  {GUESS} {why}"
    yield f"path = {quoted(path)}{_alike(alike)}"
    yield f"form = {quoted(form)}"
    yield f"{TODO} [fhir.municipalities]"
    yield f'{TODO} "SOR id of the organisation" = "0101"  # the municipality that it belongs to'


def unread_lines(headings: Sequence[str]) -> Iterator[str]:
    """Headings that the draft reads nothing from."""
    if headings:
        yield f"# Headings that nothing reads: {', '.join(quoted(heading) for heading in headings)}"
