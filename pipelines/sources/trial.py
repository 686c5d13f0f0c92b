"""`roedtraad source test`: the first rows of a source through its own adapters, and what would become of them.

Nothing is kept: pseudonyms are made under a key that exists in memory only, and what the adapters stage is removed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pipelines.definitions.contract import SOURCE
from pipelines.definitions.reference import Reference
from pipelines.errors import RefusedDelivery, UserError
from pipelines.identity import Pseudonyms
from pipelines.sources import files, forms
from pipelines.sources.declarations import Configuration, FhirFiles, FoundFile, Mapped, Place, RegisterFile
from pipelines.sources.declared_source import read_declared_source
from pipelines.sources.delivery import Delivery
from pipelines.sources.draft_parts import UNKNOWN_HEADING
from pipelines.sources.fhir_trial import look_at_resources
from pipelines.sources.findings import PartTried, add_findings, columns_seen
from pipelines.sources.first_rows import first_rows, headings_there, shown_headings
from pipelines.sources.mapped import hand_on
from pipelines.sources.number_changes import NumberChanges
from pipelines.sources.people import People
from pipelines.sources.reading import Reading
from pipelines.sources.register_trial import look_at_register

ROWS = 20_000
LARGEST_WHOLE = 64 * 2**20
"""Registers join to each other, so that their first rows say little: up to so many bytes they are read whole."""


def try_source(source: Configuration, rows: int = ROWS) -> list[PartTried]:
    """Every part of the source, tried on its own: one that is refused does not hide what is wrong with the others."""
    with TemporaryDirectory(prefix="roedtraad-") as folder:
        trial = Trial(source, rows, Path(folder))
        parts = [trial.number_changes()] if source.number_changes else []
        for at, register in enumerate(source.registers, start=1):
            parts.append(trial.register(register, at))
        if source.registers:
            parts.append(trial.registers_together())
        for at, resources in enumerate(source.fhir, start=1):
            parts.append(trial.fhir(resources, at))
        for at, mapped in enumerate(source.mapped, start=1):
            parts.append(trial.mapped(mapped, at))
    return parts


@dataclass
class Trial:
    """A source while it is tried. Each part is staged in a folder of its own."""

    source: Configuration
    first_rows: int
    folder: Path
    changes: NumberChanges = field(default_factory=NumberChanges)

    def __post_init__(self) -> None:
        self.pseudonyms = Pseudonyms(secrets.token_bytes(32), test_numbers_only=self.source.is_demo)

    def number_changes(self) -> PartTried:
        """The table of number changes, whole."""
        declared = self.source.number_changes
        tried = PartTried("number_changes", files=1, looked_at=declared.path if declared else "")

        def look() -> None:
            self.changes = self._read(self.source).number_changes
            tried.rows = self.changes.read
            if self.changes.faulty_rows:
                tried.notes.append(f"{len(self.changes.faulty_rows)} pairs have something that is no number.")

        return _tried(tried, look)

    def register(self, declared: RegisterFile, at: int) -> PartTried:
        """The first rows of one register file against its layout; how registers join is seen by all together."""
        tried = PartTried(f"register {at}: {declared.layout}")

        def look() -> None:
            one = self._one_of(declared.place, tried)
            look_at_register(declared, one.file if one else None, self.first_rows, self.pseudonyms, tried)

        return _tried(tried, look)

    def registers_together(self) -> PartTried:
        """All registers through their adapter, when they are small enough to be read whole."""
        tried = PartTried("registers together")
        found = [
            one.file for part in self.source.registers if part.place for one in part.place.found_in(self.folder_of)
        ]
        tried.files, tried.looked_at = len(found), "all files"
        is_small = sum(file.stat().st_size for file in found if file.is_file()) <= LARGEST_WHOLE
        if not is_small or any(part.place is None for part in self.source.registers):
            tried.notes.append("Too much to read whole here: how the registers join is seen when they are ingested.")
            return tried
        return _tried(tried, lambda: self._read_together(tried))

    def fhir(self, declared: FhirFiles, at: int) -> PartTried:
        """The first bundles of one file of resources."""
        tried = PartTried(f"fhir {at}: {declared.profile}")

        def look() -> None:
            one = self._one_of(declared.place, tried)
            if one is not None:
                reading = self._reading()
                look_at_resources(declared, one, self.first_rows, reading, tried)
                add_findings(tried, reading)

        return _tried(tried, look)

    def mapped(self, declared: Mapped, at: int) -> PartTried:
        """The first rows of one file of a delivery."""
        tried = PartTried(f"delivery {at}: {declared.label}")

        def look() -> None:
            one = self._one_of(declared.place, tried)
            file, headings = one.file if one else None, _headings_of(declared)
            _assert_named(declared, file)
            there = headings_there(file, declared.form, list(headings))
            tried.not_read = shown_headings(name for name in there if name not in headings)
            theirs = first_rows(file, declared.form, list(headings), self.first_rows)
            tried.rows, tried.columns = theirs.height, columns_seen(theirs, headings)
            reading = self._reading()
            hand_on(theirs.with_columns(pl.lit(tried.looked_at).alias(SOURCE)), declared, reading, None)
            add_findings(tried, reading, without_number=declared.person is not None)
            if declared.person:
                tried.notes.append("Which child a row without a number is about is found when everything is ingested.")
            self._assert_headings_of_others(declared, list(headings))

        return _tried(tried, look)

    def _assert_headings_of_others(self, declared: Mapped, needed: list[str]) -> None:
        """One file that lacks a column refuses the delivery; where a heading is quickly read, all are looked at."""
        if declared.place and declared.form.kind in ("delimited", "parquet"):
            for one in declared.place.found_in(self.folder_of):
                headings_there(one.file, declared.form, needed)

    @property
    def folder_of(self) -> Path:
        """Where the files of the source are."""
        return self.source.folder

    def _one_of(self, place: Place | None, tried: PartTried) -> FoundFile | None:
        """The largest file that matches (of the first name when several are), none for a database."""
        if place is None:
            tried.looked_at = "the query"
            return None
        found = place.found_in(self.folder_of)
        tried.files = len(found)
        if not found:
            raise RefusedDelivery(f"No file matches {place.pattern}", to_do="Check the path, or take the part out.")
        for one in found:
            files.assert_file(one.file)
        chosen = max(found, key=lambda one: one.file.stat().st_size)
        tried.looked_at = chosen.file.relative_to(self.folder_of).as_posix()
        return chosen

    def _read_together(self, tried: PartTried) -> None:
        reading = self._read(replace(self.source, number_changes=None), self.source.registers).reading
        if reading is None:
            return
        for account in reading.accounts:
            tried.rows += account.rows_read
            tried.notes.append(
                f"{account.source}: {account.rows_read:,} read, {account.used:,} used, {account.out_of_scope:,} out of "
                f"scope, {account.superseded:,} superseded, {account.faulty:,} faulty."
            )
        add_findings(tried, reading)
        tried.codes = tried.codes.clear()

    def _read(self, source: Configuration, registers: tuple[RegisterFile, ...] = ()) -> Delivery:
        only = replace(source, mapped=(), registers=registers, fhir=())
        return read_declared_source(only, self.pseudonyms, self._staging(), Reference.load())

    def _reading(self) -> Reading:
        return Reading(self.folder_of, People(self.pseudonyms, self.changes), self._staging(), Reference.load())

    def _staging(self) -> Path:
        staging = self.folder / str(len(list(self.folder.iterdir())))
        staging.mkdir(mode=0o700)
        return staging


def _tried(tried: PartTried, look: Callable[[], None]) -> PartTried:
    try:
        look()
    except UserError as refusal:
        tried.refused = refusal
    except pl.exceptions.PolarsError:
        tried.refused = RefusedDelivery(
            "A file cannot be read to its end",
            where=tried.looked_at,
            to_do="It is damaged or malformed inside: ask for it again.",
        )
    return tried


def _assert_named(declared: Mapped, file: Path | None) -> None:
    """A draft names what it did not find TODO: which columns those are is more useful than that no such heading is."""
    open_columns = [ours for ours, theirs in declared.columns.items() if theirs == UNKNOWN_HEADING]
    if not open_columns:
        return
    there = forms.heading(file, declared.form)
    others = shown_headings(name for name in there if name not in declared.columns.values())
    raise RefusedDelivery(
        f"Still TODO: the heading of {', '.join(open_columns)}",
        where=file.name if file else "the query",
        to_do=f"Headings that nothing reads: {', '.join(others) or 'none'}.",
    )


def _headings_of(declared: Mapped) -> dict[str, str]:
    """The sender's headings that are read, and what each feeds."""
    told: dict[str, list[str]] = {}
    for ours, theirs in declared.columns.items():
        told.setdefault(theirs, []).append(ours)
    for ours, theirs in vars(declared.person).items() if declared.person else ():
        if theirs:
            told.setdefault(theirs, []).append(f"person.{ours}")
    return {theirs: ", ".join(ours) for theirs, ours in told.items()}
