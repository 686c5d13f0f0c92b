"""The first sentences of a page: made from the figures by rules, never without an interval, never beyond it."""

from __future__ import annotations

from typing import Literal

import pytest

from dashboards import sentences
from dashboards.continuity import Step, Thread
from dashboards.language import NO_BREAK, Words
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Instead, Share
from dashboards.states import STATES, State

DA, EN = Words("da"), Words("en")
REGION = Place("region", "1083")
NOW, BEFORE = "2024-2026", "2021-2023"


def figure(name: str, part: int, whole: int, place: Place = COUNTRY, period: str = NOW) -> Share:
    interval = sentences.wilson(part, whole)
    return Share(name, place, period, "number", part, whole, interval.value, interval.low, interval.high)


def absent(state: State, name: str = "handed_over", period: str = NOW) -> Share:
    return Share(name, COUNTRY, period, state)


def spoken(sentence: str) -> str:
    """Without its markup."""
    for mark in ("<b>", "</b>", "<small>", "</small>"):
        sentence = sentence.replace(mark, "")
    return sentence.replace(NO_BREAK, " ")


def overview(reach: Share, links: list[Share], earlier: Share, words: Words = DA) -> list[str]:
    return [spoken(sentence) for sentence in sentences.overview(reach, links, earlier, words)]


REACH, EARLIER = figure("handed_over", 740, 1000), figure("handed_over", 610, 1000, period=BEFORE)
MOVE, SCHOOL, RECORD = (
    figure("carried_at_move", 480, 1000),
    figure("school_start", 470, 1000),
    figure("carried_in_record", 680, 1000),
)


def test_reach_weakest_link_and_change_are_said_with_their_intervals() -> None:
    assert overview(REACH, [REACH, MOVE, RECORD], EARLIER) == [
        "Viden om eksponeringen når frem til kommunen til tiden for 74 % af børnene (71–77 %).",
        "Viden går oftest tabt ved flytning til en ny kommune: 48 % kommer igennem (45–51 %).",
        "Det er blevet bedre siden 2021–2023 (+9 til +17 procentpoint).",
    ]


def test_english_follows_the_danish_sentence_for_sentence() -> None:
    assert overview(REACH, [REACH, MOVE, RECORD], EARLIER, EN) == [
        "Knowledge of the exposure reaches the municipality in time for 74% of the children (71–77%).",
        "Knowledge is lost most often at a move to another municipality: 48% get through (45–51%).",
        "It has become better since 2021–2023 (+9 to +17 percentage points).",
    ]


def test_two_links_whose_intervals_overlap_are_named_together() -> None:
    assert overview(REACH, [REACH, MOVE, SCHOOL, RECORD], EARLIER)[1] == (
        "Viden går oftest tabt ved skolestart (47 %, 44–50 %) eller ved flytning til en ny kommune (48 %, 45–51 %)."
    )


def test_three_links_that_cannot_be_told_apart_are_not_named() -> None:
    few = [figure(name, part, 12) for name, part in (("carried_at_move", 6), ("school_start", 7), ("registered", 7))]
    assert overview(REACH, few, EARLIER)[1] == "Tallene kan ikke afgøre, hvor viden oftest går tabt."


def test_nothing_is_said_of_links_when_fewer_than_two_may_be_shown() -> None:
    assert len(overview(REACH, [MOVE, absent("suppressed", "school_start")], EARLIER)) == 2


def test_where_nothing_is_lost_no_place_is_named() -> None:
    whole = [figure("carried_at_move", 900, 900), figure("school_start", 40, 40)]
    assert overview(REACH, whole, EARLIER)[1] == "Tallene kan ikke afgøre, hvor viden oftest går tabt."


def test_a_change_inside_its_interval_is_no_change() -> None:
    assert overview(REACH, [], figure("handed_over", 735, 1000, period=BEFORE))[-1] == (
        "Der er ingen sikker ændring siden 2021–2023 (−3 til +4 procentpoint)."
    )


def test_a_fall_is_said_as_calmly_as_a_rise() -> None:
    assert overview(REACH, [], figure("handed_over", 820, 1000, period=BEFORE))[-1] == (
        "Det er gået tilbage siden 2021–2023 (−12 til −4 procentpoint)."
    )


@pytest.mark.parametrize("state", [state for state in STATES if state != "number"])
@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_a_figure_that_may_not_be_shown_is_a_sentence_without_a_number(state: State, words: Words) -> None:
    said = overview(absent(state), [], EARLIER, words)
    assert len(said) == 1
    assert not any(letter.isdigit() for letter in said[0])


