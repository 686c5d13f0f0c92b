"""Who has seen what: whether the chain of the audit log is whole, and its entries by day, action, person and place."""

from datetime import UTC, datetime

import streamlit as st

from dashboards import frame
from dashboards.operation import log

visit = frame.begin("audit")
entries, verdict = log.read(visit)
title = st.container()
with title:
    log.title_and_lead(visit, entries, verdict)
asked = log.choose(visit, entries)
log.entries_card(visit, log.chosen_of(entries, asked, datetime.now(UTC)))
