"""What is asked of a database, and how its refusals are told: in our words only.

Whatever a library says stays here: its messages quote connection strings, queries and values.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import polars as pl

from pipelines.errors import RefusedDelivery
from pipelines.sources.declarations import Form

QUOTED = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
QUOTED_OR_COMMENT = re.compile(rf"(?P<quoted>{QUOTED})|--[^\n]*|/\*.*?\*/", re.DOTALL)
BY_BACKSLASH = r"'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\"\"|\\.)*\"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
OTHERWISE_QUOTED = (re.compile(BY_BACKSLASH, re.DOTALL), re.compile(rf"{QUOTED}|`[^`]*`|\[[^\]]*\]", re.DOTALL))
"""As databases read that escape by a backslash (PostgreSQL's `E'...'`, MySQL), and that quote names by other marks."""

IS_QUERY = re.compile(r"[\s(]*(?:select|with)\b", re.IGNORECASE)


def connection_string(form: Form) -> str:
    """From the TOML file (it has no password then) or the environment."""
    if form.connection is not None:
        return form.connection
    url = os.environ.get(form.connection_variable or "", "")
    if not url:
        raise RefusedDelivery(
            "The connection string is not there",
            where=where_asked(form),
            to_do="Set the variable for the user that runs this, as in postgresql://reader:password@host/database.",
        )
    return url


def where_asked(form: Form) -> str:
    """The place of the connection string, never the string."""
    return f"environment variable {form.connection_variable}" if form.connection_variable else "connection in the TOML"


def single_select(form: Form) -> str:
    """The query without comments and closing semicolon. One question only: SELECT, or WITH and SELECT."""
    bare = QUOTED_OR_COMMENT.sub(lambda found: found["quoted"] or " ", form.query or "").strip().rstrip("; \t\r\n")
    is_one = all(";" not in quoted.sub(" ", bare) for quoted in (QUOTED_OR_COMMENT, *OTHERWISE_QUOTED))
    if not IS_QUERY.match(bare) or not is_one:
        raise RefusedDelivery(
            "The query is not a single SELECT",
            where=where_asked(form),
            to_do="One SELECT (or WITH ... SELECT) that reads; nothing may come after it.",
        )
    return bare


@contextmanager
def refusing(what: str, form: Form, to_do: str) -> Iterator[None]:
    """Whatever goes wrong inside becomes one message of our own. Polars' panics are no `Exception`s."""
    try:
        yield
    except (RefusedDelivery, MemoryError):
        raise
    except (Exception, pl.exceptions.PanicException) as fault:
        code = getattr(fault, "sqlstate", None)
        told = f"{what} (SQLSTATE {code})" if isinstance(code, str) and code.isalnum() else what
        raise RefusedDelivery(told, where=where_asked(form), to_do=to_do) from None


def connecting(form: Form) -> AbstractContextManager[None]:
    """An unknown host, a wrong password and a missing database look alike from outside."""
    to_do = "Check host, port, database, user and password in the connection string, and that the server answers."
    return refusing("The database does not let us in", form, to_do)


def asking(form: Form) -> AbstractContextManager[None]:
    """Until the first page is there."""
    to_do = "Try it with the same user elsewhere: its tables and columns must be there, and it may only read."
    return refusing("The database refuses the query", form, to_do)


def reading(form: Form) -> AbstractContextManager[None]:
    """After the first page."""
    to_do = "The connection was lost or a row made the query fail: run again. The last good version is untouched."
    return refusing("The rows of the query cannot be read to their end", form, to_do)
