"""The command `roedtraad`. It reads arguments, calls the flow, and says what happened; exit codes tell schedulers."""

from __future__ import annotations

from pipelines.commands import audit_log, checks, defects, disclosure, pages, results, runs, secrets, sources
from pipelines.commands.shared import BELOW_FLOOR, app

__all__ = [
    "BELOW_FLOOR",
    "app",
    "audit_log",
    "checks",
    "defects",
    "disclosure",
    "main",
    "pages",
    "results",
    "runs",
    "secrets",
    "sources",
]


def main() -> None:
    """Entry point of the console command."""
    app()


if __name__ == "__main__":
    main()
