"""Parts of the page with what is new: since when, good news first, what to do now, what comes, what colleagues did."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import audit, gap_words, news_rows, published_checks, published_quality, worklist_rows
from dashboards.address import chosen, remember
from dashboards.frame import link_with
from dashboards.markup import card_heading, heading, lead, show
from dashboards.opening import Source, open_checks, open_earlier_runs, store_path
from dashboards.scope import Scope
from dashboards.stewards import child_sections, decisions, gap_list, news, sessions
from dashboards.stewards.decision_words import assigned_text
from dashboards.stewards.news import Changes, Since
from dashboards.visit import Visit
from pipelines.definitions.enumerations import PROGRAMMES
from pipelines.gap_decisions import ABOUT, FOUND

ROWS = 5
LAST_VISIT = "last_visit"


@dataclass(frozen=True)
class News:
    """Everything that the page tells. `changes` is null when there is no run to compare with."""

    since: Since
    gaps: pl.DataFrame
    changes: Changes | None
    due: pl.DataFrame
    colleagues: pl.DataFrame
    back: pl.DataFrame
    running_out: pl.DataFrame
    findings: int | None
    set_aside: int | None


def gather(visit: Visit) -> News:
    """What is new for this steward; the audit log is told before a row is read."""
    visited = sessions.last_visit(visit)
    audit.saw(visit, "whats_new")
    since = _choose_since(visit, visited)
    gaps = decisions.decided(visit, gap_words.with_closers(visit.worklist()))
    until = visit.as_of + news.SOON
    return News(
        since,
        gaps,
        _changes(visit, since, gaps),
        _due(str(visit.run_id), visit.scope, until, _source=visit.source),
        news.by_colleagues(decisions.history(visit), since.moment, visit.who),
        _back(visit, since, gaps),
        news.running_out(gaps, decisions.today()),
        _new_findings(visit, since),
        _newly_set_aside(visit, since),
    )


def _choose_since(visit: Visit, visited: Any) -> Since:
    """Since the last visit, unless the reader chose the day of a run that is kept; the choice is in the address."""
    words, earlier = visit.words, open_earlier_runs(store_path(), visit.source)
    by_day = {f"{run.run['finished_at']:%Y-%m-%d}": run for run in reversed(earlier)}
    options = [LAST_VISIT, *reversed(by_day)]
    name = chosen("since", options, LAST_VISIT)
    if earlier:
        with st.container(key="news-since"):
            st.selectbox(
                words("news.since"),
                options,
                key="since",
                format_func=lambda day: (
                    words("news.last_visit")
                    if day == LAST_VISIT
                    else words("news.run_of", day=words.day(by_day[day].run["finished_at"].date()))
                ),
            )
    remember("since", name, LAST_VISIT)
    return news.since_last_visit(visit.source, earlier, visited) if name == LAST_VISIT else news.since_run(by_day[name])


def _changes(visit: Visit, since: Since, gaps: pl.DataFrame) -> Changes | None:
    if since.before is None:
        return None
    found = news.changes(gaps, _gaps_of(since.before, visit.scope))
    before = str(since.before.run["run_id"])
    closed = _outcomes(str(visit.run_id), before, visit.scope, _source=visit.source, _closed=found.closed)
    return Changes(found.new, closed, found.graver)


def _back(visit: Visit, since: Since, gaps: pl.DataFrame) -> pl.DataFrame:
    """Without a run before, an acceptance can only have run out."""
    if since.day is None:
        return gaps.clear()
    before = gaps.select(*ABOUT, *FOUND) if since.before is None else _gaps_of(since.before, visit.scope)
    return news.come_back(gaps, before, decisions.history(visit), since.day)


def _gaps_of(run: Source, scope: Scope) -> pl.DataFrame:
    return gap_words.with_closers(_worklist_of(str(run.run["run_id"]), scope, _source=run))


@st.cache_data(max_entries=4, show_spinner=False, scope="session")
def _worklist_of(version: str, scope: Scope, _source: Source) -> pl.DataFrame:  # noqa: ARG001
    return worklist_rows.worklist(_source, scope)


@st.cache_data(max_entries=4, show_spinner=False, scope="session")
def _outcomes(version: str, before: str, scope: Scope, _source: Source, _closed: pl.DataFrame) -> pl.DataFrame:  # noqa: ARG001
    return news_rows.outcomes(_source, scope, _closed)


@st.cache_data(max_entries=4, show_spinner=False, scope="session")
def _due(version: str, scope: Scope, until: Any, _source: Source) -> pl.DataFrame:  # noqa: ARG001
    return news_rows.due_soon(_source, scope, until)


def _new_findings(visit: Visit, since: Since) -> int | None:
    """Findings of checks first seen since then; null when nothing was checked."""
    checks = open_checks(store_path(), visit.reader)
    if checks is None or since.day is None:
        return None
    found = published_checks.findings(checks, visit.scope, decisions.today())
    return found.filter(pl.col("first_seen") > since.day).height


def _newly_set_aside(visit: Visit, since: Since) -> int | None:
    """Rows of the municipality's own files that are set aside now and were not before."""
    if since.before is None:
        return None
    keys = ["source", "row_number", "rule"]
    before = published_quality.quarantine(since.before, visit.scope)
    now = published_quality.quarantine(visit.source, visit.scope)
    return now.join(before, on=keys, how="anti", nulls_equal=True).height


