"""Pathway of a child, every branch as a row of a table, and the order in which they are tried."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from pipelines.definitions.reference import Reference
from pipelines.pathways import PATHWAYS, pathways

REFERENCE = Reference.load()
BIRTH = date(2020, 3, 1)

CASES = """
| evidence | registered | on record | handed over | record          | move    | school  | support records                        | pathway       |
| before   | met        | met       | met         |                 |         |         |                                        | early         |
| at birth | met        | met       | met         |                 |         |         |                                        | early         |
| before   | met        | met       |             |                 |         |         |                                        | early         |
| before   | met        | met       | met         | met             | met     | met     | child_plan recorded                    | early         |
| before   | met        | met       | met         | late            | late    | late    | child_plan recorded                    | early         |
| before   | met        | met       | met         | not_due         | not_due | not_due | other recorded                         | early         |
| before   | met        | met       | met         |                 |         |         | other not_recorded                     | early         |
| after    | met        | met       | met         |                 |         |         |                                        | late          |
| before   | late       | met       | met         |                 |         |         |                                        | late          |
| before   | met        | late      | met         |                 |         |         |                                        | late          |
| before   | met        | met       | late        |                 |         |         |                                        | late          |
| before   | overdue    | late      | met         |                 |         |         |                                        | late          |
| after    | not_due    | not_due   | not_due     |                 |         |         |                                        | late          |
| after    |            |           |             |                 |         |         |                                        | late          |
| before   | met        | met       | overdue     |                 |         |         |                                        | lost          |
| before   | met        | met       | met         | met overdue     |         |         | child_plan recorded                    | lost          |
| before   | met        | met       | met         | contradicted    |         |         | child_plan recorded, placement denied  | lost          |
| before   | met        | met       | met         |                 | overdue |         |                                        | lost          |
| before   | met        | met       | met         |                 |         | overdue |                                        | lost          |
| after    | late       | late      | overdue     |                 |         |         |                                        | lost          |
| before   | met        | met       | met         | overdue         |         |         | child_plan not_recorded                | never         |
| before   | met        | met       | met         | contradicted    |         |         | child_plan denied                      | never         |
| before   | met        | met       | met         | not_due         |         |         | child_plan unknown                     | never         |
| before   | met        | met       | overdue     | overdue         | overdue | overdue | placement not_recorded, other denied   | never         |
| after    | late       | late      | late        | overdue         |         |         | health_visitor not_recorded            | never         |
| before   | met        | met       | met         | overdue         |         |         | placement not_recorded, other recorded | lost          |
| before   | overdue    | met       | met         |                 |         |         |                                        | none_of_these |
| before   | met        | overdue   | met         |                 |         |         |                                        | none_of_these |
| before   | met        | not_due   | met         |                 |         |         |                                        | none_of_these |
| before   | met        | excused   | met         |                 |         |         |                                        | none_of_these |
| before   |            |           |             |                 |         |         |                                        | none_of_these |
"""  # noqa: E501
KINDS = {
    "registered": "registered",
    "on record": "on_child_record",
    "handed over": "handed_over",
    "record": "carried_in_record",
    "move": "carried_at_move",
    "school": "carried_at_transition",
}
EVIDENCE = {"before": BIRTH - timedelta(days=60), "at birth": BIRTH, "after": BIRTH + timedelta(days=1)}


def table() -> list[dict[str, str]]:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in CASES.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def told(rows: list[dict[str, str]]) -> dict[int, str]:
    """All rows as children of one run."""
    ids = range(len(rows))
    exposed = {"child_id": ids, "first_evidence_date": [EVIDENCE[row["evidence"]] for row in rows]}
    children = {"child_id": ids, "birth_date": [BIRTH for _ in ids]}
    duties = [
        (at, kind, status)
        for at, row in enumerate(rows)
        for name, kind in KINDS.items()
        for status in row[name].split()
    ]  # fmt: skip
    duties += [(at, "follow_up", "overdue") for at in ids]
    records = [
        (at, *record.split()) for at, row in enumerate(rows) for record in row["support records"].split(", ") if record
    ]
    found = pathways(
        pl.LazyFrame(exposed),
        pl.LazyFrame(duties, ["child_id", "kind", "status"], orient="row"),
        pl.LazyFrame(records, ["child_id", "record_type", "exposure_status"], orient="row").with_columns(
            pl.col("exposure_status").replace("unknown", None)
        ),
        pl.LazyFrame(children),
        REFERENCE,
    ).collect()
    assert found.height == len(rows)
    return dict(found.iter_rows())


@pytest.mark.parametrize("at", range(len(table())))
def test_a_child_has_the_first_pathway_that_fits(at: int) -> None:
    rows = table()
    assert told(rows)[at] == rows[at]["pathway"]


def test_the_order_is_never_lost_late_early() -> None:
    assert PATHWAYS == ("never", "lost", "late", "early")


def test_a_child_that_is_not_exposed_has_no_pathway() -> None:
    rows = pl.LazyFrame(schema={"child_id": pl.Int64, "first_evidence_date": pl.Date})
    duties = pl.LazyFrame(schema={"child_id": pl.Int64, "kind": pl.String, "status": pl.String})
    records = pl.LazyFrame(schema={"child_id": pl.Int64, "record_type": pl.String, "exposure_status": pl.String})
    children = pl.LazyFrame({"child_id": [1], "birth_date": [BIRTH]})
    assert pathways(rows, duties, records, children, REFERENCE).collect().is_empty()
