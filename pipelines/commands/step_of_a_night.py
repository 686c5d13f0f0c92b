"""A step of a night: any command, in a process that does not outlive the night that started it.

    python -m pipelines.commands.step_of_a_night publish --store store

The night holds the other end of its standard input: when that closes, the night has gone, and so does the step. A store
that was being written keeps its last good version.
"""

from __future__ import annotations

import os
import sys
import threading

ABANDONED = 75
"""Exit code of a step whose night has gone (EX_TEMPFAIL); nobody is left to read it."""


def _end_with_the_night() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(ABANDONED)


def main() -> None:
    """The command, with somebody who watches for the end of the night."""
    from pipelines.cli import main as command

    threading.Thread(target=_end_with_the_night, daemon=True).start()
    command()


if __name__ == "__main__":
    main()
