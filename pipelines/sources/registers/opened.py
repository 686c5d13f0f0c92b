"""The declared registers of a source, opened: files found and checked, narrowed while they are scanned, hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import TracebackType

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE
from pipelines.errors import RefusedDelivery
from pipelines.sources import files, forms
from pipelines.sources.canonical_folder import assert_columns
from pipelines.sources.declarations import FoundFile, RegisterFile
from pipelines.sources.reading import FileAccount, Reading
from pipelines.sources.registers.codes import WRITTEN, codes_not_mapped, meaning
from pipelines.sources.registers.layouts import LAYOUTS, Layout
from pipelines.sources.registers.normal import normal
from pipelines.sources.registers.register import NUMBER, Register

NAMED_BY_US = {"support_records", "treatments", "assessments", "costs"}
"""Tables whose rows have no name in a register, so that one is made of the person's newest number and what happened."""

Narrowing = Callable[[pl.LazyFrame, RegisterFile], pl.LazyFrame]
"""Leaves out rows while a file is scanned: variables under their own names, in the types of the file, with `_row`."""


@dataclass(frozen=True)
class RegisterPart:
    """One file, or one query, of a register."""

    declared: RegisterFile
    layout: Layout
    file: Path | None
    account: FileAccount

    @property
    def headings(self) -> dict[str, str]:
        """Each variable that is there to the sender's heading. Refused when a needed one is missing."""
        there = forms.heading(self.file, self.declared.form)
        theirs = {name: self.declared.headings.get(name, name) for name in self.layout.variable_names}
        needed = [theirs[variable.name] for variable in self.layout.variables if variable.is_needed]
        to_do = "Correct the heading in [register.headings] of the TOML, or ask for the file again."
        assert_columns(self.file or Path(self.account.source), needed, there, to_do)
        return {name: heading for name, heading in theirs.items() if heading in there}


class Registers:
    """All registers of a source. Used as a context: at its end every account has the hash of its file's content."""

    def __init__(self, declared: tuple[RegisterFile, ...], reading: Reading) -> None:
        self.reading = reading
        self.parts: dict[str, list[RegisterPart]] = {}
        self._hashing = ThreadPoolExecutor(1)
        self._hashes: list[tuple[FileAccount, Future[str]]] = []
        for one in declared:
            self.parts.setdefault(one.layout, []).extend(self._parts_of(one))

    def __enter__(self) -> Registers:
        """Hashing begins beside the reading: together they take little longer than the longer of them."""
        everything = [part for parts in self.parts.values() for part in parts]
        self.reading.accounts += [part.account for part in everything]
        for part in everything:
            if part.file:
                self._hashes.append((part.account, self._hashing.submit(files.content_hash, part.file)))
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._hashing.shutdown(wait=kind is None, cancel_futures=kind is not None)
        if kind is None:
            for account, content in self._hashes:
                account.content_hash = content.result()

    def has(self, layout: str) -> bool:
        """Whether the source declares it."""
        return layout in self.parts

    def read(self, layout: str, narrowing: Narrowing | None = None) -> Register:
        """All files of a register; rows that `narrowing` leaves out are out of scope."""
        parts = [(part, _narrowed(part, narrowing)) for part in self.parts[layout]]
        alike = groupby(parts, key=lambda part: (part[0].declared, tuple(part[1].schema.items())))
        rows = pl.concat(
            _normalised(pl.concat(theirs for _, theirs in same), declared, self.reading)
            for (declared, _), same in alike
        )
        accounts = {part.account.source: part.account for part, _ in parts}
        return Register(_with_pseudonyms(rows, LAYOUTS[layout], self.reading), accounts, self.reading)

    def each_file(self, layout: str, narrowing: Narrowing | None = None) -> Iterator[Register]:
        """The same file by file, for registers that are too large to hold."""
        for part in self.parts[layout]:
            rows = _normalised(_narrowed(part, narrowing), part.declared, self.reading)
            rows = _with_pseudonyms(rows, part.layout, self.reading)
            yield Register(rows, {part.account.source: part.account}, self.reading)

    def _parts_of(self, declared: RegisterFile) -> list[RegisterPart]:
        layout = LAYOUTS[declared.layout]
        if declared.place is None:
            return [RegisterPart(declared, layout, None, self._account_of_query(layout))]
        found = declared.place.found_in(self.reading.folder)
        if not found:
            raise RefusedDelivery(
                f"No file matches {declared.place.pattern} for {layout.name}",
                to_do="Check the path, or take the register out of the file.",
            )
        return [RegisterPart(declared, layout, one.file, self._account(one, layout)) for one in found]

    def _account_of_query(self, layout: Layout) -> FileAccount:
        """The first query of a register has its name, the others are counted on."""
        earlier = sum(part.file is None for part in self.parts.get(layout.name, []))
        return FileAccount(f"query {layout.name}{f' {earlier + 1}' if earlier else ''}", layout.name, content_hash="")

    def _account(self, one: FoundFile, layout: Layout) -> FileAccount:
        files.assert_not_empty(one.file)
        source, size = self.reading.source_of(one.file), one.file.stat().st_size
        return FileAccount(source, layout.name, content_hash="", bytes=size, sender=one.sender)


