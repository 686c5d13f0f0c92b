"""A disk that is full before the work is done, and a file that may not grow."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.faults.courses import Bench, Course
from benchmarks.faults.outcomes import Outcome
from benchmarks.faults.processes import Done, done
from benchmarks.faults.worlds import copy_of

FULL, SHORT = "the disk is full", "a file may not grow"
FILLING = ("ingest", "run", "check", "decide about gaps", "publish", "return combine", "request read", "request change")
SHARES = (0.0, 0.3, 0.6, 0.9)
"""Of the room that the work needs."""

BYTES = (1_000, 8_000)
"""As far as a file may grow."""

WRITE_FAILED = (6, 15)
"""Exit codes: the store, or the audit log, cannot be written."""


def full_disks(bench: Bench) -> Iterator[Outcome]:
    """A file system in memory of just too few bytes; only root may make one."""
    if os.geteuid() != 0:
        return
    for name in FILLING:
        course = bench.course(name)
        for share in SHARES:
            how = f"{course.grows:,} bytes are needed, {share:.0%} of them are free"
            with TemporaryDirectory(prefix="roedtraad-fault-") as place, _small_disk(Path(place)) as disk:
                store = copy_of(bench.worlds.folder / course.work.world, disk / "world")
                _resize(disk, _used(disk) + max(4096, int(course.grows * share)))
                failed = done(bench.command(course, store))
                _resize(disk, 1 << 30)
                yield bench.judged(Outcome(FULL, name, how, wrong=_badly_told(failed)), course, store)


def short_files(bench: Bench) -> Iterator[Outcome]:
    """Every user may be limited in this way: what a quota does."""
    for name in FILLING:
        for most in BYTES:
            yield short_file(bench, bench.course(name), most)


def short_file(bench: Bench, course: Course, most: int) -> Outcome:
    """The work may write no file that is longer than so many bytes."""
    with bench.worlds.copied(course.work.world) as store:
        failed = done(["prlimit", f"--fsize={most}", *bench.command(course, store)])
        outcome = Outcome(SHORT, course.work.name, f"{most:,} bytes", wrong=_badly_told(failed))
        return bench.judged(outcome, course, store)


def _badly_told(failed: Done) -> list[str]:
    """It is said what is wrong, by an exit code of its own and without a stack trace; or there was room enough."""
    trace = [] if failed.told_plainly else [f"not told plainly: {failed.said[-400:]}"]
    known = failed.code in {0, *WRITE_FAILED}
    return trace if known else [*trace, f"exit code {failed.code}: {failed.said[-200:]}"]


@contextmanager
def _small_disk(place: Path) -> Iterator[Path]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


def _used(disk: Path) -> int:
    told = os.statvfs(disk)
    return (told.f_blocks - told.f_bfree) * told.f_frsize
