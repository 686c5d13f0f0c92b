"""Choices that live in the address of a page, so that a reload or a link shows the same; never a person's data."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def chosen(name: str, options: Sequence[str], default: str) -> str:
    """The choice before its widget is drawn: what the reader chose last, else the address, else the default.

    Anything that is not among the options counts as not chosen. The widget that follows uses `name` as its key.
    """
    value = st.session_state.get(name, st.query_params.get(name))
    if value not in options:
        value = default
    st.session_state[name] = value
    return str(value)


def remember(name: str, value: str, default: str) -> None:
    """Write the choice into the address; the default leaves the address clean."""
    if value != default:
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]
