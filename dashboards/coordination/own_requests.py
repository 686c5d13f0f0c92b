"""Requests as a scope may see them: national coordination all of it, a municipality what it is asked and answers.

Every reader and writer of these pages begins here. A municipality gets a request without other respondents in it, so
that no page of its can show what others have answered.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboards.scope import NotAllowed, Scope
from pipelines.requests.opened import Opened, all_opened, opened

ABOUT_ALL = ("drafted", "decided", "moved", "closed")
"""Events that are about the request and not about one respondent."""

Respondent = tuple[str, str]
"""Kind and code."""


def requests(store: Path, scope: Scope) -> list[Opened]:
    """The requests of a scope, the one opened last first; NotAllowed for an operator."""
    _require(scope)
    seen = (as_seen(each, scope) for each in all_opened(store))
    return [each for each in seen if not each.respondents.is_empty()]


def request(store: Path, scope: Scope, request_id: str) -> Opened:
    """One of them; NotAllowed for one that the municipality is not asked in."""
    _require(scope)
    seen = as_seen(opened(store, request_id), scope)
    if seen.respondents.is_empty():
        raise NotAllowed("The municipality is not asked in this request", to_do="Choose one of its own")
    return seen


def as_seen(whole: Opened, scope: Scope) -> Opened:
    """Without what others answer, unless the scope is national."""
    if scope.role == "national":
        return whole
    mine = ("municipality", scope.municipality_code)
    own = whole.respondents.filter(respondent_kind="municipality", respondent=scope.municipality_code or "")
    events = tuple(_own(event, mine) for event in whole.events if _is_about(event, mine))
    return replace(whole, respondents=own, events=events)


def require_may_answer(scope: Scope, respondent: Respondent) -> None:
    """NotAllowed unless the scope may answer for somebody: a municipality for itself, national coordination for
    providers, which do not sign in."""
    kind, code = respondent
    may = kind == "provider" if scope.role == "national" else respondent == ("municipality", scope.municipality_code)
    if not may or code is None:
        raise NotAllowed("Somebody else answers for this respondent", to_do="Answer for your own municipality")


def require_may_hand_in(scope: Scope, respondent: Respondent) -> None:
    """NotAllowed unless the scope may hand in a form: its own, or national coordination whatever came by mail."""
    if scope.role != "national":
        require_may_answer(scope, respondent)


def require_may_decide(scope: Scope) -> None:
    """NotAllowed unless the scope may note what forums decide and describe providers."""
    if scope.role != "national":
        raise NotAllowed("National coordination notes what forums decide", to_do="Choose that role")


def _require(scope: Scope) -> None:
    if scope.role == "operator":
        raise NotAllowed("Requests are not for the operator", to_do="Choose another role")


def _is_about(event: dict[str, Any], mine: Respondent | tuple[str, str | None]) -> bool:
    if event["event"] == "reminded":
        return list(mine) in [list(who) for who in event["respondents"]]
    return event["event"] in ABOUT_ALL or (event.get("respondent_kind"), event.get("respondent")) == mine


def _own(event: dict[str, Any], mine: Respondent | tuple[str, str | None]) -> dict[str, Any]:
    return event | {"respondents": [list(mine)]} if event["event"] == "reminded" else event
