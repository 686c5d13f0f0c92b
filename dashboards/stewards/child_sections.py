"""Parts of the page with one child's thread: which child, who it is, the picture, its gaps, and what was decided."""

from __future__ import annotations

from html import escape
from typing import NoReturn

import polars as pl
import streamlit as st

from dashboards import audit, child_rows, gap_words
from dashboards.charts.child_layout import ChildThread, Moment, State
from dashboards.charts.child_thread import child_thread, mark
from dashboards.child_rows import ChildRows, SubjectKind
from dashboards.language import Words
from dashboards.markup import card_heading, heading, lead, show, show_drawing
from dashboards.opening import Source
from dashboards.scope import NotAllowed, Place, Scope
from dashboards.stewards import child_events, deciding, decisions, gap_list, sessions
from dashboards.stewards.child_events import Telling
from dashboards.stewards.decision_words import assigned_text
from dashboards.visit import Visit
from pipelines.definitions.enumerations import PROGRAMMES
from pipelines.gap_decisions import ABOUT

FEWEST_LETTERS = 2
MOST_FOUND = 8
LEGEND: tuple[State, ...] = ("carried", "late", "lost", "contradicted", "undocumented", "due")


def choose(visit: Visit) -> ChildRows:
    """The child of the session, with a way back and a box to find another; the page ends here when none is chosen."""
    words = visit.words
    chosen = st.session_state.get(gap_list.CHILD)
    if chosen is None:
        heading(words("nav.child"), words("child.none_chosen"))
        show(f"<p class='rt-lead'>{escape(words('child.none_chosen_text'))}</p>")
        _back(visit)
        _find(visit)
        st.stop()
    kind: SubjectKind = "pregnancy" if chosen[0] == "pregnancy" else "person"
    audit.saw(visit, "child", record=str(chosen[1]))
    try:
        return _child(str(visit.run_id), visit.scope, kind, str(chosen[1]), _source=visit.source)
    except NotAllowed:
        _turned_away(visit)


def _turned_away(visit: Visit) -> NoReturn:
    """Whatever the session says: a child of another municipality is refused, and the log knows."""
    del st.session_state[gap_list.CHILD]
    audit.refused("child", visit.who, visit.scope, "other_child")
    heading(visit.words("nav.child"), visit.words("child.refused"))
    show(f"<p class='rt-lead'>{escape(visit.words('child.refused_text'))}</p>")
    _back(visit)
    st.stop()


@st.cache_data(max_entries=20, show_spinner=False, scope="session")
def _child(version: str, scope: Scope, kind: SubjectKind, pseudonym: str, _source: Source) -> ChildRows:  # noqa: ARG001
    return child_rows.child(_source, scope, kind, pseudonym)


@st.cache_data(max_entries=4, show_spinner=False, scope="session")
def _exposed(version: str, scope: Scope, _source: Source) -> pl.DataFrame:  # noqa: ARG001
    return child_rows.exposed_residents(_source, scope)


def navigation(visit: Visit) -> None:
    """Back to the worklist as it was filtered, and a box for another child."""
    with st.container(horizontal=True, vertical_alignment="center", key="child-ways"):
        _back(visit)
        with st.popover(visit.words("child.find"), key="child-find"):
            _find(visit)


def _back(visit: Visit) -> None:
    if st.button(visit.words("child.back"), key="child-back", icon=":material/arrow_back:"):
        kept = {name: st.query_params[name] for name in ("lang", "role", "municipality") if name in st.query_params}
        st.switch_page("dashboards/pages/worklist.py", query_params=st.session_state.get(gap_list.BACK, {}) | kept)


def _find(visit: Visit) -> None:
    """The first letters of a short pseudonym; the server looks among the municipality's own children alone."""
    words = visit.words
    typed = st.text_input(words("child.letters"), max_chars=24, key="child-letters", help=words("child.letters_help"))
    letters = "".join(letter for letter in typed if letter.isalnum()).lower()
    if len(letters) < FEWEST_LETTERS:
        return
    found = _matching(visit, letters)
    if found.is_empty():
        show(f"<p class='rt-range'>{escape(words('child.not_found'))}</p>")
    for at, row in enumerate(found.head(MOST_FOUND).iter_rows(named=True)):
        if st.button(row["short"], key=f"found-{at}", type="tertiary"):
            st.session_state[gap_list.CHILD] = (row["subject_kind"], row["subject"])
            st.rerun()
    if found.height > MOST_FOUND:
        show(f"<p class='rt-range'>{escape(words('child.more_found', number=words.number(found.height)))}</p>")


