"""Frames about what a run made: evidence, exposed children, obligations, gaps, counts, and the funnel."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from checks.frames.frame import Frame, Subject
from checks.targets import FILE, targets

NUMBERS_OF_ALL = ("denominator", "early", "excused", "not_due")
TARGET_YEARS = 3


def evidence(subject: Subject) -> Frame:
    """Evidence with the child's first days of evidence and knowledge."""
    firsts = subject.read("exposed").select("child_id", "first_evidence_date", "first_known_date")
    rows = (
        subject.read("evidence")
        .join(firsts, on="child_id", how="left")
        .join(subject.read("children_in_view").select("child_id", "birth_date"), on="child_id", how="left")
        .with_columns(*subject.days.as_columns())
    )
    key = ("child_id", "source", "source_id", "person_id", "sks_code", "diagnosed_date")
    return Frame("evidence", rows, key, None, "Spor af eksponering", "Evidence of exposure")


def exposed(subject: Subject) -> Frame:
    """Exposed children with how many obligations of each kind that a child has once, and the day until which knowledge
    of them was early."""
    once = ("registered", "on_child_record", "handed_over")
    early_months = subject.reference.target.early_months
    kept = subject.read("obligations").filter(pl.col("kind").is_in(once))
    owed = kept.group_by("child_id").agg(
        *((pl.col("kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in once),
        pl.col("municipality_code").filter(pl.col("kind") == "registered").first(),
    )
    rows = (
        subject.read("exposed")
        .join(
            subject.read("children_in_view").select("child_id", "birth_date", "death_date"), on="child_id", how="left"
        )
        .join(owed, on="child_id", how="left")
        .with_columns(
            pl.col(once).fill_null(0),
            pl.col("birth_date").dt.offset_by(f"{early_months}mo").alias("early_until_date"),
            *subject.days.as_columns(),
        )
    )
    return Frame("exposed", rows, ("child_id",), "municipality_code", "Eksponerede børn", "Exposed children")


def obligations(subject: Subject) -> Frame:
    """Obligations as they stand."""
    rows = subject.read("obligations").with_columns(*subject.days.as_columns())
    key = ("child_id", "pregnancy_id", "measure", "subject_id")
    return Frame("obligations", rows, key, "municipality_code", "Forpligtelser", "Obligations")


def gaps(subject: Subject) -> Frame:
    """Gaps as they stand."""
    key = ("child_id", "pregnancy_id", "measure", "subject_id")
    return Frame("gaps", subject.read("gaps"), key, "municipality_code", "Huller", "Gaps")


def counts(subject: Subject) -> Frame:
    """Counts by measure, year and responsible municipality."""
    key = ("measure", "year", "municipality_code")
    return Frame(
        "counts", subject.read("counts"), key, "municipality_code", "Tal til offentliggørelse", "Counts for publication"
    )


def funnel(subject: Subject) -> Frame:
    """Steps of the thread, each with the children left before it."""
    group = ["group_kind", "group_value", "birth_period_kind", "birth_period"]
    steps = subject.read("continuity").filter(pl.col("lost_reason").is_null()).sort(*group, "position")
    rows = steps.with_columns(pl.col("children").shift(1).over(group).alias("children_before"))
    return Frame("funnel", rows, (*group, "step"), None, "Den røde tråd trin for trin", "The thread step by step")


def linkage(subject: Subject) -> Frame:
    """Births and exposures of each municipality, with those that lack a pregnancy or a child."""
    lost = pl.col("outcome").is_in(["none", "ambiguous", "no_child", "unknown_outcome"])
    grouped = subject.read("linkage_quality").group_by("measure", pl.col("municipality_code").cast(pl.String))
    rows = grouped.agg(pl.col("rows").sum(), pl.col("rows").filter(lost).sum().alias("unlinked"))
    key = ("measure", "municipality_code")
    return Frame("linkage", rows, key, "municipality_code", "Kobling", "Linkage")


def conservation(subject: Subject) -> Frame:
    """One row per law: what one stage handed on, and what the next one has."""
    laws = _laws(subject)
    rows = pl.concat(
        [
            pl.concat([_one(before, "before"), _one(after, "after")], how="horizontal").with_columns(
                pl.lit(law).alias("law")
            )
            for law, (before, after) in laws.items()
        ]
    )
    return Frame("conservation", rows, ("law",), None, "Intet går tabt", "Nothing is lost")


def _laws(subject: Subject) -> dict[str, tuple[pl.LazyFrame, pl.LazyFrame]]:
    born = subject.read("children").filter(pl.col("birth_date") <= subject.days.as_of)
    in_gap = subject.read("obligations").filter(pl.col("status").is_in(["overdue", "contradicted"]))
    whole = subject.read("counts_by_group").filter(
        (pl.col("period_kind") == "year")
        & (pl.col("group_kind") == "country")
        & (pl.col("attribution") == "responsible")
    )
    first_step = subject.read("continuity").filter(
        (pl.col("step") == "exposed")
        & (pl.col("group_kind") == "country")
        & (pl.col("birth_period_kind") == "all")
        & pl.col("lost_reason").is_null()
    )
    of_births, of_exposures = (
        subject.read("linkage_quality").filter(pl.col("measure") == measure).select(pl.col("rows").sum())
        for measure in ("births", "exposures")
    )
    return {
        "children_linked": (_height(subject.read("children")), _height(subject.read("links"))),
        "children_in_view": (_height(born), _height(subject.read("children_in_view"))),
        "births_in_linkage": (_height(subject.read("children")), of_births),
        "exposures_in_linkage": (_height(subject.read("exposures")), of_exposures),
        "evidence_exposed": (
            subject.read("evidence").select(pl.col("child_id").n_unique()),
            _height(subject.read("exposed")),
        ),
        "gaps_kept": (_height(in_gap), _height(subject.read("gaps"))),
        "obligations_counted": (_height(subject.read("obligations")), _all_numbers(subject.read("counts"))),
        "groups_counted": (_height(subject.read("obligations")), _all_numbers(whole)),
        "exposed_in_funnel": (_height(subject.read("exposed")), first_step.select(pl.col("children").sum())),
    }


def _height(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.select(pl.len())


def _all_numbers(counts: pl.LazyFrame) -> pl.LazyFrame:
    """Every obligation is in one of these numbers."""
    return counts.select(pl.sum_horizontal(NUMBERS_OF_ALL).sum())


def _one(counted: pl.LazyFrame, said: str) -> pl.LazyFrame:
    return counted.select(pl.first().cast(pl.Int64).fill_null(0).alias(said))


def shares(subject: Subject, file: Path = FILE) -> Frame:
    """Per kind of obligation and municipality: what was due in the last three calendar years, and what was met in time.

    Beside it the target that the steward has set in `file`, and the fewest obligations from which on it is held against
    anybody. TargetsFailed when the file cannot be used.
    """
    kind = pl.col("measure").str.split(":").list.first()
    is_follow_up = kind.is_in(["health_visitor", "gp", "family_clinic"])
    aimed = targets(file)
    aims = pl.LazyFrame(
        {
            "kind": [target.kind for target in aimed],
            "target": [target.share for target in aimed],
            "fewest": [target.fewest for target in aimed],
        },
        schema={"kind": pl.String, "target": pl.Float64, "fewest": pl.Int64},
    )
    rows = (
        subject.read("counts")
        .filter(pl.col("year") > subject.days.as_of.year - TARGET_YEARS)
        .group_by(pl.when(is_follow_up).then(pl.lit("follow_up")).otherwise(kind).alias("kind"), "municipality_code")
        .agg(pl.col("denominator").sum().alias("due"), pl.col("numerator_timely").sum().alias("met"))
        .join(aims, on="kind", how="left")
        .with_columns(pl.when(pl.col("due") > 0).then(pl.col("met") / pl.col("due")).alias("share"))
    )
    key = ("kind", "municipality_code")
    shares_aimed_at = {f"shares.{target.kind}": target.share for target in aimed}
    titles = ("Andel opfyldt til tiden", "Share met in time")
    return Frame("shares", rows, key, "municipality_code", *titles, targets=shares_aimed_at)
