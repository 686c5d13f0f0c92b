"""Signing in on one machine, to try the roles: a small identity provider, people with one role each, and their rules.

For demonstrations and tests of synthetic data: the provider lets anybody in as anybody.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from dashboards.access.rules import ACCESS_VARIABLE
from dashboards.serving import free_port, running, served
from pipelines.errors import UserError

CLIENT = "roedtraad"
WORKING_DAY = 8 * 60 * 60
PEOPLE: dict[str, tuple[str, ...]] = {
    "leder-svendborg": ("roedtraad-leder-0479",),
    "leder-aarhus": ("roedtraad-leder-0751",),
    "dataansvarlig-svendborg": ("roedtraad-dataansvarlig-0479",),
    "dataansvarlig-aarhus": ("roedtraad-dataansvarlig-0751",),
    "national": ("roedtraad-national",),
    "drift": ("roedtraad-drift",),
    "to-roller": ("roedtraad-leder-0479", "roedtraad-dataansvarlig-0479"),
    "uden-rolle": ("andet-system",),
}
"""Who can sign in, and the groups that the provider says of them."""

RULES = """
issuer = "{issuer}"
claim = "groups"

[[grants]]
value = "roedtraad-leder-{{municipality}}"
role = "leader"

[[grants]]
value = "roedtraad-dataansvarlig-{{municipality}}"
role = "steward"

[[grants]]
value = "roedtraad-national"
role = "national"

[[grants]]
value = "roedtraad-drift"
role = "operator"
"""
SECRETS = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "{cookie_secret}"
client_id = "{client}"
client_secret = "{client_secret}"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
"""


@dataclass(frozen=True)
class SignInDemo:
    """Both servers, and the secret that the cookies of this demonstration are signed with."""

    address: str
    issuer: str
    cookie_secret: str


@contextmanager
def served_with_sign_in(
    store: Path,
    *,
    people: Mapping[str, tuple[str, ...]] = PEOPLE,
    port: int | None = None,
    provider_port: int | None = None,
    token_seconds: int = WORKING_DAY,
    environment: Mapping[str, str] | None = None,
) -> Iterator[SignInDemo]:
    """The pages of a store and a provider that knows these people, both ended with the block."""
    with (
        provider(people, provider_port, token_seconds) as issuer,
        served_for(issuer, store, port=port, environment=environment) as demo,
    ):
        yield demo


@contextmanager
def served_for(
    issuer: str, store: Path, *, port: int | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[SignInDemo]:
    """The pages of a store, set up for a provider that may be there or not.

    Secrets lie in a folder of their own, for the owner alone, and are gone with the block.
    """
    at, cookie_secret = port or free_port(), secrets.token_hex(32)
    names = {"port": at, "cookie_secret": cookie_secret, "client": CLIENT, "client_secret": secrets.token_hex(16)}
    with TemporaryDirectory(prefix="roedtraad-") as folder:
        file = _own(Path(folder) / "secrets.toml", SECRETS.format(issuer=issuer, **names))
        rules = _own(Path(folder) / "access.toml", RULES.format(issuer=issuer))
        variables = {ACCESS_VARIABLE: str(rules), **(environment or {})}
        with served(store, port=at, options=(f"--secrets.files={file}",), environment=variables) as address:
            yield SignInDemo(address, issuer, cookie_secret)


@contextmanager
def provider(people: Mapping[str, tuple[str, ...]], port: int | None, token_seconds: int) -> Iterator[str]:
    """The identity provider, as the address that it names itself by. UserError when it is not installed."""
    if find_spec("oidc_provider_mock") is None:
        raise UserError(
            "The identity provider of the demonstration is not installed",
            to_do="Install the extra `test`, as `make setup` does.",
        )
    at = port or free_port()
    users = [json.dumps({"sub": name, "groups": groups}) for name, groups in people.items()]
    command = [sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(at)]
    command += ["--token-max-age", str(token_seconds), *(part for user in users for part in ("--user-claims", user))]
    with running(command, "running on", {"NO_COLOR": "1"}):
        yield f"http://localhost:{at}"


def _own(file: Path, text: str) -> Path:
    """A file for its owner alone from its first moment."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    return file
