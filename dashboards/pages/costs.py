"""To be built."""

from dashboards import frame
from dashboards.markup import heading

visit = frame.begin_figures("costs")
heading(visit.words("nav.costs"), "")
