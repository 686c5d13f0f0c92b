"""Answers in a process of their own: `answer STORE WHO NUMBER`, or killed in the middle of writing one."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from asked_municipalities import ID, ODENSE, said

from pipelines.requests.actors import Actor
from pipelines.requests.answers import give


def dying_write(opened: int, content: bytes) -> int:
    written(opened, content[: len(content) // 2])
    if b'"answered"' in content:
        os.kill(os.getpid(), signal.SIGKILL)
    return written(opened, content[len(content) // 2 :]) + len(content) // 2


if __name__ == "__main__":
    store, who, number = sys.argv[1:]
    written = os.write
    if who == "killed":
        os.write = dying_write
    for at in range(int(number)):
        answer = said("challenges", f"{who} {at}")
        give(Path(store), ID, ("municipality", ODENSE), [answer], actor=Actor(who), how="page")
