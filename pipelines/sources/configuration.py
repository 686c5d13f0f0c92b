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
class Configuration:
    """A source: its name, whether it is sample data, where the secret is, and its deliveries."""

    file: Path
    name: str
    is_demo: bool
    deliveries: tuple[Declared, ...]
    secret_file: Path | None = None
    number_changes: str | None = None

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
    source = content.get("source", {})
    if not isinstance(source, dict) or not source.get("name") or not content.get("delivery"):
        raise UserError(
            f"{file.name} declares no source", to_do="It needs [source] with a name and [[delivery]] parts."
        )
    secret = source.get("secret_file")
    return Configuration(
        file=file,
        name=str(source["name"]),
        is_demo=source.get("demo") is True,
        deliveries=tuple(_declared(part, at, file) for at, part in enumerate(content["delivery"], start=1)),
        secret_file=file.parent / secret if secret else None,
        number_changes=source.get("number_changes"),
    )


def _declared(part: dict[str, Any], at: int, file: Path) -> Declared:
    place = f"{file.name}, delivery {at}"
    _assert_in(part.get("table"), TABLE_NAMES, "table", place)
    _assert_in(part.get("form"), FORMS, "form", place)
    _assert_in(part.get("encoding", "utf-8"), ENCODINGS, "encoding", place)
    _assert_in(part.get("decimal", ","), DECIMALS, "decimal", place)
    if not part.get("path"):
        raise UserError("A delivery has no path", where=place, to_do='Give path = "folder/*.csv".')
    table = table_named(part["table"])
    columns = part.get("columns", {})
    unknown = sorted(set(columns) - set(table.column_names))
    needed = [column.name for column in table.columns if not column.optional and column.name not in columns]
    if unknown or needed:
        told = [f"not in the contract: {', '.join(unknown)}"] if unknown else []
        told += [f"required but not mapped: {', '.join(needed)}"] if needed else []
        raise UserError(f"The columns of {table.name} do not fit", where=f"{place}: {'; '.join(told)}")
    settings = {key: part[key] for key in ("encoding", "separator", "decimal", "date_format", "sheet") if key in part}
    return Declared(table, part["path"], part["form"], columns, part.get("codes", {}), **settings)


def _assert_in(value: object, allowed: tuple[str, ...], what: str, place: str) -> None:
    if value not in allowed:
        raise UserError(f"{what} = {value!r} is not known", where=place, to_do=f"One of: {', '.join(allowed)}.")
