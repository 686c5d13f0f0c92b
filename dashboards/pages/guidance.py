"""Guidance descriptions: when they are due, what shows each recommendation, and what municipalities say of them."""

from dashboards import frame
from dashboards.guidance import register, sections
from dashboards.opening import store_path
from pipelines.requests.opened import today

visit, day = frame.begin_figures("guidance"), today()
known = register.descriptions(store_path())
sections.title_and_lead(visit, known, day)
described = sections.choose(visit, known)
survey = sections.survey_of(described)
sections.dates_card(visit, described, survey, day)
sections.recommendations_card(visit, described)
sections.survey_card(visit, described, survey)
