"""Sentences on the leaders' pages: made from figures by rules, never without an interval, and no word of effect."""

from __future__ import annotations

from typing import Any

import pytest
from test_first_sentences import absent, figure, spoken

from dashboards import sentences
from dashboards.language import Words
from dashboards.leader import analysis_sentences as analysis
from dashboards.leader.follow_up import SEEN
from dashboards.leader.grown_tiles import tiles
from dashboards.leader.moves import MOVED
from dashboards.sentences import Links
from dashboards.shares import Share

DA, EN = Words("da"), Words("en")
NOW, BEFORE = "2024-2026", "2021-2023"
COUNTRY_NAME = "landet"


def said(markup: str | list[str]) -> str:
    return spoken(markup if isinstance(markup, str) else " ".join(markup))


# Which of several shares is the weakest


@pytest.mark.parametrize(
    ("shares", "named"),
    [
        ({"a": (40, 1000), "b": (500, 1000), "c": (600, 1000)}, ["a"]),
        ({"a": (480, 1000), "b": (500, 1000), "c": (800, 1000)}, ["a", "b"]),
        ({"a": (6, 12), "b": (7, 12), "c": (7, 12)}, []),
        ({"a": (6, 12), "b": (7, 12)}, []),
        ({"a": (12, 12), "b": (40, 40)}, []),
        ({"a": (40, 1000)}, []),
        ({}, []),
    ],
    ids=["below all others", "two overlap", "three overlap", "two alone overlap", "nothing lost", "only one", "none"],
)
def test_the_weakest_is_named_only_where_the_intervals_tell(
    shares: dict[str, tuple[int, int]], named: list[str]
) -> None:
    assert [share.headline for share in sentences.weakest([figure(name, *of) for name, of in shares.items()])] == named


def test_a_hidden_share_is_no_rival() -> None:
    known = [figure("a", 40, 1000), figure("b", 500, 1000)]
    assert [share.headline for share in sentences.weakest([*known, absent("suppressed", "c")])] == ["a"]


@pytest.mark.parametrize(("state", "is_said"), [("suppressed", True), ("missing", True), ("not_applicable", False)])
def test_that_hidden_links_may_be_weaker_is_said(state: Any, is_said: bool) -> None:
    links = [figure("registered", 40, 1000), figure("handed_over", 500, 1000), absent(state, "placement")]
    told = said(sentences.overview(figure("handed_over", 500, 1000), links, absent("suppressed"), DA))
    assert "Viden går oftest tabt ved registreringen" in told
    assert (DA("sentence.among_shown") in told) == is_said


def test_where_the_few_links_that_are_shown_cannot_tell_the_larger_place_does() -> None:
    level = [figure("registered", 500, 1000), figure("handed_over", 510, 1000)]
    country = Links(COUNTRY_NAME, [figure("registered", 40, 1000), figure("handed_over", 500, 1000)])
    own, earlier = figure("handed_over", 500, 1000), absent("suppressed")

    def lost(links: list[Share], beside: list[Links]) -> str:
        return said(sentences.overview(own, links, earlier, DA, beside=beside)[1])

    hidden = [*level, absent("suppressed", "placement")]
    assert lost(hidden, [country]).startswith("I landet går viden oftest tabt ved registreringen")
    assert lost(hidden, []) == lost(level, [country]) == DA("sentence.lost_unclear")


# Follow-up and moves open like the overview, with words of their own


MONTH_4, YEAR_3 = figure("family_clinic:month_4", 600, 1000), figure("family_clinic:year_3", 300, 1000)
FOLLOWED = (figure("followed_up", 610, 1000, period=BEFORE), figure("followed_up", 560, 1000, period=NOW))


def follow_up(now: Share, earlier: Share, words: Words = DA, *, beside: list[Links] | None = None) -> list[str]:
    links = [MONTH_4, YEAR_3] if beside is None else []
    told = sentences.overview(now, links, earlier, words, beside=beside or (), theme=SEEN)
    return [spoken(sentence) for sentence in told]


def test_follow_up_says_how_much_is_held_what_fewest_come_to_and_the_change() -> None:
    assert follow_up(FOLLOWED[1], FOLLOWED[0]) == [
        "I familieambulatoriet er 56 % af de planlagte undersøgelser gennemført (53–59 %).",
        "Færrest når til Familieambulatorium 3 år: 30 % (27–33 %).",
        "Det er gået tilbage siden 2021–2023 (−9 til −1 procentpoint).",
    ]


