"""The TOML file that declares a source, read strictly: what is not known here is a slip, and is told with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote_plus

from pipelines.definitions.tables import TABLE_NAMES, table_named
from pipelines.errors import UserError
from pipelines.sources.declarations import (
    Configuration,
    DeclaredChanges,
    FhirFiles,
    Form,
    Mapped,
    PersonWithoutNumber,
    Place,
    RegisterFile,
)
from pipelines.sources.fhir import CODE_LISTS, PROFILES
from pipelines.sources.registers.layouts import LAYOUTS
from pipelines.sources.slips import (
    assert_date_format,
    assert_in,
    assert_keys,
    assert_text,
    table_in,
    tables_in,
    text_table_in,
)

FORMS = ("delimited", "excel", "parquet", "sas", "database")
FHIR_FORMS = ("bundle", "ndjson")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1")
DECIMALS = (",", ".")
REDELIVERIES = ("adds", "replaces")
TEXT_SETTINGS = (
    "encoding",
    "separator",
    "decimal",
    "date_format",
    "sheet",
    "query",
    "connection",
    "connection_variable",
)
PASSWORD_SETTING = re.compile(
    r"(pass(word|wd|phrase)?|pwd|secret|token|credential\w*|(api|access|private)_?key)\s*=", re.I
)
PERSON_KEYS = ("birth_date", "sex", "municipality_code", "mother_birth_date", "mother_id")


def read_configuration(file: Path) -> Configuration:
    """The declared source; UserError names the file, the place in it and what is allowed there."""
    content = _toml(file)
    source = table_in(content, "source", file.name)
    kinds = {kind: tables_in(content, kind, file.name) for kind in ("delivery", "register", "fhir")}
    if not source.get("name") or not any(kinds.values()):
        raise UserError(
            f"{file.name} declares no source",
            to_do="It needs [source] with a name, and [[delivery]], [[register]] or [[fhir]] parts.",
        )
    assert_keys(content, {"source", "number_changes", *kinds}, file.name)
    place = f"{file.name}, [source]"
    assert_keys(source, {"name", "demo", "secret_file", "number_changes", "match_probability"}, place)
    if not isinstance(source.get("demo", False), bool):
        raise UserError("demo is true or false, without quotes", where=place)
    assert_text({name: source[name] for name in ("name", "secret_file") if name in source}, place)
    secret = source.get("secret_file")
    return Configuration(
        file=file,
        name=source["name"],
        is_demo=source.get("demo") is True,
        mapped=tuple(_mapped(part, _place(file, "delivery", at)) for at, part in _numbered(kinds["delivery"])),
        registers=tuple(_register(part, _place(file, "register", at)) for at, part in _numbered(kinds["register"])),
        fhir=tuple(_fhir(part, _place(file, "fhir", at)) for at, part in _numbered(kinds["fhir"])),
        secret_file=file.parent / secret if secret else None,
        number_changes=_declared_changes(source, table_in(content, "number_changes", file.name), file),
        match_probability=_probability(source.get("match_probability", 0.99), place),
    )


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as fault:
        raise UserError(f"{file} cannot be opened: {fault.strerror}", to_do="Check the path after --source.") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise UserError(f"{file.name} is not valid TOML", where=str(fault), to_do="Mend it and run again.") from fault


def _numbered(parts: list[Any]) -> Iterable[tuple[int, dict[str, Any]]]:
    return enumerate(parts, start=1)


def _place(file: Path, kind: str, at: int) -> str:
    return f"{file.name}, {kind} {at}"


def _probability(value: object, place: str) -> float:
    if not isinstance(value, float) or not 0.5 <= value < 1:
        raise UserError("match_probability is a number from 0.5 to below 1", where=place)
    return value


def _declared_changes(source: dict[str, Any], section: dict[str, Any], file: Path) -> DeclaredChanges | None:
    place = f"{file.name}, [number_changes]"
    path = source.get("number_changes")
    if path is None:
        return None
    assert_keys(section, {"encoding", "separator"}, place)
    assert_text({"number_changes": path, **section}, place)
    assert_in(section.get("encoding", "utf-8"), ENCODINGS, "encoding", place)
    return DeclaredChanges(path, **section)


def _form(part: dict[str, Any], place: str) -> Form:
    settings = {key: part[key] for key in TEXT_SETTINGS if key in part}
    assert_text(settings, place)
    assert_in(part.get("form"), FORMS, "form", place)
    assert_in(part.get("encoding", "utf-8"), ENCODINGS, "encoding", place)
    assert_in(part.get("decimal", ","), DECIMALS, "decimal", place)
    if "date_format" in settings:
        assert_date_format(settings["date_format"], place)
    is_database = part["form"] == "database"
    told = {"query", "connection", "connection_variable"} & set(settings)
    if is_database and ("query" not in told or len(told) != 2):
        raise UserError(
            "A database needs a query, and connection or connection_variable",
            where=place,
            to_do="connection_variable names the environment variable that holds the connection string.",
        )
    if not is_database and told:
        raise UserError(f"{', '.join(sorted(told))} belongs to form = 'database'", where=place)
    if _has_password(settings.get("connection", "")):
        raise UserError(
            "A password does not belong in the TOML file",
            where=place,
            to_do="Put the connection string in an environment variable and name it in connection_variable.",
        )
    return Form(kind=part["form"], **settings)


def _has_password(connection: str) -> bool:
    """In any form that a driver knows: `user:password@host`, `password=`, `PWD%3D` of ODBC, a token, a key."""
    plain = unquote_plus(unquote_plus(connection))
    before_host = plain.partition("://")[2].rpartition("@")[0]
    return ":" in before_host or PASSWORD_SETTING.search(plain) is not None


def _found_at(part: dict[str, Any], place: str) -> Place | None:
    if part.get("form") == "database":
        return None
    sender = part.get("sender")
    assert_text({"path": part.get("path", ""), **({"sender": sender} if "sender" in part else {})}, place)
    return Place(part["path"], sender)


def _mapped(part: dict[str, Any], place: str) -> Mapped:
    own = {"name", "table", "path", "form", "columns", "codes", "pad", "person", "redelivery", "sender"}
    assert_keys(part, {*TEXT_SETTINGS, *own}, place)
    assert_in(part.get("table"), TABLE_NAMES, "table", place)
    assert_in(part.get("redelivery", "adds"), REDELIVERIES, "redelivery", place)
    form, found_at = _form(part, place), _found_at(part, place)
    table, columns = table_named(part["table"]), text_table_in(part, "columns", place)
    assert_text({"name": part.get("name", "")}, place)
    person = _person(text_table_in(part, "person", place), place) if "person" in part else None
    codes, pad = _codes(part, place), _pad(table_in(part, "pad", place), place)
    unknown = sorted(set(columns) - set(table.column_names))
    needed = [column.name for column in table.columns if not column.optional and column.name not in columns]
    if person and "child_id" in table.column_names:
        needed = [name for name in needed if name != "child_id"]
    if unknown or needed:
        told = [f"not in the contract: {', '.join(unknown)}"] if unknown else []
        told += [f"required but not mapped: {', '.join(needed)}"] if needed else []
        raise UserError(f"The columns of {table.name} do not fit", where=f"{place}: {'; '.join(told)}")
    for name in (*codes, *pad):
        assert_in(name, (*columns, *(PERSON_KEYS if person else ())), "codes or pad of", place)
    return Mapped(
        table,
        found_at,
        form,
        columns,
        codes,
        pad,
        person,
        part.get("redelivery", "adds"),
        part.get("name", ""),
    )


def _pad(pad: Mapping[str, object], place: str) -> dict[str, int]:
    if not all(type(width) is int and 1 <= width <= 20 for width in pad.values()):
        raise UserError("pad gives a number of digits", where=place)
    return cast("dict[str, int]", dict(pad))


def _person(part: dict[str, str], place: str) -> PersonWithoutNumber:
    assert_keys(part, set(PERSON_KEYS), f"{place}, person")
    if "birth_date" not in part:
        raise UserError("A person without a number needs at least birth_date", where=f"{place}, person")
    return PersonWithoutNumber(**part)


def _codes(part: dict[str, Any], place: str) -> dict[str, dict[str, str]]:
    codes = table_in(part, "codes", place)
    return {name: text_table_in(codes, name, f"{place}, codes") for name in codes}


def _register(part: dict[str, Any], place: str) -> RegisterFile:
    assert_keys(part, {*TEXT_SETTINGS, "layout", "path", "form", "headings", "codes", "sender"}, place)
    assert_in(part.get("layout"), tuple(LAYOUTS), "layout", place)
    layout = LAYOUTS[part["layout"]]
    headings, codes = text_table_in(part, "headings", place), _codes(part, place)
    for name in headings:
        assert_in(name, layout.variable_names, f"headings of {layout.name}:", place)
    for name in codes:
        assert_in(name, layout.coded, f"codes of {layout.name}:", place)
    return RegisterFile(layout.name, _found_at(part, place), _form(part, place), headings, codes)


def _fhir(part: dict[str, Any], place: str) -> FhirFiles:
    assert_keys(part, {"profile", "path", "form", "codes", "municipalities", "sender"}, place)
    assert_in(part.get("profile"), PROFILES, "profile", place)
    assert_in(part.get("form"), FHIR_FORMS, "form", place)
    codes = _codes(part, place)
    for name in codes:
        assert_in(name, CODE_LISTS[part["profile"]], f"codes of {part['profile']}:", place)
    municipalities = text_table_in(part, "municipalities", place)
    found_at = _found_at(part, place)
    if found_at is None:
        raise UserError("path is missing", where=place)
    return FhirFiles(part["profile"], found_at, part["form"], codes, municipalities)
