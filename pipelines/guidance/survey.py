"""The follow-up survey of a description: a request whose questions are its recommendations.

About a year after publication municipalities are asked what they know of it and what of it they use. Two questions for
each recommendation; forms, Excel, answers and history are those of every request.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.definitions.descriptions import Description
from pipelines.requests.answers import answers
from pipelines.requests.declared import ANSWERS, DRAFT, Question, Request, Said, Step
from pipelines.requests.opened import Opened

PREFIX = "guidance_"
KNOWS, USES = "knows_", "uses_"
EXTENT = ("fully", "partly", "no")
"""How far a recommendation is followed, as a municipality says it; the most first."""

ANSWER_DAYS, DRAFT_DAYS = 45, 60
NOTHING = Said(da="", en="")

SAYS: dict[str, pl.DataType] = {
    "municipality_code": pl.String(),
    "recommendation": pl.String(),
    "knows": pl.String(),
    "uses": pl.String(),
}
"""A row per municipality asked and recommendation. `knows`: yes, no or unknown; `uses`: of EXTENT; null: no answer."""


def survey_of(described: Description) -> Request:
    """The request that asks what is known of a description and what of it is used."""
    title = described.short_title
    return Request(
        id=f"{PREFIX}{described.name}",
        version=1,
        title=Said(da=f"Opfølgning: {title['da']}", en=f"Follow-up: {title['en']}"),
        target_group=Said(**described.target_group),
        context=Said(
            da=f"»{described.title['da']}« udkom {described.published.text}. Cirka et år efter en udgivelse spørger "
            "national koordination, om kommunerne kender beskrivelsen, og hvad de bruger af den.",
            en=f'"{described.title["en"]}" was published in {described.published.text}. About a year after a '
            "publication national coordination asks whether municipalities know the description, and what they use.",
        ),
        themes={
            "1": Said(da="Beskrivelsen som helhed", en="The description as a whole"),
            "2": Said(da="Kendskab til anbefalingerne", en="Knowledge of the recommendations"),
            "3": Said(da="Anvendelse af anbefalingerne", en="Use of the recommendations"),
            "4": Said(da="Det, der står i vejen", en="What stands in the way"),
        },
        steps=(
            Step(id=ANSWERS, days=ANSWER_DAYS, title=Said(da="Kommunerne svarer", en="Municipalities answer")),
            Step(
                id=DRAFT,
                days=DRAFT_DAYS,
                title=Said(da="Svarene samles", en="Answers are put together"),
                after=(ANSWERS,),
            ),
        ),
        questions=tuple(_questions(described)),
        choices={
            "extent": {
                "fully": Said(da="I det hele", en="In full"),
                "partly": Said(da="I nogen grad", en="In part"),
                "no": Said(da="Nej", en="No"),
            }
        },
    )


def _questions(described: Description) -> Iterator[Question]:
    yield _question(
        "known", 1, "yes_no", "Kender kommunen beskrivelsen?", "Does the municipality know the description?"
    )
    for theme, kind, prefix, da, en in (
        (2, "yes_no", KNOWS, "Kender I anbefalingen: {}?", "Do you know the recommendation: {}?"),
        (3, "choice", USES, "Følger I anbefalingen: {}?", "Do you follow the recommendation: {}?"),
    ):
        for row in described.recommendations.iter_rows(named=True):
            texts = da.format(row["text_da"]), en.format(row["text_en"])
            yield _question(f"{prefix}{_as_id(row['id'])}", theme, kind, *texts)
    obstacles = "Hvad står i vejen for at følge anbefalingerne?", "What stands in the way of following them?"
    yield _question("obstacles", 4, "text", *obstacles, required=False)


def _question(name: str, theme: int, kind: str, da: str, en: str, *, required: bool = True) -> Question:
    return Question(
        id=name,
        theme=theme,
        respondent="municipality",
        kind=kind,  # type: ignore[arg-type]  # of the closed list, from the lines above
        unit=NOTHING,
        text=Said(da=da, en=en),
        help=NOTHING,
        required=required,
        choices="extent" if kind == "choice" else None,
    )


def _as_id(recommendation: str) -> str:
    return recommendation.lower().replace("-", "_")


def is_survey_of(opened: Opened, described: Description) -> bool:
    """Whether the request asks about this description."""
    return opened.request.id == f"{PREFIX}{described.name}"


def says(opened: Opened, recommendations: list[str]) -> pl.DataFrame:
    """What each municipality that is asked says of each recommendation (columns SAYS), in the order of both."""
    asked = opened.respondents.filter(pl.col("respondent_kind") == "municipality")
    grid = asked.select(pl.col("respondent").alias("municipality_code")).join(
        pl.DataFrame({"recommendation": recommendations}), how="cross"
    )
    given = answers(opened).select(pl.col("respondent").alias("municipality_code"), "question_id", "text")
    for column, prefix in (("knows", KNOWS), ("uses", USES)):
        ids = {f"{prefix}{_as_id(name)}": name for name in recommendations}
        said = given.with_columns(
            pl.col("question_id").replace_strict(ids, default=None, return_dtype=pl.String).alias("recommendation")
        ).select("municipality_code", "recommendation", pl.col("text").alias(column))
        grid = grid.join(
            said.drop_nulls("recommendation"),
            on=["municipality_code", "recommendation"],
            how="left",
            maintain_order="left",
        )
    return grid.select(list(SAYS))
