"""A whole run from deliveries to a report, and nights that fail: what is said, logged and shown names no person."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader
from test_security_files_written import AS_FROM_A_SHELL

from pipelines.failures import FILE
from pipelines.nightly.night import LOG, PAGE, NightFolder
from pipelines.scan import scan
from pipelines.store import Store

pytestmark = pytest.mark.slow

COMMANDS = """
sample {0}/demo --children 100 --forms raw
run --source {0}/demo/raw/source.toml --store {0}/store --as-of 2026-09-30
check --store {0}/store --report {0}/out/checks
publish --store {0}/store
report --store {0}/store --period 2025 --out {0}/out/report
gaps --store {0}/store --municipality 0479
ingest --source {0}/torn/source.toml --store {0}/store
ingest --canonical {0}/{1} --store {0}/store
nightly {0}/nightly.toml
"""
"""As somebody gives them, in one process. The first rows of `headless` stand where headings are expected; a file of
`torn` ends in the middle; a folder has the name of a person's number."""

NIGHT = """
store = "store"
[ingest]
source = "headless/source.toml"
[run]
as_of = 2026-09-30
[check]
report = "out/checks-of-the-night"
[publish]
"""
SENDERS_OWN = "010150-0003"
"""A number by its form, as a sender might call a folder: said back to whoever gives the command, and noted nowhere."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    first, *others = COMMANDS.strip().format(folder, SENDERS_OWN).splitlines()
    said = [given(first)]
    for name in ("headless", "torn"):
        shutil.copytree(folder / "demo" / "raw", folder / name)
    (folder / "nightly.toml").write_text(NIGHT, "utf-8")
    for file in (folder / "headless").rglob("*.csv"):
        file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[1:]))
    for file in [*(folder / "torn" / "identitet").glob("*.csv"), *(folder / "torn" / "lister").glob("*.parquet")]:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    said.append(given("\n".join(others)))
    (folder / "out" / "said.txt").write_text("\n".join(said).replace(SENDERS_OWN, "as given"), "utf-8")
    return folder


def given(commands: str) -> str:
    """Standard output and error, as a wide terminal shows them."""
    done = subprocess.run(
        [sys.executable, "-c", AS_FROM_A_SHELL],
        input=commands,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"COLUMNS": "400"},
    )
    return done.stdout + done.stderr


def outputs(place: Path) -> list[Path]:
    """Everything but what was delivered and the tables of the store."""
    nights = NightFolder.of(place / "store").folder
    folders = (place / "out", nights, place / "store" / "ledger", place / "store-audit")
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return sorted([*files, place / "store" / FILE])


def texts(file: Path) -> str:
    """A file as it can be read; a Word document or a workbook is a zip of texts, and a PDF packs its own."""
    content = file.read_bytes()
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def test_the_commands_did_and_failed_as_they_should(place: Path) -> None:
    said = (place / "out" / "said.txt").read_text("utf-8")
    ended = [f"{code} {name}" for code, name in re.findall(rf"^(\d+) (\w+) .*{place}", said, re.MULTILINE)]
    failed = ["3 ingest", "3 ingest", "3 nightly"]
    assert ended == ["0 sample", "0 run", "0 check", "0 publish", "0 report", "0 gaps", *failed]
    assert "Traceback" not in said
    assert Store(place / "store").last("publish")
    documents = list((place / "out" / "report").rglob("*.pdf"))
    assert documents
    assert all(len(re.findall(r"\w{4,}", texts(file))) > 50 for file in documents)
    names = {file.name for file in outputs(place)}
    assert {LOG, PAGE, FILE, "said.txt", "checks.html", "ingest.txt"} <= names


def test_no_output_of_a_whole_run_names_a_person(place: Path) -> None:
    """The store knows every pseudonym, and the number that it gave each; a person's number is known by its form."""
    known = Store(place / "store").snapshot().table("identities").select("id", "pseudonym").collect()
    persons = {text for pair in known.rows() for text in map(str, pair)}
    assert len(persons) > 500
    for file in outputs(place):
        words = texts(file)
        assert [text for text in persons if text in words] == [], file.name


def test_no_output_of_a_whole_run_has_a_persons_number(place: Path) -> None:
    assert scan([place / "demo" / "raw" / "identitet"]).hits
    found = scan(outputs(place))
    assert [(hit.file, hit.count) for hit in found.hits] == []
