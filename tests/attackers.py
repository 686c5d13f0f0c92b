"""What attackers make, and what is listened for: cookies made by hand, and all that the server said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from planted_store import whose
from signed_in import USER, Served, Session
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboards.access.sign_in_demo import CLIENT
from pipelines.audit_log import AuditLog

AARHUS = "0751"


def cookie(served: Served, secret: str | None = None, **claims: Any) -> dict[str, str]:
    """As the server makes it once a token was accepted; with another secret, as a forger makes it."""
    said = {
        "iss": served.demo.issuer,
        "aud": CLIENT,
        "sub": "made-by-hand",
        "groups": ["roedtraad-leder-0751"],
        "exp": (datetime.now(UTC) + timedelta(hours=1)).timestamp(),
        "origin": served.address,
        "is_logged_in": True,
        "provider": "default",
    } | claims
    return {USER: create_signed_value(secret or served.demo.cookie_secret, USER, json.dumps(said)).decode()}


def entries(folder: Path, **asked: Any) -> list[dict[str, Any]]:
    rows = AuditLog(folder / "audit").entries().iter_rows(named=True)
    return [row for row in rows if all(row[name] == value for name, value in asked.items())]


def heard(session: Session) -> str:
    """All that the server has said, in a form in which what is planted can be found."""
    return session.bytes_heard.decode("utf-8", "ignore")


def beyond(session: Session, *own: str) -> set[str]:
    """The municipalities whose figures or rows were sent though they are not the reader's own."""
    return whose(heard(session)) - set(own)


def is_button(element: Any) -> bool:
    return type(element).DESCRIPTOR.name == "Button"
