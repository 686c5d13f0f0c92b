"""Rød tråd in a browser: `streamlit run app.py`. ROEDTRAAD_STORE names the store (default: demo/store)."""

import streamlit as st

from dashboards import frame

page = st.navigation(frame.pages(), position="hidden")
with frame.told_plainly():
    page.run()
