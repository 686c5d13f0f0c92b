"""All files of one `[[fhir]]` part: read to single resources, judged by the profile, and accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE
from pipelines.errors import RefusedDelivery
from pipelines.sources import files
from pipelines.sources.declarations import FhirFiles, FoundFile
from pipelines.sources.fhir import antenatal_record, children_reports
from pipelines.sources.fhir.entries import entries
from pipelines.sources.fhir.laid_flat import COLUMNS, laid_flat
from pipelines.sources.fhir.verdicts import FAULTY, OUT_OF_SCOPE, SUPERSEDED, unjudged
from pipelines.sources.reading import FAULTS, FileAccount, Reading

Profile = Callable[[pl.DataFrame, FhirFiles, Reading], pl.DataFrame]
READ_BY: dict[str, Profile] = {
    "children_reports": children_reports.read_children_reports,
    "antenatal_record": antenatal_record.read_antenatal_records,
}
FEEDS: dict[str, Callable[[], pl.Expr]] = {
    "children_reports": children_reports.feeds,
    "antenatal_record": antenatal_record.feeds,
}


def read_fhir(declared: FhirFiles, reading: Reading) -> None:
    """Into `reading`: canonical rows, an account for each file, faults, unknown codes, rows per municipality and month.

    All files are judged together, because a resource may be corrected in a later one. Resources are held in memory as
    text, persons' numbers too; only pseudonyms are written.
    """
    found = declared.place.found_in(reading.folder)
    if not found:
        raise RefusedDelivery(
            f"No file matches {declared.place.pattern} for {declared.profile}",
            to_do="Check the path, or take the delivery out of the file.",
        )
    accounts = [_account(one, declared, reading) for one in found]
    numbers = count()
    parts = [part for one in found for part in _resources(one, declared, reading, numbers)]
    nothing = pl.DataFrame(schema=COLUMNS | {SOURCE: pl.String(), "sender": pl.String()})
    rows = unjudged(pl.concat([nothing, *parts]).with_row_index("no"))
    judged = READ_BY[declared.profile](rows, declared, reading)
    _count(judged, accounts)
    reading.accounts += accounts
    _tell_faults(judged, declared, reading)


def _account(one: FoundFile, declared: FhirFiles, reading: Reading) -> FileAccount:
    files.assert_file(one.file)
    content_hash = files.content_hash(one.file)
    return FileAccount(reading.source_of(one.file), declared.profile, content_hash, one.file.stat().st_size, one.sender)


def _resources(one: FoundFile, declared: FhirFiles, reading: Reading, numbers: Iterator[int]) -> Iterator[pl.DataFrame]:
    place = (
        pl.lit(reading.source_of(one.file)).alias(SOURCE),
        pl.lit(one.sender or "", pl.String).alias("sender"),
    )
    for part in laid_flat(entries(one.file, declared.form, numbers)):
        yield part.with_columns(*place)


def _count(rows: pl.DataFrame, accounts: list[FileAccount]) -> None:
    """Each resource has one verdict, so that read = used + out of scope + superseded + faulty."""
    counted = rows.group_by(SOURCE, "verdict").len().iter_rows()
    verdicts = {(source, verdict): number for source, verdict, number in counted}
    for account in accounts:
        account.out_of_scope, account.superseded, account.faulty = (
            verdicts.get((account.source, verdict), 0) for verdict in (OUT_OF_SCOPE, SUPERSEDED, FAULTY)
        )
        left_out = account.out_of_scope + account.superseded + account.faulty
        account.rows_read = left_out + verdicts.get((account.source, None), 0)


def _tell_faults(rows: pl.DataFrame, declared: FhirFiles, reading: Reading) -> None:
    table = FEEDS[declared.profile]()
    faulty = rows.filter(pl.col("verdict") == FAULTY).sort(SOURCE, ROW)
    if faulty.height:
        reading.faults.append(
            faulty.select(
                table.alias("table"), pl.col(SOURCE).alias("source"), pl.col(ROW).alias("row_number"), "rule", "column"
            ).select(*FAULTS)
        )
