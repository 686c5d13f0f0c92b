"""Who may read what the commands write: every file and folder is its owner's alone, documents for readers excepted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.disclosure.ledger import Ledger
from pipelines.private_file import FOLDER_FOR_EVERYBODY, FOR_EVERYBODY, open_to_all, write_private
from pipelines.store import Store
from reports.documents.folder import put_into

pytestmark = pytest.mark.slow

COMMANDS = """
sample {0}/demo --children 50 --forms canonical --quiet
run --canonical {0}/demo/canonical --store {0}/store --as-of 2026-09-30 --quiet
ingest --canonical {0}/demo/canonical --store {0}/only-read --quiet
check --store {0}/store --report {0}/checks --quiet
export obligations --out {0}/obligations.csv --store {0}/store
export gaps --out {0}/gaps.parquet --store {0}/store
return key new {0}/keys/0479.pem
secret new {0}/secret
request provider add havblik --name Havblik --owner private --municipality 0540 --offers Ophold --store {0}/store
request open pregnant_substance_use --id asked --region 1083 --on 2026-06-01 --store {0}/store
request forms asked --store {0}/store --out {0}/forms
request remind asked --on 2026-08-05 --store {0}/store --out {0}/reminders
return export --store {0}/store --municipality 0479 --key {0}/keys/0479.pem --out {0}/0479.zip
protect {0}/cells.csv {0}/relations.json --out {0}/protected.csv --ledger {0}/ledger
export nothing --out {0}/nothing.csv --store {0}/store
"""
"""One after another in one process, each as the shell would give it. The last one fails: failures are noted too."""

AS_FROM_A_SHELL = """
import sys
from pipelines.cli import main
for line in sys.stdin.read().strip().splitlines():
    sys.argv = ["roedtraad", *line.split()]
    try:
        main()
    except SystemExit as ended:
        print(ended.code or 0, line, flush=True, file=sys.stderr)
"""

HANDED_IN = {"cells.csv", "relations.json"}
GIVEN_AWAY = {"keys/0479.pub.pem"}
"""A public key is for everybody."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("written")
    (folder / "cells.csv").write_text("cell,count\na,10\nb,20\nc,30\n")
    (folder / "relations.json").write_text('{"threshold": 5, "totals": [{"total": "c", "parts": ["a", "b"]}]}')
    (folder / "obligations.csv").write_text("of an earlier version, that everybody may read")
    (folder / "obligations.csv").chmod(0o644)
    done = subprocess.run(
        [sys.executable, "-c", AS_FROM_A_SHELL],
        input=COMMANDS.format(folder),
        umask=0o022,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return folder, done.stderr


def open_ones(folder: Path) -> list[str]:
    """What somebody else may read, write or enter."""
    return sorted(
        f"{file.stat().st_mode & 0o777:o} {file.relative_to(folder)}"
        for file in folder.rglob("*")
        if file.stat().st_mode & 0o077
    )


def test_every_command_did_its_work(written: tuple[Path, str]) -> None:
    codes = [line.split()[0] for line in written[1].splitlines() if line[:2] in {f"{code} " for code in range(10)}]
    asked = COMMANDS.strip().splitlines()
    assert len(codes) == len(asked), written[1]
    assert set(codes[:3] + codes[4:-1]) == {"0"}, written[1]
    assert codes[-1] == "1"


def test_what_the_commands_write_is_for_its_owner_alone(written: tuple[Path, str]) -> None:
    folder = written[0]
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert len(files) > 100
    found = [one for one in open_ones(folder) if one.split(" ", 1)[1] not in HANDED_IN | GIVEN_AWAY]
    assert found == []


def test_a_file_with_rows_that_others_could_read_is_closed_when_it_is_written_again(written: tuple[Path, str]) -> None:
    assert (written[0] / "obligations.csv").stat().st_mode & 0o777 == 0o600


def test_documents_for_readers_are_open_whatever_the_process_allows(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        put_into(tmp_path / "briefs", {"0479.html": b"<html>"})
        put_into(tmp_path / "reply", {"reply.docx": b"x"}, for_all=False)
    finally:
        os.umask(before)
    assert (tmp_path / "briefs").stat().st_mode & 0o777 == FOLDER_FOR_EVERYBODY
    assert (tmp_path / "briefs/0479.html").stat().st_mode & 0o777 == FOR_EVERYBODY
    assert (tmp_path / "reply").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "reply/reply.docx").stat().st_mode & 0o777 == 0o600


def test_folders_of_rows_are_closed_even_where_no_command_has_set_the_rights(tmp_path: Path) -> None:
    """A notebook, a worker of a cluster: the folder shuts what any library writes below it."""
    with Store(tmp_path / "store").writing():
        pass
    with Ledger(tmp_path / "ledger").writing():
        pass
    write_private(tmp_path / "rows.json", b"{}")
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("store", "ledger", "rows.json")]
    assert modes == [0o700, 0o700, 0o600]


def test_a_file_is_never_open_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    real = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda here, there: (seen.append(here.stat().st_mode & 0o777), real(here, there))[1]
    )
    before = os.umask(0)
    try:
        write_private(tmp_path / "rows.json", b"{}")
    finally:
        os.umask(before)
    assert seen == [0o600]
    open_to_all(tmp_path / "rows.json")
    assert (tmp_path / "rows.json").stat().st_mode & 0o777 == 0o644
