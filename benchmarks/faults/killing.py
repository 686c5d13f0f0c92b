"""Three ways to kill a process, none of which it can know of: at a time, when a file changes, before a system call.

The system calls are those that change files, counted by strace in an undisturbed process: the kill stands between one
change of the disk and the next, wherever the process spends its time.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.processes import Done, done, ended, started

CHANGES = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "mkdir", "rename", "renameat", "renameat2", "link",
           "linkat", "unlink", "unlinkat", "rmdir")  # fmt: skip
CALL = re.compile(r"^(\d+) +(\w+)\((.*)")
LOOKS_EVERY = 0.0005
"""Seconds between two looks at a folder."""


def kill(process: subprocess.Popen[str]) -> None:
    """`kill -9` of the whole group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def killed_after(command: Sequence[str], seconds: float) -> Done:
    """A process that is killed so long after its start; it may have ended by itself before."""
    since = time.monotonic()
    process = started(command)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    kill(process)
    return ended(process, since)


def killed_when(command: Sequence[str], is_so: Callable[[], bool]) -> Done:
    """A process that is killed as soon as something is so on the disk; it may have ended by itself before."""
    since = time.monotonic()
    process = started(command)
    while process.poll() is None and not is_so():
        time.sleep(LOOKS_EVERY)
    kill(process)
    return ended(process, since)


def appears(folder: Path, pattern: str, number: int = 1) -> Callable[[], bool]:
    """Whether so many files of a pattern have come since this was asked for, or one of them was replaced."""
    before = set(_files(folder, pattern))
    return lambda: len(set(_files(folder, pattern)) - before) >= number


def _files(folder: Path, pattern: str) -> list[tuple[str, int, int]]:
    found = []
    with suppress(OSError):
        for file in folder.glob(pattern):
            with suppress(OSError):
                known = file.stat()
                found.append((str(file), known.st_ino, known.st_size))
    return found


@dataclass(frozen=True)
class Call:
    """The n-th time that a thread makes a system call."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"before {self.name} number {self.number} of a thread"


def strace() -> str | None:
    return shutil.which("strace")


def changing_calls(command: Sequence[str], log: Path) -> list[Call]:
    """The calls by which an undisturbed process changes files, in their order; empty where nothing can count them."""
    if strace() is None:
        return []
    traced = [strace() or "", "-f", "--seccomp-bpf", "-qq", "-y", "-o", str(log), "-e", f"trace={','.join(CHANGES)}"]
    if done([*traced, *command]).code:
        return []
    found, seen = [], Counter[tuple[str, str]]()
    for thread, name, told in (match.groups() for line in log.read_text("utf-8", "replace").splitlines()
                               if (match := CALL.match(line))):  # fmt: skip
        seen[thread, name] += 1
        if name in CHANGES and not _is_to_a_pipe(told):
            found.append(Call(name, seen[thread, name]))
    return found


def _is_to_a_pipe(told: str) -> bool:
    """Between threads, or to the terminal: no file changes."""
    return re.match(r"\d+<(/dev/|pipe:|anon_inode|socket:|UNIX|TCP)", told) is not None


def killed_before(command: Sequence[str], call: Call) -> Done:
    """A process that is killed when it is about to change a file for the n-th time in that way.

    Slower than counting: with its filter of system calls, strace gives no signals.
    """
    told = f"inject={call.name}:signal=SIGKILL:when={call.number}"
    quiet = ["-f", "-qq", "-o", "/dev/null", "-e", f"trace={call.name}", "-e", told]
    return done([strace() or "", *quiet, *command])


def with_clock(command: Sequence[str], days: int) -> list[str]:
    """The same under a clock that is wrong by so many days."""
    return [shutil.which("faketime") or "faketime", "-f", f"{days:+d}d", *command]


def as_somebody(command: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
    """The same without the rights of root: as `nobody`, whose home is nowhere; or as it is, when nobody is root."""
    if os.geteuid() != 0:
        return list(command), {}
    who = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", *command]
    return who, {"HOME": "/nonexistent", "USER": "nobody", "LOGNAME": "nobody"}
