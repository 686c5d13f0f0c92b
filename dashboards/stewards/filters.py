"""Which gaps a steward sees: choices that stand in the address and hold no person's data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl
import streamlit as st

from dashboards.address import chosen, remember
from dashboards.stewards.decisions import is_mine
from dashboards.visit import Visit

ANY = "any"
OPEN = "open"
AGES = {"unborn": (None, 0), "under_2": (0, 2), "2_to_5": (2, 6), "6_to_12": (6, 13), "from_13": (13, 200)}
"""Years of the child, the last not included; an unborn child is a pregnancy."""

DAYS_OVER = {"30": (0, 31), "180": (31, 181), "365": (181, 366), "more": (366, 100_000)}
"""Days over the due day, the last not included."""

ASSIGNED = ("me", "somebody", "nobody")
SHOWN = (OPEN, "accepted", "all")


@dataclass(frozen=True)
class Filter:
    """One choice: its name in the address and in the texts, its options, and what each lets through."""

    name: str
    options: tuple[str, ...]
    fits: Callable[[str], pl.Expr]
    default: str = ANY


def filters_of(visit: Visit, gaps: pl.DataFrame) -> tuple[Filter, ...]:
    """All choices; who can close a gap is named by the gaps that there are."""
    closers = tuple(gaps["closer"].unique().sort().to_list())
    return (
        Filter("shown", SHOWN, shown, OPEN),
        Filter("severity", (ANY, *visit.words.section("severity")), lambda name: pl.col("severity") == name),
        Filter("age", (ANY, *AGES), lambda name: of_age(name, visit.as_of)),
        Filter("over", (ANY, *DAYS_OVER), lambda name: pl.col("age_days").is_between(*DAYS_OVER[name], closed="left")),
        Filter("who", (ANY, *closers), lambda name: pl.col("closer") == name),
        Filter("assigned", (ANY, *ASSIGNED), lambda name: assigned(name, visit.who)),
    )


def shown(name: str) -> pl.Expr:
    """Open gaps, accepted ones, or both."""
    is_accepted = pl.col("accepted_until").is_not_null()
    return {OPEN: ~is_accepted, "accepted": is_accepted, "all": pl.lit(value=True)}[name]


def of_age(name: str, as_of: date) -> pl.Expr:
    """The child's whole years on the day of the figures; a birthday on that day counts."""
    youngest, oldest = AGES[name]
    birth, today = pl.col("birth_date"), pl.lit(as_of)
    if youngest is None:
        return pl.col("subject_kind") == "pregnancy"
    is_old_enough = birth <= today.dt.offset_by(f"-{youngest}y")
    return (is_old_enough & (birth > today.dt.offset_by(f"-{oldest}y"))).fill_null(value=False)


def assigned(name: str, who: str) -> pl.Expr:
    """Gaps of mine, of somebody (me included), or of nobody."""
    is_somebodys = pl.col("assigned_to").is_not_null()
    return {"me": is_mine(who), "somebody": is_somebodys, "nobody": ~is_somebodys}[name]


def choose(visit: Visit, gaps: pl.DataFrame, back_to_first_page: Callable[[], None]) -> pl.DataFrame:
    """The filters one click away, open when one is in use; the gaps that all of them let through."""
    words, filters = visit.words, filters_of(visit, gaps)
    names = {each.name: chosen(each.name, each.options, each.default) for each in filters}
    used = sum(names[each.name] != each.default for each in filters)
    label = words("filters.used", number=words.number(used)) if used else words("filters.title")
    with st.expander(label, expanded=used > 0, key="filters"):
        for of_row in (filters[:3], filters[3:]):
            for each, column in zip(of_row, st.columns(3), strict=True):
                with column:
                    _select(visit, each, back_to_first_page)
    for each in filters:
        remember(each.name, names[each.name], each.default)
    asked = [each.fits(names[each.name]) for each in filters if names[each.name] != ANY]
    return gaps.filter(*asked)


def _select(visit: Visit, each: Filter, back_to_first_page: Callable[[], None]) -> None:
    st.selectbox(
        visit.words(f"filters.{each.name}"),
        each.options,
        key=each.name,
        format_func=lambda option: option_text(visit, each.name, option),
        on_change=back_to_first_page,
    )


def option_text(visit: Visit, name: str, option: str) -> str:
    """An option in words."""
    if option == ANY:
        return visit.words("filters.any")
    if name == "severity":
        return visit.words(f"severity.{option}")
    return visit.words(f"closer.{option}" if name == "who" else f"filters.{name}_{option}")
