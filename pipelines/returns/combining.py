"""Many returns put together as a national store: all that were given or none, in one step that readers see whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines.counted import is_of_returns
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import CONTRACT_VERSION
from pipelines.errors import StoreFailed, StoreIsEmpty, UserError
from pipelines.flow import code_version, digest
from pipelines.guidance import of_store as guidance
from pipelines.private_file import write_private
from pipelines.returns.accepting import Judged, judged
from pipelines.returns.count_tables import MUNICIPALITY, TABLES
from pipelines.returns.definitions import definitions_hash
from pipelines.returns.files import Sealed
from pipelines.returns.keys import FOLDER, Keys
from pipelines.returns.national import NATIONAL_TABLES, table_of
from pipelines.returns.refusals import Refusal, ReturnRefused
from pipelines.returns.refused_files import RefusedFiles
from pipelines.returns.standing import ACCEPTED, OF_RETURN, WITHDRAWN, standing
from pipelines.store import OF_RETURNS, Snapshot, Store, Writer

NAMED = 3
"""Files of which the same is said."""


class SomeRefused(ReturnRefused):
    """Of several returns, some cannot be taken; what is said of each is in `refused`."""

    def __init__(self, refused: Sequence[Refusal], many: int) -> None:
        self.refused = tuple(refused)
        super().__init__(
            refused[0].reason,
            f"{len(refused)} of {many} returns are refused; nothing was combined",
            where="\n  ".join(_alike(refused)),
            to_do="Mend them; or leave them out with --without-refused: then they are told as missing.",
        )


def _alike(refused: Sequence[Refusal]) -> Iterator[str]:
    """One line for all files of which the same is said: a hundred alike would hide the one that is not."""
    files: dict[str, list[str]] = {}
    for each in refused:
        told = each.what + (f" ({each.where})" if each.where else "") + f". {each.to_do}"
        files.setdefault(told, []).append(each.file)
    for told, names in files.items():
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield f"{', '.join(names[:NAMED])}{more}: {told}"


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

    Where all were taken back, what comes next may be of any day.

    SomeRefused when one of them cannot be taken, unless they shall be left out. Nothing is half accepted.
    """
    with store.writing() as writer:
        before = _before(store, reference)
        known = standing(before)
        if not new_round:
            _assert_same_definitions(known.filter(pl.col("state") == ACCEPTED), reference)
        keys = Keys(store.folder).all()
        found = judged(files, reference, keys, known.clear() if new_round else known)
        if new_round:
            _only_later(found, known)
        if found.refused:
            RefusedFiles(store.folder).add(found.refused, by)
            if not without_refused or not found.taken:
                raise SomeRefused(found.refused, len(files))
        for sealed in found.taken.values():
            _keep(store.folder, sealed)
        told = pl.DataFrame([_row_of(sealed, by) for sealed in found.taken.values()], schema=OF_RETURN)
        new = told[MUNICIPALITY].to_list()
        kept = known.filter(pl.col("as_of") == told["as_of"].max(), ~pl.col(MUNICIPALITY).is_in(new))
        made_by = {"reference_version": reference.version, "code_version": code_version()}
        snapshot = _write(writer, None if new_round else before, pl.concat([kept, told]), found.tables, made_by)
    return Combination(snapshot, tuple(new), tuple(found.refused))


def withdraw(store: Store, municipality_code: str, why: str, reference: Reference) -> Snapshot:
    """The next combination, without this municipality, which is told as missing. What was combined before stays.

    The counts of the others stay those of the version that accepted them.
    """
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
        made_by = {} if before is None else {name: before.run[name] for name in ("reference_version", "code_version")}
        return _write(writer, before, marked, {}, made_by)


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


def _only_later(found: Judged, known: pl.DataFrame) -> None:
    latest = max(known["as_of"].to_list(), default=None)
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
        write_private(folder / f"{sealed.manifest.checksum}.zip", sealed.content)
    except (OSError, StoreFailed) as fault:
        to_do = "Give this user the right to write there, and room on the disk."
        raise StoreFailed(
            "A return could not be kept, so nothing was combined", where=str(folder), to_do=to_do
        ) from fault


def _write(
    writer: Writer,
    before: Snapshot | None,
    rows: pl.DataFrame,
    new: dict[str, pl.DataFrame],
    made_by: Mapping[str, str],
) -> Snapshot:
    """All accepted counts as one run. `new` replaces what the same municipalities had. `made_by`: version of the
    reference files and of the code."""
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
        **made_by,
        inputs=inputs,
        inputs_hash=digest([inputs]),
        canonical_fingerprint=canonical,
        fingerprint=digest([canonical, *made_by.values()]),
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
