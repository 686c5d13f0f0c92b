"""Where do we lose the thread? Measure numbers, the red thread, the trend, and the map or the neighbours."""

import streamlit as st

from dashboards import caveat_sections, frame, headlines, picture_sections, read_further, sections, thread_sections
from dashboards.leader import beside, numbers, said
from dashboards.markup import heading, lead
from dashboards.national import readings, returned
from pipelines.definitions.measures import HANDED_OVER

visit = frame.begin_figures("overview")
words, place = visit.words, visit.scope.own_place
period = visit.window.replace("-", "–")
told, figures = caveat_sections.of_page(visit, place), caveat_sections.figures_of_overview()

heading(
    words("overview.title"),
    words("overview.subtitle", place=visit.name(place), period=period, day=words.day(visit.as_of)),
)
first = said.first_sentences(visit, place, theme=read_further.reach(visit))
lead([*first, *beside.compared_sentence(visit, place, headlines.CARDS)])
caveat_sections.opening(told, figures)
returned.told_on_overview(visit)
numbers.number_cards(visit, place, headlines.CARDS, told)
thread_sections.thread_card(visit, place, visit.window, told)

which, by = st.columns([3, 2], vertical_alignment="bottom")
is_national = visit.scope.role == "national"
with which:
    shown_first = readings.told_most(visit, visit.window) if is_national else HANDED_OVER
    headline = sections.choose_headline(visit, first=shown_first)
with by:
    period_kind = sections.choose_period_kind(visit)
left, right = st.columns([3, 2])
with left, st.container(key="card-trend"):
    picture_sections.trend_card(visit, place, headline, period_kind, told)
with right, st.container(key="card-ask"):
    sections.questions_card(visit, place)

if is_national:
    picture_sections.map_card(visit, headline, told)
else:
    picture_sections.near_card(visit, place, told)
caveat_sections.collected(told, figures)
