"""Rød tråd in a browser: `roedtraad app`, or any Streamlit that runs this file. ROEDTRAAD_STORE names the store."""

import streamlit as st

from dashboards import frame

page = st.navigation(frame.pages(), position="hidden")
with frame.told_plainly():
    page.run()
