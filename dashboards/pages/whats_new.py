"""To be built."""

from dashboards import frame
from dashboards.markup import heading

visit = frame.begin("whats_new")
heading(visit.words("nav.whats_new"), "")
