"""What is disturbed: every command that changes a store, beside what a data steward does on a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.processes import module, roedtraad
from benchmarks.faults.state import BACKUP, RESTORED
from benchmarks.faults.worlds import AS_OF, ASSENS, ODENSE, QUESTION, REQUEST, Worlds

Ways = Callable[[Worlds, Path], list[str]]


@dataclass(frozen=True)
class Work:
    """A piece of work on a store of a world. `share`: of a thousand kills; `piece`: what it changes (see `state`);
    `again`: whether doing it once more after it was done is the same as doing it once."""

    name: str
    world: str
    piece: str
    share: int
    command: Ways
    again: bool = True


def _asked(*arguments: str) -> Ways:
    return lambda _, store: roedtraad("request", *arguments, "--store", store)


def _delivered(worlds: Worlds, name: str) -> Path:
    return worlds.given / name / "canonical"


def _read_forms(worlds: Worlds, store: Path) -> list[str]:
    """One form: of several, each is kept as a whole or not at all, so a kill between two leaves the first."""
    form = min((worlds.given / "filled" / "in-time").glob("*.xlsx"))
    return roedtraad("request", "read", REQUEST, form, "--received", "2026-07-20", "--store", store)


WORKS = (
    Work("ingest", "rows", "ingest", 120,
         lambda worlds, store: roedtraad(
             "ingest", "-q", "--canonical", _delivered(worlds, "second"), "--store", store)),
    Work("run", "rows", "run", 180,
         lambda worlds, store: roedtraad(
             "run", "-q", "--canonical", _delivered(worlds, "second"), "--store", store, "--as-of", AS_OF)),
    Work("run again, as of another day", "rows", "run", 80,
         lambda _, store: roedtraad("run", "-q", "--store", store, "--as-of", "2026-06-30")),
    Work("check", "rows", "check", 60,
         lambda _, store: roedtraad("check", "-q", "--table", "children", "--store", store)),
    Work("decide about gaps", "rows", "decisions", 70,
         lambda _, store: module("decide", store, "another", 1), again=False),
    Work("backup", "rows", "backup", 40,
         lambda _, store: roedtraad("backup", "--store", store, "--to", store.with_name(BACKUP)), again=False),
    Work("restore", "rows", "restored", 40,
         lambda worlds, store: roedtraad(
             "restore", worlds.given / "rows.zip", "--store", store.with_name(RESTORED)), again=False),
    Work("publish", "published", "publish", 100, lambda _, store: roedtraad("publish", "-q", "--store", store)),
    Work("return combine", "national", "run", 70,
         lambda worlds, store: roedtraad(
             "return", "combine", worlds.given / "returns" / f"{ASSENS}.zip", "--store", store, "-q"), again=False),
    Work("request open", "published", "requests", 40,
         _asked("open", "pregnant_substance_use", "--id", "another", "--region", "1084", "--on", "2026-06-02"),
         again=False),
    Work("request read", "published", "requests", 60, _read_forms),
    Work("request answer", "published", "requests", 30,
         _asked("answer", REQUEST, ODENSE, QUESTION, "Ventetid"), again=False),
    Work("request change", "published", "requests", 40,
         _asked("change", REQUEST, "--step", "answers", "--due", "2026-09-01"), again=False),
    Work("request approve", "published", "requests", 30, _asked("approve", REQUEST, "directors_forum"), again=False),
    Work("request remind", "published", "requests", 40,
         lambda _, store: roedtraad(
             "request", "remind", REQUEST, "--on", "2026-08-05", "--store", store, "--out", store.parent / "reminders"),
         again=False),
)  # fmt: skip
"""`again`: a second reminder, answer or note is one more; the others are the same, or nothing. Each is one step: of
several decisions or forms one after the other, those that were confirmed stay when a kill comes before the last."""


def work_named(name: str) -> Work:
    return next(work for work in WORKS if work.name == name)
