"""Who has seen what: whether the chain of the audit log is whole, and its entries by day, action, person and place."""

from datetime import UTC, datetime

import streamlit as st

from dashboards import frame, operations
from dashboards.opening import store_path
from dashboards.operation import log

visit = frame.begin("audit")
entries = operations.audit_entries(store_path(), visit.scope)
title = st.container()
with title:
    log.title_and_lead(visit, entries)
asked = log.choose(visit, entries)
log.entries_card(visit, log.chosen_of(entries, asked, datetime.now(UTC)))