def test_english_follows_the_danish() -> None:
    assert follow_up(FOLLOWED[1], FOLLOWED[0], EN) == [
        "In the family clinic 56% of the planned examinations are held (53–59%).",
        "Fewest come to Family clinic examination at 3 years: 30% (27–33%).",
        "It has become worse since 2021–2023 (−9 to −1 percentage points).",
    ]


def test_where_the_own_change_is_hidden_that_of_the_larger_place_is_told_with_its_name() -> None:
    country = Links(COUNTRY_NAME, [MONTH_4, YEAR_3], FOLLOWED)
    assert follow_up(absent("suppressed"), absent("suppressed", period=BEFORE), beside=[country])[1:] == [
        "I landet når færrest til Familieambulatorium 3 år: 30 % (27–33 %).",
        "I landet er det gået tilbage siden 2021–2023 (−9 til −1 procentpoint).",
    ]


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
@pytest.mark.parametrize("theme", [SEEN, MOVED], ids=["follow-up", "moves"])
@pytest.mark.parametrize("state", ["suppressed", "missing", "not_applicable", "not_yet_due"])
def test_each_state_is_a_sentence_of_its_own_without_a_number(state: Any, theme: sentences.Theme, words: Words) -> None:
    told = sentences.overview(absent(state), [], absent(state, period=BEFORE), words, theme=theme)
    assert len(told) == 1
    assert not any(letter.isdigit() for letter in told[0])


# Beside the country


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ({"A": "worse", "B": "similar"}, "Sammenlignet med landet er A ringere."),
        ({"A": "better", "B": "better", "C": "better"}, "Sammenlignet med landet er A, B og C bedre."),
        ({"A": "better", "B": "worse"}, "Sammenlignet med landet er A bedre og B ringere."),
        ({"A": "similar", "B": "incomparable"}, "Det, der kan vises, er på niveau med landet."),
        ({"A": "incomparable"}, ""),
        ({}, ""),
    ],
)
def test_numbers_that_lie_beside_the_country_are_named(verdicts: dict[str, str], sentence: str) -> None:
    assert said(sentences.compared(verdicts, DA)) == sentence


# Ratios, participation


@pytest.mark.parametrize(
    ("low", "high", "middle", "side"),
    [(1.1, 2, 1, "more"), (0.5, 0.9, 1, "less"), (0.9, 1.1, 1, "same"), (1, 2, 1, "same"), (-9, 0, 0, "same")],
)
def test_an_interval_that_touches_the_middle_cannot_tell(low: float, high: float, middle: float, side: str) -> None:
    assert analysis.side_of(low, high, middle) == side


def gap(ratio: float | None, low: float | None, high: float | None, state: str = "number") -> dict[str, Any]:
    shares = {"exposed_share": 0.59, "others_share": 0.87} if ratio else {"exposed_share": None, "others_share": None}
    return {"programme": "gp", "ratio": ratio, "low": low, "high": high, "state": state} | shares


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            gap(0.68, 0.66, 0.70),
            "Egen læge: eksponerede børn kommer 0,68 gange så ofte som andre børn (0,66–0,70); 59 % mod 87 %.",
        ),
        (
            gap(0.9, 0.7, 1.1),
            "Egen læge: tallene kan ikke skille eksponerede og andre børn ad; 0,90 gange så ofte (0,70–1,1),"
            " 59 % mod 87 %.",
        ),
        (
            gap(1.3, 1.1, 1.5),
            "Egen læge: eksponerede børn kommer oftere end andre børn, 1,3 gange så ofte (1,1–1,5); 59 % mod 87 %.",
        ),
        (gap(None, None, None, "suppressed"), "Egen læge: Skjult."),
    ],
    ids=["less often", "cannot tell", "more often", "hidden"],
)
def test_participation_is_told_by_where_the_interval_lies(row: dict[str, Any], sentence: str) -> None:
    assert said(analysis.participation(row, DA)) == sentence


# How long it took


