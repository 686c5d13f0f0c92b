"""To be built."""

from dashboards import frame
from dashboards.markup import heading

visit = frame.begin("operations")
heading(visit.words("nav.operations"), "")
