"""To be built."""

from dashboards import frame
from dashboards.markup import heading

visit = frame.begin_figures("follow_up")
heading(visit.words("nav.follow_up"), "")
