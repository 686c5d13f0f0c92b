"""A reader of the pages without a browser: speaks to the server over its WebSocket as the browser does."""

from __future__ import annotations

import asyncio
import json
import random
import time
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME, XSRF_COOKIE_NAME
from websockets.asyncio.client import ClientConnection, connect

from dashboards.language import Words

LARGEST_MESSAGE = 64 * 1024**2
CHOOSERS = ("selectbox", "button_group")
LEFT_ALONE = ("role", "municipality", "lang")
"""Choices of the demonstration that a signed-in reader has not, and the language: each would be another reader."""

CLOSED = [
    f"<h1>{escape(text)}</h1>"
    for section in ("sign_in", "refused", "problem")
    for text in Words("da").section(section).values()
]
"""Headings of pages that show nothing: of those no time is measured."""


@dataclass(frozen=True)
class Waited:
    """Seconds from the click until the page is whole again, and what came meanwhile."""

    seconds: float
    megabytes: float
    failed: bool


@dataclass
class Reader:
    """One open page. `pages`: addresses of the menu and their hashes; `choosers`: what can be chosen on the page."""

    socket: ClientConnection
    query: str
    pages: dict[str, str] = field(default_factory=dict)
    choosers: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    chosen: dict[str, WidgetState] = field(default_factory=dict)
    here: str = ""

    async def open(self, page: str = "") -> Waited:
        """Go to a page of the menu, or to the first one."""
        self.choosers, self.chosen = {}, {}
        if page:
            self.here = self.pages[page]
        return await self._run()

    async def choose(self, chance: random.Random) -> Waited:
        """Choose something else in one of the boxes or pills of the page; draw it again where there is none."""
        if self.choosers:
            widget = chance.choice(sorted(self.choosers))
            kind, options = self.choosers[widget]
            self.chosen[widget] = _state(widget, kind, chance.choice(options))
        return await self._run()

    async def _run(self) -> Waited:
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_script_hash = self.here
        asked.rerun_script.widget_states.widgets.extend(self.chosen.values())
        began, size, failed = time.perf_counter(), 0, False
        await self.socket.send(asked.SerializeToString())
        while True:
            content = await self.socket.recv()
            size += len(content)
            told = ForwardMsg.FromString(content if isinstance(content, bytes) else content.encode())
            failed = failed or self._read(told)
            if told.WhichOneof("type") == "script_finished":
                return Waited(time.perf_counter() - began, size / 1e6, failed)

    def _read(self, told: ForwardMsg) -> bool:
        """Keep what can be clicked; whether the page tells of a fault."""
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in told.navigation.app_pages}
        if kind == "new_session":
            self.here = told.new_session.page_script_hash
        if kind != "delta" or told.delta.WhichOneof("type") != "new_element":
            return False
        element = told.delta.new_element
        name = element.WhichOneof("type")
        if name in CHOOSERS:
            self._keep(name, getattr(element, name))
        return name == "exception" or (name == "html" and any(text in element.html.body for text in CLOSED))

    def _keep(self, kind: str, widget: Any) -> None:
        options = [option if kind == "selectbox" else option.content for option in widget.options]
        if len(options) > 1 and not any(widget.id.endswith(f"-{name}") for name in LEFT_ALONE):
            self.choosers[widget.id] = (kind, options)


def _state(widget: str, kind: str, option: str) -> WidgetState:
    state = WidgetState(id=widget)
    if kind == "selectbox":
        state.string_value = option
    else:
        state.string_array_value.data.append(option)
    return state


def signed(claims: Mapping[str, object], address: str, secret: str) -> str:
    """The cookie of somebody who has signed in, as the server makes it."""
    content = json.dumps({**claims, "origin": address, "is_logged_in": True})
    return create_signed_value(secret, USER_COOKIE_NAME, content).decode()


@asynccontextmanager
async def reading(address: str, query: str = "", cookie: str | None = None) -> AsyncIterator[Reader]:
    """A reader at an address (`http://localhost:PORT`), signed in by a cookie or in the demonstration."""
    token = await asyncio.to_thread(_token, address)
    cookies = {XSRF_COOKIE_NAME: token} | ({USER_COOKIE_NAME: cookie} if cookie else {})
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    async with connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        origin=address,  # type: ignore[arg-type]
        subprotocols=["streamlit", token],  # type: ignore[list-item]
        additional_headers=headers,
        max_size=LARGEST_MESSAGE,
    ) as socket:
        yield Reader(socket, query)


def _token(address: str) -> str:
    with urllib.request.urlopen(f"{address}/_stcore/health") as answer:  # noqa: S310
        cookies = answer.headers.get_all("Set-Cookie") or []
    named = next(cookie for cookie in cookies if cookie.startswith(XSRF_COOKIE_NAME))
    return str(named.partition("=")[2].partition(";")[0])
