"""A store with a ledger and results of checks, as pages about data quality read them: small enough to count by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from published_frames import AS_OF, LAESOE, SVENDBORG, FakeSnapshot, country, write_store

from checks.catalogue import CATALOGUE
from checks.declared import Check
from checks.faults import Fault
from checks.findings import FAILURES
from checks.results import KIND, RESULTS
from pipelines.ledger import LEDGER
from pipelines.store import Snapshot, Store

SEEN = datetime(2026, 10, 1, 5, 0, tzinfo=UTC)
CHECKED = datetime(2026, 10, 1, 7, 0, tzinfo=UTC)
DEADLINE = date(2126, 12, 31)

CRITICAL = next(check for check in CATALOGUE if check.severity == "critical")
WARNING = next(check for check in CATALOGUE if check.severity == "warning")
UNRUN, EMPTY, ELSEWHERE = [check for check in CATALOGUE if check.id not in {CRITICAL.id, WARNING.id}][:3]
"""Fails in Svendborg and Læsø; passes with findings; could not be run; applies to nothing; fails in Læsø only."""

OWN_KEYS = tuple(f"{number:024x}" for number in range(0xAB0, 0xAB6))
LAESOE_KEYS = ("feedfacefeedfacefeedface", "cafebabecafebabecafebabe")


def ledger_row(source: str, delivery: str, sender: str | None, **counts: Any) -> dict[str, Any]:
    zeros = dict.fromkeys(("rows_read", "out_of_scope", "superseded", "faulty", "handed_on", "accepted"), 0)
    zeros |= dict.fromkeys(("quarantined", "exact_duplicates", "bytes"), 0)
    facts = {"source": source, "delivery": delivery, "sender": sender, "content_hash": source, "first_seen": SEEN}
    return {**zeros, **facts, "state": "in_use", "superseded_by": None, **counts}


def ledger() -> pl.DataFrame:
    old = {"state": "superseded", "superseded_by": "x", "content_hash": "old", "first_seen": SEEN - timedelta(days=9)}
    own = {"rows_read": 1010, "handed_on": 1010, "accepted": 1003, "quarantined": 3, "exact_duplicates": 4}
    bundle = {"rows_read": 50, "out_of_scope": 6, "handed_on": 61, "accepted": 61}
    other = {"rows_read": 707, "handed_on": 707, "accepted": 706, "quarantined": 1}
    region = {"rows_read": 606, "faulty": 2, "handed_on": 604, "accepted": 604}
    rows = [
        ledger_row("kommuner/0479/kontakter.csv", "contacts", SVENDBORG, **own),
        ledger_row("kommuner/0479/kontakter.csv", "contacts", SVENDBORG, **{**own, **old}),
        ledger_row("kommuner/0479/data.json", "children_reports", SVENDBORG, **bundle),
        ledger_row("kommuner/0825/kontakter.csv", "contacts", LAESOE, **other),
        ledger_row("registre/bef.parquet", "BEF", None, rows_read=90001, out_of_scope=90001),
        ledger_row("regioner/1083/mapper.ndjson", "antenatal_record", "1083", **region),
    ]
    return pl.DataFrame(rows, schema=LEDGER)


def reporting() -> pl.DataFrame:
    """Svendborg's contacts: a year back all reported, then one month each of missing, declared and too few."""
    months = [date(2025 + (at + 9) // 12, (at + 9) % 12 + 1, 1) for at in range(12)]
    states = ["reported"] * 9 + ["missing", "declared_incomplete", "too_few_to_say"]
    rows = [("contacts", SVENDBORG, month, state) for month, state in zip(months, states, strict=True)]
    rows += [("contacts", LAESOE, month, "missing") for month in months]
    named = ["delivery", "municipality_code", "month", "state"]
    numbers = [pl.lit(3, pl.Int64).alias("rows"), pl.lit(7.0).alias("expected")]
    return pl.DataFrame(rows, schema=named, orient="row").with_columns(numbers)


def quality_tables() -> dict[str, pl.DataFrame]:
    quarantine = [
        ("contacts", "kommuner/0479/kontakter.csv", 17, "=cmd|x", "type", "contact_date", None),
        ("contacts", "kommuner/0479/kontakter.csv", 18, OWN_KEYS[0], "reference", "child_id", "required:child_id"),
        ("contacts", "kommuner/0479/kontakter.csv", 19, None, "new_rule", "status", None),
        ("contacts", "kommuner/0825/kontakter.csv", 5, LAESOE_KEYS[0], "required", "status", None),
        *(("pregnancies", "regioner/1083/mapper.ndjson", at, None, "form", "entry", None) for at in range(2)),
        *(("diagnoses", "registre/bef.parquet", at, None, "enumeration", "code_system", None) for at in range(6)),
    ]
    columns = ["table", "source", "row_number", "key", "rule", "column", "other_faults"]
    linked = [
        ("births", SVENDBORG, "register", 40), ("births", SVENDBORG, "none", 2), ("births", LAESOE, "register", 900),
        ("births", LAESOE, "none", 1), ("exposures", SVENDBORG, "child", 8), ("exposures", LAESOE, "no_child", 9),
    ]  # fmt: skip
    links = {"delivery": pl.String, "municipality_code": pl.String, "linked_by": pl.String}
    codes = [("kommuner/0479/kontakter.csv", "status", "set?", 11), ("kommuner/0825/kontakter.csv", "status", "X9", 3)]
    accounts = [("contacts", 1717, 1709, 4, 4)]
    return {
        "deliveries": ledger(),
        "reporting": reporting(),
        "quarantine": pl.DataFrame(quarantine, schema=columns, orient="row", infer_schema_length=None),
        "linkage_quality": pl.DataFrame(
            linked, schema=["measure", "municipality_code", "outcome", "rows"], orient="row"
        ),
        "record_links": pl.DataFrame(schema=links),
        "unmapped_codes": pl.DataFrame(codes, schema=["source", "column", "code", "rows"], orient="row"),
        "row_accounting": pl.DataFrame(
            accounts, schema=["table", "rows_read", "accepted", "quarantined", "exact_duplicates"], orient="row"
        ),
    }


def quality_run(folder: Path) -> Snapshot:
    """The pages' store with a ledger and published figures, not checked yet."""
    tables = country().tables | quality_tables()
    return Store(write_store(folder, FakeSnapshot(tables))).snapshot()


def result(
    check: Check, place: str | None, status: str, failing: int | None, of: int | None, **facts: Any
) -> dict[str, Any]:
    row = {"check_id": check.id, "frame": check.frame, "severity": check.severity, "threshold": check.threshold}
    counts = {"rows": of, "applicable": of, "failing": failing, "accepted": 0, "listed": failing}
    share = failing / of if failing is not None and of else None
    return {**row, **counts, "municipality_code": place, "status": status, "share": share, "error": None, **facts}


def results(run_id: str, checked_at: datetime) -> list[dict[str, Any]]:
    rows = [
        result(CRITICAL, None, "failed", 13, 5000),
        result(CRITICAL, SVENDBORG, "failed", 6, 444),
        result(CRITICAL, LAESOE, "failed", 7, 100),
        result(WARNING, None, "passed_with_failing_rows", 62, 6000),
        result(WARNING, SVENDBORG, "passed_with_failing_rows", 60, 300),
        result(WARNING, LAESOE, "passed_with_failing_rows", 2, 100),
        result(UNRUN, None, "error", None, None, error=str(Fault("rule_stopped", UNRUN.frame, "ComputeError"))),
        result(EMPTY, None, "not_applicable", 0, 0),
        result(ELSEWHERE, None, "failed", 33, 100),
        result(ELSEWHERE, LAESOE, "failed", 33, 100),
    ]
    told = {row["check_id"] for row in rows}
    rows += [result(check, None, "passed", 0, 777) for check in CATALOGUE if check.id not in told]
    return [row | {"run_id": run_id, "checked_at": checked_at} for row in rows]


def finding(check: Check, key: str, place: str, **facts: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("accepted_until", "accepted_reason", "assigned_to"))
    row = {"check_id": check.id, "row_key": key, "municipality_code": place, "first_seen": SEEN, "still_open": True}
    return {**row, **nothing, **facts}


def findings() -> list[dict[str, Any]]:
    return [
        *(finding(CRITICAL, key, SVENDBORG) for key in OWN_KEYS[:3]),
        finding(CRITICAL, OWN_KEYS[3], SVENDBORG, accepted_until=DEADLINE, accepted_reason="Gammel sag"),
        finding(WARNING, OWN_KEYS[4], SVENDBORG, assigned_to="Anne"),
        finding(WARNING, OWN_KEYS[5], SVENDBORG, still_open=False),
        *(finding(CRITICAL, key, LAESOE) for key in LAESOE_KEYS),
    ]


def add_checks(folder: Path, run_id: str, **facts: Any) -> Snapshot:
    """Results of the run and of one before it, as a check leaves them behind."""
    earlier = [row | {"status": "passed"} for row in results("before", CHECKED - timedelta(days=30))]
    with Store(folder).writing() as writer:
        writer.write("check_results", pl.DataFrame([*earlier, *results(run_id, CHECKED)], schema=RESULTS).lazy())
        writer.write("check_failures", pl.DataFrame(findings(), schema=FAILURES).lazy())
        return writer.commit(kind=KIND, **({"as_of": AS_OF, "is_sample": True} | facts))