@pytest.mark.parametrize(
    ("of", "name", "words", "sentence"),
    [
        ("own", "2021–2025", DA, "I 2021–2025 nåede den frem til tiden for 61 % af børnene (51–70 %)."),
        (
            "region",
            "Region Syddanmark",
            DA,
            "I Region Syddanmark når den frem til tiden for 61 % af børnene (51–70 %).",
        ),
        ("country", "", DA, "I hele landet når den frem til tiden for 61 % af børnene (51–70 %)."),
        (
            "region",
            "Region Syddanmark",
            EN,
            "In Region Syddanmark it arrives in time for 61% of the children (51–70%).",
        ),
    ],
)
def test_where_the_own_figure_is_hidden_the_nearest_that_is_shown_is_said(
    of: Literal["own", "region", "country"], name: str, words: Words, sentence: str
) -> None:
    instead = [Instead(of, name, figure("handed_over", 61, 100, REGION))]
    said = sentences.overview(absent("suppressed"), [], absent("suppressed", period=BEFORE), words, instead)
    assert spoken(said[1]) == sentence


def test_where_the_own_links_are_hidden_the_regions_say_where_knowledge_is_lost() -> None:
    own = [absent("suppressed", "carried_at_move"), absent("suppressed", "school_start")]
    region = sentences.Links("Region Syddanmark", [MOVE, RECORD])
    said = sentences.overview(absent("suppressed"), own, absent("suppressed", period=BEFORE), DA, (), [region])
    assert spoken(said[-1]) == (
        "I Region Syddanmark går viden oftest tabt ved flytning til en ny kommune: 48 % kommer igennem (45–51 %)."
    )


def test_where_the_regions_links_are_hidden_too_the_country_says_it() -> None:
    hidden = [absent("suppressed", "carried_at_move"), absent("suppressed", "school_start")]
    beside = [sentences.Links("Region Syddanmark", hidden), sentences.Links("landet", [MOVE, RECORD])]
    said = sentences.overview(absent("suppressed"), hidden, absent("suppressed", period=BEFORE), DA, (), beside)
    assert spoken(said[-1]).startswith("I landet går viden oftest tabt ved flytning")


def test_the_region_is_not_asked_where_the_own_links_speak() -> None:
    region = sentences.Links("Region Syddanmark", [SCHOOL, RECORD])
    said = " ".join(sentences.overview(REACH, [MOVE, RECORD], EARLIER, DA, (), [region]))
    assert "Region Syddanmark" not in said


def picture(*numbers: tuple[str, int | None, int | None]) -> Thread:
    return Thread("number", tuple(Step(name, children, lost) for name, children, lost in numbers))


def thread(whole: Thread) -> list[str]:
    return [spoken(sentence) for sentence in sentences.thread(whole, DA)]


def test_the_thread_is_summed_up_with_its_interval_and_the_place_where_most_break() -> None:
    whole = picture(("exposed", 400, 0), ("registered", 380, 20), ("handed_over", 200, 180), ("followed_up", 180, 20))
    assert thread(whole) == [
        "Af 400 børn med kendt eksponering er tråden ubrudt for 180, 45 % (40–50 %).",
        "Tråden brister oftest på vej til kommunen: for 180 af de 380 børn, der nåede dertil (42–52 %).",
    ]


def test_a_hidden_step_silences_the_claim_of_where_most_threads_break() -> None:
    whole = picture(("exposed", 41, 0), ("registered", None, None), ("handed_over", 20, None), ("followed_up", 10, 10))
    assert thread(whole)[1] == "Tallene kan ikke afgøre, hvor tråden oftest brister."


def test_a_hidden_end_of_the_thread_is_said() -> None:
    whole = picture(("exposed", 41, 0), ("followed_up", None, None))
    assert thread(whole)[0].startswith("Af 41 børn med kendt eksponering er det skjult")


@pytest.mark.parametrize("state", [state for state in STATES if state != "number"])
@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_a_thread_that_is_not_there_is_one_sentence_without_a_number(state: State, words: Words) -> None:
    (sentence,) = sentences.thread(Thread(state), words)
    assert not any(letter.isdigit() for letter in sentence)


def test_a_larger_place_speaks_for_a_hidden_thread_and_a_hidden_one_is_silent() -> None:
    region = picture(("exposed", 400, 0), ("followed_up", 180, 220))
    (sentence,) = sentences.thread_beside("Region Syddanmark", region, DA)
    assert spoken(sentence) == "Region Syddanmark: tråden er ubrudt for 45 % (40–50 %)."
    assert sentences.thread_beside("Region Syddanmark", Thread("suppressed"), DA) == []
