"""How far each respondent is: who has answered, who has begun, who is missing, who has withdrawn."""

from __future__ import annotations

from typing import Literal, get_args

import polars as pl

from pipelines.requests.answers import answers, withdrawn
from pipelines.requests.declared import RESPONDENT_KINDS
from pipelines.requests.opened import Opened
from pipelines.requests.respondents import RESPONDENTS

State = Literal["missing", "begun", "answered", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)
"""Nothing answered; something, but not all that is required; all that is required; answers no more. In the order in
which they are shown: those whom somebody has to ask come first."""

PROGRESS: dict[str, pl.DataType] = {
    **RESPONDENTS,
    "state": pl.Enum(STATES),
    "answered": pl.Int64(),
    "asked": pl.Int64(),
    "lacking": pl.List(pl.String()),
    "is_late": pl.Boolean(),
    "last_on": pl.Date(),
    "withdrew_because": pl.String(),
}
"""One row per respondent. `lacking`: required questions without an answer; `is_late`: one of its answers came after the
deadline, null without any; `last_on`: its last day."""

WHO = ("respondent_kind", "respondent")


def progress(opened: Opened) -> pl.DataFrame:
    """Every respondent (columns PROGRESS): municipalities, then providers; the missing first, then by name."""
    gone = [(*who, reason) for who, reason in withdrawn(opened).items()]
    left = pl.DataFrame(gone, schema={**dict.fromkeys(WHO, pl.String), "withdrew_because": pl.String}, orient="row")
    told = (
        opened.respondents.join(_given(opened), on=list(WHO), how="left")
        .join(left, on=list(WHO), how="left")
        .join(_asked(opened), on="respondent_kind", how="left")
        .join(_lacking(opened), on=list(WHO), how="left")
    )
    counted = told.with_columns(pl.col("lacking").fill_null([]), pl.col("answered").fill_null(0))
    return counted.with_columns(_state()).select(list(PROGRESS)).sort("respondent_kind", "state", "name")


def _state() -> pl.Expr:
    state = (
        pl.when(pl.col("withdrew_because").is_not_null())
        .then(pl.lit("withdrawn"))
        .when(pl.col("answered") == 0)
        .then(pl.lit("missing"))
        .when(pl.col("lacking").list.len() > 0)
        .then(pl.lit("begun"))
        .otherwise(pl.lit("answered"))
    )
    return state.cast(pl.Enum(STATES)).alias("state")


def _given(opened: Opened) -> pl.DataFrame:
    return (
        answers(opened, with_withdrawn=True)
        .group_by(WHO)
        .agg(
            pl.len().cast(pl.Int64).alias("answered"),
            pl.col("is_late").any(),
            pl.col("received_on").max().alias("last_on"),
        )
    )


def _asked(opened: Opened) -> pl.DataFrame:
    """How many questions each kind of respondent is asked."""
    rows = [(kind, len(opened.request.of(kind))) for kind in RESPONDENT_KINDS]
    return pl.DataFrame(rows, schema={"respondent_kind": pl.String, "asked": pl.Int64}, orient="row")


def _lacking(opened: Opened) -> pl.DataFrame:
    """Required questions without an answer, in their order."""
    rows = [(each.respondent, each.id) for each in opened.request.questions if each.required]
    required = pl.DataFrame(rows, schema={"respondent_kind": pl.String, "question_id": pl.String}, orient="row")
    given = answers(opened, with_withdrawn=True)
    return (
        opened.respondents.select(WHO)
        .join(required, on="respondent_kind", maintain_order="left_right")
        .join(given, on=[*WHO, "question_id"], how="anti", maintain_order="left")
        .group_by(WHO, maintain_order=True)
        .agg(pl.col("question_id").alias("lacking"))
    )
