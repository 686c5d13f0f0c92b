"""How children develop: one domain, one age and the children born in some years, exposed beside all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape

import polars as pl
import streamlit as st

from dashboards import figure_tables, published
from dashboards.address import chosen, remember
from dashboards.analysis_visit import answer, development_rows
from dashboards.charts.periods import period_words
from dashboards.language import Words
from dashboards.leader import grown_tiles
from dashboards.leader.analysis_sentences import Row, concern, not_assessed, times_as_often
from dashboards.leader.answer_cards import answer_card, choose_one, questions
from dashboards.leader.tiles import tile_grid
from dashboards.markup import card_heading, show
from dashboards.visit import Visit
from pipelines.definitions.age_bands import AGE_BANDS
from pipelines.definitions.enumerations import DOMAINS

FIGURES = frozenset({"development"})
FIRST_DOMAIN = "communication"
OUTCOMES = ("concern", "monitor_or_concern")


@dataclass(frozen=True)
class Choice:
    """What is looked at; `band` and `period` are null where nothing of it is told. `before`: the period before."""

    domain: str
    band: str | None
    period: str | None
    before: str | None

    def about(self, words: Words) -> dict[str, str]:
        """Its words for sentences."""
        band = (self.band or "").replace("-", "–")
        period = period_words(self.period, words) if self.period else ""
        return {"domain": words(f"development_domain.{self.domain}").lower(), "band": band, "period": period}


def choose(visit: Visit) -> Choice:
    """Domain, age and years of birth, all in the address; only those in which a concern
    of exposed children is told, or anything of them where none is."""
    words = visit.words
    left, middle, right = st.columns([2, 3, 3])
    with left:
        domain = chosen("domain", DOMAINS, FIRST_DOMAIN)
        name = partial(_domain, words)
        st.selectbox(words("grown.domain"), DOMAINS, key="domain", format_func=name)
        remember("domain", domain, FIRST_DOMAIN)
    is_told = (pl.col("group_value") == "exposed") & pl.col("share").is_not_null()
    every = development_rows(visit, domain).filter(is_told)
    of_concern = every.filter(pl.col("share_of") == "concern")
    told = every if of_concern.is_empty() else of_concern
    bands = [band.name for band in AGE_BANDS if band.name in told["age_band"]]
    if not bands:
        return Choice(domain, None, None, None)
    with middle:
        band = choose_one(words, "band", bands, "grown.band", partial(_band, words))
    periods = told.filter(pl.col("age_band") == band)["period"].unique().sort(descending=True).to_list()
    with right:
        period = choose_one(words, "born", periods, "grown.period", partial(period_words, words=words))
    earlier = [each for each in periods if each < period]
    return Choice(domain, band, period, earlier[0] if earlier else None)


def _domain(words: Words, domain: str) -> str:
    return words(f"development_domain.{domain}")


def _band(words: Words, band: str) -> str:
    return words("grown.band_name", band=band.replace("-", "–"))


def subtitle(visit: Visit, choice: Choice) -> str:
    """What the page speaks of."""
    words, day = visit.words, visit.words.day(visit.as_of)
    named = choice.about(words) | {"domain": _domain(words, choice.domain)}
    key = "grown.subtitle" if choice.band else "grown.subtitle_without"
    return words(key, day=day, **named)


def row_of(visit: Visit, choice: Choice, period: str | None, group: str, share_of: str) -> Row | None:
    """One published share of the choice in a period; null where there is none, or no period."""
    if choice.band is None or period is None:
        return None
    found = development_rows(visit, choice.domain).filter(
        pl.col("age_band") == choice.band,
        pl.col("period") == period,
        pl.col("group_kind") == "exposure",
        pl.col("group_value") == group,
        pl.col("share_of") == share_of,
    )
    return next(found.iter_rows(named=True), None)


def ratio_of(visit: Visit, choice: Choice, outcome: str, standardised: str) -> Row | None:
    """The ratio of the choice; null where there is none."""
    told = answer(visit, "ratios", choice.band, choice.period, outcome) if choice.band else None
    if told is None:
        return None
    is_asked = (pl.col("domain") == choice.domain) & (pl.col("standardised") == standardised)
    return next(told.rows.filter(is_asked).iter_rows(named=True), None)


def first_sentences(visit: Visit, choice: Choice) -> list[str]:
    """In how many a concern was found, whether that is oftener than among others, and how many nobody has assessed."""
    words = visit.words
    if choice.band is None:
        return [escape(words("grown.nothing", domain=choice.about(words)["domain"]))]
    own, others = (row_of(visit, choice, choice.period, group, "concern") for group in ("exposed", "others"))
    seen = row_of(visit, choice, choice.period, "exposed", "assessed")
    sentences = [
        concern(own, others, words, choice.about(words)),
        times_as_often(ratio_of(visit, choice, "concern", "alike"), words),
        not_assessed(seen, words),
        words("leader.association"),
    ]
    return [sentence for sentence in sentences if sentence]


def numbers(visit: Visit, choice: Choice) -> None:
    """Six numbers: concern, how many times as often, who was not assessed, and the mean z-score."""
    if choice.band is None:
        return
    rows = {
        (group, share_of, period): row_of(visit, choice, period, group, share_of)
        for group in ("exposed", "others")
        for share_of in ("concern", "assessed")
        for period in (choice.period, choice.before)
    }
    ratios = {kind: ratio_of(visit, choice, "concern", kind) for kind in ("alike", "crude")}
    tiles = grown_tiles.tiles(rows, ratios, _mean(visit, choice), (choice.period, choice.before), visit.words)
    show(tile_grid(tiles, visit.words, published.threshold()))


def _mean(visit: Visit, choice: Choice) -> Row | None:
    told = answer(visit, "z_scores", choice.domain, choice.band, choice.period)
    rows = told.rows.filter(pl.col("group_value") == "exposed").iter_rows(named=True) if told else iter(())
    return next(rows, None)


def bars_card(visit: Visit, choice: Choice) -> None:
    """All ages of the domain, for the chosen years of birth."""
    words, about = visit.words, choice.about(visit.words)
    told = answer(visit, "development", choice.domain, choice.period)
    caption = words("grown.bars_caption", period=about["period"], where=words("leader.country_only"))
    answer_card(visit, "development", words("grown.bars"), caption, told)


def ratios_card(visit: Visit, choice: Choice) -> None:
    """All domains at the chosen age: standardised with its interval, crude beside."""
    words, about = visit.words, choice.about(visit.words)
    outcome = choose_one(words, "outcome", OUTCOMES, "grown.outcome", partial(_outcome, words))
    told = answer(visit, "ratios", choice.band, choice.period, outcome)
    shown = {"outcome": _outcome(words, outcome), "band": about["band"], "period": about["period"]}
    answer_card(visit, "ratios", words("grown.ratios"), words("grown.ratios_caption", **shown), told)


def _outcome(words: Words, outcome: str) -> str:
    return words(f"development_share.{outcome}")


def z_card(visit: Visit, choice: Choice) -> None:
    """Mean z-scores of the choice, group by group: exposed and others first."""
    words, about = visit.words, choice.about(visit.words)
    told = answer(visit, "z_scores", choice.domain, choice.band, choice.period)
    with st.container(key="card-z"):
        card_heading(words("grown.z"), words("grown.z_caption", band=about["band"], period=about["period"]))
        if told is None or told.rows.is_empty():
            show(f"<p class='rt-notice'>{escape(words('grown.z_none'))}</p>")
            return
        is_exposure = told.rows["group_kind"] == "exposure"
        in_order = pl.concat([told.table.filter(is_exposure), told.table.filter(~is_exposure)])
        lines = "".join(
            f"<li><span>{escape(group)}</span><span class='n'><b>{escape(mean)}</b> ({escape(interval)})</span></li>"
            for _, _, group, mean, interval in in_order.iter_rows()
        )
        show(f"<ul class='rt-history'>{lines}</ul>")
        figure_tables.of_frame(visit, told.table, "z", title=told.title)


def questions_card(visit: Visit, choice: Choice) -> None:
    """About those whom nobody has assessed, about those with a concern, and about the reader's own children."""
    words = visit.words
    seen = row_of(visit, choice, choice.period, "exposed", "assessed")
    unseen = [words("grown.ask_unseen", share=words.percent(1 - seen["share"]))] if seen and seen["share"] else []
    items = [*unseen, words("grown.ask_more"), words("grown.ask_always")]
    questions(words("grown.ask"), words("grown.ask_caption"), items)


def nothing_card(visit: Visit) -> None:
    """A domain of which nothing is told."""
    with st.container(key="card-nothing"):
        card_heading(visit.words("grown.bars"), visit.words("leader.nothing"))
