"""What pages tell the audit log, before they show or hand out anything: no entry, no rows.

Nothing is shown, handed out or decided either once the reader's token has expired, whatever is still open in a browser.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

import streamlit as st

from dashboards.access.claims import NOBODY, Reader
from dashboards.opening import store_path
from dashboards.scope import Role
from dashboards.visit import Visit
from pipelines.audit_log import AuditLog

SEEN = "audit_seen"
"""Where a session keeps what it has said already: a page is drawn again at every click, and seen once."""

SECONDS_BETWEEN_STRANGERS = 60
"""Nobody fills the log with knocking: of those whom no token names, each reason stands once a minute."""


class Under(Protocol):
    """A scope or a reader: under which role and municipality something was done."""

    @property
    def role(self) -> Role:
        """The role."""

    @property
    def municipality_code(self) -> str | None:
        """The municipality of a municipal role."""


def saw(visit: Visit, what: str, *, record: str | None = None) -> None:
    """Rows of persons are about to be shown: say so first. `what`: the page; `record`: the pseudonym of one child.

    Once per session, run and scope. AuditLogFailed when it cannot be said: then nothing is shown.
    """
    _require_time(visit)
    _once("saw", what, visit.who, visit.scope, record=record, of=visit.run_id)


def exported(visit: Visit, what: str, rows: int) -> None:
    """A file with rows of persons is about to be made."""
    _require_time(visit)
    told("exported", what, visit.who, visit.scope, rows=rows)


def decided(visit: Visit, what: str, *, record: str | None = None, rows: int | None = None) -> None:
    """A steward is about to accept, assign or note something, or to take it back."""
    _require_time(visit)
    told("decided", what, visit.who, visit.scope, record=record, rows=rows)


def signed_in(reader: Reader) -> None:
    """A session of somebody with a role begins."""
    _once("signed_in", "pages", reader.who, reader)


def refused(what: str, who: str, under: Under | None, why: str) -> None:
    """Somebody was turned away from a page; `who`: as far as a token says it."""
    if who == NOBODY:
        _stranger(what, why)
    else:
        _once("refused", what, who, under, why=why)


def told(
    action: str,
    what: str,
    who: str,
    under: Under | None,
    *,
    record: str | None = None,
    rows: int | None = None,
    why: str | None = None,
) -> None:
    """Into the log of the store that the pages show. Under nothing: somebody whose token gave no role."""
    AuditLog.of(store_path()).add(
        action,
        what,
        who=who,
        role=under.role if under else "none",
        municipality_code=under.municipality_code if under else None,
        record=record,
        rows=rows,
        why=why,
    )


def _once(
    action: str,
    what: str,
    who: str,
    under: Under | None,
    *,
    record: str | None = None,
    why: str | None = None,
    of: str | None = None,
) -> None:
    """Once in a session, and for saw once per run."""
    seen: set[object] = st.session_state.setdefault(SEEN, set())
    place = (under.role, under.municipality_code) if under else None
    said = (action, what, who, place, record, why, of)
    if said not in seen:
        told(action, what, who, under, record=record, why=why)
        seen.add(said)


@st.cache_data(ttl=SECONDS_BETWEEN_STRANGERS, show_spinner=False)
def _stranger(what: str, why: str) -> None:
    told("refused", what, NOBODY, None, why=why)


def _require_time(visit: Visit) -> None:
    visit.reader.require_time(datetime.now(UTC))