def _everything(rows: pl.LazyFrame, _: RegisterFile) -> pl.LazyFrame:
    return rows


def _narrowed(part: RegisterPart, narrowing: Narrowing | None) -> pl.DataFrame:
    """The rows that are left, with `_source`; the others are out of scope."""
    theirs = _kept(part, narrowing or _everything)
    part.account.out_of_scope = part.account.rows_read - theirs.height
    return theirs.with_columns(pl.lit(part.account.source).alias(SOURCE))


def _kept(part: RegisterPart, narrowing: Narrowing) -> pl.DataFrame:
    headings = part.headings
    names = [pl.col(heading).alias(name) for name, heading in headings.items()]
    if part.declared.form.kind == "parquet" and part.file:
        return _scanned(part, part.file, names, narrowing)
    kept = []
    for rows in _batches(part, list(dict.fromkeys(headings.values()))):
        part.account.rows_read += rows.height
        kept.append(narrowing(rows.lazy().select(*names, ROW), part.declared).collect())
    empty = pl.DataFrame(schema=dict.fromkeys(headings, pl.String()) | {ROW: pl.Int64()})
    return pl.concat(kept, how="vertical_relaxed") if kept else empty


def _batches(part: RegisterPart, theirs: list[str]) -> Iterator[pl.DataFrame]:
    """A query has no file whose bytes could be hashed: its rows are, all of them, before any is left out."""
    seen = hashlib.blake2b(digest_size=16)
    for rows in forms.batches(part.file, part.declared.form, theirs):
        if part.file is None:
            seen.update(rows.hash_rows().to_numpy().tobytes())
        yield rows
    if part.file is None:
        part.account.content_hash = seen.hexdigest()


def _scanned(part: RegisterPart, file: Path, names: list[pl.Expr], narrowing: Narrowing) -> pl.DataFrame:
    rows = files.scan_columns(file)
    try:
        part.account.rows_read = pl.scan_parquet(file).select(pl.len()).collect().item()
        return narrowing(rows.select(*names, ROW), part.declared).collect(engine="streaming")
    except (pl.exceptions.ComputeError, OSError):
        raise files.refused(file, "it is damaged inside", "Ask for it again; the last good version stays.") from None


def _normalised(theirs: pl.DataFrame, declared: RegisterFile, reading: Reading) -> pl.DataFrame:
    """One text per variable (null where the file lacks it), and codes as meanings."""
    layout, schema = LAYOUTS[declared.layout], theirs.schema
    rows = theirs.select(
        *(
            normal(variable, schema[variable.name], declared.form)
            if variable.name in schema
            else pl.lit(None, pl.String).alias(variable.name)
            for variable in layout.variables
        ),
        SOURCE,
        pl.col(ROW).cast(pl.Int64),
    )
    coded = [variable for variable in layout.variables if variable.kind == "code"]
    rows = rows.with_columns(
        *(pl.col(variable.name).alias(variable.name + WRITTEN) for variable in coded),
        *(meaning(variable, declared, reading.reference) for variable in coded),
    )
    reading.unmapped += codes_not_mapped(rows, layout.coded)
    return rows


def _with_pseudonyms(rows: pl.DataFrame, layout: Layout, reading: Reading) -> pl.DataFrame:
    if NAMED_BY_US & set(layout.feeds):
        rows = rows.with_columns(reading.people.newest_number(pl.col("PNR")).alias(NUMBER))
    return reading.people.known_by(rows, *layout.people)
