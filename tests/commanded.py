"""The command `roedtraad` as the tests give it: within this process, or as people and schedulers do, in one of its own.

Starting Python and importing Polars costs more than most commands do. So each file that tests commands has a few real
processes, which prove that exit codes and streams arrive, and gives the others here.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from typer.testing import CliRunner


@dataclass(frozen=True)
class Done:
    """What a scheduler sees of a command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def roedtraad(*arguments: object) -> Done:
    """An exception that the command does not tell as a message is raised here: a stack trace never passes a test."""
    from pipelines.cli import app

    told = CliRunner().invoke(app, [str(each) for each in arguments])
    if told.exception is not None and not isinstance(told.exception, SystemExit):
        raise told.exception
    return Done(told.exit_code, told.stdout, told.stderr)


def in_a_process(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipelines.cli", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
