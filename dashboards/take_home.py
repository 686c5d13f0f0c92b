"""What a reader takes home of a page: each picture and its rows as files, and the page as one static document.

Files of rows are made when somebody asks, in a run of the page with all its doors, and go to the session that asked: no
address leads to them. Pictures are taken in the browser from what it has drawn.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from importlib import resources
from typing import Any

import polars as pl
import streamlit as st

from dashboards import audit, page_list, page_record, plain_twin, published
from dashboards.language import Words
from dashboards.markup import show
from dashboards.page_record import Facts, FileOffer, Offer, Record
from dashboards.spreadsheets import as_csv, as_excel
from dashboards.tokens import colours_in_light
from dashboards.visit import Visit

DESK = "take-home"
DOCUMENT, FILE = "page", "file"
KINDS = {"csv": "text/csv", "excel": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
ENDINGS = {"csv": "csv", "excel": "xlsx"}
NAMES = {"csv": "CSV", "excel": "Excel", "png": "PNG", "svg": "SVG"}


def row(
    visit: Visit,
    key: str,
    rows: Callable[[], pl.DataFrame],
    *,
    title: str = "",
    definitions: Sequence[str] = (),
    note: str = "",
) -> None:
    """Below a picture of published figures: its rows as CSV and Excel, and the picture itself, if any, as PNG and SVG.

    Without a title, that of the card above. `definitions`: what is counted, beside the card's caption.
    """
    words = visit.words
    record = page_record.current()
    above, caption = record.card
    hidden = words("take_home.hidden", threshold=published.threshold())
    told = [(words("fact.shown"), caption)] if caption else []
    told += [(words("fact.counted"), text) for text in definitions if text != caption]
    told += [(words("fact.note"), note)] if note else []
    facts = _facts(visit, title or above, [*told, (words("fact.hidden"), hidden)])
    _offer(visit, key, Offer(_file(visit, key), facts, rows), tuple(NAMES if record.has_picture else KINDS))


def row_of_persons(
    visit: Visit, key: str, rows: Callable[[], pl.DataFrame], *, title: str, file: str, what: str, note: str
) -> None:
    """Rows of persons as CSV and Excel. `what` is how the audit log calls them; `note` says where such files belong."""
    facts = _facts(visit, title, [(visit.words("fact.note"), note)])
    _offer(visit, key, Offer(file, facts, rows, audited=what), tuple(KINDS))


def file(key: str, label: str, offer: FileOffer) -> None:
    """A file as it is, behind a button of its own: a form, a calendar."""
    page_record.current().files[key] = offer
    show(f"<div class='rt-take' data-take='{escape(key, quote=True)}'>{_button(FILE, label)}</div>")


def at_the_end() -> None:
    """Last on every page: the page as a document, and the file that was asked for."""
    record = page_record.current()
    if record.visit is None or not record.title:
        return
    words = record.visit.words
    button = _button(DOCUMENT, words("take_home.document"))
    show(f"<div class='rt-take' data-take='{DOCUMENT}'>{button}</div>")
    with st.container(key="desk"):
        asked = _desk()(key=DESK, data=_told(_desk_data(record)), on_asked_change=_nothing).get("asked")
        file = made(record, asked)
        if file is not None:
            _desk()(key="take-home-file", data=_told({"file": file}))


def made(record: Record, asked: object) -> dict[str, str] | None:
    """The file that a browser asks for, as it receives it; none when it asks for what this page does not offer.

    What a browser says is taken for nothing more than a wish: only offers of this very run are answered.
    """
    if record.visit is None or not isinstance(asked, Mapping):
        return None
    key, kind, wish = (str(asked.get(name, "")) for name in ("key", "kind", "wish"))
    if key == DOCUMENT:
        return _document(record, record.visit, wish)
    if kind == FILE and key in record.files:
        asked_for = record.files[key]
        return _sent(wish, asked_for.name, asked_for.kind, asked_for.content())
    offer = record.offers.get(key)
    if offer is None or kind not in KINDS:
        return None
    return _file_of(offer, record.visit, kind, wish)


def _file_of(offer: Offer, visit: Visit, kind: str, wish: str) -> dict[str, str]:
    rows, words = offer.rows(), visit.words
    if offer.audited:
        audit.exported(visit, offer.audited, rows.height)
    sheets = (words("take_home.sheet_rows"), words("take_home.sheet_about"))
    content = as_csv(rows, offer.facts) if kind == "csv" else as_excel(rows, offer.facts, sheets, visit.as_of)
    return _sent(wish, f"{offer.file}.{ENDINGS[kind]}", KINDS[kind], content)


def _document(record: Record, visit: Visit, wish: str) -> dict[str, str]:
    if _holds_persons(record):
        audit.exported(visit, f"{record.page}:document", plain_twin.rows_of_persons(record))
    document = plain_twin.document(record, _origin(visit), visit.words)
    return _sent(wish, f"{_file(visit, record.page)}.html", "text/html", document.encode())


def _holds_persons(record: Record) -> bool:
    """Whether rows of persons are on the page: its own files have them, or it is for stewards alone."""
    is_of_stewards = page_list.BY_NAME[record.page].group == "stewards"
    return is_of_stewards or any(offer.audited for offer in record.offers.values())


def _sent(wish: str, name: str, kind: str, content: bytes) -> dict[str, str]:
    return {"wish": wish, "name": name, "kind": kind, "content": b64encode(content).decode()}


def _offer(visit: Visit, key: str, offer: Offer, kinds: Sequence[str]) -> None:
    page_record.current().offers[key] = offer
    words = visit.words
    buttons = " <span aria-hidden='true'>·</span> ".join(
        _button(kind, NAMES[kind], words("take_home.name", kind=NAMES[kind], title=offer.facts.title)) for kind in kinds
    )
    label = escape(words("take_home.row"))
    show(f"<div class='rt-take' data-take='{escape(key, quote=True)}'><span>{label}</span> {buttons}</div>")


def _button(kind: str, text: str, name: str = "") -> str:
    label = f" aria-label='{escape(name, quote=True)}'" if name else ""
    return f"<button type='button' data-as='{kind}'{label}>{escape(text)}</button>"


def _facts(visit: Visit, title: str, told: list[tuple[str, str]]) -> Facts:
    words, record = visit.words, page_record.current()
    page = " · ".join(part for part in (record.title, record.subtitle) if part)
    return Facts(title, ((words("fact.title"), title), (words("fact.page"), page), *told, *_origin(visit)))


def _origin(visit: Visit) -> tuple[tuple[str, str], ...]:
    """Where the figures come from: as of which day, of which publication or run, and whether the data are real."""
    words = visit.words
    source = visit.publication.tables if visit.publication else visit.source
    made_by = (
        words("app.release", release=str(source.run["fingerprint"])[:8])
        if visit.publication
        else words("app.run", run=str(source.run["run_id"])[:8])
    )
    is_sample = source.run.get("is_sample") is True
    return (
        (words("fact.day"), words.day(visit.as_of)),
        (words("fact.source"), f"{words('take_home.source')} · {made_by}"),
        *(((words("fact.data"), words("app.sample_note")),) if is_sample else ()),
    )


def _file(visit: Visit, key: str) -> str:
    """A name that says where and when, of letters that every machine takes."""
    place = visit.scope.municipality_code or visit.scope.role
    return re.sub(r"[^A-Za-z0-9-]+", "-", f"roed-traad-{key}-{place}-{visit.as_of}")


def _told(data: dict[str, Any]) -> dict[str, str]:
    """As one text: of anything else Streamlit would ask pandas whether it is a table."""
    return {"told": json.dumps(data, ensure_ascii=False)}


def _desk_data(record: Record) -> dict[str, Any]:
    """What the browser needs to name files and to write on pictures."""
    words = record.visit.words if record.visit else Words("da")
    offers = {
        key: {"title": offer.facts.title, "lines": offer.facts.lines[1:], "file": offer.file}
        for key, offer in record.offers.items()
    }
    said = {
        "making": words("take_home.making"),
        "saved": words("take_home.saved", file="{file}"),
        "failed": words("take_home.failed"),
        "no_picture": words("take_home.no_picture"),
    }
    return {"offers": offers, "words": said, "colours": colours_in_light(), "language": words.language}


@cache
def _desk() -> Callable[..., Any]:
    script = (resources.files("dashboards") / "take_home.js").read_text("utf-8")
    return st.components.v2.component("roed_traad.take_home", js=script, isolate_styles=False)


def _nothing() -> None:
    """The answer is made where the page ends."""
