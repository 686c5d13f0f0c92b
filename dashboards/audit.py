"""What pages tell the audit log, before they show or hand out anything: no entry, no rows."""

from __future__ import annotations

import streamlit as st

from dashboards.opening import store_path
from dashboards.scope import Scope
from dashboards.visit import Visit
from pipelines.audit_log import AuditLog

SEEN = "audit_seen"
"""Where a session keeps what it has said already: a page is drawn again at every click, and seen once."""


def saw(visit: Visit, what: str, *, record: str | None = None) -> None:
    """Rows of persons are about to be shown: say so first. `what`: the page; `record`: the pseudonym of one child.

    Once per session, run and scope. AuditLogFailed when it cannot be said: then nothing is shown.
    """
    seen: set[object] = st.session_state.setdefault(SEEN, set())
    sight = (visit.who, visit.scope, visit.run_id, what, record)
    if sight not in seen:
        told("saw", what, visit.who, visit.scope, record=record)
        seen.add(sight)


def exported(visit: Visit, what: str, rows: int) -> None:
    """A file with rows of persons is about to be made."""
    told("exported", what, visit.who, visit.scope, rows=rows)


def decided(visit: Visit, what: str, *, record: str | None = None, rows: int | None = None) -> None:
    """A steward has accepted, assigned or noted something, or taken it back."""
    told("decided", what, visit.who, visit.scope, record=record, rows=rows)


def told(
    action: str,
    what: str,
    who: str,
    scope: Scope | None,
    *,
    record: str | None = None,
    rows: int | None = None,
    why: str | None = None,
) -> None:
    """Into the log of the store that the pages show. Without a scope: somebody whose token gave none."""
    AuditLog.of(store_path()).add(
        action,
        what,
        who=who,
        role=scope.role if scope else "none",
        municipality_code=scope.municipality_code if scope else None,
        record=record,
        rows=rows,
        why=why,
    )
