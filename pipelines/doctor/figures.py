"""Rows that do not add up, the secret behind pseudonyms, and the guidance that figures are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.definitions.descriptions import FACTS_FILE
from pipelines.doctor.findings import RUN_AGAIN, Finding, Looked, Table
from pipelines.doctor.history import History, Run
from pipelines.doctor.tables import Tables
from pipelines.errors import SecretMissing
from pipelines.guidance.of_store import KEPT
from pipelines.identity import fingerprint_of, read_secret

OTHERS = 0o077
THROW_AWAY_SECRET = "throw-away-secret"  # noqa: S105 - a file name, as in pipelines/flow.py
ACCOUNT: dict[str, pl.DataType] = {
    "table": pl.String(),
    **dict.fromkeys(("rows_read", "accepted", "quarantined", "exact_duplicates"), pl.Int64()),
}


def rows_that_do_not_add_up(tables: Tables, broken: set[Table]) -> Iterator[Finding]:
    """Read = accepted + quarantined + exact duplicates, and as many rows lie in the tables as were accepted. Of every
    accounting that a kept run names once; of tables that cannot be read other findings speak."""
    judged: set[Table] = set()
    for run in tables.kept:
        account = ("row_accounting", run.versions.get("row_accounting", -1))
        if account in judged | broken or account[1] < 0 or run.kind not in ("run", "ingest"):
            continue
        judged.add(account)
        try:
            wrong = sorted(_wrong(tables, run, broken))
        except (OSError, pl.exceptions.PolarsError):
            continue
        if wrong:
            yield Finding(
                "rows_do_not_add_up",
                f"run {run.id}: {', '.join(wrong)}",
                "Rows were lost or came from elsewhere: the accounting and the tables tell different numbers",
                RUN_AGAIN,
                works="Every file reads; the figures of these tables cannot be trusted.",
            )


def secret(looked: Looked, history: History) -> Iterator[Finding]:
    """The secret file that was named, else the one of sample data in the store. Its value is never told."""
    last = history.last("run", "ingest")
    marked = last.inputs.get("secret") if last else None
    file = looked.secret_file or looked.store / THROW_AWAY_SECRET
    is_expected = looked.secret_file is not None or (last is not None and last.is_sample and marked)
    if not file.exists():
        if is_expected:
            yield _of_secret("secret_missing", file, "The file with the secret is not there")
        return
    if file.stat().st_mode & OTHERS:
        return  # told among the rights
    try:
        keys = read_secret(file)
    except SecretMissing as missing:
        yield _of_secret("secret_damaged", file, missing.what)
        return
    if marked and marked not in {fingerprint_of(keys[:known]) for known in range(1, len(keys) + 1)}:
        yield _of_secret("secret_of_another_store", file, "The pseudonyms of the store were made with another secret")


def named_secret_is_closed(looked: Looked) -> Iterator[Finding]:
    """Of a secret outside the store; those inside are told among the rights."""
    file = looked.secret_file
    if file is not None and file.exists() and file.stat().st_mode & OTHERS:
        yield Finding(
            "open_to_others",
            str(file),
            "The file with the secret can be read by others",
            f"chmod 600 {file.name}; and think of `roedtraad secret rotate`, for others may have read it.",
            works="Everything reads.",
        )


def guidance(looked: Looked, history: History) -> Iterator[Finding]:
    """A store of another target group keeps its guidance, without which its words would be those of the shipped one."""
    last = history.last("run", "ingest")
    name, is_other, _ = last.reference_version.partition(":") if last else ("", "", "")
    if is_other and not (looked.store / KEPT / name / FACTS_FILE).is_file():
        yield Finding(
            "guidance_missing",
            f"{KEPT}/{name}",
            "The guidance that the runs are about is not in the store",
            f"Copy the folder {KEPT} from a backup or from the machine that made the runs.",
            works="The tables read; no page can tell what they are about.",
        )


def _wrong(tables: Tables, run: Run, broken: set[Table]) -> Iterator[str]:
    """Names of tables whose rows do not add up."""
    quarantined = _quarantined(tables, run, broken)
    accepted: Counter[str] = Counter()
    set_aside: Counter[str] = Counter()
    for row in _rows(tables, run, "row_accounting", ACCOUNT).collect().iter_rows(named=True):
        accepted[row["table"]] += row["accepted"]
        set_aside[row["table"]] += row["quarantined"]
        if row["rows_read"] != row["accepted"] + row["quarantined"] + row["exact_duplicates"]:
            yield str(row["table"])
    for name, rows in accepted.items():
        version = run.versions.get(name)
        height = None if version is None or (name, version) in broken else tables.rows(name, version)
        if height is not None and height != rows:
            yield name
        elif version is not None and quarantined is not None and quarantined[name] != set_aside[name]:
            yield f"quarantine of {name}"


def _quarantined(tables: Tables, run: Run, broken: set[Table]) -> Counter[str] | None:
    version = run.versions.get("quarantine")
    if version is None or ("quarantine", version) in broken:
        return None
    counted = _rows(tables, run, "quarantine", {"table": pl.String()}).group_by("table").len()
    return Counter(dict(counted.collect(engine="streaming").iter_rows()))


def _rows(tables: Tables, run: Run, name: str, columns: dict[str, pl.DataType]) -> pl.LazyFrame:
    files = [part.file for part in tables.parts(name, run.versions[name]).values()]
    return pl.scan_parquet(files, glob=False).select(*columns) if files else pl.LazyFrame(schema=columns)


def _of_secret(kind: str, file: Path, what: str) -> Finding:
    return Finding(
        kind,
        file.name,
        what,
        "Put the secret back from where it is kept apart; no backup holds it. Without it new deliveries get other "
        "pseudonyms than those before.",
        works="Everything reads; nothing new from records with persons' numbers can be joined to it.",
    )
