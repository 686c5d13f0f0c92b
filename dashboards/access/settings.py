"""How the pages are set up: a demonstration, or with signing in. Half of either keeps everybody out.

Signing in needs the rules of access and the section [auth] of Streamlit's secrets. And no setting of the server may
let anybody in by another way.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlparse

import streamlit as st

from dashboards.access.rules import ACCESS_VARIABLE, Rules, read_rules
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

Mode = Literal["demonstration", "sign_in"]
SHORTEST_SECRET = 32
NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
CLOSED: dict[str, object] = {
    "server.trustedUserHeaders": {},
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "global.developmentMode": False,
    "global.e2eTest": False,
}
"""Settings of the server that would be another way in: who one is by a header of the request, pages without a browser,
files without a page, requests from other sites, and messages that only developers send."""


class SetUpWrong(UserError):
    """The deployment is not whole, so nobody comes in."""

    exit_code = 18


def mode() -> Mode:
    """Which of the two it is. SetUpWrong when it is half of one, or open by another way."""
    if open_ways := [f"{name} = {st.get_option(name)}" for name, closed in CLOSED.items() if not _is(name, closed)]:
        raise SetUpWrong(
            "A setting of the server opens another way in",
            where=", ".join(open_ways),
            to_do="Take it out of Streamlit's configuration and of the environment, and start the server again.",
        )
    has_rules, has_provider = bool(os.environ.get(ACCESS_VARIABLE)), _has_provider()
    if has_rules != has_provider:
        there, missing = (
            (ACCESS_VARIABLE, "the section [auth] of secrets.toml") if has_rules else ("[auth]", ACCESS_VARIABLE)
        )
        raise SetUpWrong(
            "Signing in is half set up",
            where=f"{there} is there, {missing} is not",
            to_do="Set up both as docs/sign-in.md shows, or neither for the demonstration.",
        )
    return "sign_in" if has_rules else "demonstration"


def rules() -> Rules:
    """The rules of access, for the client that the provider knows us as. Errors as `read_rules`, and SetUpWrong."""
    provider = _provider()
    found = read_rules(Path(os.environ[ACCESS_VARIABLE]), Reference.load().municipality_codes)
    return found if found.audience else replace(found, audience=str(provider["client_id"]))


def provider_address() -> str:
    """Where the provider says what it can."""
    return str(_provider()["server_metadata_url"])


def _is(name: str, closed: object) -> bool:
    value = st.get_option(name)
    return not value if closed in ({}, False) else value is closed


def _has_provider() -> bool:
    """Whether there is a section [auth]. A file of secrets that cannot be read is not taken for none."""
    if not st.secrets.load_if_toml_exists():
        if there := [str(file) for file in _files()]:
            raise SetUpWrong("The secrets cannot be read", where=", ".join(there), to_do="Mend the TOML.")
        return False
    return "auth" in st.secrets


def _provider() -> Mapping[str, Any]:
    """The section [auth], when it is whole, hidden from others, and its cookies cannot be guessed or read under way."""
    section: Mapping[str, Any] = st.secrets["auth"]
    if missing := [name for name in NEEDED if not isinstance(section.get(name), str) or not section[name]]:
        raise SetUpWrong("The section [auth] lacks settings", where=", ".join(missing), to_do="See docs/sign-in.md.")
    if seen := [str(file) for file in _files() if os.name == "posix" and file.stat().st_mode & 0o077]:
        raise SetUpWrong("The secrets can be read by others", where=", ".join(seen), to_do="chmod 600 the file.")
    if len(section["cookie_secret"]) < SHORTEST_SECRET:
        raise SetUpWrong(
            f"cookie_secret is shorter than {SHORTEST_SECRET} characters, so a cookie could be forged",
            to_do="`roedtraad secret new FILE` makes one that is long enough.",
        )
    address = urlparse(section["redirect_uri"])
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        raise SetUpWrong("redirect_uri is not https, so a cookie could be read under way", to_do="Use https.")
    return section


def _files() -> list[Path]:
    return [file for file in map(Path, st.get_option("secrets.files")) if file.is_file()]
