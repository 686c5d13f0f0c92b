"""What every figure counts, why it matters, and who answers for it: made from the measures themselves."""

from datetime import date

import streamlit as st

from dashboards import definitions, frame
from dashboards.address import chosen, remember
from dashboards.markup import card_heading, heading, lead, show
from pipelines.definitions.measures import THEMES, headline_measures

ALL = "all"

visit = frame.begin("definitions")
words, today = visit.words, date.today()  # noqa: DTZ011 - the reader's day
themes = tuple(name for name in THEMES if definitions.of_theme(name))
options = (ALL, *themes)

heading(words("definitions.title"), words("definitions.subtitle"))
lead(definitions.first_sentences(headline_measures(), words, today))
theme = chosen("theme", options, ALL)
st.pills(
    words("definitions.filter"),
    options,
    key="theme",
    format_func=lambda name: words(f"theme.{name}"),
    required=True,
)
remember("theme", theme, ALL)
asked = [measure for measure in headline_measures() if measure.name == st.query_params.get("measure")]
if asked:
    with st.container(key="card-asked"):
        card_heading(words("definitions.asked"), "")
        show(definitions.article(asked[0], words, today))
for name in themes if theme == ALL else (theme,):
    with st.container(key=f"card-{name}"):
        card_heading(words(f"theme.{name}"), words(f"theme_note.{name}"))
        show("".join(definitions.article(each, words, today) for each in definitions.of_theme(name)))
