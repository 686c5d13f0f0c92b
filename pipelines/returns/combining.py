"""Many returns put together as a national store: all that were given or none, in one step that readers see whole."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.counted import is_of_returns
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import CONTRACT_VERSION
from pipelines.errors import StoreFailed, StoreIsEmpty, UserError
from pipelines.flow import code_version, digest
from pipelines.guidance import of_store as guidance
from pipelines.returns.accepting import Judged, judged
from pipelines.returns.count_tables import MUNICIPALITY, TABLES
from pipelines.returns.definitions import definitions_hash
from pipelines.returns.files import Sealed
from pipelines.returns.keys import FOLDER, Keys
from pipelines.returns.national import NATIONAL_TABLES, table_of
from pipelines.returns.refusals import Refusal, ReturnRefused
from pipelines.returns.refused_files import RefusedFiles
from pipelines.store import OF_RETURNS, Snapshot, Store, Writer

ACCEPTED, WITHDRAWN = "accepted", "withdrawn"
OF_RETURN: dict[str, pl.DataType] = {
    MUNICIPALITY: pl.String(),
    "state": pl.String(),
    "as_of": pl.Date(),
    "first_day": pl.Date(),
    "last_day": pl.Date(),
    "made_at": pl.Datetime("us", "UTC"),
    "accepted_at": pl.Datetime("us", "UTC"),
    "accepted_by": pl.String(),
    "definitions": pl.String(),
    "software": pl.String(),
    "contract_version": pl.String(),
    "is_sample": pl.Boolean(),
    "key": pl.String(),
    "checksum": pl.String(),
    "months_expected": pl.Int64(),
    "months_reported": pl.Int64(),
    "share_set_aside": pl.Float64(),
    "withdrawn_at": pl.Datetime("us", "UTC"),
    "why": pl.String(),
}
"""The table `returns`: one row for each municipality that has reported in this round. Completeness is of all sources
together; `share_set_aside` of the worst."""


class SomeRefused(ReturnRefused):
    """Of several returns, some cannot be taken; what is said of each is in `refused`."""

    def __init__(self, refused: Sequence[Refusal], many: int) -> None:
        self.refused = tuple(refused)
        shown = "\n  ".join(
            f"{each.file}: {each.what}" + (f" ({each.where})" if each.where else "") + f". {each.to_do}"
            for each in refused
        )
        super().__init__(
            refused[0].reason,
            f"{len(refused)} of {many} returns are refused; nothing was combined",
            where=shown,
            to_do="Mend them; or leave them out with --without-refused: then they are told as missing.",
        )


@dataclass(frozen=True)
class Combination:
    """The national store after a combination: who is in it for the first time, and what was refused."""

    snapshot: Snapshot
    accepted: tuple[str, ...]
    refused: tuple[Refusal, ...]


def combine(
    store: Store,
    files: Sequence[Path],
    reference: Reference,
    by: str,
    *,
    new_round: bool = False,
    without_refused: bool = False,
) -> Combination:
    """Add returns to those that are accepted; with `new_round`, begin anew with returns of a later day.

    SomeRefused when one of them cannot be taken, unless they shall be left out. Nothing is half accepted.
    """
    with store.writing() as writer:
        before = _before(store, reference)
        accepted = standing(before).filter(pl.col("state") == ACCEPTED)
        if not new_round:
            _assert_same_definitions(accepted, reference)
        keys = Keys(store.folder).all()
        found = judged(files, reference, keys, accepted.clear() if new_round else accepted)
        if new_round:
            _only_later(found, accepted)
        if found.refused:
            RefusedFiles(store.folder).add(found.refused, by)
            if not without_refused or not found.taken:
                raise SomeRefused(found.refused, len(files))
        for sealed in found.taken.values():
            _keep(store.folder, sealed)
        told = pl.DataFrame([_row_of(sealed, by) for sealed in found.taken.values()], schema=OF_RETURN)
        kept = standing(None if new_round else before)
        new = told[MUNICIPALITY].to_list()
        rows = pl.concat([kept.filter(~pl.col(MUNICIPALITY).is_in(new)), told])
        snapshot = _write(writer, None if new_round else before, rows, found.tables, reference)
    return Combination(snapshot, tuple(new), tuple(found.refused))


def withdraw(store: Store, municipality_code: str, why: str, reference: Reference) -> Snapshot:
    """The next combination, without this municipality, which is told as missing. What was combined before stays."""
    with store.writing() as writer:
        before = _before(store, reference)
        rows = standing(before)
        is_own = (pl.col(MUNICIPALITY) == municipality_code) & (pl.col("state") == ACCEPTED)
        if rows.filter(is_own).is_empty():
            raise UserError("There is no accepted return of this municipality", to_do="Look at: roedtraad return list")
        changed = {
            "state": pl.lit(WITHDRAWN),
            "withdrawn_at": pl.lit(datetime.now(UTC)).dt.cast_time_unit("us"),
            "why": pl.lit(why),
        }
        marked = rows.with_columns(
            pl.when(is_own).then(new).otherwise(name).alias(name) for name, new in changed.items()
        )
        return _write(writer, before, marked, {}, reference)


def standing(run: Snapshot | None) -> pl.DataFrame:
    """The table `returns` of a run; empty without one."""
    return pl.DataFrame(schema=OF_RETURN) if run is None else run.table(OF_RETURNS).collect()


def missing(returns: pl.DataFrame, reference: Reference, as_of: Any) -> list[str]:
    """Municipalities in force on the day without an accepted return. The rest is not missed: it may have nothing."""
    held = (pl.col("valid_from") <= as_of) & (pl.col("valid_to") > as_of).fill_null(value=True)
    known = reference.municipalities.filter(held)["municipality_code"].unique().sort().to_list()
    reported = set(returns.filter(pl.col("state") == ACCEPTED)[MUNICIPALITY])
    return [code for code in known if code not in reported]


def _before(store: Store, reference: Reference) -> Snapshot | None:
    """The last combination; a store that holds rows takes no returns: totals never mix."""
    last = store.last("run", "ingest")
    if last is not None and not is_of_returns(last):
        raise UserError(
            "This store holds rows of persons", to_do="Returns need a store of their own: give --store DIR."
        )
    guidance.require_same_group(last.run["reference_version"] if last else None, reference, store.folder)
    return last


def combined(store: Store) -> Snapshot:
    """The last combination. StoreIsEmpty when there is none."""
    last = store.last("run")
    if last is None or not is_of_returns(last):
        raise StoreIsEmpty(f"No returns are combined in {store.folder}", to_do="Begin with: roedtraad return combine")
    return last


def _assert_same_definitions(accepted: pl.DataFrame, reference: Reference) -> None:
    """What is accepted already was counted as what comes now is."""
    if (accepted["definitions"] != definitions_hash(reference)).any():
        raise ReturnRefused(
            "other_definitions",
            "The returns that are accepted already were counted by other definitions",
            to_do="Go back to that version; or ask for new returns of all, and begin with --new-round.",
        )


def _only_later(found: Judged, accepted: pl.DataFrame) -> None:
    latest = max(accepted["as_of"].to_list(), default=None)
    for file, sealed in list(found.taken.items()):
        if latest is not None and sealed.manifest.as_of <= latest:
            what, where = "A new round is of a later day than the last", f"as of {latest}"
            error = ReturnRefused("other_period", what, where=where, to_do="Leave --new-round out.")
            found.refuse(file, error, sealed.manifest)


def _row_of(sealed: Sealed, by: str) -> dict[str, object]:
    manifest = sealed.manifest
    return {
        MUNICIPALITY: manifest.municipality_code,
        "state": ACCEPTED,
        "as_of": manifest.as_of,
        "first_day": manifest.period.first_day,
        "last_day": manifest.period.last_day,
        "made_at": manifest.made_at,
        "accepted_at": datetime.now(UTC),
        "accepted_by": by,
        "definitions": manifest.definitions.hash,
        "software": manifest.definitions.software,
        "contract_version": manifest.contract_version,
        "is_sample": manifest.is_sample,
        "key": manifest.signature.key if manifest.signature else None,
        "checksum": manifest.checksum,
        "months_expected": sum(each.months_expected for each in manifest.completeness),
        "months_reported": sum(each.months_reported for each in manifest.completeness),
        "share_set_aside": max((each.share_set_aside or 0.0 for each in manifest.completeness), default=None),
    }


def _keep(store: Path, sealed: Sealed) -> None:
    """The file as it came, named by its checksum: what was signed can be shown for ever."""
    folder = store / FOLDER / "files"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = folder / f".{sealed.manifest.checksum}"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as writing:
            writing.write(sealed.content)
        beside.replace(folder / f"{sealed.manifest.checksum}.zip")
    except OSError as fault:
        raise StoreFailed("A return could not be kept, so nothing was combined", where=str(folder)) from fault


def _write(
    writer: Writer, before: Snapshot | None, rows: pl.DataFrame, new: dict[str, pl.DataFrame], reference: Reference
) -> Snapshot:
    """All accepted counts as one run. `new` replaces what the same municipalities had."""
    accepted = rows.filter(pl.col("state") == ACCEPTED)
    guidance.keep(writer.store.folder)
    for name, declared in TABLES.items():
        fresh = new.get(name, pl.DataFrame(schema=declared.with_municipality))
        writer.write(NATIONAL_TABLES[name], _kept(before, name, accepted, fresh))
    writer.write(OF_RETURNS, rows.sort(MUNICIPALITY).lazy())
    checksums = dict(accepted.sort(MUNICIPALITY).select(MUNICIPALITY, "checksum").iter_rows())
    inputs = json.dumps(checksums)
    canonical = digest([CONTRACT_VERSION, inputs])
    return writer.commit(
        kind="run",
        as_of=rows["as_of"].max(),
        is_sample=bool(rows["is_sample"].all()),
        contract_version=CONTRACT_VERSION,
        reference_version=reference.version,
        code_version=code_version(),
        inputs=inputs,
        inputs_hash=digest([inputs]),
        canonical_fingerprint=canonical,
        fingerprint=digest([canonical, reference.version, code_version()]),
        stages=json.dumps({"combine": {"rows": accepted.height, "seconds": 0.0}}),
    )


def _kept(before: Snapshot | None, name: str, accepted: pl.DataFrame, fresh: pl.DataFrame) -> pl.LazyFrame:
    table = table_of(name, fresh.lazy())
    if before is None:
        return table
    is_standing = pl.col(MUNICIPALITY).is_in(accepted[MUNICIPALITY].to_list())
    is_replaced = pl.col(MUNICIPALITY).is_in(fresh[MUNICIPALITY].unique().to_list())
    earlier = before.table(NATIONAL_TABLES[name]).filter(is_standing & ~is_replaced)
    return pl.concat([earlier.select(table.collect_schema().names()), table])
