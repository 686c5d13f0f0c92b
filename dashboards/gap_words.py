"""A gap in words: what was expected and when, what was found, and who can close it. One row of the worklist each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboards.language import NO_BREAK, Words
from pipelines.definitions.reference import Reference

CONTRADICTED = "contradicted"
PILLS = (
    "all",
    "critical",
    "ours",
    "registration",
    "handover",
    "record",
    "move",
    "transition",
    "follow_up",
    "pregnancy",
)
GROUP_OF_KIND = {
    "registered": "registration",
    "on_child_record": "registration",
    "handed_over": "handover",
    "carried_in_record": "record",
    "carried_at_move": "move",
    "carried_at_transition": "transition",
    "follow_up": "follow_up",
    "screened": "pregnancy",
    "referred": "pregnancy",
    "plan_before_birth": "pregnancy",
}
PSEUDONYM_LETTERS = 4


@dataclass(frozen=True)
class Closing:
    """Who can close a gap of this kind, when the reasons (any, when empty) and the sector (any, when empty) fit.

    `ours` says that somebody in the steward's own municipality can do it.
    """

    kind: str
    closer: str
    ours: bool
    reasons: tuple[str, ...] = ()
    sector: str = ""

    def fits(self, kind: str, reason: str, sector: str) -> bool:
        """Whether this line is about the gap."""
        return (
            kind == self.kind
            and (not self.reasons or reason in self.reasons)
            and (not self.sector or sector == self.sector)
        )


UNCONFIRMED = ("not_confirmed",)
CLOSINGS = (
    Closing("registered", "region_registers", ours=False, sector="region"),
    Closing("registered", "municipality_registers", ours=True),
    Closing("on_child_record", "child_record", ours=True),
    Closing("handed_over", "confirm_handover", ours=True, reasons=UNCONFIRMED),
    Closing("handed_over", "resend_handover", ours=False, reasons=("exposure_left_out",)),
    Closing("handed_over", "send_handover", ours=False),
    Closing("carried_in_record", "clarify_record", ours=True, reasons=(CONTRADICTED,)),
    Closing("carried_in_record", "fill_record", ours=True),
    Closing("carried_at_move", "new_municipality_confirms", ours=False, reasons=UNCONFIRMED),
    Closing("carried_at_move", "send_to_new_municipality", ours=True),
    Closing("school_start", "school_confirms", ours=True, reasons=UNCONFIRMED),
    Closing("school_start", "send_to_school", ours=True),
    Closing("adulthood", "adult_services_confirm", ours=True, reasons=UNCONFIRMED),
    Closing("adulthood", "send_to_adult_services", ours=True),
    Closing("placement", "placement_confirms", ours=True, reasons=UNCONFIRMED),
    Closing("placement", "send_to_placement", ours=True),
    Closing("health_visitor", "health_visitor_documents", ours=True, reasons=("undocumented",)),
    Closing("health_visitor", "health_visitor_invites", ours=True),
    Closing("gp", "gp_documents", ours=False, reasons=("undocumented",)),
    Closing("gp", "gp_invites", ours=False),
    Closing("family_clinic", "family_clinic_documents", ours=False, reasons=("undocumented",)),
    Closing("family_clinic", "family_clinic_invites", ours=False),
    Closing("screened", "ask_the_woman", ours=False),
    Closing("referred", "refer", ours=False),
    Closing("plan_before_birth", "obtain_notification", ours=True),
)
"""The first line that fits. A transition and a programme stand in the place of their kind."""


def with_closers(gaps: pl.DataFrame) -> pl.DataFrame:
    """Adds `name` (the kind, or its transition), `topic` (the programme of a follow-up, else the name), `group` (of the
    pills), `closer` and `ours`.
    """
    kind, parts = pl.col("kind"), pl.col("measure").str.split(":").list
    transition = pl.when(kind == "carried_at_transition").then(parts.last())
    programme = pl.when(kind == "follow_up").then(parts.first())
    known = gaps.with_columns(
        pl.coalesce(transition, kind).alias("name"),
        pl.coalesce(transition, programme, kind).alias("topic"),
        pl.col("reason").fill_null(CONTRADICTED),
        pl.col("kind").replace_strict(GROUP_OF_KIND, return_dtype=pl.String).alias("group"),
    )
    keys = ["topic", "reason", "sector"]
    different = known.select(keys).unique()
    closings = [_closing(*row) for row in different.iter_rows()]
    lookup = different.with_columns(
        pl.Series("closer", [closing.closer for closing in closings], dtype=pl.String),
        pl.Series("ours", [closing.ours for closing in closings], dtype=pl.Boolean),
    )
    return known.join(lookup, on=keys, how="left", maintain_order="left")


def _closing(topic: str, reason: str, sector: str) -> Closing:
    return next(closing for closing in CLOSINGS if closing.fits(topic, reason, sector))


def in_words(gaps: pl.DataFrame, words: Words, reference: Reference, as_of: date) -> pl.DataFrame:
    """The gaps (with closers) with text columns: `child, age, gap, expected, found, closer_text, severity_word`."""
    is_child = pl.col("subject_kind") == "person"
    return gaps.with_columns(
        short_pseudonym(pl.col("subject")).alias("child"),
        pl.when(is_child).then(age(words, as_of)).otherwise(pl.lit(words("age.pregnancy"))).alias("age"),
        _named("gap", pl.col("name"), words).alias("gap"),
        _expected(words, reference).alias("expected"),
        _found(words).alias("found"),
        _named("closer", pl.col("closer"), words).alias("closer_text"),
        _named("severity", pl.col("severity").cast(pl.String), words).alias("severity_word"),
    )


def short_pseudonym(pseudonym: pl.Expr) -> pl.Expr:
    """`7f3a·c21e`: enough to tell the children of a worklist apart, and to say over the telephone."""
    letters = pseudonym.str.replace_all(r"[^0-9A-Za-z]", "")
    return pl.format(
        "{}·{}", letters.str.slice(0, PSEUDONYM_LETTERS), letters.str.slice(PSEUDONYM_LETTERS, PSEUDONYM_LETTERS)
    )


def day_text(day: pl.Expr, words: Words) -> pl.Expr:
    """30. september 2026 with spaces that do not break; null stays null."""
    months = {number: words.month(number) for number in range(1, 13)}
    dot = "." if words.language == "da" else ""
    month = day.dt.month().cast(pl.Int32).replace_strict(months, return_dtype=pl.String)
    return pl.format(f"{{}}{dot}{NO_BREAK}{{}}{NO_BREAK}{{}}", day.dt.day(), month, day.dt.year())


def _named(section: str, name: pl.Expr, words: Words) -> pl.Expr:
    return name.replace_strict(words.section(section), return_dtype=pl.String)


def _expected(words: Words, reference: Reference) -> pl.Expr:
    title = f"title_{words.language}"
    rows = reference.schedule.select(pl.concat_str("programme", pl.lit(":"), "contact_code"), title)
    contact = pl.col("measure").replace_strict(dict(rows.iter_rows()), default="", return_dtype=pl.String)
    records = dict(reference.record_types.select("record_type", title).iter_rows())
    record = pl.col("record_type").replace_strict(records, default="", return_dtype=pl.String)
    return (
        _named("expected", pl.col("name"), words)
        .str.replace("{record}", record, literal=True)
        .str.replace("{contact}", contact, literal=True)
        .str.replace("{day}", day_text(pl.col("due_date"), words), literal=True)
    )


def _found(words: Words) -> pl.Expr:
    day = day_text(pl.col("found_date"), words).fill_null(words("found.no_day"))
    return _named("found", pl.col("reason"), words).str.replace("{day}", day, literal=True)


def age(words: Words, as_of: date) -> pl.Expr:
    """Whole years from two years on, whole months from two months on, else days."""
    birth = pl.col("birth_date")
    today = pl.lit(as_of)
    months = (today.dt.year() - birth.dt.year()) * 12 + today.dt.month() - birth.dt.month()
    months = months - (today.dt.day() < birth.dt.day()).cast(pl.Int32)
    return (
        pl.when(months >= 24)
        .then(_number("age.years", months // 12, words))
        .when(months >= 2)
        .then(_number("age.months", months, words))
        .otherwise(_number("age.days", (today - birth).dt.total_days(), words))
    )


def _number(key: str, number: pl.Expr, words: Words) -> pl.Expr:
    return pl.format(words(key, number="{}"), number)
