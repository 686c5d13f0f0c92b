"""To be built."""

from dashboards import frame
from dashboards.markup import heading

visit = frame.begin_figures("development")
heading(visit.words("nav.development"), "")
