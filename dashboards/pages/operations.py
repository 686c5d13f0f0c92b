"""Does it run? The last runs, what has failed, what the store takes, who has delivered, and what was released."""

from dashboards import frame
from dashboards.operation import holdings, runs

visit = frame.begin("operations")
runs.title_and_lead(visit)
runs.number_cards(visit)
runs.failures_card(visit)
runs.runs_card(visit)
holdings.sizes_card(visit)
holdings.deliveries_card(visit)
holdings.releases_card(visit)
