"""Parts of the page on guidance descriptions: which, when due, what shows each recommendation."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from dashboards import published
from dashboards.address import chosen, remember
from dashboards.frame import link_with
from dashboards.guidance import asked, register
from dashboards.guidance.says_and_does import survey_card
from dashboards.markup import card_heading, heading, lead, show, state_mark, state_word, strong_share
from dashboards.opening import store_path
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Share
from dashboards.visit import Visit
from pipelines.definitions.descriptions import Description
from pipelines.definitions.measures import Measure
from pipelines.definitions.recommendations import is_of_places
from pipelines.guidance.shown_by import Definitions, ShownBy, shown_by
from pipelines.requests.opened import Opened

__all__ = ["choose", "dates_card", "recommendations_card", "survey_card", "title_and_lead"]


def title_and_lead(visit: Visit, known: list[Description], today: date) -> None:
    """How many there are, and how many of them wait for their follow-up or revision."""
    words = visit.words
    heading(words("guidance_page.title"), words("guidance_page.subtitle", day=words.day(visit.as_of)))
    over = [each for each in known if each.revision_due.last < today]
    key = "lead_none_over" if not over else "lead_all_over" if len(over) == len(known) else "lead"
    lead([words(f"guidance_page.{key}", number=words.number(len(known)), over=words.number(len(over)))])


def choose(visit: Visit, known: list[Description]) -> Description:
    """One of them."""
    words, names = visit.words, [each.name for each in known]
    titles = {each.name: each.short_title[words.language] for each in known}
    name = chosen("description", names, names[0])
    st.pills(words("guidance_page.which"), names, key="description", format_func=titles.__getitem__, required=True)
    remember("description", name, names[0])
    return next(each for each in known if each.name == name)


def dates_card(visit: Visit, described: Description, survey: Opened | None, today: date) -> None:
    """Whom it is for, who published it, and its three days: calm about what is over."""
    words, language = visit.words, visit.words.language
    with st.container(key="card-dates"):
        card_heading(described.title[language], described.target_group[language])
        steps = register.milestones(described, today, survey.opened_on if survey else None)
        show(f"<ol class='rt-milestones'>{''.join(_milestone(each, visit, today) for each in steps)}</ol>")
        rows = [(words("guidance_page.publisher"), described.publisher[language])]
        if described.to_age is not None:
            ages = words("guidance_page.age_span", first=described.from_age or 0, last=described.to_age)
            rows.append((words("guidance_page.ages"), ages))
        rows.append((words("guidance_page.sources"), "; ".join(each[language] for each in described.sources)))
        facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows)
        show(f"<div class='rt-definition'><dl>{facts}</dl></div>")


def _milestone(each: register.Milestone, visit: Visit, today: date) -> str:
    words = visit.words
    name = words(f"milestone.{each.name}")
    ago = register.years_over(each.day, today, words) if each.standing == "over" else ""
    note = words(f"milestone.{each.standing}", ago=ago)
    day = escape(register.day_words(each.day, words))
    return f"<li class='{each.standing}'><b>{escape(name)}</b><span>{day}</span><small>{escape(note)}</small></li>"


def recommendations_card(visit: Visit, described: Description) -> None:
    """Each recommendation with the measures that show it and their published figure, or why nothing does."""
    words = visit.words
    is_here = register.is_of_store(described, store_path())
    definitions = Definitions.of(described)
    shown = {name: shown_by(name, definitions) for name in described.recommendations["id"]}
    places = (COUNTRY,) if visit.scope.role == "national" else (COUNTRY, visit.scope.own_place)
    figures = _figures(visit, shown, places) if is_here else {}
    with st.container(key="card-recommendations"):
        caption = "recommendations_caption" if is_here else "recommendations_elsewhere"
        period = visit.window.replace("-", "–")
        card_heading(words("guidance_page.recommendations"), words(f"guidance_page.{caption}", period=period))
        headings = [words("column.recommendation"), words("guidance_page.shown_by")]
        headings += [visit.name(place) for place in places] if is_here else []
        rows = "".join(
            _rows_of(visit, row, shown[row["id"]], places if is_here else (), figures, definitions)
            for row in described.recommendations.iter_rows(named=True)
        )
        head = "".join(f"<th scope='col'>{escape(each)}</th>" for each in headings)
        title = escape(words("guidance_page.recommendations"), quote=True)
        show(
            f"<div class='rt-scroll' role='region' tabindex='0' aria-label='{title}'>"
            f"<table class='rt-table rt-shown-by'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
        if is_here and visit.scope.role == "national":
            address = escape(link_with(words, visit.scope, "recommendations"), quote=True)
            link = f"<a href='{address}' target='_self'>{escape(words('nav.recommendations'))}</a>"
            show(f"<p class='rt-range'>{words('guidance_page.every_place', link=link)}</p>")


def _figures(visit: Visit, shown: dict[str, ShownBy], places: tuple[Place, ...]) -> dict[tuple[str, Place], Share]:
    measures = tuple(dict.fromkeys(each for one in shown.values() for each in one.measures if is_of_places(each)))
    shares = visit.shares(measures, places, "three_years", [visit.window])
    return {(each.name, place): shares.get(each, place, visit.window) for each in measures for place in places}


def _rows_of(
    visit: Visit,
    row: dict[str, str],
    shown: ShownBy,
    places: tuple[Place, ...],
    figures: dict[tuple[str, Place], Share],
    definitions: Definitions,
) -> str:
    """The recommendation beside the first of what shows it; the others below. One that nothing shows says why."""
    words, language = visit.words, visit.words.language
    text = f"<b>{escape(row['id'])}</b> {escape(row[f'text_{language}'])}"
    if shown.is_empty:
        reason = escape(row[f"not_measured_{language}"] or "")
        span = len(places) + 1
        return (
            f"<tr><th scope='row'>{text}</th><td colspan='{span}'><small>"
            f"{escape(words('guidance_page.not_measured'))} {reason}</small></td></tr>"
        )
    lines = [_line(visit, each, places, figures, definitions) for each in shown.measures] or [
        f"<td colspan='{len(places) + 1}'><small>{escape(words('guidance_page.obligation_only'))}</small></td>"
    ]
    first, *rest = lines
    opening = f"<tr><th scope='row' rowspan='{len(lines)}'>{text}</th>{first}</tr>"
    return opening + "".join(f"<tr>{line}</tr>" for line in rest)


def _line(
    visit: Visit,
    measure: Measure,
    places: tuple[Place, ...],
    figures: dict[tuple[str, Place], Share],
    definitions: Definitions,
) -> str:
    words = visit.words
    title = definitions.facts[measure.name].title[words.language]
    named = escape(title)
    if places:
        link = escape(link_with(words, visit.scope, "definitions", measure=measure.name), quote=True)
        named = f"<a href='{link}' target='_self'>{named}</a>"
    cells = "".join(f"<td class='n'>{_cell(visit, figures.get((measure.name, place)))}</td>" for place in places)
    return f"<td>{named}</td>{cells}"


def _cell(visit: Visit, figure: Share | None) -> str:
    """The share, the mark and word of its absence, or that it is shown on another page."""
    words = visit.words
    if figure is None:
        return f"<small>{escape(words('guidance_page.other_page'))}</small>"
    if figure.share is None:
        told = escape(state_word(figure, words, published.threshold()))
        return f"<small title='{told}'>{state_mark(figure.state)} {escape(words(f'state.{figure.state}'))}</small>"
    return strong_share(figure.share, words)


def survey_of(described: Description) -> Opened | None:
    """The follow-up survey of the description that was opened last in this store."""
    return asked.last_survey(store_path(), described)
