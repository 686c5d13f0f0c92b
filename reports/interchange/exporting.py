"""A folder of published figures in every form that others read, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from dashboards.opening import Source
from pipelines.definitions.reference import Reference
from pipelines.errors import StoreFailed, WrongUse
from pipelines.private_file import open_to_all
from reports.interchange import measure_figures, measure_reports
from reports.interchange.data_package import data_package
from reports.interchange.declared import tables
from reports.interchange.reading import ALL_FIGURES, handed_on, told_measures
from reports.interchange.row_schema import json_schema
from reports.interchange.rows_of_text import write_csv, write_json

FORMS = ("csv", "json", "fhir", "frictionless")
MARK = ".roedtraad-interchange"
"""In every folder that was written here: no other one is replaced."""


@dataclass(frozen=True)
class Export:
    """What is written, and where. `licence`: the name of one, for whoever gets the figures."""

    publication: Source
    tables: Mapping[str, pl.LazyFrame]
    folder: Path
    licence: str | None

    @property
    def run(self) -> Mapping[str, Any]:
        """Of the publication."""
        return self.publication.run


def export(publication: Source, out: Path, forms: Sequence[str] = FORMS, licence: str | None = None) -> list[Path]:
    """Write the forms that are asked for, in the place of an earlier export; returns the files.

    WrongUse for a form that there is none of and a folder with other things in it; StoreFailed when the disk refuses:
    then the earlier export stays.
    """
    out = out.resolve()
    assert_asked(out, forms)
    beside = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        beside.mkdir(parents=True)
        (beside / MARK).write_text("", "utf-8")
        made = Export(publication, handed_on(publication, ALL_FIGURES), beside, licence)
        for form in forms:
            WRITERS[form](made)
        for written in (*beside.rglob("*"), beside):
            open_to_all(written)
        _replace(out, beside)
    except (OSError, pl.exceptions.ComputeError) as fault:
        raise StoreFailed(
            f"{out} cannot be written: {getattr(fault, 'strerror', None) or 'the disk refuses'}",
            to_do="Give this user the right to write there, and room on the disk. An earlier export is untouched.",
        ) from fault
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return sorted(file for file in out.rglob("*") if file.is_file() and file.name != MARK)


def assert_asked(out: Path, forms: Sequence[str]) -> None:
    """Before anything is read."""
    if unknown := sorted(set(forms) - set(FORMS)):
        raise WrongUse(f"There is no form {', '.join(unknown)}", to_do=f"There are: {', '.join(FORMS)}.")
    is_other = out.is_dir() and any(out.iterdir()) and not (out / MARK).exists()
    if is_other or (out.exists() and not out.is_dir()):
        raise WrongUse(f"{out} has other things in it", to_do="Choose a new folder; nothing was touched.")


def _replace(out: Path, beside: Path) -> None:
    earlier = out.with_name(f".{out.name}.{os.getpid()}.old")
    if out.exists():
        out.rename(earlier)
    try:
        beside.rename(out)
    except OSError:
        if earlier.exists():
            earlier.rename(out)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def _csv(made: Export) -> None:
    for name, rows in made.tables.items():
        write_csv(rows, _file(made, "csv", f"{name}.csv"))
    _schemas(made)


def _json(made: Export) -> None:
    facts = {"as_of": made.run["as_of"].isoformat(), "published_at": made.run["finished_at"].isoformat()}
    versions = {name: made.run[name] for name in ("contract_version", "reference_version", "is_sample", "fingerprint")}
    for name, rows in made.tables.items():
        write_json(rows, {"table": name, **facts, **versions}, _file(made, "json", f"{name}.json"))
    _schemas(made)


def _frictionless(made: Export) -> None:
    """The CSV files are a part of the package."""
    files = {name: made.folder / "csv" / f"{name}.csv" for name in made.tables}
    if not all(file.exists() for file in files.values()):
        _csv(made)
    _write(made.folder / "datapackage.json", data_package(files, made.run, made.licence), indent=2)


def _fhir(made: Export) -> None:
    """A bundle of the measures, and one of reports for each place."""
    told = [each for each in told_measures(Reference.load()) if each.measure or each.step]
    named, run = {each.name: each for each in told}, made.run
    version, published_at = run["reference_version"], run["finished_at"]
    measures = measure_reports.measures_bundle(told, version, published_at)
    _write(_file(made, "fhir", "measures.json"), measures)
    rows = measure_figures.figures(made.tables, told)
    for (kind, place), of_place in rows.group_by("place_kind", "place", maintain_order=True):
        bundle = measure_reports.reports_bundle(of_place.iter_rows(named=True), named, run)
        _write(_file(made, "fhir", f"{kind}.json" if kind == place else f"{kind}-{place}.json"), bundle)


def _schemas(made: Export) -> None:
    for name in made.tables:
        _write(_file(made, "schema", f"{name}.schema.json"), json_schema(tables()[name]), indent=2)


def _file(made: Export, folder: str, name: str) -> Path:
    (made.folder / folder).mkdir(exist_ok=True)
    return made.folder / folder / name


def _write(file: Path, told: Mapping[str, object], indent: int | None = None) -> None:
    separators = None if indent else (",", ":")
    file.write_text(json.dumps(told, ensure_ascii=False, indent=indent, separators=separators) + "\n", "utf-8")


WRITERS: dict[str, Callable[[Export], None]] = {
    "csv": _csv,
    "json": _json,
    "fhir": _fhir,
    "frictionless": _frictionless,
}
