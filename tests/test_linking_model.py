"""How probable a link is, and what linkage loses per municipality."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from pipelines.definitions.reference import Reference
from pipelines.linkage import linkage_quality
from pipelines.sources.linking.described import swapped
from pipelines.sources.linking.model import ONE_DIGIT_DAYS, SWAPPED_DAYS, chance_to_agree, model_of
from pipelines.sources.linking.persons import Population
from pipelines.sources.linking.probable import ProbableLinks

REFERENCE = Reference.load()


def children(*rows: tuple[str, str | None, list[str] | None, str | None, str | None]) -> pl.DataFrame:
    columns = ("birth_date", "sex", "municipalities", "mother_birth_date", "mother_id")
    schema = dict.fromkeys(columns, pl.String()) | {"municipalities": pl.List(pl.String)}
    made = pl.DataFrame(list(rows), schema=schema, orient="row").with_row_index("child").cast({"child": pl.Int64})
    return made.with_columns(pl.col("child").cast(pl.String).alias("child_id"))


def asked_about(**values: str | None) -> pl.DataFrame:
    fields = dict.fromkeys(("birth_date", "sex", "municipality_code", "mother_birth_date", "mother_id"))
    return pl.DataFrame(
        [{"record": 0, "nobody": 0.1} | fields | values],
        schema={"record": pl.Int64, "nobody": pl.Float64} | dict.fromkeys(fields, pl.String),
    )


FEW = children(
    ("2021-03-08", "female", ["0101", "0461"], "1990-01-01", "m1"),
    ("2021-03-09", "male", ["0461"], "1991-01-01", "m2"),
    ("2022-03-09", "male", None, None, None),
)
EVERYTHING = {
    "birth_date": "2021-03-08",
    "sex": "female",
    "municipality_code": "0461",
    "mother_birth_date": "1990-01-01",
}


@pytest.mark.parametrize("told_of", [EVERYTHING, EVERYTHING | {"mother_id": "m1"}, EVERYTHING | {"sex": None}])
def test_what_agrees_in_everything_is_as_probable_as_splink_says(told_of: dict[str, str | None]) -> None:
    population = Population(FEW, 0.99)
    record = asked_about(**told_of)
    exact = population.exactly(record).row(0, named=True)
    by_splink = ProbableLinks(FEW, population.model, 0.99).compared(record).sort("match_weight").row(-1, named=True)
    assert (exact["child"], exact["linked_by"], by_splink["child"]) == (0, "exact", 0)
    assert by_splink["match_probability"] == pytest.approx(exact["match_probability"], abs=1e-12)


MANY = children(
    *(
        (
            (date(2015, 1, 1) + timedelta(days=at * 37 % 1825)).isoformat(),
            ("female", "male")[at % 2],
            ["0461"],
            mother,
            mother,
        )
        for at, mother in enumerate((date(1980, 1, 1) + timedelta(days=at * 2)).isoformat() for at in range(3000))
    )
)


@pytest.mark.parametrize(
    ("slip", "linked_by"),
    [
        ({}, "exact"),
        ({"birth_date": "2015-02-17"}, "probable"),
        ({"birth_date": "2015-02-08"}, "probable"),
        ({"sex": "female"}, "probable"),
        ({"mother_birth_date": "1980-01-13"}, "probable"),
        ({"mother_birth_date": "1961-06-30"}, "none"),
        ({"birth_date": "2019-06-30"}, "none"),
        ({"birth_date": "2015-02-17", "mother_birth_date": "1980-01-13"}, "none"),
        ({"mother_birth_date": None}, "none"),
    ],
)
def test_one_slip_is_forgiven_and_a_description_of_somebody_else_is_not(
    slip: dict[str, str | None], linked_by: str
) -> None:
    true = dict(
        zip(
            ("birth_date", "sex", "mother_birth_date"),
            MANY.select("birth_date", "sex", "mother_id").row(1),
            strict=True,
        )
    )
    found = Population(MANY, 0.99).found(asked_about(**(true | {"municipality_code": "0461"} | slip)))
    assert found["linked_by"].to_list() == [linked_by]
    assert found["child"].to_list() == [1 if linked_by in ("exact", "probable") else None]


def test_the_same_descriptions_find_the_same_children_batch_after_batch() -> None:
    population = Population(FEW, 0.99)
    record = asked_about(**(EVERYTHING | {"birth_date": "2021-08-03"}))
    assert population.found(record).equals(population.found(record))


def test_two_children_near_each_other_leave_the_record_unlinked() -> None:
    near = children(
        ("2021-03-08", "female", ["0461"], "1990-01-01", None), ("2021-03-08", "female", ["0461"], "1990-01-01", None)
    )
    found = Population(near, 0.99).found(asked_about(**(EVERYTHING | {"municipality_code": "0101"})))
    assert found.select("child", "linked_by").rows() == [(None, "ambiguous")]


def test_chances_are_counted_in_a_large_population_and_assumed_in_a_small_one() -> None:
    halves = pl.Series(["female", "male"] * 5000)
    assert chance_to_agree(halves, 0.9) == pytest.approx(0.5, abs=0.001)
    assert chance_to_agree(halves.head(2), 0.9) == pytest.approx(0.9, abs=0.001)
    assert chance_to_agree(halves.clear(), 0.9) == 0.9


def test_levels_of_a_field_leave_nothing_out() -> None:
    for field in model_of(FEW).fields[:3]:
        assert sum(level.m for level in field.levels) == pytest.approx(1)
        assert sum(level.u for level in field.levels) == pytest.approx(1)


def test_slips_lead_to_about_as_many_other_days_as_the_model_says() -> None:
    days = pl.select(pl.date_range(date(2007, 1, 1), date(2025, 12, 31)).dt.to_string("%Y-%m-%d").alias("day"))
    swapping = days.select(swapped("day").is_not_null().mean()).item()
    assert swapping == pytest.approx(SWAPPED_DAYS, abs=0.01)
    digits = [str(digit) for digit in range(10)]
    near = days.gather_every(13).join(pl.DataFrame({"digit": digits}), how="cross")
    places = [place for place in range(10) if place not in (4, 7)]
    wrong = [
        near.select(
            "day", pl.concat_str(pl.col("day").str.slice(0, at), "digit", pl.col("day").str.slice(at + 1)).alias("near")
        )
        for at in places
    ]
    others = (
        pl.concat(wrong).filter(pl.col("day") != pl.col("near")).join(days, left_on="near", right_on="day", how="semi")
    )
    assert others.height / near["day"].n_unique() == pytest.approx(ONE_DIGIT_DAYS, rel=0.1)


def test_linkage_loss_is_counted_per_municipality() -> None:
    born = date(2025, 1, 8)
    births = pl.LazyFrame({"child_id": [1, 2, 3], "birth_date": [born] * 3})
    links = pl.LazyFrame(
        {"child_id": [1, 2, 3], "pregnancy_id": [11, None, None], "link": ["found", "ambiguous", "none"]},
        schema_overrides={"pregnancy_id": pl.Int64},
    )
    homes = pl.LazyFrame(
        {
            "child_id": [1, 1, 2],
            "from_date": [born, date(2025, 6, 1), born],
            "to_date": [None, None, None],
            "municipality_code": ["0461", "0101", "0410"],
        },
        schema_overrides={"to_date": pl.Date},
    )
    pregnancies = pl.LazyFrame(
        {
            "pregnancy_id": [11, 12, 13, 14, 15],
            "municipality_code": ["0751", "0461", "0461", None, "0410"],
            "end_date": [born, born, None, born, born],
            "outcome": ["live_birth", "live_birth", "unknown", "unknown", "loss"],
        }
    )
    exposures = pl.LazyFrame({"child_id": [2, *[None] * 5], "pregnancy_id": [None, 11, 12, 13, 14, 15]})
    counted = linkage_quality(links, births, homes, pregnancies, exposures, REFERENCE).collect()
    assert counted.with_columns(pl.col("municipality_code").cast(pl.String)).rows() == [
        ("births", "0410", "ambiguous", 1),
        ("births", "0461", "found", 1),
        ("births", None, "none", 1),
        ("exposures", "0410", "child", 1),
        ("exposures", "0410", "no_live_birth", 1),
        ("exposures", "0461", "child", 1),
        ("exposures", "0461", "no_child", 1),
        ("exposures", "0461", "not_due", 1),
        ("exposures", None, "unknown_outcome", 1),
    ]


def test_where_all_children_are_alike_nothing_is_certain_and_nothing_impossible() -> None:
    alike = children(*[("2021-03-08", "female", ["0461"], "1990-01-01", "m1")] * 700)
    population = Population(alike, 0.99)
    levels = [level for field in population.model.fields for level in field.levels]
    assert all(0 < level.u < 1 and 0 < level.m < 1 for level in levels)
    assert population.found(asked_about(**(EVERYTHING | {"sex": "male"})))["child"].to_list() == [None]