def title_and_lead(visit: Visit, found: News) -> None:
    """Since when, what was closed, what is new, and what is critical now."""
    words, day = visit.words, found.since.day
    place = visit.name(visit.scope.own_place)
    heading(words("nav.whats_new"), words("news.subtitle", place=place, day=words.day(visit.as_of)))
    about = words(f"news.why_{found.since.why}", day=words.day(day) if day else "")
    lead([escape(about), *sentences(visit, found)])


def sentences(visit: Visit, found: News) -> list[str]:
    """Good news first; a sentence for nothing is not said."""
    if found.changes is None:
        return []
    words, moved = visit.words, found.changes
    done = moved.closed.filter(pl.col("is_done")).height
    numbers = {"done": done, "new": moved.new.height, "critical": _critical(moved.new)}
    if not any(numbers.values()) and moved.closed.is_empty():
        return [escape(words("news.nothing"))]
    bold = {name: f"<b>{words.number(number)}</b>" for name, number in numbers.items()}
    said = [words("news.closed_lead", number=bold["done"])] if done else []
    key = "news.new_lead" if numbers["critical"] else "news.new_lead_none_critical"
    return [*said, words(key, **bold)]


def _critical(gaps: pl.DataFrame) -> int:
    return gaps.filter(pl.col("severity").cast(pl.String) == "critical").height


def cards(visit: Visit, found: News) -> None:
    """Each kind of news that there is, good news first."""
    if found.changes is not None:
        done = found.changes.closed.filter(pl.col("is_done"))
        _gap_card(visit, "closed", done)
        _gap_card(visit, "gone", found.changes.closed.filter(~pl.col("is_done")))
        _gap_card(visit, "new", found.changes.new)
        _gap_card(visit, "graver", found.changes.graver)
    _gap_card(visit, "back", found.back)
    _due_card(visit, found.due)
    _gap_card(visit, "running_out", found.running_out)
    _colleagues_card(visit, found.colleagues)
    _quality_card(visit, found)


def _gap_card(visit: Visit, name: str, gaps: pl.DataFrame) -> None:
    """How many, and the gravest few; the rest is on the worklist."""
    if gaps.is_empty():
        return
    words = visit.words
    with st.container(key=f"card-news-{name}"):
        card_heading(words(f"news.{name}", number=words.number(gaps.height)), words(f"news.{name}_caption"))
        told = _with_ways(visit, _decided(visit, gaps.head(ROWS)))
        for at, row in enumerate(told.iter_rows(named=True)):
            with st.container(key=f"news-row-{name}-{at}", horizontal=True, vertical_alignment="top", wrap=False):
                with st.container(key=f"news-who-{name}-{at}", width=118, gap=None):
                    if not row["opens"]:
                        st.html(f"<code>{escape(row['child'])}</code>")
                    elif st.button(row["child"], key=f"open-{name}-{at}", type="tertiary"):
                        gap_list.open_child(row["subject_kind"], row["subject"])
                    st.html(f"<span class='rt-gap-age'>{escape(row['age'])}</span>")
                show(gap_list.cells(row, words))
        if gaps.height > ROWS:
            _more(visit, gaps.height - ROWS, is_listed="is_done" not in gaps.columns)


