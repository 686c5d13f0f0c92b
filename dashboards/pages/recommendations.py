"""Are the recommendations met? In the country, the regions and the municipalities, and what nothing measured shows."""

import streamlit as st

from dashboards import frame
from dashboards.national import recommendations

visit = frame.begin_figures("recommendations")
title = st.container()
shown = recommendations.choose_guidance(visit)
with title:
    recommendations.title_and_lead(visit, shown)
recommendations.regions_card(visit, shown)
recommendations.unmeasured_card(visit, shown)
recommendations.municipalities_card(visit, shown)
