"""The numbers at the top of a page: at most eight, each with its count, comparison, trend and definition."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboards import published
from dashboards.cards import Card, Trend, card_grid
from dashboards.caveat_markup import Told
from dashboards.caveats import figures_of
from dashboards.comparisons import Verdict, beside_country, beside_its_past
from dashboards.frame import link_with
from dashboards.instead import look_instead
from dashboards.markup import show, state_mark
from dashboards.scope import COUNTRY, Place
from dashboards.sentences import compared
from dashboards.shares import Instead, Share, Shares
from dashboards.visit import Visit
from pipelines.definitions.measures import Measure


def number_cards(visit: Visit, place: Place, shown: Sequence[Measure], told: Told) -> None:
    """Any place beside the country and beside itself three years before; the country beside itself alone."""
    region = (visit.geography.region_of(place.code),) if place.kind == "municipality" else ()
    figures = visit.shares(shown, tuple(dict.fromkeys((place, *region, COUNTRY))), "three_years", visit.windows)
    instead = look_instead(visit, shown, place)
    verdicts = verdicts_of(visit, place, shown, figures)
    cards = [_card(visit, place, each, figures, verdicts[each], instead[each.name], told) for each in shown]
    _say_how_many_are_hidden(visit, place, [card.figure for card in cards])
    show(card_grid(cards, visit.words, published.threshold()))


def compared_sentence(visit: Visit, place: Place, shown: Sequence[Measure]) -> list[str]:
    """Which of the numbers lie beside the country; the country stands beside itself, which the change says."""
    if place == COUNTRY:
        return []
    figures = visit.shares(shown, (place, COUNTRY), "three_years", (visit.window,))
    verdicts = verdicts_of(visit, place, shown, figures)
    titles = {visit.words.measure(each.name, "title"): verdict.comparison for each, verdict in verdicts.items()}
    return [sentence for sentence in [compared(titles, visit.words)] if sentence]


def verdicts_of(visit: Visit, place: Place, shown: Sequence[Measure], figures: Shares) -> dict[Measure, Verdict]:
    """By funnel limits beside the country; the country by its change since the window before."""
    if place == COUNTRY:
        return {each: _since_before(visit, each, place, figures) for each in shown}
    usual, window = visit.usual_variation(shown), visit.window
    pairs = {each: (figures.get(each, place, window), figures.get(each, COUNTRY, window)) for each in shown}
    return {
        each: beside_country(*pair, usual[each.name].correlation, high_is_good=each.high_is_good)
        for each, pair in pairs.items()
    }


def _card(
    visit: Visit,
    place: Place,
    headline: Measure,
    figures: Shares,
    verdict: Verdict,
    instead: tuple[Instead, ...],
    told: Told,
) -> Card:
    words, is_country, before = visit.words, place == COUNTRY, visit.windows[-2]
    rules = [words("compare.rule_past")] if is_country else [words("compare.rule"), words("trend.rule")]
    return Card(
        headline,
        figures.get(headline, place, visit.window),
        figures.get(headline, COUNTRY, before if is_country else visit.window),
        before.replace("-", "–") if is_country else words("place.in_country"),
        verdict,
        rule=" ".join(rules),
        instead=instead,
        caveat=told.line(figures_of(headline)),
        definition=link_with(words, visit.scope, "definitions", measure=headline.name),
        trend=None if is_country else _trend(visit, headline, place, figures, instead),
        windows=tuple(figures.series(headline, place, visit.windows)),
    )


def _trend(
    visit: Visit, headline: Measure, place: Place, figures: Shares, instead: tuple[Instead, ...]
) -> Trend | None:
    """The place's own; where its figure is not shown, that of the nearest larger place whose figure is."""
    if figures.get(headline, place, visit.window).interval is not None:
        verdict = _since_before(visit, headline, place, figures)
        return Trend(tuple(figures.series(headline, place, visit.windows)), verdict)
    for each in instead:
        if each.of != "own":
            windows = tuple(figures.series(headline, each.figure.place, visit.windows))
            return Trend(windows, _since_before(visit, headline, each.figure.place, figures), each.of)
    return None


def _since_before(visit: Visit, headline: Measure, place: Place, figures: Shares) -> Verdict:
    earlier, now = figures.series(headline, place, visit.windows[-2:])
    return beside_its_past(now, earlier, high_is_good=headline.high_is_good)


def _say_how_many_are_hidden(visit: Visit, place: Place, figures: list[Share]) -> None:
    """Once, before the first of them: that figures are hidden, why, and what stands there instead."""
    hidden = sum(share.state == "suppressed" for share in figures)
    if hidden and place.kind == "municipality":
        numbers = {"hidden": visit.words.number(hidden), "all": visit.words.number(len(figures))}
        text = visit.words("hidden.note", place=visit.name(place), **numbers)
        show(f"<p class='rt-notice'>{state_mark('suppressed')}<span>{escape(text)}</span></p>")
