"""A mapped delivery of any cells at all: never a crash, never a cell in what is told, and every row accounted for."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from test_delimited_fuzz import says_anything

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.shown_trial import trial_shown
from pipelines.sources.configuration import read_configuration
from pipelines.sources.trial import try_source
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

PRIVATE = "Hemmelig"
"""Begins every text that a message must not hold."""

HEADING = ["Id", "Barn", "Kom", "Type", "Fra", "Til", "Status"]
CHILD = "6801254001"
TOML = f"""[source]
name = "fuzz"
demo = true
[[delivery]]
table = "children"
path = "boern.csv"
form = "delimited"
[delivery.columns]
child_id = "Barn"
mother_id = "Mor"
birth_date = "Født"
sex = "Køn"
[[delivery]]
table = "support_records"
path = "sager.csv"
form = "delimited"
[delivery.columns]
record_id = "{HEADING[0]}"
child_id = "{HEADING[1]}"
municipality_code = "{HEADING[2]}"
record_type = "{HEADING[3]}"
opened_date = "{HEADING[4]}"
closed_date = "{HEADING[5]}"
exposure_status = "{HEADING[6]}"
[delivery.codes.record_type]
"Sag" = "notification"
[delivery.pad]
municipality_code = 4
"""

letters = st.text(st.sampled_from('aZæøåÆØÅ;"\n\r\t ,.-/0159\xa0'), max_size=8)
private = letters.map(lambda tail: f"{PRIVATE} Æblegård {tail}")
plain = st.sampled_from(
    ["", " ", "s1", "s2", CHILD, CHILD[:6] + "-" + CHILD[6:], "6101902222", "461", "0461", "9999", "Sag", "recorded",
     "08-01-2025", "2025-01-08", "8-1-23", "31-02-2025", "01-01-0023", "1.234,50", "-0", "1e400", "nan", "inf", "true"]
)  # fmt: skip
cells = st.one_of(plain, plain, letters, private)
good = st.tuples(st.sampled_from(["s1", "s2", "s3"]), st.just(CHILD), st.just("461"), st.just("Sag"),
                 st.just("08-01-2025"), st.sampled_from(["", "09-01-2025"]), st.just("recorded")).map(list)  # fmt: skip
ids = st.one_of(plain, letters)  # the sender's own name of a row is told as its key in quarantine
rows_of_any_cells = st.tuples(ids, *[cells] * (len(HEADING) - 1)).map(list)
deliveries = st.lists(st.one_of(good, rows_of_any_cells), max_size=40)


def delivered(folder: Path, rows: list[list[str]]) -> Path:
    birth = f"Barn;Mor;Født;Køn\n{CHILD};6101902222;08-01-2025;female\n"
    (folder / "boern.csv").write_text(birth, encoding="utf-8")
    (folder / "source.toml").write_text(TOML, encoding="utf-8")
    with (folder / "sager.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([HEADING, *rows])
    return folder / "source.toml"


def told(snapshot: Snapshot) -> str:
    """All that is written beside the rows themselves."""
    beside = ("quarantine", "row_accounting", "deliveries", "reporting", "unmapped_codes", "record_links")
    return str([snapshot.table(name).collect().rows() for name in beside])


@settings(derandomize=True, deadline=None, max_examples=10)
@given(deliveries)
def test_any_cells_are_accepted_or_set_aside_and_never_told(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        source = delivered(Path(name), rows)
        store = Store(Path(name) / "store")
        snapshot = ingest_into(store, Source(declared=source), Reference.load(), Progress()).snapshot
        ledger = {row["source"]: row for row in snapshot.table("deliveries").collect().to_dicts()}["sager.csv"]
        accounts = {row["table"]: row for row in snapshot.table("row_accounting").collect().to_dicts()}
        account, there = accounts["support_records"], sum(says_anything(row) for row in rows)
        assert ledger["rows_read"] == ledger["handed_on"] == account["rows_read"] == there
        for counted in (ledger, account):
            assert there == counted["accepted"] + counted["quarantined"] + counted["exact_duplicates"]
        assert snapshot.table("support_records").collect().height == account["accepted"]
        assert PRIVATE not in told(snapshot)


@settings(derandomize=True, deadline=None, max_examples=15)
@given(rows=deliveries)
def test_a_trial_of_any_cells_tells_none_of_them(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    parts = try_source(read_configuration(delivered(tmp_path_factory.mktemp("trial"), rows)))
    console = Console(width=200)
    with console.capture() as captured:
        console.print(trial_shown(parts))
    assert [part.refused for part in parts] == [None, None]
    assert PRIVATE not in captured.get()
