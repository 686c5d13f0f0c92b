"""Who changes something in a request, and the entry of the audit log that comes before the change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.audit_log import AuditLog


@dataclass(frozen=True)
class Actor:
    """Who does something, as the audit log names them."""

    who: str
    role: str = "command"
    municipality_code: str | None = None


def audited(
    store: Path, actor: Actor, action: str, what: str, *, rows: int | None = None, why: str | None = None
) -> None:
    """AuditLogFailed when it cannot be said: then nothing is changed."""
    AuditLog.of(store).add(
        action, what, who=actor.who, role=actor.role, municipality_code=actor.municipality_code, rows=rows, why=why
    )
