"""Answering a request theme by theme: each answer is kept as it is given; or as a form in Excel."""

from dashboards.coordination import answer_sections, file_sections
from dashboards.coordination.visit import begin

asked = begin("request_answer")
respondent = answer_sections.respondent_of(asked)
answer_sections.title_and_lead(asked, respondent)
answer_sections.theme(asked, respondent)
file_sections.form_card(asked, respondent)
answer_sections.stay_or_leave(asked, respondent)
file_sections.calendar_and_reminders(asked)
