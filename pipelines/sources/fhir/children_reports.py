"""Municipal health visitors' reports (KLChildren) to contacts, assessments and handovers.

A delivery report is a Bundle (`type` collection, `timestamp`; several may stand in one outer Bundle) of
- Patient: `identifier` with the CPR number, `managingOrganization.identifier` with a SOR id, which
  `[fhir.municipalities]` turns into a municipality (else the sender in the file's name, when it is a code);
- Encounter: `type` is an FBOE visit type, `period.start` its day: a contact, held, when `status` is finished. The visit
  is what its type says, whatever the child's age;
- Observation: `code` is an FBOE indicator, `valueCodeableConcept` its finding: an assessment. `dataAbsentReason` means
  that nothing was found out, which is never a "no". Measurements have no z-score and are out of scope;
- QuestionnaireResponse: `questionnaire` ends in the form's name, each `item` whose link id is mapped is an assessment.
  TOPI has the item `1vurdering` with Grøn, Gul or Rød, read as wellbeing. A sender can map it, or further items, to
  domains: `"klgateway-children-topi#tilknytning" = "attachment"` under `[fhir.codes.questionnaire]`. Other forms have
  scores without a sourced cut-off: `[fhir.codes.questionnaire]` `"klgateway-children-adbb" = "social"` and
  `[fhir.codes.answer]` `"klgateway-children-adbb=3" = "typical"` (or `"klgateway-children-adbb#score=3"`);
- CarePlan: an intervention. Those that hand knowledge over are handovers from the health visitor; what they mean is
  `kind/to_actor/legal_basis` in `[fhir.codes.intervention]`, of which the last two may be left out.

References are resolved within a Bundle. A resource told again with the same id by the same sender is the same one: the
newest Bundle counts, and `entered-in-error` takes it back. Times are read as written: the day is the one in the text,
not the one in UTC.
"""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE
from pipelines.definitions.tables import table_named
from pipelines.identity import with_event_keys_of_our_own
from pipelines.sources.declarations import FhirFiles
from pipelines.sources.fhir.meanings import NOTHING, count_unmapped, meaning_of, meanings, without_unmapped
from pipelines.sources.fhir.people import PERSON, count_unmapped_organisations, with_person
from pipelines.sources.fhir.verdicts import (
    FAULTY,
    OUT_OF_SCOPE,
    is_open,
    is_performed,
    is_retracted,
    judged,
    with_versions,
)
from pipelines.sources.reading import REPORTED, Reading
from pipelines.sources.reported import month_in_calendar

FEEDS = {
    "Encounter": "contacts",
    "Observation": "assessments",
    "QuestionnaireResponse": "assessments",
    "CarePlan": "handovers",
}
LISTS = {"Encounter": "encounter_type", "Observation": "indicator", "CarePlan": "intervention"}
COLUMNS = {"Encounter": "contact_code", "Observation": "domain", "CarePlan": "kind"}
PREFIX, INDICATORS = "klgateway-children-", "KLChildren"
CHILD_FAULT = IDENTITY_FAULT + "child_id"


def read_children_reports(rows: pl.DataFrame, declared: FhirFiles, reading: Reading) -> pl.DataFrame:
    """Hands on what the resources tell; gives them back with their verdicts."""
    known = meanings(declared)
    rows = with_person(rows, declared, reading)
    count_unmapped_organisations(rows.filter(pl.col("kind") == "Patient"), reading)
    _report(rows, declared, reading)
    rows = _newest(rows)
    says_nothing = is_retracted() | ~is_performed() | pl.col("is_absent")
    rows = judged(rows, is_event() & says_nothing, OUT_OF_SCOPE)
    rows = _with_meaning(rows, known, reading)
    rows, assessed = _with_answers(rows, known, reading)
    _hand_on("contacts", _contacts(rows), reading)
    _hand_on("assessments", _indicators(rows), reading)
    _hand_on("assessments", assessed, reading)
    _hand_on("handovers", _handovers(rows), reading)
    is_of_used = pl.col("no").is_in(rows.filter(is_event() & is_open())["patient"].drop_nulls().unique().implode())
    return judged(rows, (pl.col("kind") == "Patient") & ~is_of_used, OUT_OF_SCOPE)


