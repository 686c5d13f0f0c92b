"""What a slip in a TOML file looks like, and how it is told: one sentence with its place, never a stack trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.errors import UserError
from pipelines.sources.declarations import SENDER
from pipelines.sources.written import has_century

TRIED_DAYS = (date(1935, 2, 13), date(2031, 11, 29), date(2003, 4, 5))
"""Written in a form and read again they are themselves, and equally long, or the form tells no days."""


def assert_keys(part: Mapping[str, object], known: set[str], place: str) -> None:
    """No setting that is not known: it would do nothing, and nobody would notice."""
    unknown = sorted(set(part) - known)
    if unknown:
        raise UserError(
            f"{', '.join(unknown)} is not known here", where=place, to_do=f"Known: {', '.join(sorted(known))}."
        )


def assert_in(value: object, allowed: Iterable[str], what: str, place: str) -> None:
    """One of a closed list."""
    if value not in tuple(allowed):
        raise UserError(f"{what} = {value!r} is not known", where=place, to_do=f"One of: {', '.join(allowed)}.")


def assert_text(part: Mapping[str, object], place: str) -> None:
    """Settings are text; a separator is one character; files are below the folder of the TOML file."""
    wrong = sorted(name for name, value in part.items() if not isinstance(value, str))
    if wrong:
        raise UserError(f"{', '.join(wrong)} must be text in quotes", where=place)
    if len(str(part.get("separator", ";"))) != 1:
        raise UserError("separator is one character", where=place)
    for name in ("path", "number_changes"):
        if name in part:
            _assert_below(name, str(part[name]), place)


def table_in(part: Mapping[str, object], name: str, place: str) -> dict[str, Any]:
    """A table of the part, empty when it is not there."""
    table = part.get(name, {})
    if not isinstance(table, dict):
        raise UserError(
            f"{name} is a table of names and values",
            where=place,
            to_do=f'Write it as {name} = {{ name = "value" }}, or under a heading of its own in brackets.',
        )
    return table


def text_table_in(part: Mapping[str, object], name: str, place: str) -> dict[str, str]:
    """A table whose values are all text."""
    table = table_in(part, name, place)
    assert_text({f"{name}.{key}": value for key, value in table.items()}, place)
    return table


def tables_in(content: Mapping[str, object], kind: str, file: str) -> list[dict[str, Any]]:
    """The `[[kind]]` parts of a file."""
    parts = content.get(kind, [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise UserError(f"{file} declares no source: {kind} is written with two brackets, [[{kind}]]")
    return parts


def assert_date_format(form: str, place: str) -> None:
    """A form in which a day can be written and read again, whose days are all of one length."""
    if not has_century(form):
        raise UserError("date_format has no year of four digits (%Y): the century is never guessed", where=place)
    if not _reads_its_own_days(form):
        raise UserError(
            "A day written in date_format cannot be read again from it",
            where=place,
            to_do="Write day, month and year as %d, %m and %Y: 08-01-2025 is %d-%m-%Y.",
        )


def _reads_its_own_days(form: str) -> bool:
    try:
        written = pl.Series([one.strftime(form) for one in TRIED_DAYS])
        read = written.str.to_date(form, strict=False).to_list()
    except (ValueError, pl.exceptions.PolarsError):
        return False
    return read == list(TRIED_DAYS) and written.str.len_chars().n_unique() == 1


def _assert_below(name: str, path: str, place: str) -> None:
    parts = Path(path).parts
    if not parts or Path(path).is_absolute() or ".." in parts or not path.isprintable():
        raise UserError(f"{name} names files below the folder of the TOML file", where=place)
    if any("**" in part and part != "**" for part in Path(path.replace(SENDER, "*")).parts):
        raise UserError(
            f"{name} has ** beside something else",
            where=place,
            to_do="** stands alone for any folders, * for a part of a name; {sender} counts as *.",
        )