def own_children(visit: Visit) -> pl.DataFrame:
    """Whose threads are this steward's to open: children and pregnancies with gaps, and exposed children living here.

    Once each (`subject_kind, subject`). Another is refused.
    """
    exposed = _exposed(str(visit.run_id), visit.scope, _source=visit.source)
    with_gaps = visit.worklist().select("subject_kind", "subject")
    return pl.concat([with_gaps, exposed.select(pl.lit("person").alias("subject_kind"), "subject")]).unique()


def _matching(visit: Visit, letters: str) -> pl.DataFrame:
    """Children with gaps, and exposed children who live here, whose pseudonym begins so."""
    sessions.begin_session()
    audit.saw(visit, "worklist")
    begins = pl.col("subject").str.replace_all(r"[^0-9A-Za-z]", "").str.to_lowercase().str.starts_with(letters)
    own = own_children(visit).filter(begins).sort("subject")
    return own.with_columns(gap_words.short_pseudonym(pl.col("subject")).alias("short"))


def title_and_lead(visit: Visit, rows: ChildRows, picture: ChildThread, gaps: pl.DataFrame) -> None:
    """Who the child is to this municipality, and what the picture says in sentences."""
    words = visit.words
    short = pl.select(gap_words.short_pseudonym(pl.lit(rows.subject))).item()
    parts = [short, _age(visit, rows), *_residence(visit, rows), words("child.as_of", day=words.day(visit.as_of))]
    heading(words("nav.child"), " · ".join(part for part in parts if part))
    left = [words("child.left", day=words.day(rows.left_date))] if rows.left_date else []
    lead([escape(sentence) for sentence in (*left, *sentences(visit, picture, gaps))])


def sentences(visit: Visit, picture: ChildThread, gaps: pl.DataFrame) -> list[str]:
    """Since when the exposure is known, whether that knowledge follows the child today, open gaps, and what is next."""
    words = visit.words
    said = [of_knowledge(picture, words)]
    open_gaps = gaps.filter(pl.col("accepted_until").is_null()).height
    key = {0: "child.no_gaps", 1: "child.one_gap"}.get(open_gaps, "child.gaps_number")
    said.append(words(key, number=words.number(open_gaps)))
    if coming := [moment for moment in picture.moments if moment.state == "due"]:
        said.append(words("child.next", what=coming[0].what, day=words.day(coming[0].day)))
    return said


def of_knowledge(picture: ChildThread, words: Words) -> str:
    """Whether knowledge follows at the end of the thread; that it did not go along when the child left counts, too.

    A thread that is whole is not called so where something on the way is missing: a registration, a plan, a record.
    """
    ended, strands = "" if picture.last == picture.today else "_ended", picture.strands()
    if picture.known is None or not strands:
        return words(f"child.unknown{ended}")
    start, _, follows = strands[-1]
    start = next((day for day, until in picture.lost if picture.last <= day and until == picture.today), start)
    if not follows or start >= picture.last:
        return words(f"child.follows_not{ended}", known=words.day(picture.known), day=words.day(start))
    is_missing = any(moment.state == "lost" and not moment.programme for moment in picture.moments)
    key = f"child.follows_but{ended}" if is_missing else f"child.follows{ended}"
    return words(key, known=words.day(picture.known), day=words.day(start))


def _age(visit: Visit, rows: ChildRows) -> str:
    """On the day of the run; of a child that has died, when it died."""
    if rows.birth_date is None:
        return visit.words("age.pregnancy")
    if rows.death_date is not None:
        return visit.words("child.died", day=visit.words.day(rows.death_date))
    born = pl.DataFrame({"birth_date": [rows.birth_date]})
    return str(born.select(gap_words.age(visit.words, visit.as_of)).item())


def _residence(visit: Visit, rows: ChildRows) -> list[str]:
    bands = [band for band in child_events.bands(rows, telling(visit)) if rows.residences.height]
    if not bands or rows.death_date is not None:
        return []
    words, band = visit.words, bands[-1]
    if rows.left_date is not None and band.end <= rows.left_date:
        return []
    if band.end < visit.as_of:
        return [words("child.lived", place=band.name, day=words.day(band.end))]
    return [words("child.since", place=band.name, day=words.day(band.start))]