def curve(*points: tuple[int, float | None]) -> list[dict[str, Any]]:
    return [
        {"days": days, "share": share, "low": None if share is None else share - 0.05, "high": (share or 0) + 0.05}
        for days, share in points
    ]


@pytest.mark.parametrize(
    ("points", "half", "sentence"),
    [
        (
            curve((0, 0.3), (14, 0.72), (30, 0.8)),
            14,
            "Halvdelen er nået så langt inden for 14 dage: da er det 72 % (67–77 %) af de eksponerede børn"
            " i hele landet.",
        ),
        (
            curve((0, 0.1), (30, 0.3), (91, None)),
            None,
            "Efter 30 dage er 30 % (25–35 %) af de eksponerede børn i hele landet nået så langt; halvdelen er"
            " ikke nået.",
        ),
        (curve((0, None)), None, "Det kan ikke vises, hvor længe der gik."),
        ([], None, "Det kan ikke vises, hvor længe der gik."),
    ],
    ids=["half reached", "not reached", "hidden", "nothing"],
)
def test_how_long_it_took_is_told_with_the_share_of_that_day_and_its_interval(
    points: list[dict[str, Any]], half: int | None, sentence: str
) -> None:
    assert said(analysis.how_long(points, half, DA)) == sentence


# Development


ABOUT = {"domain": "vækst", "band": "0–1", "period": "2020–2022"}


def share(value: float | None, low: float = 0.0, high: float = 0.0, state: str = "number") -> dict[str, Any]:
    told = (value, low, high) if value is not None else (None, None, None)
    counts = {"numerator": 11, "denominator": 97} if value is not None else {"numerator": None, "denominator": None}
    return dict(zip(("share", "low", "high"), told, strict=True)) | counts | {"state": state}


HIDDEN = share(None, state="suppressed")


@pytest.mark.parametrize(
    ("exposed", "others", "sentence"),
    [
        (
            share(0.11, 0.06, 0.19),
            share(0.07, 0.06, 0.07),
            "Vurderinger af vækst ved 0–1 år viser bekymring hos 11 % af de eksponerede børn (6–19 %) og hos 7 %"
            " af alle andre (6–7 %).",
        ),
        (
            share(0.11, 0.06, 0.19),
            HIDDEN,
            "Vurderinger af vækst ved 0–1 år viser bekymring hos 11 % af de eksponerede børn (6–19 %). For alle"
            " andre kan tallet ikke vises.",
        ),
        (
            HIDDEN,
            share(0.07, 0.06, 0.07),
            "Vurderinger af vækst ved 0–1 år kan ikke vises for eksponerede børn født 2020–2022. Vælg en anden"
            " alder eller andre årgange.",
        ),
    ],
)
def test_a_concern_is_told_of_those_assessed_and_what_is_hidden_is_said(
    exposed: dict[str, Any], others: dict[str, Any], sentence: str
) -> None:
    assert said(analysis.concern(exposed, others, DA, ABOUT)) == sentence


@pytest.mark.parametrize(
    ("ratio", "beginning"),
    [
        ({"ratio": 1.8, "low": 1.3, "high": 2.4}, "Det er oftere: 1,8 gange så ofte (1,3–2,4)"),
        ({"ratio": 1.7, "low": 1.04, "high": 2.6}, "Det er oftere: 1,7 gange så ofte (1,04–2,6)"),
        ({"ratio": 0.5, "low": 0.3, "high": 0.9}, "Det er sjældnere: 0,50 gange så ofte (0,30–0,90)"),
        (
            {"ratio": 1.8, "low": 0.97, "high": 3.1},
            "Tallene kan ikke skille de to grupper ad: 1,8 gange så ofte (0,97–3,1)",
        ),
        ({"ratio": None, "low": None, "high": None}, ""),
        (None, ""),
    ],
)
def test_oftener_is_said_only_where_the_interval_keeps_clear_of_one(
    ratio: dict[str, Any] | None, beginning: str
) -> None:
    told = said(analysis.times_as_often(ratio, DA))
    assert told.startswith(beginning)
    assert bool(told) == bool(beginning)


def test_who_was_not_assessed_is_told_and_is_not_called_well() -> None:
    assert said(analysis.not_assessed(share(0.75, 0.7, 0.8), DA)) == (
        "25 % af de eksponerede børn er ikke vurderet (20–30 %)."
        " Ikke vurderet er ikke det samme som uden vanskeligheder."
    )
    assert analysis.not_assessed(HIDDEN, DA) == ""


