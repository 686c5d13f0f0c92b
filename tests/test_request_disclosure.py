"""What documents may show of answers: small numbers of citizens are not in them, and no total gives one away."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import polars as pl
import pytest
from asked_municipalities import CODES, LANGELAND, ME, NYBORG, ODENSE, SVENDBORG, again, asked, counts, given, said
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from pipelines.requests.answers import withdraw
from pipelines.requests.deviations import COUNTS, deviations
from pipelines.requests.disclosed import SHOWN, deviations_shown, shown, totals
from pipelines.requests.opened import Opened

THRESHOLD = 5
NOTHING_PUBLISHED = pl.DataFrame(schema=COUNTS)


@pytest.fixture
def made(tmp_path: Path) -> Opened:
    return asked(tmp_path)


def told(made: Opened, published: pl.DataFrame = NOTHING_PUBLISHED, question: str = "children") -> dict[str, tuple]:  # type: ignore[type-arg]
    rows = shown(again(made), published, THRESHOLD).filter(question_id=question)
    return {
        respondent: (state, value)
        for respondent, state, value in rows.select("respondent", "state", "value").iter_rows()
    }


def total(made: Opened, published: pl.DataFrame = NOTHING_PUBLISHED) -> tuple[object, ...]:
    rows = totals(again(made), shown(again(made), published, THRESHOLD), THRESHOLD)
    return rows.filter(question_id="children").select("state", "low", "high", "answered", "asked").row(0)


def test_numbers_are_shown_small_ones_are_not_and_nobody_is_nobody(made: Opened) -> None:
    for code, number in zip(CODES, (0, 4, 5, 1), strict=True):
        given(made, code, said("children", number))
    assert told(made) == {
        NYBORG: ("number", 0.0),
        ODENSE: ("under_threshold", None),
        SVENDBORG: ("number", 5.0),
        LANGELAND: ("under_threshold", None),
    }


def test_a_small_number_that_counts_no_people_is_shown(made: Opened) -> None:
    given(made, "fyn", said("capacity", 2), said("inflow", 2))
    assert told(made, question="capacity") == {"fyn": ("number", 2.0)}
    assert told(made, question="inflow") == {"fyn": ("under_threshold", None)}


def test_an_answer_whose_count_the_gate_has_hidden_is_hidden_whatever_it_is(made: Opened) -> None:
    for code in (NYBORG, ODENSE):
        given(made, code, said("children", 9))
    assert told(made, counts(m0450=None, m0461=9))[NYBORG] == ("hidden", None)
    assert told(made, counts(m0450=None, m0461=9))[ODENSE] == ("number", 9.0)


def test_who_has_not_answered_is_missing_and_who_has_withdrawn_says_so(made: Opened) -> None:
    given(made, NYBORG, said("children", 9))
    withdraw(made.store, made.id, ("municipality", NYBORG), "Nej.", actor=ME)
    assert (told(made)[NYBORG], told(made)[ODENSE]) == (("withdrawn", None), ("missing", None))


@pytest.mark.parametrize(
    ("numbers", "hidden", "expected"),
    [
        ((10, 20, 0, 30), {}, ("number", 60.0, 60.0, 4, 4)),
        ((10, 20, 3, 30), {}, ("between", 61.0, 64.0, 4, 4)),
        ((10, 2, 3, None), {}, ("between", 12.0, 18.0, 3, 4)),
        ((10, 20, 3, 30), {"m0450": None}, ("at_least", 51.0, None, 4, 4)),
        ((None, None, None, None), {}, ("missing", None, None, 0, 4)),
    ],
)
def test_a_total_is_told_as_far_as_what_is_shown_tells_it(
    made: Opened, numbers: tuple[int | None, ...], hidden: dict[str, None], expected: tuple[object, ...]
) -> None:
    for code, number in zip(CODES, numbers, strict=True):
        if number is not None:
            given(made, code, said("children", number))
    assert total(made, counts(**hidden)) == expected


NUMBERS = st.lists(st.integers(0, 12), min_size=1, max_size=5)


def of_numbers(numbers: list[int]) -> pl.DataFrame:
    states = ["under_threshold" if 0 < number < THRESHOLD else "number" for number in numbers]
    rows = [
        ("municipality", str(at), str(at), "children", state, float(number) if state == "number" else None, None, False)
        for at, (number, state) in enumerate(zip(numbers, states, strict=True))
    ]
    return pl.DataFrame(rows, schema=SHOWN, orient="row")


def test_what_a_day_costs_or_how_long_one_waits_is_never_summed(made: Opened) -> None:
    given(made, "fyn", said("daily_rate", "4000"), said("waiting_time", 14), said("capacity", 6))
    told = shown(again(made), NOTHING_PUBLISHED, THRESHOLD)
    summed = totals(again(made), told, THRESHOLD)["question_id"].to_list()
    assert "capacity" in summed
    assert not {"daily_rate", "waiting_time", "outside_region"} & set(summed)


@drawn(NUMBERS)
@settings(deadline=None)
def test_every_small_number_could_be_any_small_number_after_the_total_is_told(numbers: list[int]) -> None:
    """An attacker who knows everything shown, and the total, still finds 1 to 4 for each number that is not."""
    made = of_numbers(numbers)
    row = totals(_asking_children(), made, THRESHOLD).row(0, named=True)
    small = [at for at, number in enumerate(numbers) if 0 < number < THRESHOLD]
    rest = sum(number for number in numbers if not 0 < number < THRESHOLD)
    fits = [
        guess
        for guess in product(range(1, THRESHOLD), repeat=len(small))
        if row["low"] <= rest + sum(guess) <= row["high"]
    ]
    for at in range(len(small)):
        assert {guess[at] for guess in fits} == set(range(1, THRESHOLD))
    assert row["low"] <= sum(numbers) <= row["high"]


def _asking_children() -> Opened:
    from datetime import date

    from asked_municipalities import REQUEST

    from pipelines.requests.respondents import RESPONDENTS

    day = date(2026, 6, 1)
    return Opened(Path(), "x", REQUEST, day, "x", None, "2023-2025", "00", pl.DataFrame(schema=RESPONDENTS), ())


def test_deviations_in_documents_show_no_small_answer(made: Opened) -> None:
    given(made, NYBORG, said("children", 3, "fordi"))
    given(made, ODENSE, said("children", 30, "fordi"))
    rows = deviations_shown(deviations(again(made), counts(m0450=8, m0461=8)), THRESHOLD)
    assert rows.select("respondent", "state", "value", "difference").sort("respondent").rows() == [
        (NYBORG, "under_threshold", None, None),
        (ODENSE, "number", 30.0, 22.0),
    ]
