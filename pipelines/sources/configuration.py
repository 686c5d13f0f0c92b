"""The TOML file that declares a source: which files, in which form, and what their columns and codes mean."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.definitions.contract import Table
from pipelines.definitions.tables import TABLE_NAMES, table_named
from pipelines.errors import UserError

FORMS = ("delimited", "parquet", "excel")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1")
DECIMALS = (",", ".")
SETTINGS = ("encoding", "separator", "decimal", "date_format", "sheet")


@dataclass(frozen=True)
class Declared:
    """One `[[delivery]]`: files of one form that feed one canonical table."""

    table: Table
    path: str
    form: str
    columns: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    encoding: str = "utf-8"
    separator: str = ";"
    decimal: str = ","
    date_format: str = "%d-%m-%Y"
    sheet: str | None = None


@dataclass(frozen=True)
class DeclaredChanges:
    """The table of number changes: a text file with the canonical headings."""

    path: str
    encoding: str = "utf-8"
    separator: str = ";"


@dataclass(frozen=True)
class Configuration:
    """A source: its name, whether it is sample data, where the secret is, and its deliveries."""

    file: Path
    name: str
    is_demo: bool
    deliveries: tuple[Declared, ...]
    secret_file: Path | None = None
    number_changes: DeclaredChanges | None = None

    @property
    def folder(self) -> Path:
        """Paths in the file are relative to it."""
        return self.file.parent


def read_configuration(file: Path) -> Configuration:
    """The declared source; UserError names the file, the place in it and what is allowed there."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as fault:
        raise UserError(f"{file} cannot be opened: {fault.strerror}", to_do="Check the path after --source.") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise UserError(f"{file.name} is not valid TOML", where=str(fault), to_do="Mend it and run again.") from fault
    source, deliveries = content.get("source", {}), content.get("delivery")
    if not isinstance(source, dict) or not source.get("name") or not deliveries or not isinstance(deliveries, list):
        raise UserError(
            f"{file.name} declares no source", to_do="It needs [source] with a name and [[delivery]] parts."
        )
    _assert_keys(content, {"source", "delivery", "number_changes"}, file.name)
    _assert_keys(source, {"name", "demo", "secret_file", "number_changes"}, f"{file.name}, [source]")
    if not isinstance(source.get("demo", False), bool):
        raise UserError("demo is true or false, without quotes", where=f"{file.name}, [source]")
    secret = source.get("secret_file")
    return Configuration(
        file=file,
        name=str(source["name"]),
        is_demo=source.get("demo") is True,
        deliveries=tuple(_declared(part, at, file) for at, part in enumerate(deliveries, start=1)),
        secret_file=file.parent / secret if secret else None,
        number_changes=_declared_changes(source, content.get("number_changes", {}), file),
    )


def _declared_changes(source: dict[str, Any], section: dict[str, Any], file: Path) -> DeclaredChanges | None:
    place = f"{file.name}, [number_changes]"
    path = source.get("number_changes")
    if path is None:
        return None
    _assert_keys(section, {"encoding", "separator"}, place)
    _assert_text({"number_changes": path, **section}, place)
    _assert_in(section.get("encoding", "utf-8"), ENCODINGS, "encoding", place)
    return DeclaredChanges(path, **section)


def _assert_keys(part: Mapping[str, object], known: set[str], place: str) -> None:
    unknown = sorted(set(part) - known)
    if unknown:
        raise UserError(
            f"{', '.join(unknown)} is not known here", where=place, to_do=f"Known: {', '.join(sorted(known))}."
        )


def _assert_text(part: Mapping[str, object], place: str) -> None:
    """Settings are text; a separator is one character; a path is below the folder of the TOML file."""
    wrong = sorted(name for name, value in part.items() if not isinstance(value, str))
    if wrong:
        raise UserError(f"{', '.join(wrong)} must be text in quotes", where=place)
    if len(str(part.get("separator", ";"))) != 1:
        raise UserError("separator is one character", where=place)
    for name in ("path", "number_changes"):
        if name in part and (Path(str(part[name])).is_absolute() or part[name] in ("", ".")):
            raise UserError(f"{name} names files below the folder of the TOML file", where=place)


def _declared(part: dict[str, Any], at: int, file: Path) -> Declared:
    place = f"{file.name}, delivery {at}"
    settings = {key: part[key] for key in SETTINGS if key in part}
    _assert_keys(part, {*SETTINGS, "table", "path", "form", "columns", "codes"}, place)
    _assert_text({"path": part.get("path", ""), **settings, **part.get("columns", {})}, place)
    _assert_in(part.get("table"), TABLE_NAMES, "table", place)
    _assert_in(part.get("form"), FORMS, "form", place)
    _assert_in(part.get("encoding", "utf-8"), ENCODINGS, "encoding", place)
    _assert_in(part.get("decimal", ","), DECIMALS, "decimal", place)
    table = table_named(part["table"])
    columns = part.get("columns", {})
    unknown = sorted(set(columns) - set(table.column_names))
    needed = [column.name for column in table.columns if not column.optional and column.name not in columns]
    if unknown or needed:
        told = [f"not in the contract: {', '.join(unknown)}"] if unknown else []
        told += [f"required but not mapped: {', '.join(needed)}"] if needed else []
        raise UserError(f"The columns of {table.name} do not fit", where=f"{place}: {'; '.join(told)}")
    for name in part.get("codes", {}):
        _assert_in(name, tuple(columns), "codes of", place)
    return Declared(table, part["path"], part["form"], columns, part.get("codes", {}), **settings)


def _assert_in(value: object, allowed: tuple[str, ...], what: str, place: str) -> None:
    if value not in allowed:
        raise UserError(f"{what} = {value!r} is not known", where=place, to_do=f"One of: {', '.join(allowed)}.")
