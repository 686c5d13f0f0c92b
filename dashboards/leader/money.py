"""What it has cost: per child by the pathway that knowledge took, differences, and a sum for those who plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape

import polars as pl
import streamlit as st

from dashboards import published
from dashboards.analysis_visit import answer
from dashboards.charts.costs_by_age import age_name
from dashboards.charts.pathway_costs import PATHWAYS, what_it_says
from dashboards.kroner import kroner, kroner_interval
from dashboards.language import Words
from dashboards.leader import analysis_sentences as said
from dashboards.leader.analysis_sentences import Row
from dashboards.leader.answer_cards import answer_card, choose_one
from dashboards.leader.tiles import Mark, Tile, tile_grid
from dashboards.markup import card_heading, show
from dashboards.notebook.told import Told
from dashboards.visit import Visit
from pipelines import pathways

FIGURES = frozenset({"costs"})
SHARES = ("0.10", "0.25", "0.50", "1.00")
"""Parts of the children that a scenario may move."""


def by_pathway(visit: Visit) -> dict[str, Row]:
    """The whole cost of each pathway to the oldest age that is told; empty where nothing is published."""
    told = answer(visit, "costs")
    if told is None:
        return {}
    to_age = told.rows.filter((pl.col("span") == "to_age") & (pl.col("breakdown") == "total"))
    last = to_age.filter(pl.col("age").is_null() | (pl.col("age") == pl.col("age").max()))
    found = {str(row["pathway"]): row for row in last.iter_rows(named=True)}
    return {name: found[name] for name in PATHWAYS if name in found}


def told_pathways(costs: Mapping[str, Row]) -> list[str]:
    """Pathways of exposed children whose cost is told, from the whole thread to none."""
    return [name for name, row in costs.items() if name in pathways.PATHWAYS and row["mean_dkk"] is not None]


def age_of(costs: Mapping[str, Row], words: Words) -> str:
    """The oldest age that is told."""
    ages = [row["age"] for row in costs.values() if row["age"] is not None]
    return age_name(max(ages), words) if ages else ""


def first_sentences(visit: Visit, costs: Mapping[str, Row]) -> list[str]:
    """What a child of a whole thread has cost and one of a broken, and whether the two can be told apart."""
    words = visit.words
    told = answer(visit, "cost_differences", pathways.EARLY)
    rows = told.rows.filter(pl.col("to_pathway") == pathways.LOST).to_dicts() if told else []
    difference = said.cost_difference(rows[0] if rows else None, words)
    sentences = [said.costs(costs, age_of(costs, words), words), difference, words("money.not_effect")]
    return [sentence for sentence in sentences if sentence]


def numbers(visit: Visit, costs: Mapping[str, Row]) -> None:
    """One for each pathway, with its interval, its children, and what other children have cost."""
    words, others = visit.words, costs.get(pathways.OTHERS)
    tiles = [_tile(name, row, others, words) for name, row in costs.items()]
    show(tile_grid(tiles, words, published.threshold()))


def _tile(name: str, row: Row, others: Row | None, words: Words) -> Tile:
    title, how = words(f"costs.pathway.{name}"), words("money.how")
    if row["mean_dkk"] is None:
        return Tile(title, "", how=how, state=row["state"])
    lines: list[tuple[Mark, str]] = []
    if others is not None and others["mean_dkk"] is not None and name != pathways.OTHERS:
        lines.append(("", words("money.beside", amount=kroner(others["mean_dkk"], words))))
    children = "" if row["children"] is None else words("costs.children", children=words.number(row["children"]))
    interval = kroner_interval(row["low_dkk"], row["high_dkk"], words)
    return Tile(title, kroner(row["mean_dkk"], words), interval, children, tuple(lines), f"{how} {words('money.once')}")


def pictures(visit: Visit, costs: Mapping[str, Row]) -> None:
    """By pathway and payer, by age, and the differences."""
    words = visit.words
    told = {question: answer(visit, question) for question in ("costs", "costs_by_age")}
    left, right = st.columns(2)
    with left:
        caption = words("money.costs_caption", where=words("leader.country_only"))
        _card(visit, "costs", caption, told["costs"])
    with right:
        _card(visit, "costs-by-age", words("money.by_age_caption"), told["costs_by_age"])
        known = told_pathways(costs)
        if len(known) > 1:
            names = {"age": age_of(costs, words), "pathway": words(f"costs.pathway.{known[0]}")}
            caption = words("money.differences_caption", **names)
            different = answer(visit, "cost_differences", known[0])
            answer_card(visit, "differences", words("money.differences"), caption, different)


def _card(visit: Visit, key: str, caption: str, told: Told | None) -> None:
    answer_card(visit, key, told.title if told else "", caption, told)


def scenario_card(visit: Visit, costs: Mapping[str, Row]) -> None:
    """A part of the children of one pathway with the costs of another: choices in the address, assumptions beside."""
    words, known = visit.words, told_pathways(costs)
    card_heading(words("money.scenario"), words("money.scenario_caption"))
    if len(known) < 2:
        show(f"<p class='rt-notice'>{escape(words('money.no_scenario'))}</p>")
        return
    name = partial(_pathway, words)
    start = [pathways.LOST, *(each for each in known if each != pathways.LOST)] if pathways.LOST in known else known
    leaving = choose_one(words, "from", start, "money.from", name)
    reaching = choose_one(words, "to", [each for each in known if each != leaving], "money.to", name)
    share = choose_one(words, "share", SHARES, "money.share", partial(_share, words))
    left, right = st.columns([3, 2])
    with left:
        told = answer(visit, "scenario", leaving, reaching, float(share))
        answer_card(visit, "scenario", told.title if told else "", "", told)
    with right, st.container(key="card-assumptions"):
        assumptions(visit)


def _pathway(words: Words, pathway: str) -> str:
    return words(f"costs.pathway.{pathway}")


def _share(words: Words, share: str) -> str:
    return words.percent(float(share))


def assumptions(visit: Visit) -> None:
    """Price year, discounting, and what the figures do not say."""
    words, told = visit.words, answer(visit, "costs")
    card_heading(words("money.assumptions"), words("money.assumptions_caption"))
    if told is None:
        return
    is_sample = visit.tables.run.get("is_sample") is True
    sentences: Sequence[str] = what_it_says(words, told.rows, is_sample=is_sample)
    show(f"<ul class='rt-list'>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>")
