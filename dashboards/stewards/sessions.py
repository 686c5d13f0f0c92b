"""When a steward was here last: before this session, whatever pages it has shown by now."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboards.opening import store_path
from dashboards.visit import Visit
from pipelines.audit_log import AuditLog

BEGAN = "steward_session_began"
LAST_VISIT = "steward_last_visit"
"""What a session has asked the log once: its answer does not change while the session lasts."""


def begin_session() -> datetime:
    """The moment at which this session showed its first page of a steward; called before the audit log is told."""
    began: datetime = st.session_state.setdefault(BEGAN, datetime.now(UTC))
    return began


def last_visit(visit: Visit) -> datetime | None:
    """When this person last saw the worklist of the municipality before this session; null when never."""
    found: dict[tuple[str, str], datetime | None] = st.session_state.setdefault(LAST_VISIT, {})
    asked = visit.who, visit.scope.require_rows()
    if asked not in found:
        found[asked] = AuditLog.of(store_path()).last_seen(visit.who, "worklist", asked[1], begin_session())
    return found[asked]
