"""Growth: z-scores from L, M and S against published figures, at the extremes, and tables that cannot be used."""

from __future__ import annotations

from math import exp, log
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.statistics.growth import read_lms, with_z_score

NINE_AND_A_HALF_MONTHS = (-0.1600954, 9.476500305, 0.11218624)
"""L, M and S of boys of 9.5 months: weight for age, CDC 2000."""


def table(*rows: tuple[str, int, float, float, float]) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema=["sex", "age_days", "L", "M", "S"], orient="row")


def score(measurement: float | None, *lms: float, restrict_extremes: bool = False) -> float | None:
    measured = pl.LazyFrame({"sex": ["male"], "age_days": [289], "measurement": [measurement]}, strict=False)
    told = with_z_score(measured, table(("male", 289, *lms)), restrict_extremes=restrict_extremes)  # type: ignore[arg-type]
    found: float | None = told.collect()["z_score"].item()
    return found


def test_a_boy_of_9_7_kg_at_nine_and_a_half_months_has_the_z_score_that_cdc_works_out() -> None:
    """CDC, Growth Chart Data Files, worked example: 0.207, the 58th percentile."""
    assert score(9.7, *NINE_AND_A_HALF_MONTHS) == pytest.approx(0.207, abs=5e-4)


def test_beyond_3_the_score_goes_on_in_steps_as_who_has_it() -> None:
    """WHO Child Growth Standards 2006, by hand: 3 + (y - SD3) / (SD3 - SD2), -3 + (y - SD3neg) / (SD2neg - SD3neg)."""
    power, median, spread = NINE_AND_A_HALF_MONTHS

    def at(deviations: int) -> float:
        return median * (1 + power * spread * deviations) ** (1 / power)

    above = score(14.0, *NINE_AND_A_HALF_MONTHS, restrict_extremes=True)
    below = score(6.0, *NINE_AND_A_HALF_MONTHS, restrict_extremes=True)
    assert above == pytest.approx(3 + (14 - at(3)) / (at(3) - at(2)), abs=1e-9)
    assert below == pytest.approx(-3 + (6 - at(-3)) / (at(-2) - at(-3)), abs=1e-9)
    assert (round(above or 0, 3), round(below or 0, 2)) == (3.408, -4.07)


def test_without_the_restriction_the_power_goes_on_beyond_3() -> None:
    assert score(14.0, *NINE_AND_A_HALF_MONTHS) == pytest.approx(
        ((14 / 9.476500305) ** -0.1600954 - 1) / (-0.1600954 * 0.11218624), abs=1e-9
    )


def test_an_l_of_0_is_the_logarithm() -> None:
    assert score(12.0, 0.0, 10.0, 0.1) == pytest.approx(log(1.2) / 0.1, abs=1e-9)
    far = score(14.0, 0.0, 10.0, 0.1, restrict_extremes=True)
    assert far == pytest.approx(3 + (14 - 10 * exp(0.3)) / (10 * exp(0.3) - 10 * exp(0.2)), abs=1e-9)


@given(st.floats(-1.5, 1.5), st.floats(2, 100), st.floats(0.02, 0.2), st.floats(-2.9, 2.9))
@settings(max_examples=60, deadline=None)
def test_the_measurement_of_a_score_has_that_score(
    power: float, median: float, spread: float, deviations: float
) -> None:
    measurement = median * exp(
        log(1 + power * spread * deviations) / power if abs(power) > 1e-3 else spread * deviations
    )
    allowed = 1e-6 if abs(power) > 1e-3 else 0.02
    for restrict in (True, False):
        assert score(measurement, power, median, spread, restrict_extremes=restrict) == pytest.approx(
            deviations, abs=allowed
        )


def test_the_score_goes_on_without_a_jump_at_3() -> None:
    power, median, spread = NINE_AND_A_HALF_MONTHS
    at_3 = median * (1 + power * spread * 3) ** (1 / power)
    scores = [score(at_3 + step, *NINE_AND_A_HALF_MONTHS, restrict_extremes=True) for step in (-1e-6, 1e-6)]
    assert scores == pytest.approx([3, 3], abs=1e-5)


