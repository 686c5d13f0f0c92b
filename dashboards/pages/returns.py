"""Which municipalities have returned their counts? Who is missing first; then what was refused, and who is in."""

from dashboards import frame
from dashboards.national import returned

visit = frame.begin("returns")
returned.title(visit)
returned.missing_card(visit)
returned.refused_card(visit)
returned.accepted_card(visit)
