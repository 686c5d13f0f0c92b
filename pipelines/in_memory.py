"""The whole main job on frames in memory, without a store: for notebooks, tests and small questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines import cells, export
from pipelines import counts as counts_stage
from pipelines.bucket import held
from pipelines.definitions.contract import Table
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import CHILDREN, PREGNANCIES, TABLES
from pipelines.identity import identities_of, with_surrogates
from pipelines.records import Records
from pipelines.thread import Thread


def run_in_memory(
    tables: Mapping[str, pl.LazyFrame], as_of: date, reference: Reference | None = None
) -> dict[str, pl.DataFrame]:
    """`evidence`, `exposed`, `obligations` and `counts` with the specification's columns, from all canonical tables.

    The rows must already keep the contract (see `canonical.py`); identifiers are text.
    """
    records = Records.of({table.name: with_surrogates(tables[table.name].lazy(), table) for table in TABLES})
    identities = pl.concat(
        [
            rows
            for table in (PREGNANCIES, CHILDREN)
            for rows in identities_of(tables[table.name].lazy(), table, _identifiers(table))
        ]
    ).unique()
    followed = Thread.follow(records, reference or Reference.load(), as_of)
    thread = followed.with_children(held(followed.children))
    children, pregnancies = thread.whole(), thread.pregnancies()
    of_children, of_pregnancies = pl.collect_all([children.obligations(), pregnancies.obligations()])
    parts = [children.cells(of_children.lazy()), pregnancies.cells(of_pregnancies.lazy())]
    quarters = counts_stage.quarterly(cells.by_quarter(cells.merged(parts), thread.reference), thread.reference)
    frames = pl.collect_all(
        [
            export.evidence(thread.evidence, identities),
            export.exposed(thread.exposed, identities),
            export.obligations(pl.concat([of_children, of_pregnancies]).lazy(), identities),
            counts_stage.counts(quarters),
        ]
    )
    return dict(zip(("evidence", "exposed", "obligations", "counts"), frames, strict=True))


def _identifiers(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.identifier]