def feeds() -> pl.Expr:
    """The table that a resource feeds, for its faults; contacts, when nobody can say what it is."""
    return pl.col("kind").replace_strict(FEEDS, default="contacts", return_dtype=pl.String)


def is_event() -> pl.Expr:
    """Resources that tell something; a Patient only tells about whom."""
    return pl.col("kind").is_in(list(FEEDS)).fill_null(value=False)


def _newest(rows: pl.DataFrame) -> pl.DataFrame:
    """What can be told apart and is about somebody, in its newest version. Taking back needs no person."""
    rows = judged(rows, ~is_event() & (pl.col("kind") != "Patient"), OUT_OF_SCOPE)
    rows = judged(rows, is_event() & pl.col("id").is_null(), FAULTY, rule="required", column="id")
    is_about_nobody = is_event() & pl.col("patient").is_null() & ~is_retracted()
    rows = judged(rows, is_about_nobody, FAULTY, rule="reference", column="subject")
    events, others = rows.filter(is_event()), rows.filter(~is_event())
    same, content = ["sender", "kind", "id"], ["content", PERSON, "municipality_code"]
    return pl.concat([with_versions(events, same, content, column="id"), others])


def _with_meaning(rows: pl.DataFrame, known: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """`meaning` of visits, indicators and interventions, and `result` of an indicator's finding."""
    code, result = pl.col("code"), meaning_of(pl.col("value"), "finding", known)
    is_kind = {kind: pl.col("kind") == kind for kind in LISTS}
    whole = [pl.when(is_kind[kind]).then(meaning_of(code, LISTS[kind], known)) for kind in LISTS]
    rows = rows.with_columns(pl.coalesce(whole).alias("meaning"), result.alias("result"))
    for kind, name in LISTS.items():
        rows = judged(rows, is_kind[kind] & code.is_null(), FAULTY, rule="required", column=COLUMNS[kind])
        rows = without_unmapped(rows, is_kind[kind] & pl.col("meaning").is_null(), name, code, COLUMNS[kind], reading)
    rows = judged(rows, pl.col("meaning") == NOTHING, OUT_OF_SCOPE)
    is_indicator, value = is_kind["Observation"], pl.col("value")
    rows = judged(rows, is_indicator & value.is_null(), FAULTY, rule="required", column="result")
    rows = without_unmapped(rows, is_indicator & pl.col("result").is_null(), "finding", value, "result", reading)
    return judged(rows, is_indicator & (pl.col("result") == NOTHING), OUT_OF_SCOPE)


def _with_answers(rows: pl.DataFrame, known: pl.DataFrame, reading: Reading) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The verdicts of questionnaires, and their assessments. One answer without a meaning makes a form faulty."""
    is_form, code = pl.col("kind") == "QuestionnaireResponse", pl.col("code")
    names = known.filter(pl.col("list") == "questionnaire")["code"].str.split("#").list.first().unique()
    rows = judged(rows, is_form & code.is_null(), FAULTY, rule="required", column="instrument")
    is_unknown = is_form & ~code.is_in(names.implode())
    rows = without_unmapped(rows, is_unknown, "questionnaire", code, "instrument", reading)
    items = _items(rows.filter(is_form & is_open()), known)
    unread = items.filter(pl.col("result").is_null())
    shown = pl.when("is_text").then("item").otherwise(pl.concat_str("item", pl.lit("="), "answer"))
    count_unmapped(unread, "answer", shown, reading)
    is_unread, is_assessed = (pl.col("no").is_in(part["no"].unique().implode()) for part in (unread, items))
    rows = judged(rows, is_form & is_unread, FAULTY, rule="unmapped_code", column="result")
    rows = judged(rows, is_form & ~is_assessed, OUT_OF_SCOPE)
    return rows, _assessments(items.filter(~is_unread))


def _items(forms: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Answers to items that stand for a domain: `item` (form and link id), `domain`, `result`."""
    item = pl.concat_str("code", pl.lit("#"), "question")
    said = forms.explode("answers", empty_as_null=True).unnest("answers").with_columns(item.alias("item"))
    whole, by_form = (pl.concat_str(name, pl.lit("="), "answer") for name in ("item", "code"))
    result = pl.coalesce(meaning_of(whole, "answer", known), meaning_of(by_form, "answer", known))
    return said.with_columns(
        meaning_of(pl.col("item"), "questionnaire", known).alias("domain"), result.alias("result")
    ).filter((pl.col("domain") != NOTHING) & (pl.col("result").is_null() | (pl.col("result") != NOTHING)))


def _assessments(items: pl.DataFrame) -> pl.DataFrame:
    """A form with several of them gives each the link id as part of its id."""
    is_one_of_many = pl.len().over("no") > 1
    whole = pl.concat_str("id", pl.lit("-"), "question")
    return items.select(
        pl.when(is_one_of_many).then(whole).otherwise("id").alias("assessment_id"),
        *_child(),
        _day().alias("assessed_date"),
        pl.col("code").str.strip_prefix(PREFIX).str.to_uppercase().alias("instrument"),
        "domain",
        "result",
        SOURCE,
        ROW,
    )


def _indicators(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(is_open() & (pl.col("kind") == "Observation")).select(
        pl.col("id").alias("assessment_id"),
        *_child(),
        _day().alias("assessed_date"),
        pl.lit(INDICATORS).alias("instrument"),
        pl.col("meaning").alias("domain"),
        "result",
        SOURCE,
        ROW,
    )


def _contacts(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(is_open() & (pl.col("kind") == "Encounter")).select(
        pl.col("id").alias("contact_id"),
        *_child(),
        pl.lit("health_visitor").alias("programme"),
        pl.col("meaning").alias("contact_code"),
        _day().alias("contact_date"),
        pl.lit("attended").alias("status"),
        "municipality_code",
        SOURCE,
        ROW,
    )


def _handovers(rows: pl.DataFrame) -> pl.DataFrame:
    """Whether it was received, and whether the exposure was stated, is not told: unknown."""
    told = pl.col("meaning").str.split("/")
    return rows.filter(is_open() & (pl.col("kind") == "CarePlan")).select(
        pl.col("id").alias("handover_id"),
        *_child(),
        told.list.first().alias("kind"),
        pl.lit("health_visitor").alias("from_actor"),
        told.list.get(1, null_on_oob=True).fill_null("other").alias("to_actor"),
        pl.col("municipality_code").alias("from_municipality_code"),
        _day().alias("sent_date"),
        told.list.get(2, null_on_oob=True).alias("legal_basis"),
        SOURCE,
        ROW,
    )


def _child() -> tuple[pl.Expr, pl.Expr]:
    return pl.col(PERSON).alias("child_id"), pl.col(IDENTITY_FAULT + PERSON).alias(CHILD_FAULT)


def _day() -> pl.Expr:
    """The day as written. A year or a month alone stays what it is, and is no day to the contract."""
    return pl.col("at").str.slice(0, 10)


def _hand_on(table: str, rows: pl.DataFrame, reading: Reading) -> None:
    declared = table_named(table)
    reading.hand_on(table, with_event_keys_of_our_own(rows.sort(SOURCE, ROW), declared, reading.people.pseudonyms))


def _report(rows: pl.DataFrame, declared: FhirFiles, reading: Reading) -> None:
    """Everything that a municipality dated in a month, before anything is left out."""
    month = month_in_calendar(pl.col("at").str.slice(0, 7).str.to_date("%Y-%m", strict=False))
    reading.reported.append(
        rows.filter(is_event() & pl.col("municipality_code").is_not_null())
        .with_columns(month.alias("month"))
        .filter(pl.col("month").is_not_null())
        .group_by("municipality_code", "month")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .with_columns(pl.lit(declared.profile).alias("delivery"))
        .select(*REPORTED)
        .sort("municipality_code", "month")
    )
