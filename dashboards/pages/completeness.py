"""Has everybody reported? Who is missing and since when, delivery by delivery and month by month."""

from dashboards.national import completeness
from dashboards.quality import sections

quality = sections.begin("completeness")
completeness.title_and_lead(quality)
completeness.missing_card(quality)
completeness.deliveries_card(quality)
completeness.months_card(quality)
