"""To be built."""

from dashboards import frame
from dashboards.markup import heading

visit = frame.begin("completeness")
heading(visit.words("nav.completeness"), "")
