"""What does it cost when the thread breaks? Cost per child by pathway: to support decisions, not an account."""

import streamlit as st

from dashboards import caveat_sections, frame
from dashboards.leader import money
from dashboards.leader.answer_cards import questions
from dashboards.markup import heading, lead

visit = frame.begin_figures("costs")
words = visit.words
told = caveat_sections.of_page(visit, visit.scope.own_place)
costs = money.by_pathway(visit)

heading(words("money.title"), words("money.subtitle", day=words.day(visit.as_of)))
lead(money.first_sentences(visit, costs))
caveat_sections.opening(told, money.FIGURES)
money.numbers(visit, costs)
money.pictures(visit, costs)
money.scenario_card(visit, costs)
with st.container(key="card-ask"):
    asked = [words(f"money.ask_{who}") for who in ("economy", "family", "data")]
    questions(words("money.ask"), words("money.ask_caption"), asked)
caveat_sections.collected(told, money.FIGURES)
