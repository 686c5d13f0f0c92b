"""To be built."""

from dashboards import frame
from dashboards.markup import heading

visit = frame.begin("child")
heading(visit.words("nav.child"), "")