def test_between_two_ages_l_m_and_s_are_interpolated_straight() -> None:
    lms = table(("female", 100, 0.2, 6.0, 0.12), ("female", 200, -0.2, 8.0, 0.10))
    measured = pl.LazyFrame({"sex": ["female"], "age_days": [150], "measurement": [7.7]})
    told = with_z_score(measured, lms, restrict_extremes=False).collect()
    assert told["z_score"].item() == pytest.approx(log(7.7 / 7.0) / 0.11, abs=1e-9)


@pytest.mark.parametrize(
    ("sex", "age", "measurement"),
    [("female", 99, 7.0), ("female", 201, 7.0), ("unknown", 150, 7.0), ("male", 150, 7.0), (None, 150, 7.0),
     ("female", None, 7.0), ("female", 150, None), ("female", 150, 0.0), ("female", 150, -1.0)],
)  # fmt: skip
def test_never_beyond_the_table_and_nothing_from_the_unknown(
    sex: str | None, age: int | None, measurement: float | None
) -> None:
    lms = table(("female", 100, 0.2, 6.0, 0.12), ("female", 200, -0.2, 8.0, 0.10))
    schema = {"sex": pl.String, "age_days": pl.Int64, "measurement": pl.Float64}
    measured = pl.LazyFrame({"sex": [sex], "age_days": [age], "measurement": [measurement]}, schema=schema)
    for restrict in (True, False):
        assert with_z_score(measured, lms, restrict_extremes=restrict).collect()["z_score"].to_list() == [None]


def test_rows_keep_their_order_and_their_columns() -> None:
    lms = table(("female", 0, 1.0, 3.0, 0.1), ("female", 300, 1.0, 9.0, 0.1))
    measured = pl.LazyFrame(
        {"child": ["b", "c", "a"], "sex": ["female"] * 3, "age_days": [200, 9, 100], "measurement": [7.0, 3.2, 5.0]}
    )
    told = with_z_score(measured, lms, restrict_extremes=True).collect()
    assert told.columns == ["child", "sex", "age_days", "measurement", "z_score"]
    assert told["child"].to_list() == ["b", "c", "a"]


# Tables of the user

FIT = "sex,age_days,L,M,S\nfemale,200,-0.2,8.0,0.10\nfemale,100,0.2,6.0,0.12\n"


def test_a_table_is_read_in_order_of_sex_and_age(tmp_path: Path) -> None:
    (tmp_path / "lms.csv").write_text(FIT, "utf-8")
    assert read_lms(tmp_path / "lms.csv")["age_days"].to_list() == [100, 200]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sex,age_days,L,M\nfemale,1,1,1\n", "columns missing: S"),
        ("sex,age_days,L,M,S\n", "no rows"),
        (FIT.replace("female,200", "girl,200"), "sex is neither female nor male: 1 rows"),
        (FIT.replace("200", "-200"), "age_days is no number, or negative: 1 rows"),
        (FIT.replace("8.0", "8,0").replace('8,0', '"8,0"'), "M is no number above 0: 1 rows"),
        (FIT.replace("8.0", "0"), "M is no number above 0: 1 rows"),
        (FIT.replace("0.12", "nan"), "S is no number above 0: 1 rows"),
        (FIT.replace("-0.2", ""), "L is no number: 1 rows"),
        (FIT.replace("-0.2", "4"), "L and S leave no room for 3 standard deviations: 1 rows"),
        (FIT.replace("200", "100"), "the same sex and age_days twice: 2 rows"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_refused_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "lms.csv").write_text(text, "utf-8")
    with pytest.raises(UserError) as refused:
        read_lms(tmp_path / "lms.csv")
    assert said in refused.value.what
    assert "lms.csv" in refused.value.where


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_lms(tmp_path / "none.csv")
