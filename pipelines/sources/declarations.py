"""What a TOML file declares: sources, their deliveries, and the form in which each comes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipelines.definitions.contract import Table
from pipelines.sources.files import assert_below

FormKind = Literal["delimited", "excel", "parquet", "sas", "database"]
Redelivery = Literal["adds", "replaces"]
SENDER = "{sender}"


@dataclass(frozen=True)
class Form:
    """How rows are written down. Only what belongs to the kind is read; the rest keeps its default."""

    kind: FormKind
    encoding: str = "utf-8"
    separator: str = ";"
    decimal: str = ","
    date_format: str = "%d-%m-%Y"
    sheet: str | None = None
    query: str | None = None
    connection: str | None = None
    connection_variable: str | None = None


@dataclass(frozen=True)
class FoundFile:
    """A file that belongs to a delivery, with the sender whom its path names."""

    file: Path
    sender: str | None


@dataclass(frozen=True)
class Place:
    """Files below the folder of the TOML file: a glob in which `{sender}` stands for one part of a name."""

    pattern: str
    sender: str | None = None

    def found_in(self, folder: Path) -> list[FoundFile]:
        """All matches in the order of their names. RefusedDelivery where one is a link that leads out of the folder:
        who delivers into it may read no other file by our hand."""
        files = sorted(folder.glob(self.pattern.replace(SENDER, "*")))
        for file in files:
            assert_below(folder, file)
        return [FoundFile(file, self._sender_of(file.relative_to(folder))) for file in files]

    def _sender_of(self, file: Path) -> str | None:
        if SENDER not in self.pattern:
            return self.sender
        parts = [re.escape(part).replace(r"\*", "[^/]*") for part in self.pattern.split(SENDER)]
        named = re.fullmatch("([^/]*)".join(parts), file.as_posix())
        return named.group(1) if named else self.sender


@dataclass(frozen=True)
class PersonWithoutNumber:
    """The columns by which a sender without persons' numbers describes the child: theirs, by what they mean."""

    birth_date: str
    sex: str | None = None
    municipality_code: str | None = None
    mother_birth_date: str | None = None
    mother_id: str | None = None


@dataclass(frozen=True)
class Mapped:
    """One `[[delivery]]`: rows of one form that feed one canonical table."""

    table: Table
    place: Place | None
    form: Form
    columns: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pad: Mapping[str, int] = field(default_factory=dict)
    person: PersonWithoutNumber | None = None
    redelivery: Redelivery = "adds"
    name: str = ""

    @property
    def label(self) -> str:
        """What it is called in the ledger and in completeness."""
        return self.name or self.table.name


@dataclass(frozen=True)
class RegisterFile:
    """One `[[register]]`: files of a known register layout. `headings`: the layout's variable to the sender's name."""

    layout: str
    place: Place | None
    form: Form
    headings: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class FhirFiles:
    """One `[[fhir]]`: bundles or newline-delimited resources of a known profile.

    `codes`: a name of the profile's code lists to (their code to ours). `municipalities`: a health organisation's SOR
    id to the municipality.
    """

    profile: str
    place: Place
    form: Literal["bundle", "ndjson"]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    municipalities: Mapping[str, str] = field(default_factory=dict)


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
    mapped: tuple[Mapped, ...] = ()
    registers: tuple[RegisterFile, ...] = ()
    fhir: tuple[FhirFiles, ...] = ()
    secret_file: Path | None = None
    number_changes: DeclaredChanges | None = None
    match_probability: float = 0.99

    @property
    def folder(self) -> Path:
        """Paths in the file are relative to it."""
        return self.file.parent
