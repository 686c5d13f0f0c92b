"""`roedtraad source new`: looks at files and drafts the TOML that declares them. Every guess is marked as a guess.

No person's value is written: headings, forms, labels that are words of ours, and codes that cannot be a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.errors import UserError
from pipelines.sources import draft_parts as toml
from pipelines.sources import forms
from pipelines.sources.declarations import Form
from pipelines.sources.draft_fhir import FhirGuess, fhir_of
from pipelines.sources.draft_paths import pattern_of
from pipelines.sources.file_look import FileLook, look_at_file, with_values
from pipelines.sources.files import assert_file
from pipelines.sources.first_rows import HIDDEN, first_rows, shown_headings
from pipelines.sources.guesses import TableGuess, layout_of, share_of_numbers, table_of
from pipelines.sources.number_changes import COLUMNS as CHANGE_COLUMNS
from pipelines.sources.registers.layouts import Layout

ROWS = 20_000
"""Of each file. Codes that come later are rarely many, and `source test` finds those of as many rows."""
A_ROW_NOT_A_HEADING = re.compile(r"\d{6}[- ]?[0-9A-Za-z]{4}$|\d\d[-./]\d\d[-./]\d{4}|\d{4}-\d\d-\d\d")
FIGURES = re.compile(r"[\d_-]+")
MOST_ROWS = 50_000


@dataclass(frozen=True)
class Found:
    """One file, looked at. `is_what`: the table, register layout or FHIR profile that it seems to be; None: changes."""

    path: str
    look: FileLook
    headings: tuple[str, ...]
    rows: pl.DataFrame
    is_what: TableGuess | Layout | FhirGuess | None

    @property
    def likeness(self) -> tuple[object, ...]:
        """Files that are alike, and whose paths differ in figures only, become one part."""
        what = self.is_what.table.name if isinstance(self.is_what, TableGuess) else self.is_what
        form, shape = self.look.form, FIGURES.sub("", self.path)
        return (type(self.is_what), what, form.kind, form.separator, form.sheet, self.headings, shape)

    @property
    def encoding(self) -> str | None:
        """With and without a mark is one; a file without letters beyond a-z is of any."""
        return None if self.look.is_ascii else self.look.form.encoding.removesuffix("-sig")


def write_draft(files: Sequence[Path], out: Path) -> str:
    """The draft, written to `out`, which must not exist and lies above the files."""
    if out.exists():
        raise UserError(f"{out} is there already", to_do="Name another file, or move it away.")
    text = draft(files, out)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise UserError(f"{out} cannot be written: {fault.strerror}", to_do="Choose another place.") from fault
    return text


def draft(files: Sequence[Path], out: Path) -> str:
    """The TOML of a source with these files; paths are relative to the folder of `out`."""
    found = [_found(file, _relative(file, out)) for file in files]
    changes = [one for one in found if one.is_what is None]
    paths = [one.path for one in found]
    parts = [_part(group, paths) for group in _alike([one for one in found if one.is_what is not None])]
    if not parts:
        raise UserError("None of the files is a delivery", to_do="Give at least one beside the number changes.")
    return "\n\n".join(["\n".join(_head(out, found, changes)), *parts]) + "\n"


def _alike(found: Sequence[Found]) -> list[list[Found]]:
    """Files in the order given, those that are alike together; plain ones go with others of any encoding."""
    groups: dict[tuple[object, ...], list[Found]] = {}
    for one in sorted(found, key=lambda one: one.encoding is None):
        same = [key for key in groups if key[0] == one.likeness and (one.encoding in (None, key[1]))]
        groups.setdefault(same[0] if same else (one.likeness, one.encoding), []).append(one)
    return list(groups.values())


def _relative(file: Path, out: Path) -> str:
    try:
        return file.resolve().relative_to(out.parent.resolve()).as_posix()
    except ValueError:
        raise UserError(
            f"{file.name} does not lie below the folder of {out.name}",
            to_do="Give --out a place in the folder that holds all files.",
        ) from None


def _found(file: Path, path: str) -> Found:
    assert_file(file)
    look = look_at_file(file)
    if look.kind == "json":
        return Found(path, look, (), pl.DataFrame(), fhir_of(file))
    no_cells = _no_cells(file, look.form)
    headings = [name for name in forms.heading(file, look.form) if name and name not in no_cells]
    if any(A_ROW_NOT_A_HEADING.search(name) for name in headings):
        raise UserError(f"{file.name} has no heading: its first line is a row", to_do="Put a line of headings first.")
    rows = first_rows(file, look.form, headings, ROWS).drop("_row")
    if set(CHANGE_COLUMNS[:2]).issubset(headings):
        return Found(path, look, tuple(headings), rows, None)
    what = layout_of(headings) or table_of(headings, path)
    return Found(path, look, tuple(headings), rows, what)


def _no_cells(file: Path, form: Form) -> list[str]:
    """Columns of lists and the like, which no table of the contract has: they are not spoken of."""
    if form.kind != "parquet":
        return []
    from pipelines.sources.forms import parquet

    return parquet.without_cells(file)


def _head(out: Path, found: Sequence[Found], changes: Sequence[Found]) -> Iterator[str]:
    yield "# Drafted by `roedtraad source new`. `gæt / guess` marks a guess: check it, then remove the mark."
    yield f"# TODO marks what is to be settled, `valgfri / optional` the rest. Try it: roedtraad source test {out.name}"
    yield "[source]"
    yield f"name = {toml.quoted(out.resolve().parent.name or 'source')}  {toml.GUESS} the name of the folder"
    share = max((_share_of_test_numbers(one) for one in found), default=0.0)
    if share > 0.5:
        yield f"demo = true  {toml.GUESS} {share:.0%} of the numbers are test numbers"
    else:
        yield f'{toml.TODO} secret_file = ""  # or the environment variable ROEDTRAAD_SECRET'
    for one in changes[:1]:
        yield f"number_changes = {toml.quoted(one.path)}"
        yield "\n[number_changes]"
        yield f"encoding = {toml.quoted(one.look.form.encoding)}"
        yield f"separator = {toml.quoted(one.look.form.separator)}"


def _share_of_test_numbers(one: Found) -> float:
    texts = [one.rows.get_column(name) for name in one.rows.columns if one.rows.schema[name] == pl.String]
    return max((share_of_numbers(text, test_numbers=True) for text in texts), default=0.0)


def _part(alike: Sequence[Found], all_paths: Sequence[str]) -> str:
    """One part for files that are alike, by the rows of all of them."""
    first, path = alike[0], pattern_of([one.path for one in alike], all_paths)
    what, rows = first.is_what, _rows_of(alike)
    look = with_values(first.look, rows)
    if isinstance(what, FhirGuess):
        lines = list(toml.fhir_lines(what.profile, what.form, path, len(alike), what.why))
    elif isinstance(what, Layout):
        lines = list(toml.register_lines(what, path, len(alike), look, rows))
    elif isinstance(what, TableGuess):
        read = {HIDDEN, *what.columns.values(), *what.person.values()}
        unread = [name for name in shown_headings(first.headings) if name not in read]
        lines = [*toml.delivery_lines(what, path, len(alike), look, rows), *toml.unread_lines(unread)]
    return "\n".join(lines)


def _rows_of(alike: Sequence[Found]) -> pl.DataFrame:
    """The rows of the files that have the first one's types."""
    first = alike[0].rows
    return pl.concat([one.rows for one in alike if one.rows.schema == first.schema]).head(MOST_ROWS)
