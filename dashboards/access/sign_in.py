"""Who looks: asked of the token at every run of a script, and of nothing else that a browser sends.

Streamlit's cookie lives 30 days, whatever the token says: the session ends with the token.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import streamlit as st

from dashboards.access import settings
from dashboards.access.claims import Reader, TurnedAway, reader_of
from dashboards.scope import Role
from pipelines.errors import UserError

COOKIE = "_streamlit_user"
SECONDS_FOR_THE_PROVIDER = 5
LONGEST_WATCH = timedelta(days=1)
"""A browser's clock counts no further than some weeks; the page is drawn again long before."""


def reader() -> Reader | None:
    """Whoever has signed in; none in the demonstration, where everybody chooses.

    TurnedAway for all others, SetUpWrong and RulesAreWrong when the deployment is not whole.
    """
    if settings.mode() == "demonstration":
        return None
    try:
        return reader_of(st.user.to_dict(), settings.rules(), datetime.now(UTC))
    except TurnedAway as refused:
        if refused.problem == "not_signed_in" and isinstance(st.context.cookies.get(COOKIE), str):
            raise TurnedAway("cookie_refused") from refused
        raise


def role() -> Role | None:
    """The role of whoever has signed in, for the menu: none in the demonstration, and while nobody may come in."""
    try:
        found = reader()
    except UserError:
        return None
    return found.role if found else None


def is_demonstration() -> bool:
    """Whether roles are chosen and not given; not while the deployment is not whole."""
    try:
        return settings.mode() == "demonstration"
    except UserError:
        return False


def end_with_the_token(reader: Reader) -> None:
    """A page that is left open ends when the token does, without anybody's click."""
    if reader.expires_at is None:
        return
    left = reader.expires_at - datetime.now(UTC) + timedelta(seconds=1)

    @st.fragment(run_every=min(max(left, timedelta(seconds=1)), LONGEST_WATCH))
    def watch() -> None:
        if reader.expires_at is not None and reader.expires_at <= datetime.now(UTC):
            st.rerun()

    watch()


def provider_answers() -> bool:
    """Whether the identity provider says anything at its address, before a reader is sent there."""
    try:
        with urlopen(settings.provider_address(), timeout=SECONDS_FOR_THE_PROVIDER) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, HTTPError, OSError, ValueError):
        return False
