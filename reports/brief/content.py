"""What a brief says, before it is a page or a PDF: the same sentences, numbers and marks as the leader's pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboards import headlines, published
from dashboards.cards import Card
from dashboards.continuity import Thread
from dashboards.language import Language, Words
from dashboards.leader.beside import cards_of, compared_sentence
from dashboards.leader.said import first_sentences, threads_to_draw
from dashboards.scope import Place, Scope
from reports.brief.choosing import MOST, candidates, chosen
from reports.brief.figures import Country, Eyes
from reports.brief.row import Row, row_of
from reports.brief.standing import Standing, one_sided


@dataclass(frozen=True)
class Drawn:
    """The thread that is drawn; `whose` says so where it is a larger place's."""

    thread: Thread
    caption: str
    whose: str


@dataclass(frozen=True)
class Brief:
    """One page. `lead` is markup; `facts` are names and texts of what stands below."""

    language: Language
    code: str
    place: str
    region: str
    as_of: date
    title: str
    subtitle: str
    document: str
    lead: tuple[str, ...]
    hidden: str
    drawn: Drawn
    caption: str
    key: str
    rows: tuple[Row, ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> int:
        """How many of the numbers are the municipality's own."""
        return sum(row.state == "number" for row in self.rows)


def brief_of(country: Country, code: str, standings: Mapping[str, Mapping[str, Standing]], reporting: str) -> Brief:
    """The brief of a municipality. `reporting`: what is said of how much of its data has come."""
    place, geography = Place("municipality", code), country.geography
    region = geography.region_of(code)
    eyes = country.seen_by(Scope("leader", code, region.code))
    words, period = eyes.words, eyes.window.replace("-", "–")
    counted = candidates()
    cards = chosen(cards_of(eyes, place, counted))
    shown = [card.headline for card in cards]
    standing = one_sided(standings.get(code, {}), shown)
    name, day = eyes.name(place), words.day(eyes.as_of)
    return Brief(
        language=words.language,
        code=code,
        place=name,
        region=eyes.name(region),
        as_of=eyes.as_of,
        title=words("overview.title"),
        subtitle=words("overview.subtitle", place=name, period=period, day=day),
        document=words("brief.document", place=name),
        lead=(*first_sentences(eyes, place), *compared_sentence(eyes, place, shown)),
        hidden=_hidden(cards, name, words),
        drawn=_drawn(eyes, place),
        caption=words("brief.numbers_caption", most=MOST, all=len(counted), period=period),
        key=words("brief.strip_key", windows=", ".join(window.replace("-", "–") for window in eyes.windows)),
        rows=tuple(row_of(eyes, place, card, standing.get(card.headline.name)) for card in cards),
        facts=_facts(eyes, reporting, has_standing=bool(standing)),
    )


def _hidden(cards: list[Card], name: str, words: Words) -> str:
    """That figures are hidden, why, and what stands there instead; empty where none is."""
    hidden = sum(card.figure.state == "suppressed" for card in cards)
    if not hidden:
        return ""
    return words("hidden.note", place=name, hidden=words.number(hidden), all=words.number(len(cards)))


def _drawn(eyes: Eyes, place: Place) -> Drawn:
    """One thread: the own one, or where that says little the nearest larger one that says more."""
    words, window = eyes.words, eyes.window
    where = threads_to_draw(eyes, place, window)[-1]
    whose = ""
    if where != place:
        whose = words("brief.thread_of", place=eyes.name(where), instead=words("thread.instead"))
    caption = words("thread.caption", period=window.replace("-", "–"))
    return Drawn(eyes.thread(where, window), caption, whose)


def _facts(eyes: Eyes, reporting: str, *, has_standing: bool) -> tuple[tuple[str, str], ...]:
    words, run = eyes.words, eyes.country.tables.run
    release = words("app.release", release=str(run["fingerprint"])[:8])
    rules = [words("compare.rule"), words("trend.rule")]
    if has_standing:
        floor = max(each.facts.minimum_denominator for each in headlines.SELECTABLE)
        rules.append(words("brief.numbers_of_standing", floor=words.number(floor)))
    sample = ((words("fact.data"), words("app.sample_note")),) if run.get("is_sample") is True else ()
    return (
        (words("brief.read"), " ".join(rules)),
        (words("nav.completeness"), reporting),
        (words("fact.hidden"), words("take_home.hidden", threshold=published.threshold())),
        (
            words("fact.source"),
            f"{words('take_home.source')} · {release} · {words('app.as_of', day=words.day(eyes.as_of))}",
        ),
        *sample,
    )
