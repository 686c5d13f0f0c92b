"""What national coordination has asked: who has answered, what deviates, and the forums that approve the reply."""

from dashboards.coordination import file_sections, overview_sections, provider_sections, step_sections
from dashboards.coordination.visit import begin

asked = begin("requests")
is_national = asked.visit.scope.role == "national"
overview_sections.title(asked)
if is_national:
    overview_sections.national_lead(asked)
else:
    overview_sections.own_lead(asked)
overview_sections.about(asked)
if is_national:
    overview_sections.who_card(asked)
    overview_sections.deviations_card(asked)
    overview_sections.providers_card(asked)
step_sections.steps_card(asked)
if is_national:
    file_sections.form_card(asked, None)
    provider_sections.describe_card(asked)
file_sections.calendar_and_reminders(asked)
