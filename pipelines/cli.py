"""The command `roedtraad`. It reads arguments, calls the flow, and says what happened; exit codes tell schedulers."""

from __future__ import annotations

from pipelines.commands import (
    audit_log,
    backup,
    briefs,
    checks,
    defects,
    disclosure,
    doctor,
    guidance,
    health,
    interchange,
    nightly,
    pages,
    reports,
    request_following,
    requests,
    results,
    retention,
    returns,
    runs,
    secrets,
    sources,
    upgrade,
)
from pipelines.commands.shared import BELOW_FLOOR, app
from pipelines.private_file import owner_alone

__all__ = [
    "BELOW_FLOOR",
    "app",
    "audit_log",
    "backup",
    "briefs",
    "checks",
    "defects",
    "disclosure",
    "doctor",
    "guidance",
    "health",
    "interchange",
    "main",
    "nightly",
    "pages",
    "reports",
    "request_following",
    "requests",
    "results",
    "retention",
    "returns",
    "runs",
    "secrets",
    "sources",
    "upgrade",
]


def main() -> None:
    """Entry point of the console command. Whatever it writes is for its owner alone, documents for readers excepted."""
    owner_alone()
    app()


if __name__ == "__main__":
    main()
