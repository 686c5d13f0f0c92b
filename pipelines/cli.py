"""The command `roedtraad`. It reads arguments, calls the flow, and says what happened; exit codes tell schedulers."""

from __future__ import annotations

from pipelines.commands import (
    audit_log,
    briefs,
    checks,
    defects,
    disclosure,
    guidance,
    interchange,
    nightly,
    pages,
    reports,
    request_following,
    requests,
    results,
    returns,
    runs,
    secrets,
    sources,
)
from pipelines.commands.shared import BELOW_FLOOR, app

__all__ = [
    "BELOW_FLOOR",
    "app",
    "audit_log",
    "briefs",
    "checks",
    "defects",
    "disclosure",
    "guidance",
    "interchange",
    "main",
    "nightly",
    "pages",
    "reports",
    "request_following",
    "requests",
    "results",
    "returns",
    "runs",
    "secrets",
    "sources",
]


def main() -> None:
    """Entry point of the console command."""
    app()


if __name__ == "__main__":
    main()