def test_numbers_of_development_stand_beside_others_and_beside_the_years_before() -> None:
    rows = {
        (group, of, period): share(value, value - 0.02, value + 0.02)
        for group, of, period, value in [
            ("exposed", "concern", NOW, 0.11), ("exposed", "concern", BEFORE, 0.25),
            ("others", "concern", NOW, 0.07), ("others", "concern", BEFORE, 0.07),
            ("exposed", "assessed", NOW, 0.75), ("exposed", "assessed", BEFORE, 0.85),
        ]
    }  # fmt: skip
    rows |= {("others", "assessed", NOW): HIDDEN, ("others", "assessed", BEFORE): None}
    ratio = {"ratio": 1.8, "low": 1.3, "high": 2.4, "state": "number"}
    made = tiles(rows, {"alike": ratio, "crude": None}, None, (NOW, BEFORE), DA)
    assert [each.number.replace("\N{NO-BREAK SPACE}", " ") for each in made] == ["11 %", "7 %", "1,8", "25 %", "", ""]
    marks = [[mark for mark, _ in each.lines] for each in made]
    assert marks == [["", "better"], ["similar"], [""], ["worse"], [], []]
    assert [each.state for each in made][-2:] == ["suppressed", "missing"]


# Costs


def cost(mean: float | None, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    return {"mean_dkk": mean, "low_dkk": low, "high_dkk": high, "state": "number" if mean else "suppressed"}


@pytest.mark.parametrize(
    ("by_pathway", "sentence"),
    [
        (
            {"early": cost(156_000, 121_000, 203_000), "lost": cost(169_000, 147_000, 194_000)},
            "Til og med 6 år har et barn, der blev kendt tidligt og ført videre, i gennemsnit kostet 156.000 kr."
            " (121.000 til 203.000 kr.), og et barn, hvis viden blev tabt undervejs, 169.000 kr."
            " (147.000 til 194.000 kr.).",
        ),
        (
            {"early": cost(None), "lost": cost(169_000, 147_000, 194_000)},
            "Til og med 6 år har et barn i forløbet »Tabt undervejs« i gennemsnit kostet 169.000 kr. (147.000 til"
            " 194.000 kr.).",
        ),
        ({"early": cost(None), "lost": cost(None)}, "Ingen udgifter pr. barn kan vises."),
        ({}, "Ingen udgifter pr. barn kan vises."),
    ],
    ids=["both", "one", "hidden", "nothing"],
)
def test_costs_are_told_of_pathways_that_are_shown(by_pathway: dict[str, dict[str, Any]], sentence: str) -> None:
    assert said(analysis.costs(by_pathway, "6 år", DA)) == sentence


@pytest.mark.parametrize(
    ("difference", "low", "high", "sentence"),
    [
        (30_200, 8_560, 46_000, "Forskellen er 30.200 kr. mere pr. barn (8.560 til 46.000 kr.)."),
        (-30_200, -46_000, -8_560, "Forskellen er 30.200 kr. mindre pr. barn (−46.000 til −8.560 kr.)."),
        (
            12_700, -37_000, 57_000,
            "Tallene kan ikke afgøre, om der er en forskel: 12.700 kr. pr. barn (−37.000 til 57.000 kr.).",
        ),
        (None, None, None, ""),
    ],
)  # fmt: skip
def test_a_difference_in_cost_is_claimed_only_where_its_interval_keeps_clear_of_zero(
    difference: int | None, low: int | None, high: int | None, sentence: str
) -> None:
    row = {"difference_dkk": difference, "low_dkk": low, "high_dkk": high}
    assert said(analysis.cost_difference(row, DA)) == sentence


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_no_text_of_these_pages_speaks_of_an_effect_unless_to_deny_it(words: Words) -> None:
    sections = ("follow_up", "moves", "grown", "money", "lost_step", "leader")
    texts = [text for section in sections for text in words.section(section).values()]
    for word in ("årsag", "skyldes", "virker", "because of", "causes", "thanks to"):
        assert not [text for text in texts if word in text.lower()]
    assert all("ikke" in text or "not" in text for text in texts if "virkning" in text or "effect" in text)
