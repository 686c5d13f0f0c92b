"""To be built."""

from dashboards import frame
from dashboards.markup import heading

visit = frame.begin_figures("moves")
heading(visit.words("nav.moves"), "")
