"""The first resources of one FHIR file through the profile's adapter: what became of each type, and what broke why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import count

import polars as pl

from pipelines.definitions.contract import SOURCE
from pipelines.sources.declarations import FhirFiles, FoundFile
from pipelines.sources.fhir.entries import Entry, entries
from pipelines.sources.fhir.laid_flat import COLUMNS, laid_flat
from pipelines.sources.fhir.read import FEEDS, READ_BY
from pipelines.sources.fhir.validation import explain
from pipelines.sources.fhir.verdicts import FAULTY, unjudged
from pipelines.sources.findings import Fault, PartTried
from pipelines.sources.reading import Reading

EXPLAINED = 20
"""So many resources, the faulty ones first, are held against the whole FHIR standard, which is slow."""

USED = "used"
TYPE = re.compile(r"^[A-Z][A-Za-z]{2,40}$")


def look_at_resources(declared: FhirFiles, one: FoundFile, first: int, reading: Reading, tried: PartTried) -> None:
    """Reads whole bundles until there are `first` resources; what they feed is in `reading` afterwards."""
    looked_at = list(_first(entries(one.file, declared.form, count()), first))
    rows = pl.concat([pl.DataFrame(schema=COLUMNS), *laid_flat(iter(looked_at))]).with_columns(
        pl.lit(reading.source_of(one.file)).alias(SOURCE), pl.lit(one.sender or "", pl.String).alias("sender")
    )
    judged = READ_BY[declared.profile](unjudged(rows.with_row_index("no")), declared, reading)
    tried.rows = judged.height
    tried.outcomes = (
        judged.group_by(_type(), pl.col("verdict").fill_null(USED).alias("outcome"))
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .sort("type", "outcome")
    )
    faulty = judged.filter(pl.col("verdict") == FAULTY)
    tried.faults += _faults(faulty, declared.profile, judged.height)
    tried.notes += _by_the_standard(looked_at, set(faulty.get_column("_row").to_list()))


def _first(all_entries: Iterator[Entry], first: int) -> Iterator[Entry]:
    """Resources refer to each other inside a bundle, so the last one is read to its end."""
    last = None
    for at, entry in enumerate(all_entries):
        if at >= first and entry.bundle != last:
            return
        last = entry.bundle
        yield entry


def _type() -> pl.Expr:
    """The resource's type; what is no type's name is the sender's and not shown."""
    return pl.when(pl.col("kind").str.contains(TYPE.pattern)).then("kind").otherwise(pl.lit("?")).alias("type")


def _faults(faulty: pl.DataFrame, profile: str, of: int) -> list[Fault]:
    """`column` is a path in the resource, or the column that it would have fed."""
    counted = (
        faulty.group_by(FEEDS[profile]().alias("table"), "rule", pl.col("column").fill_null("")).len().sort(pl.all())
    )
    return [Fault(name, column, rule, rows, of) for name, rule, column, rows in counted.iter_rows()]


def _by_the_standard(looked_at: list[Entry], faulty: set[int]) -> list[str]:
    """Errors against FHIR itself, each with the number of resources that have it, without a value."""
    chosen = sorted(looked_at, key=lambda entry: entry.row not in faulty)[:EXPLAINED]
    told = Counter(line for entry in chosen for line in {_of_any(line) for line in explain(bytes(entry.resource))})
    if not told:
        return [f"{len(chosen)} resources were held against the FHIR standard: all keep it."]
    lines = [f"{line} ({rows})" for line, rows in told.most_common()]
    return [f"Against the FHIR standard, in {len(chosen)} resources: {'; '.join(lines)}"]


def _of_any(line: str) -> str:
    """The same error in another place of a list is the same error."""
    return re.sub(r"\[\d+\]", "[]", line)
