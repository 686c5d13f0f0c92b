"""Pages that ask for signing in, over a real server with a real provider on this machine: as a browser, or as bytes.

`with country_signed_in(store) as served:` then `served.context(chromium, "leder-svendborg")` is a browser of somebody
who has signed in, and `served.session("leder-svendborg")` speaks to the server as that browser does, without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.sync.client import ClientConnection, connect

from dashboards.access.sign_in_demo import SignInDemo, served_with_sign_in

XSRF, USER = "_streamlit_xsrf", "_streamlit_user"
SECONDS = 120


@dataclass
class Session:
    """One connection to the pages; `heard` are all messages of the server, as they came."""

    connection: ClientConnection
    heard: list[bytes]
    session_id: str = ""

    def run(self, page: str = "", query: Mapping[str, str] | None = None, **asked: Any) -> list[ForwardMsg]:
        """Ask for a run of the script as a browser does, and hear until it has ended."""
        self.ask(page, query, **asked)
        return self.hear()

    def ask(self, page: str = "", query: Mapping[str, str] | None = None, **asked: Any) -> None:
        """Ask and do not wait: for what may never be answered."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = urlencode(query or {})
        for name in ("page_script_hash", "fragment_id"):
            if name in asked:
                setattr(message.rerun_script, name, asked[name])
        message.rerun_script.widget_states.widgets.extend(asked.get("widgets", ()))
        self.connection.send(message.SerializeToString())

    def hear(self) -> list[ForwardMsg]:
        """The messages up to the end of the script's run."""
        messages = []
        while not messages or messages[-1].WhichOneof("type") != "script_finished":
            received = self.connection.recv(timeout=SECONDS)
            assert isinstance(received, bytes)
            self.heard.append(received)
            messages.append(ForwardMsg.FromString(received))
            if messages[-1].WhichOneof("type") == "new_session":
                self.session_id = messages[-1].new_session.initialize.session_id
        return messages

    @property
    def bytes_heard(self) -> bytes:
        return b"\n".join(self.heard)


def text_of(messages: list[ForwardMsg]) -> str:
    """What stands on the page: the markup, without style sheet and script."""
    blocks = [element_text(message) for message in messages if message.WhichOneof("type") == "delta"]
    return " ".join(block for block in blocks if not block.startswith(("<style", "<script")))


def element_text(message: ForwardMsg) -> str:
    element = message.delta.new_element
    kind = element.WhichOneof("type")
    return {"html": element.html.body, "markdown": element.markdown.body}.get(kind or "", "")


def elements(messages: list[ForwardMsg]) -> Iterator[Any]:
    """Every element of a run, as its own message."""
    for message in messages:
        if message.WhichOneof("type") == "delta":
            kind = message.delta.new_element.WhichOneof("type")
            if kind is not None:
                yield getattr(message.delta.new_element, kind)


def page_hashes(messages: list[ForwardMsg]) -> dict[str, str]:
    """By the name of the page: the hash that a browser asks for it by."""
    return {page.url_pathname: page.page_script_hash for message in messages for page in message.navigation.app_pages}


def string_widget(widget_id: str, value: str) -> WidgetState:
    return WidgetState(id=widget_id, string_value=value)


def trigger(widget_id: str) -> WidgetState:
    return WidgetState(id=widget_id, trigger_value=True)


@dataclass(frozen=True)
class Served:
    """The pages, the provider, and ways to come in."""

    demo: SignInDemo

    @property
    def address(self) -> str:
        return self.demo.address

    def cookies(self, who: str) -> dict[str, str]:
        """What a browser keeps once somebody has gone all the way to the provider and back."""
        with httpx.Client(timeout=SECONDS, follow_redirects=True) as client:
            form = client.get(f"{self.address}/auth/login", params={"provider": self._provider_token()})
            assert form.url.path == "/oauth2/authorize", form.text
            client.post(str(form.url), data={"sub": who})
            return {cookie.name: str(cookie.value) for cookie in client.cookies.jar if cookie.name.startswith(USER)}

    def context(self, browser: Any, who: str, **options: Any) -> Any:
        """A context of Playwright in which somebody has signed in."""
        context = browser.new_context(**options)
        cookies = [{"name": name, "value": value, "url": self.address} for name, value in self.cookies(who).items()]
        context.add_cookies(cookies)
        return context

    @contextmanager
    def session(
        self, who: str | None = None, *, cookies: Mapping[str, str] | None = None, **asked: Any
    ) -> Iterator[Session]:
        """A connection like a browser's: of somebody who signs in first, with these cookies, or of nobody."""
        kept = dict(cookies) if cookies is not None else self.cookies(who) if who else {}
        token = generate_xsrf_token_string()
        kept[XSRF] = token
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items()), **asked.get("headers", {})}
        protocols = ["streamlit", token, *([asked["session_id"]] if "session_id" in asked else [])]
        address = re.sub("^http", "ws", self.address) + "/_stcore/stream"
        with connect(
            address,
            subprotocols=protocols,  # type: ignore[arg-type]
            origin=asked.get("origin", self.address),
            additional_headers=headers,
            max_size=None,
        ) as connection:
            yield Session(connection, [])

    def _provider_token(self) -> str:
        """What the pages hand a browser when somebody clicks `sign in`."""
        until = int((datetime.now(UTC) + timedelta(minutes=2)).timestamp())
        return jwt.encode(
            {"alg": "HS256"}, {"provider": "default", "exp": until}, OctKey.import_key(self.demo.cookie_secret)
        )


@contextmanager
def country_signed_in(store: Path, **options: Any) -> Iterator[Served]:
    """The pages of a store with a provider that knows the people of `sign_in_demo.PEOPLE`, unless others are named."""
    with served_with_sign_in(store, **options) as demo:
        yield Served(demo)
