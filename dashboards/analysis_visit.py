"""Ready answers of the notebook on a page: one picture with its text, table and rows, asked once per publication.

Scope, language and look are in the key, so that no reader gets the answer of another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import polars as pl
import streamlit as st

from dashboards import published_analysis
from dashboards.language import Language, Words
from dashboards.notebook import courses, developments, money
from dashboards.notebook.asking import Asking, NothingPublished
from dashboards.notebook.told import Told
from dashboards.opening import Source
from dashboards.scope import Scope
from dashboards.tokens import Mode
from dashboards.visit import Visit

Question = Literal[
    "curve",
    "medians",
    "participation",
    "development",
    "ratios",
    "z_scores",
    "costs",
    "costs_by_age",
    "cost_differences",
    "scenario",
]
QUESTIONS: dict[Question, Callable[..., Told]] = {
    "curve": courses.curve,
    "medians": courses.medians,
    "participation": developments.participation,
    "development": developments.development_told,
    "ratios": developments.ratios,
    "z_scores": developments.z_scores,
    "costs": money.costs,
    "costs_by_age": money.costs_by_age,
    "cost_differences": money.differences,
    "scenario": money.moved,
}


def answer(visit: Visit, question: Question, *asked: str | float | None) -> Told | None:
    """None where nothing is published of what is asked; CannotBeRead where the table cannot be read."""
    version = str(visit.tables.run["run_id"])
    return _answer(version, visit.scope, visit.words.language, visit.mode, question, asked, _tables=visit.tables)


def development_rows(visit: Visit, domain: str) -> pl.DataFrame:
    """What is published of the development of exposed and other children in a domain, all ages and years of birth."""
    return _development(str(visit.tables.run["run_id"]), visit.scope, domain, _tables=visit.tables)


@st.cache_data(max_entries=100, show_spinner=False)
def _development(version: str, scope: Scope, domain: str, _tables: Source) -> pl.DataFrame:  # noqa: ARG001
    return published_analysis.development(_tables, scope, domain).filter(pl.col("group_kind") == "exposure")


@st.cache_data(max_entries=400, show_spinner=False)
def _answer(
    version: str,  # noqa: ARG001  (part of the key: another publication, other figures)
    scope: Scope,
    language: Language,
    mode: Mode,
    question: Question,
    asked: tuple[str | float | None, ...],
    _tables: Source,
) -> Told | None:
    try:
        return QUESTIONS[question](Asking(_tables, scope, Words(language), mode), *asked)
    except NothingPublished:
        return None
