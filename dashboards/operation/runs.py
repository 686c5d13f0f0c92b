"""Parts of the page on operations: how things stand in a sentence, runs and their stages, and what has failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from checks.days import danish_day
from dashboards import figure_tables, operations
from dashboards.address import chosen, remember
from dashboards.language import Words
from dashboards.markup import card_heading, heading, lead, show
from dashboards.national.tables import Told, told_table
from dashboards.opening import store_path
from dashboards.operation import nights
from dashboards.operation.amounts import age_words, duration_words, moment_words, size_words
from dashboards.quality.sections import cards
from dashboards.visit import Visit
from pipelines.health import Disk

SHOWN = 12
RECENT = timedelta(days=30)
ROOM_FOR = 3
"""A run writes its tables beside those that readers still use; under so many times their size the disk is too full."""


def title_and_lead(visit: Visit) -> None:
    """When something last ran, whether anything failed, whether there is room, and whether somebody writes now."""
    words, scope, store = visit.words, visit.scope, store_path()
    heading(words("operations.title"), words("operations.subtitle", store=store.name))
    failed = operations.failures(store, scope).filter(pl.col("at") > datetime.now(UTC) - RECENT)
    needed = int(operations.sizes(store, scope)["bytes"].sum())
    night = operations.last_night(store, scope)
    lead(
        [
            *([escape(nights.lead(night, words))] if night else []),
            escape(of_last_run(operations.runs(store, scope), words)),
            escape(of_failures(failed, words)),
            escape(of_room(operations.disk(store, scope), needed, words)),
            escape(words(f"lock.{operations.lock(store, scope)}")),
        ]
    )


def of_last_run(runs: pl.DataFrame, words: Words) -> str:
    """The latest finished thing of any kind."""
    if runs.is_empty():
        return words("operations.nothing_ran")
    row = runs.row(0, named=True)
    kind = words(f"kind.{row['kind']}")
    return words("operations.last", kind=kind, moment=moment_words(row["finished_at"], words))


def of_failures(failed: pl.DataFrame, words: Words) -> str:
    """How many commands failed in the last thirty days, and the last of them."""
    if failed.is_empty():
        return words("operations.no_failures")
    row = failed.row(0, named=True)
    number = words.number(failed.height)
    return words("operations.failures", number=number, command=row["command"], moment=moment_words(row["at"], words))


def of_room(disk: Disk, needed: int, words: Words) -> str:
    """What the store takes and what is free; whether the next run has room."""
    sizes = {"store": size_words(disk.store, words), "free": size_words(disk.free, words)}
    return words("operations.room" if disk.free > ROOM_FOR * needed else "operations.no_room", **sizes)


def number_cards(visit: Visit) -> None:
    """The last of each kind, and free space."""
    words, scope, store = visit.words, visit.scope, store_path()
    runs, disk = operations.runs(store, scope), operations.disk(store, scope)
    told = [_last_of(runs, kind, words) for kind in ("run", "check", "publish")]
    free = words("operations.of_disk", total=size_words(disk.total, words), store=size_words(disk.store, words))
    cards([*told, (words("operations.free"), size_words(disk.free, words), free)])


def _last_of(runs: pl.DataFrame, kind: str, words: Words) -> tuple[str, str, str]:
    of_kind = runs.filter(pl.col("kind") == kind)
    title = words(f"last_of.{kind}")
    if of_kind.is_empty():
        return title, "–", words("operations.never")
    row = of_kind.row(0, named=True)
    days = (danish_day(datetime.now(UTC)) - danish_day(row["finished_at"])).days
    return title, age_words(days, words), duration_words(row["duration_seconds"], words)


def runs_card(visit: Visit) -> None:
    """Runs, the latest first, and the stages of one of them."""
    words, store = visit.words, store_path()
    runs = operations.runs(store, visit.scope)
    lines = [_line(row, words) for row in runs.iter_rows(named=True)]
    with st.container(key="card-runs"):
        card_heading(words("operations.runs"), words("operations.runs_caption"))
        if lines:
            names = ("kind", "finished", "duration", "as_of")
            shown = [[Told(line[words(f"operations.{name}")]) for name in names] for line in lines[:SHOWN]]
            show(told_table(words("operations.runs"), [words(f"operations.{name}") for name in names], shown))
            figure_tables.of_frame(visit, pl.DataFrame(lines), "runs", title=words("operations.runs"))
            _stages(visit, runs, store)


def _line(row: Mapping[str, Any], words: Words) -> dict[str, str]:
    as_of = row["as_of"]
    return {
        words("operations.kind"): words(f"kind.{row['kind']}"),
        words("operations.finished"): moment_words(row["finished_at"], words),
        words("operations.duration"): duration_words(row["duration_seconds"], words),
        words("operations.as_of"): "" if as_of is None else words.day(as_of),
        words("operations.contract"): str(row["contract_version"] or ""),
        words("operations.reference"): str(row["reference_version"] or ""),
        words("operations.code"): str(row["code_version"] or ""),
        words("operations.run"): str(row["run_id"]),
    }


def _stages(visit: Visit, runs: pl.DataFrame, store: Path) -> None:
    words = visit.words
    named = {row["run_id"]: row for row in runs.head(SHOWN).iter_rows(named=True)}
    options = list(named)
    run_id = chosen("run", options, options[0])

    def name(option: str) -> str:
        row = named[option]
        kind = words(f"kind.{row['kind']}")
        return f"{kind}, {moment_words(row['finished_at'], words)}"

    st.selectbox(words("operations.choose_run"), options, key="run", format_func=name)
    remember("run", run_id, options[0])
    stages = operations.stages(store, visit.scope, run_id).sort("seconds", descending=True)
    if stages.is_empty():
        show(f"<p class='rt-range'>{escape(words('operations.no_stages'))}</p>")
        return
    rows = [
        [Told(stage), Told(_rows(number, words), is_number=True), Told(_seconds(seconds, words), is_number=True)]
        for stage, number, seconds in stages.head(SHOWN).iter_rows()
    ]
    headings = [words(f"operations.{column}") for column in ("stage", "rows", "seconds")]
    show(told_table(name(run_id), headings, rows))


def _rows(number: int | None, words: Words) -> str:
    return words("operations.few_rows") if number is None else words("operations.about", number=words.number(number))


def _seconds(seconds: float, words: Words) -> str:
    return f"{seconds:.1f}".replace(".", words("compared.point_mark"))


def failures_card(visit: Visit) -> None:
    """Commands that failed: which, when, how it ended, and what was said."""
    words = visit.words
    failed = operations.failures(store_path(), visit.scope)
    with st.container(key="card-failures"):
        card_heading(words("operations.failed"), words("operations.failed_caption"))
        if failed.is_empty():
            show(f"<p class='rt-notice'>{escape(words('operations.none_failed'))}</p>")
            return
        names = ("command", "at", "exit_code", "said")
        lines = [
            (row["command"], moment_words(row["at"], words), str(row["exit_code"]), row["what"])
            for row in failed.iter_rows(named=True)
        ]
        headings = [words(f"operations.{name}") for name in names]
        show(
            told_table(words("operations.failed"), headings, [[Told(cell) for cell in line] for line in lines[:SHOWN]])
        )
        table = pl.DataFrame(lines, schema=headings, orient="row")
        figure_tables.of_frame(visit, table, "failures", title=words("operations.failed"))