def telling(visit: Visit) -> Telling:
    """How the rows of a child are said to this reader."""
    names = {code: visit.geography.name(Place("municipality", code)) for code in visit.geography.codes}
    unknown = visit.words("child.unknown_place")
    return Telling(visit.words, visit.reference, lambda code: names.get(code or "", unknown), visit.as_of)


def thread_card(visit: Visit, picture: ChildThread) -> None:
    """The picture, what its marks mean, and the same as a table."""
    words = visit.words
    with st.container(key="card-child-thread"):
        card_heading(words("child.picture"), words("child.picture_caption"))
        programmes = {name: words(f"programme.{name}") for name in PROGRAMMES}
        show_drawing(child_thread(picture, programmes, words))
        show_drawing(_legend(visit))
        with st.expander(words("app.table")):
            show(_table(visit, picture.moments))
        show(f"<p class='rt-range'>{escape(words('child.what_you_see'))}</p>")


def _legend(visit: Visit) -> str:
    drawn = "".join(
        f"<li><svg viewBox='0 0 20 20' aria-hidden='true'><g class='rt-child-flag {state}'>{mark(state, 10, 10)}</g>"
        f"</svg>{escape(visit.words(f'mark.{state}'))}</li>"
        for state in LEGEND
    )
    return f"<ul class='rt-key rt-child-key'>{drawn}</ul>"


def _table(visit: Visit, moments: tuple[Moment, ...]) -> str:
    words = visit.words
    head = "".join(
        f"<th scope='col'>{escape(words(f'child.{name}'))}</th>" for name in ("day", "what", "who", "became")
    )
    body = "".join(
        f"<tr><td>{escape(words.day(moment.day))}</td><td>{escape(moment.what)}</td><td>{escape(moment.who)}</td>"
        f"<td>{escape(moment.found)}</td></tr>"
        for moment in moments
    )
    inside = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<div class='rt-scroll'><table class='rt-table'>{inside}</table></div>"


def gaps_card(visit: Visit, gaps: pl.DataFrame) -> None:
    """The child's gaps in this municipality with who can close them, what was decided, and deciding."""
    words = visit.words
    with st.container(key="card-child-gaps"):
        card_heading(words("child.gaps"), words("child.gaps_caption"))
        if gaps.is_empty():
            show(f"<p class='rt-range'>{escape(words('child.no_gaps'))}</p>")
            return
        told = gap_words.in_words(gaps, words, visit.reference, visit.as_of).with_columns(assigned_text(words))
        with st.container(key="gap-rows"):
            show("".join(gap_list.cells(row, words) for row in told.iter_rows(named=True)))
        deciding.for_gaps(visit, gaps)
        _history(visit, gaps)


def _history(visit: Visit, gaps: pl.DataFrame) -> None:
    """Every decision about these gaps, the latest first: when, who, what."""
    words = visit.words
    about = gaps.select(*ABOUT).unique()
    made = decisions.history(visit).join(about, on=list(ABOUT), how="semi", nulls_equal=True)
    if made.is_empty():
        return
    told = made.with_columns(pl.col("decided_by").alias("assigned_by")).with_columns(assigned_text(words)).reverse()
    items = "".join(_decision(visit, row) for row in told.iter_rows(named=True))
    with st.expander(words("child.history", number=words.number(made.height))):
        show(f"<ul class='rt-history'>{items}</ul>")


def _decision(visit: Visit, row: dict[str, object]) -> str:
    words = visit.words
    until = row["until"]
    day = words.day(until) if until else ""  # type: ignore[arg-type]
    what = words(f"history.{row['decision']}", day=day, to=row["assigned_text"] or "")
    gap = words(f"gap.{str(row['measure']).split(':')[-1] if row['kind'] == 'carried_at_transition' else row['kind']}")
    said = f": <q>{escape(str(row['text']))}</q>" if row["text"] else ""
    when = words.day(row["decided_at"].date())  # type: ignore[attr-defined]
    who = escape(str(row["decided_by"]))
    return f"<li><span>{escape(when)}</span><span>{who}</span><span>{escape(gap)} · {escape(what)}{said}</span></li>"
