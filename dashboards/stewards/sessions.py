"""When a steward was here last: before this session, whatever pages it has shown by now."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboards.opening import store_path
from dashboards.visit import Visit
from pipelines.audit_log import AuditLog

BEGAN = "steward_session_began"


def begin_session() -> datetime:
    """The moment at which this session showed its first page of a steward; called before the audit log is told."""
    began: datetime = st.session_state.setdefault(BEGAN, datetime.now(UTC))
    return began


def last_visit(visit: Visit) -> datetime | None:
    """When this person last saw the worklist before this session; null when never."""
    return AuditLog.of(store_path()).last_seen(visit.who, "worklist", begin_session())
