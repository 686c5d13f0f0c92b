"""From a store with rows to signed returns of counts: of one municipality, or of all at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipelines.counted import is_of_returns
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import CONTRACT_VERSION
from pipelines.errors import StoreFailed, UserError
from pipelines.flow import code_version
from pipelines.returns.completeness import completeness
from pipelines.returns.count_tables import MUNICIPALITY
from pipelines.returns.counting import count_tables
from pipelines.returns.definitions import definitions_hash
from pipelines.returns.files import csv_of, sha256, write_return
from pipelines.returns.form import (
    FORMAT,
    SCHEMA_VERSION,
    Completeness,
    Definitions,
    Manifest,
    TableFile,
    canonical_form,
    checksum_of,
)
from pipelines.returns.signing import signed
from pipelines.returns.verifying import period_of
from pipelines.store import Snapshot, Store


def file_name(municipality_code: str, as_of: date) -> str:
    """Of a return, where nobody chooses another."""
    return f"return-{municipality_code}-{as_of}.zip"


def export(
    store: Store, municipality_codes: Sequence[str], out: Path, key: Ed25519PrivateKey, reference: Reference
) -> list[Path]:
    """One signed file for each, in the folder `out`, or as `out` when it names a zip and one is asked for.

    UserError when the run was made by other definitions than these, or is made from returns itself.
    """
    run = store.snapshot()
    _assert_can_return(run, reference)
    as_of = run.run["as_of"]
    tables = count_tables(run, reference, as_of)
    whole = completeness(run)
    files = []
    for code in municipality_codes:
        file = out if out.suffix == ".zip" and len(municipality_codes) == 1 else out / file_name(code, as_of)
        own = {name: rows.filter(pl.col(MUNICIPALITY) == code).drop(MUNICIPALITY) for name, rows in tables.items()}
        _write(file, code, run, own, whole.get(code, whole[""]), key, reference)
        files.append(file)
    return files


def _assert_can_return(run: Snapshot, reference: Reference) -> None:
    if is_of_returns(run):
        raise UserError("This store is made from returns", to_do="A return is made where the rows are.")
    made_by = (run.run["contract_version"], run.run["reference_version"], run.run["code_version"])
    if made_by != (CONTRACT_VERSION, reference.version, code_version()):
        raise StoreFailed(
            "The last run was made by other definitions than these",
            to_do="Run again with `roedtraad run`, then export.",
        )


def _write(
    file: Path,
    municipality_code: str,
    run: Snapshot,
    tables: dict[str, pl.DataFrame],
    whole: list[Completeness],
    key: Ed25519PrivateKey,
    reference: Reference,
) -> None:
    contents = {name: csv_of(rows) for name, rows in tables.items()}
    of_tables = [{"name": name, "rows": rows.height, "sha256": sha256(contents[name])} for name, rows in tables.items()]
    manifest = Manifest(
        format=FORMAT,
        schema_version=SCHEMA_VERSION,
        contract_version=CONTRACT_VERSION,
        definitions=Definitions(definitions_hash(reference), reference.version, f"roedtraad {version('roedtraad')}"),
        municipality_code=municipality_code,
        as_of=run.run["as_of"],
        period=period_of(run.run["as_of"]),
        is_sample=run.run["is_sample"] is True,
        made_at=datetime.now(UTC).replace(microsecond=0),
        completeness=whole,
        tables=msgspec.convert(of_tables, list[TableFile]),
    )
    form = manifest.canonical()
    told = msgspec.to_builtins(manifest)
    told |= {"checksum": checksum_of(form), "signature": msgspec.to_builtins(signed(form, key))}
    write_return(file, canonical_form(told), contents)
