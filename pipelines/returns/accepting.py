"""Which of many returns may be put together: each alone, beside the others, and beside what is accepted already."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pipelines.definitions.reference import Reference
from pipelines.free_text import holds_a_persons_number
from pipelines.returns.count_tables import MUNICIPALITY, TABLES
from pipelines.returns.files import Sealed, read_return
from pipelines.returns.form import Manifest
from pipelines.returns.refusals import Refusal, ReturnRefused
from pipelines.returns.rules import Context, broken_rules, refusal_of
from pipelines.returns.standing import ACCEPTED, WITHDRAWN
from pipelines.returns.verifying import assert_ours, assert_signed, with_owner

OWN_NAME = re.compile(r"return-(\d{4}|rest)-\d{4}-\d\d-\d\d\.zip")


@dataclass
class Judged:
    """`taken` by file name, with their counts by table; and what is refused, in the order of the files."""

    taken: dict[str, Sealed] = field(default_factory=dict)
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, file: str, error: ReturnRefused, manifest: Manifest | None = None) -> None:
        """A file that was taken so far is taken no more."""
        self.taken.pop(file, None)
        self.refused.append(Refusal.of(file, error, manifest.municipality_code if manifest else None))


def judged(
    files: Sequence[Path], reference: Reference, keys: Mapping[str, Ed25519PublicKey], known: pl.DataFrame
) -> Judged:
    """`known`: the rows of the table `returns`, of returns that hold already or were taken back; none where a new round
    begins."""
    found, names = Judged(), _names_of(files)
    for at, file in enumerate(files):
        outcome, name = _alone(file, reference, keys), names[at]
        if isinstance(outcome, Sealed):
            found.taken[name] = outcome
        else:
            found.refuse(name, *outcome)
    _beside_each_other(found, known)
    _counts(found, reference)
    return found


def _names_of(files: Sequence[Path]) -> list[str]:
    """Without their folders; files of one name are told apart by their place among all. Nobody's number is kept."""
    names = [file.name if not _may_hold_a_number(file) else f"file {at}" for at, file in enumerate(files, 1)]
    times = Counter(names)
    return [f"{name} ({at})" if times[name] > 1 else name for at, name in enumerate(names, 1)]


def _may_hold_a_number(file: Path) -> bool:
    """Our own names have a code and a day, which look like a number only to those who do not know."""
    return OWN_NAME.fullmatch(file.name) is None and holds_a_persons_number(file.name)


def _alone(
    file: Path, reference: Reference, keys: Mapping[str, Ed25519PublicKey]
) -> Sealed | tuple[ReturnRefused, Manifest | None]:
    manifest = None
    try:
        sealed = read_return(file)
        manifest = sealed.manifest
        assert_signed(sealed, keys.get(manifest.municipality_code))
        assert_ours(manifest, reference)
        return sealed
    except ReturnRefused as refused:
        return refused, manifest


def _beside_each_other(found: Judged, known: pl.DataFrame) -> None:
    """A municipality once; one as-of date, one period, and sample data with sample data alone."""
    times = Counter(sealed.manifest.municipality_code for sealed in found.taken.values())
    before = {row[MUNICIPALITY]: row for row in known.iter_rows(named=True)}
    as_of, is_sample = _leading(found, known)
    for file, sealed in list(found.taken.items()):
        manifest = sealed.manifest
        error = (
            _clash(manifest, before.get(manifest.municipality_code))
            or (_twice() if times[manifest.municipality_code] > 1 else None)
            or (_sample_and_real() if manifest.is_sample != is_sample else None)
            or (_other_period(manifest, as_of) if manifest.as_of != as_of else None)
        )
        if error:
            found.refuse(file, error, manifest)


def _leading(found: Judged, known: pl.DataFrame) -> tuple[date, bool]:
    """As-of date, and whether the data are sample data: of what is accepted; else of most files, so that one wrong file
    does not turn all the others away. A tie goes to the later day, and to real children."""
    told = [*known.filter(pl.col("state") == ACCEPTED).select("as_of", "is_sample").unique().iter_rows()]
    told = told or [(sealed.manifest.as_of, sealed.manifest.is_sample) for sealed in found.taken.values()]
    many = Counter(told)
    return max(many, key=lambda each: (many[each], each[0], not each[1]), default=(date.min, False))


def _clash(manifest: Manifest, standing: Mapping[str, object] | None) -> ReturnRefused | None:
    """With a return of the same municipality that is accepted already, or that it has taken back."""
    if standing is None:
        return None
    if standing["state"] == WITHDRAWN:
        return _taken_back(manifest) if manifest.made_at <= standing["made_at"] else None  # type: ignore[operator]
    if standing["as_of"] == manifest.as_of:
        return ReturnRefused(
            "twice",
            "The municipality has reported already",
            where=f"as of {manifest.as_of}",
            to_do="Leave the file out; or withdraw the first with `roedtraad return withdraw`, then combine again.",
        )
    told = f"{manifest.period.first_day} to {manifest.period.last_day}, as of {manifest.as_of}"
    return ReturnRefused(
        "overlapping",
        "Its period overlaps that of a return that is accepted already",
        where=f"{told}; accepted is as of {standing['as_of']}",
        to_do="Returns of another day begin a new round: combine all of them with --new-round.",
    )


def _taken_back(manifest: Manifest) -> ReturnRefused:
    """The very file, or an older one."""
    return ReturnRefused(
        "taken_back",
        "The municipality has taken this return back, or a later one",
        where=f"made {manifest.made_at:%Y-%m-%d %H:%M} UTC",
        to_do="Leave the file out; ask the municipality to export a new one.",
    )


def _twice() -> ReturnRefused:
    return ReturnRefused(
        "twice",
        "Two files are returns of the same municipality",
        to_do="Ask the municipality which one holds, and give that alone.",
    )


def _sample_and_real() -> ReturnRefused:
    return ReturnRefused(
        "sample_and_real",
        "Returns of sample data and of real children are not put together",
        to_do="Use a store for each.",
    )


def _other_period(manifest: Manifest, as_of: object) -> ReturnRefused:
    return ReturnRefused(
        "other_period",
        "The return is of another day than the others",
        where=f"as of {manifest.as_of}, the others as of {as_of}",
        to_do="Ask for a return of the same day; or combine all of the later day with --new-round.",
    )


def _counts(found: Judged, reference: Reference) -> None:
    """The tables of all that are taken; those whose counts do not hold together are refused after all."""
    parts: dict[str, dict[str, pl.DataFrame]] = {}
    for file, sealed in list(found.taken.items()):
        try:
            parts[file] = {name: with_owner(sealed, name, rows) for name, rows in sealed.tables().items()}
        except ReturnRefused as refused:
            found.refuse(file, refused, sealed.manifest)
    if not found.taken:
        return
    tables = {name: pl.concat([parts[file][name] for file in found.taken]) for name in TABLES}
    broken = broken_rules(tables, Context(reference, next(iter(found.taken.values())).manifest.as_of))
    for file, sealed in list(found.taken.items()):
        own = broken.filter(pl.col(MUNICIPALITY) == sealed.manifest.municipality_code)
        if own.height:
            found.refuse(file, refusal_of(own), sealed.manifest)
    left = [sealed.manifest.municipality_code for sealed in found.taken.values()]
    found.tables = {name: rows.filter(pl.col(MUNICIPALITY).is_in(left)) for name, rows in tables.items()}
