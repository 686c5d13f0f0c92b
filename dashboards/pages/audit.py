"""To be built."""

from dashboards import frame
from dashboards.markup import heading

visit = frame.begin("audit")
heading(visit.words("nav.audit"), "")
