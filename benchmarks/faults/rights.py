"""Rights that are taken away, from a user who is not root: root may do everything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.faults.courses import Bench
from benchmarks.faults.killing import as_somebody
from benchmarks.faults.outcomes import Outcome
from benchmarks.faults.processes import done

TAKEN = "the rights are taken away"
NOBODY = 65534
READ_ONLY, UNWRITABLE, CLOSED = 0o500, 0o400, 0o000
PLACES = (
    ("run", "store", READ_ONLY),
    ("run", "store", CLOSED),
    ("run", "store/tables/contacts", READ_ONLY),
    ("run", "store/tables/obligations/_delta_log", READ_ONLY),
    ("run", "store/runs/_delta_log", READ_ONLY),
    ("run", "store/runs/_delta_log", CLOSED),
    ("run again, as of another day", "store/tables/children", CLOSED),
    ("ingest", "store/tables", READ_ONLY),
    ("check", "store/tables/check_results", READ_ONLY),
    ("decide about gaps", "store/gap-decisions/0751.jsonl", UNWRITABLE),
    ("publish", "store/ledger", READ_ONLY),
    ("publish", "store/published/published_shares", READ_ONLY),
    ("return combine", "store/returns", READ_ONLY),
    ("request change", "store/requests/asked/log.jsonl", UNWRITABLE),
    ("request change", "store/requests/asked", CLOSED),
    ("request change", "store-audit", READ_ONLY),
    ("request change", "store-audit", CLOSED),
    ("request open", "store/requests", READ_ONLY),
)
"""What is done, and the file or folder (beside the store or in it) whose rights are gone."""

REFUSED = (2, 6, 14, 15)
"""Exit codes: the folder of the store cannot be opened; the store, the ledger or the audit log cannot be read or
written."""


def without_rights(bench: Bench) -> Iterator[Outcome]:
    """Each place once; afterwards the rights are given back."""
    for name, place, mode in PLACES:
        yield without(bench, name, place, mode)


def without(bench: Bench, name: str, place: str, mode: int) -> Outcome:
    """The work while a folder is closed to its owner, and once more when it is open again."""
    course, outcome = bench.course(name), Outcome(TAKEN, name, f"chmod {mode:03o} {place}")
    bench.worlds.folder.chmod(0o755)
    with bench.worlds.copied(course.work.world) as store:
        give_to(store.parents[1])
        let_read(bench.worlds.folder / "given")
        closed = store.parent / place
        before = closed.stat().st_mode
        closed.chmod(mode)
        command, environment = as_somebody(bench.command(course, store))
        refused = done(command, environment)
        closed.chmod(before & 0o7777)
        give_to(store.parents[1], os.geteuid())
        if not refused.told_plainly or refused.code not in REFUSED:
            outcome.wrong.append(f"exit code {refused.code}: {refused.said[-400:]}")
        return bench.judged(outcome, course, store)


def let_read(place: Path) -> None:
    """What was sent is for everybody to read; to the work it is given, and no part of the store."""
    for each in (place, *place.rglob("*")):
        each.chmod(each.stat().st_mode | (0o055 if each.is_dir() else 0o044))


def give_to(place: Path, who: int = NOBODY) -> None:
    """All of a folder; nothing to do for who is not root."""
    if os.geteuid() != 0:
        return
    for each in (place, *place.rglob("*")):
        shutil.chown(each, who, who)
