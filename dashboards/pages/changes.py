"""What has changed for good in the country and its regions, since when, and what to look at first."""

from dashboards import frame
from dashboards.national import changes

visit = frame.begin_figures("changes")
changes.title_and_lead(visit)
changes.first_card(visit)
changes.series_card(visit)
changes.course_card(visit)
changes.revisions_card(visit)
