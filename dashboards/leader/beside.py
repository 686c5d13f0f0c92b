"""The numbers of a page for leaders and of their brief: each beside the country, beside its past, and what to read
where it is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboards.cards import Card, Trend
from dashboards.comparisons import Verdict, beside_country, beside_its_past
from dashboards.instead import look_instead
from dashboards.looking import Looking
from dashboards.scope import COUNTRY, Place
from dashboards.sentences import compared
from dashboards.shares import Instead, Shares
from pipelines.definitions.measures import Measure


def cards_of(looking: Looking, place: Place, shown: Sequence[Measure]) -> list[Card]:
    """Any place beside the country and beside itself three years before; the country beside itself alone."""
    region = (looking.geography.region_of(place.code),) if place.kind == "municipality" else ()
    places = tuple(dict.fromkeys((place, *region, COUNTRY)))
    figures = looking.shares(shown, places, "three_years", looking.windows)
    instead, verdicts = look_instead(looking, shown, place), verdicts_of(looking, place, shown, figures)
    return [_card(looking, place, each, figures, verdicts[each], instead[each.name]) for each in shown]


def compared_sentence(looking: Looking, place: Place, shown: Sequence[Measure]) -> list[str]:
    """Which of the numbers lie beside the country; the country stands beside itself, which the change says."""
    if place == COUNTRY:
        return []
    figures = looking.shares(shown, (place, COUNTRY), "three_years", (looking.window,))
    verdicts = verdicts_of(looking, place, shown, figures)
    titles = {looking.words.measure(each.name, "title"): verdict.comparison for each, verdict in verdicts.items()}
    return [sentence for sentence in [compared(titles, looking.words)] if sentence]


def verdicts_of(looking: Looking, place: Place, shown: Sequence[Measure], figures: Shares) -> Mapping[Measure, Verdict]:
    """By funnel limits beside the country; the country by its change since the window before."""
    if place == COUNTRY:
        return {each: _since_before(looking, each, place, figures) for each in shown}
    usual, window = looking.usual_variation(shown), looking.window
    pairs = {each: (figures.get(each, place, window), figures.get(each, COUNTRY, window)) for each in shown}
    return {
        each: beside_country(*pair, usual[each.name].correlation, high_is_good=each.high_is_good)
        for each, pair in pairs.items()
    }


def _card(
    looking: Looking,
    place: Place,
    headline: Measure,
    figures: Shares,
    verdict: Verdict,
    instead: tuple[Instead, ...],
) -> Card:
    words, is_country, before = looking.words, place == COUNTRY, looking.windows[-2]
    rules = [words("compare.rule_past")] if is_country else [words("compare.rule"), words("trend.rule")]
    return Card(
        headline,
        figures.get(headline, place, looking.window),
        figures.get(headline, COUNTRY, before if is_country else looking.window),
        before.replace("-", "–") if is_country else words("place.in_country"),
        verdict,
        rule=" ".join(rules),
        instead=instead,
        trend=None if is_country else _trend(looking, headline, place, figures, instead),
        windows=tuple(figures.series(headline, place, looking.windows)),
    )


def _trend(
    looking: Looking, headline: Measure, place: Place, figures: Shares, instead: tuple[Instead, ...]
) -> Trend | None:
    """The place's own; where its figure is not shown, that of the nearest larger place whose figure is."""
    if figures.get(headline, place, looking.window).interval is not None:
        verdict = _since_before(looking, headline, place, figures)
        return Trend(tuple(figures.series(headline, place, looking.windows)), verdict)
    for each in instead:
        if each.of != "own":
            windows = tuple(figures.series(headline, each.figure.place, looking.windows))
            return Trend(windows, _since_before(looking, headline, each.figure.place, figures), each.of)
    return None


def _since_before(looking: Looking, headline: Measure, place: Place, figures: Shares) -> Verdict:
    earlier, now = figures.series(headline, place, looking.windows[-2:])
    return beside_its_past(now, earlier, high_is_good=headline.high_is_good)
