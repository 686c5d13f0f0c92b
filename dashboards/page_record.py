"""What a page has said in this run, in its order: for the static document, and for the files of its pictures.

A page begins anew with its heading; everything that is shown after it belongs to it. The record lives in the
reader's own session, and nothing in it outlives the next run of a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import polars as pl
import streamlit as st

from dashboards.visit import Visit

KEY = "page_record"
WORDS_ONLY = re.compile(r"\brt-(?:card-head|head|lead|range|caveat|unseen|notice|take|asked-list|steps)\b|<table")
"""A mark of markup that is no picture. (`rt-heads` are the steps of a drawing.)"""

PartKind = Literal["markup", "picture"]


@dataclass(frozen=True)
class Part:
    """Markup as it was shown; of a picture that the browser draws, its text."""

    kind: PartKind
    body: str


@dataclass(frozen=True)
class Facts:
    """What a file says of itself. `lines`: a name and what is told, in the order in which they stand in the file."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Offer:
    """Rows that can be taken home. `file`: its name without ending; `audited`: what the log calls them, for rows of
    persons.
    """

    file: str
    facts: Facts
    rows: Callable[[], pl.DataFrame]
    audited: str | None = None


@dataclass(frozen=True)
class FileOffer:
    """A file that is made when somebody asks. `name`: with its ending; `kind`: its media type."""

    name: str
    kind: str
    content: Callable[[], bytes]


@dataclass
class Record:
    """One page in one run. `card`: title and caption of what is being told of; `has_picture`: whether it is drawn."""

    visit: Visit | None = None
    page: str = ""
    title: str = ""
    subtitle: str = ""
    card: tuple[str, str] = ("", "")
    has_picture: bool = False
    parts: list[Part] = field(default_factory=list)
    offers: dict[str, Offer] = field(default_factory=dict)
    files: dict[str, FileOffer] = field(default_factory=dict)


def current() -> Record:
    """The record of the page that is running."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Record()
    record: Record = st.session_state[KEY]
    return record


def begin(visit: Visit, page: str) -> Visit:
    """A page is about to speak to this reader."""
    st.session_state[KEY] = Record(visit, page)
    return visit


def forget() -> None:
    """Before a page has said who looks: what the page before it has said is no part of it."""
    st.session_state[KEY] = Record()


def say_heading(title: str, subtitle: str) -> None:
    """The page's name, where and when it speaks of."""
    record = current()
    record.title, record.subtitle, record.card = title, subtitle, (title, subtitle)


def say_card(title: str, caption: str) -> None:
    """What is said next is told under this title."""
    record = current()
    record.card, record.has_picture = (title, caption), False


def say(kind: PartKind, body: str) -> None:
    """Something is shown. Nothing before the heading is part of the page: the menu and its facts."""
    record = current()
    if record.title:
        record.parts.append(Part(kind, body))
        record.has_picture |= kind == "picture" or WORDS_ONLY.search(body) is None