def _with_ways(visit: Visit, told: pl.DataFrame) -> pl.DataFrame:
    """Adds `opens`: a child that has moved away, or has no gap left and no exposure, is no longer the steward's."""
    if "is_done" not in told.columns:
        return told.with_columns(opens=pl.lit(value=True))
    own = child_sections.own_children(visit).with_columns(opens=pl.lit(value=True))
    known = told.join(own, on=["subject_kind", "subject"], how="left", maintain_order="left")
    return known.with_columns(pl.col("opens").fill_null(value=False))


def _decided(visit: Visit, gaps: pl.DataFrame) -> pl.DataFrame:
    """In words; gaps that are gone have no decision that still matters."""
    if "accepted_until" not in gaps.columns:
        gaps = decisions.undecided(gaps)
    told = gap_words.in_words(gaps, visit.words, visit.reference, visit.as_of)
    return told.with_columns(assigned_text(visit.words))


def _more(visit: Visit, number: int, *, is_listed: bool) -> None:
    """How many more there are, with the way to the worklist when they are on it."""
    words = visit.words
    link = escape(link_with(words, visit.scope, "worklist", sort="newest"), quote=True)
    text = escape(words("news.more" if is_listed else "news.more_gone", number=words.number(number)))
    told = f"<a href='{link}' target='_self'>{text}</a>" if is_listed else text
    show(f"<p class='rt-range'>{told}</p>")


def _due_card(visit: Visit, due: pl.DataFrame) -> None:
    """What falls due in the coming month, by what it is: to be done before it becomes a gap."""
    if due.is_empty():
        return
    words = visit.words
    programme = pl.col("measure").str.split(":").list.first()
    topic = pl.when(pl.col("kind") == "follow_up").then(programme).otherwise("kind")
    counted = due.group_by(topic.alias("topic")).agg(pl.len().alias("number"), pl.col("due_date").min())
    items = "".join(
        f"<li><b>{words.number(row['number'])}</b>{escape(_topic(visit, row['topic']))}"
        f"<small>{escape(words('news.first_due', day=words.day(row['due_date'])))}</small></li>"
        for row in counted.sort("number", "topic", descending=[True, False]).iter_rows(named=True)
    )
    with st.container(key="card-news-due"):
        until = words.day(visit.as_of + news.SOON)
        card_heading(words("news.due", number=words.number(due.height)), words("news.due_caption", day=until))
        show(f"<ul class='rt-counts'>{items}</ul>")


def _topic(visit: Visit, name: str) -> str:
    """The programme of a planned contact, or the kind of what is due."""
    return visit.words(f"programme.{name}" if name in PROGRAMMES else f"due.{name}")


def _colleagues_card(visit: Visit, made: pl.DataFrame) -> None:
    """What others decided since then, the latest first."""
    if made.is_empty():
        return
    words = visit.words
    told = made.head(ROWS).with_columns(pl.col("decided_by").alias("assigned_by")).with_columns(assigned_text(words))
    items = "".join(_decision(visit, row) for row in told.iter_rows(named=True))
    with st.container(key="card-news-colleagues"):
        number = words.number(made.height)
        card_heading(words("news.colleagues", number=number), words("news.colleagues_caption"))
        show(f"<ul class='rt-history'>{items}</ul>")


def _decision(visit: Visit, row: dict[str, Any]) -> str:
    words = visit.words
    day = words.day(row["until"]) if row["until"] else ""
    what = words(f"history.{row['decision']}", day=day, to=row["assigned_text"] or "")
    number = words("news.gaps", number=words.number(row["gaps"]))
    said = f": <q>{escape(row['text'])}</q>" if row["text"] else ""
    when = escape(words.day(row["decided_at"].date()))
    who, told = escape(row["decided_by"]), escape(f"{number}, {what}")
    return f"<li><span>{when}</span><span>{who}</span><span>{told}{said}</span></li>"


def _quality_card(visit: Visit, found: News) -> None:
    """New findings of checks and rows newly set aside, each with the way to them."""
    numbers = {"quality_findings": found.findings, "quality_quarantine": found.set_aside}
    new = {page: number for page, number in numbers.items() if number}
    if not new:
        return
    words = visit.words
    with st.container(key="card-news-quality"):
        card_heading(words("news.quality"), words("news.quality_caption"))
        items = "".join(
            f"<li><b>{words.number(number)}</b><a href='{escape(link_with(words, visit.scope, page), quote=True)}' "
            f"target='_self'>{escape(words(f'news.{page}'))}</a></li>"
            for page, number in new.items()
        )
        show(f"<ul class='rt-counts'>{items}</ul>")
