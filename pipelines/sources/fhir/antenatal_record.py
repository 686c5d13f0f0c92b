"""The antenatal record (Graviditetsmappen) to pregnancies and exposures.

The profile has observations but no course of the pregnancy, so the delivery form is declared here: one Bundle per
pregnancy, `identifier.value` the record's id of it, `timestamp` when it was sent, with
- Patient, exactly one: the CPR number, and where she lives by the Danish extension `municipalityCodes` (on the Patient
  or its address); without it the organisation of the EpisodeOfCare by `[fhir.municipalities]`, else the file's sender;
- EpisodeOfCare, at most one: `period.start` is the first contact, `period.end` the end of the pregnancy,
  `managingOrganization.identifier` a SOR id, `patient`;
- Observation, LOINC 63893-2: how it ended, a code that `[fhir.codes.outcome]` turns into live_birth, stillbirth, loss
  or unknown. Without it the outcome is unknown;
- the record's own Observations, by SNOMED CT: alcohol 363905002, substances 363908000, type of substance 373063009 (one
  for each type, `[fhir.codes.substance]`), overall assessment 278844005 with the care level 710824005
  (`[fhir.codes.care_level]` to 1-4), calculation of the due date 161714006 with the date 289206005.

Asked: a page with an answer was asked about, a page without was opened and not answered (false), no page is unknown. A
type of substance is an answer about substances. `asked_date` is the first day of an answered page.
Exposures: alcohol in pregnancy (yes, 5 or more units at least once, or units a week *during*) is confirmed; 2 TWEAK
points or more without any of these is suspected. Units a week without the qualifier `genstandePrUgeUnder` may be from
before the pregnancy and tell nothing. A type of substance is suspected: the record asks about use from two years before
the pregnancy and never tells when. Recorded by the midwife, on the day of the page.
A month or a year instead of a day is unknown where a day may be unknown, and is set aside by the contract where not.
The record told again with the same id replaces the earlier one whole.
"""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE
from pipelines.definitions.tables import table_named
from pipelines.identity import with_event_keys_of_our_own
from pipelines.sources.declarations import FhirFiles
from pipelines.sources.fhir.meanings import NOTHING, meaning_of, meanings, without_unmapped
from pipelines.sources.fhir.people import (
    PERSON,
    by_organisation,
    count_unmapped_organisations,
    sender_code,
    with_person,
)
from pipelines.sources.fhir.verdicts import (
    FAULTY,
    OUT_OF_SCOPE,
    SUPERSEDED,
    VERDICT,
    is_open,
    is_performed,
    is_retracted,
    judged,
    with_versions,
)
from pipelines.sources.reading import Reading
from pipelines.sources.reported import reported_by_municipality

ALCOHOL, SUBSTANCES, SUBSTANCE_TYPE = "363905002", "363908000", "373063009"
ASSESSMENT, DUE_DATE, OUTCOME = "278844005", "161714006", "63893-2"
PAGES = (ALCOHOL, SUBSTANCES, SUBSTANCE_TYPE, ASSESSMENT, DUE_DATE, OUTCOME)
ALCOHOL_DURING, FIVE_OR_MORE, TWEAK = "427013000", "228326007", "568251000005102"
UNITS_DURING = "genstandePrUgeUnder"
TYPE_TOLD, CARE_LEVEL, NAEGELE = "373063009", "710824005", "289206005"
TWEAK_CUT_OFF = 2
MOTHER_FAULT = IDENTITY_FAULT + "mother_id"
A_CODE = "^[0-9]{4}$"


def feeds() -> pl.Expr:
    """The table that a resource feeds, for its faults: exposures have pages of their own, the rest is the pregnancy."""
    tells_exposure = pl.col("code").is_in([ALCOHOL, SUBSTANCE_TYPE]).fill_null(value=False)
    return pl.when(tells_exposure).then(pl.lit("exposures")).otherwise(pl.lit("pregnancies"))


def read_antenatal_records(rows: pl.DataFrame, declared: FhirFiles, reading: Reading) -> pl.DataFrame:
    """Hands on what the records tell; gives the resources back with their verdicts."""
    known = meanings(declared)
    rows = _newest_records(with_person(rows, declared, reading))
    rows = _pages_in_use(rows)
    rows = _with_meaning(rows, known, reading)
    rows = rows.with_columns(by_organisation(declared).alias("of_organisation"))
    pregnancies = _pregnancies(rows.filter(is_open()), reading)
    count_unmapped_organisations(pregnancies, reading)
    reading.reported += reported_by_municipality(pregnancies, table_named("pregnancies"), declared.profile)
    _hand_on("pregnancies", pregnancies, reading)
    _hand_on("exposures", _alcohol(rows), reading)
    _hand_on("exposures", _substances(rows), reading)
    return rows


def _newest_records(rows: pl.DataFrame) -> pl.DataFrame:
    """Records that have a name and one mother, in their newest version; all resources of a record share its verdict."""
    rows = judged(rows, pl.col("bundle_id").is_null(), FAULTY, rule="required", column="pregnancy_id")
    is_mother = (pl.col("kind") == "Patient") & is_open()
    mothers = pl.col("content").filter(is_mother).n_unique().over("bundle")
    rows = judged(rows, mothers != 1, FAULTY, rule="reference", column="mother_id")
    records = rows.filter(is_open()).group_by("bundle", maintain_order=True)
    says = pl.col("content").sort().implode().hash().alias("says")
    named = records.agg(pl.col("sender", "bundle_id", "sent").first(), says)
    unjudged = named.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in VERDICT.items())
    versions = with_versions(unjudged, ["sender", "bundle_id"], ["says"], column="pregnancy_id")
    of_record = versions.select("bundle", pl.col("verdict").alias("of_record"))
    rows = rows.join(of_record, on="bundle", how="left", maintain_order="left")
    rows = judged(rows, pl.col("of_record") == SUPERSEDED, SUPERSEDED)
    return judged(rows, pl.col("of_record") == FAULTY, FAULTY, rule="key", column="pregnancy_id")


def _pages_in_use(rows: pl.DataFrame) -> pl.DataFrame:
    """The pages that we read, about the mother, each said once. The record has many other pages."""
    is_page, is_course = pl.col("kind") == "Observation", pl.col("kind") == "EpisodeOfCare"
    is_other = ~is_page & ~is_course & (pl.col("kind") != "Patient")
    rows = judged(rows, is_other | (is_page & ~pl.col("code").is_in(PAGES).fill_null(value=False)), OUT_OF_SCOPE)
    rows = judged(rows, (is_page | is_course) & (is_retracted() | ~is_performed()), OUT_OF_SCOPE)
    rows = judged(rows, is_page & pl.col("id").is_null(), FAULTY, rule="required", column="id")
    rows = judged(rows, (is_page | is_course) & pl.col("patient").is_null(), FAULTY, rule="reference", column="subject")
    name = pl.when(is_page).then("id").otherwise(pl.lit(""))
    versions = pl.col("content").filter(is_open()).n_unique().over("bundle", "kind", name)
    return judged(rows, (is_page | is_course) & (versions > 1), FAULTY, rule="key", column="id")


def _with_meaning(rows: pl.DataFrame, known: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """`outcome`, `care_level` and `substance` in our words. A page of one question without its answer says nothing."""
    told = {
        "outcome": (OUTCOME, pl.col("value")),
        "care_level": (ASSESSMENT, _answer(CARE_LEVEL)),
        "substance": (SUBSTANCE_TYPE, _answer(TYPE_TOLD)),
    }
    rows = rows.with_columns(
        pl.when(pl.col("code") == page).then(meaning_of(code, name, known)).alias(name)
        for name, (page, code) in told.items()
    )
    for name, (page, code) in told.items():
        is_page = (pl.col("kind") == "Observation") & (pl.col("code") == page)
        if page != ASSESSMENT:
            rows = judged(rows, is_page & code.is_null(), OUT_OF_SCOPE)
        is_unknown = is_page & code.is_not_null() & pl.col(name).is_null()
        rows = without_unmapped(rows, is_unknown, name, code, name, reading)
    return rows


def _answer(question: str) -> pl.Expr:
    """The first answer to a question of the page."""
    is_it = pl.element().struct.field("question") == question
    return pl.col("answers").list.eval(pl.element().struct.field("answer").filter(is_it)).list.first()


def _pregnancies(rows: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """One row per record. Of what is told several times, the newest day's counts."""
    mother, course = (pl.col("kind") == kind for kind in ("Patient", "EpisodeOfCare"))
    is_answered = pl.col("answers").list.len() > 0
    alcohol, substances = (pl.col("code").is_in(pages) for pages in ([ALCOHOL], [SUBSTANCES, SUBSTANCE_TYPE]))
    home = (
        _code_or_wrong(pl.col("municipality").filter(mother).first()),
        pl.col("of_organisation").filter(course).drop_nulls().first(),
        pl.col("of_organisation").filter(mother).first(),
        sender_code(reading).first(),
    )
    return (
        rows.sort("bundle", "at", ROW)
        .with_columns(_answer(NAEGELE).alias("due"))
        .group_by("bundle", maintain_order=True)
        .agg(
            pl.col("bundle_id").first().alias("pregnancy_id"),
            pl.col(PERSON).filter(mother).first().alias("mother_id"),
            pl.col(IDENTITY_FAULT + PERSON).filter(mother).first().alias(MOTHER_FAULT),
            pl.coalesce(home).alias("municipality_code"),
            _day_or_unknown(pl.col("at").filter(course).first()).alias("first_contact_date"),
            _day_or_unknown(pl.col("due").filter(pl.col("code") == DUE_DATE).drop_nulls().last()).alias("due_date"),
            _day_or_unknown(pl.col("ends").filter(course).first()).alias("end_date"),
            pl.col("outcome").drop_nulls().last().fill_null("unknown"),
            pl.col("care_level").drop_nulls().last(),
            _yes_or_no(is_answered.filter(alcohol).max()).alias("alcohol_asked"),
            _yes_or_no(is_answered.filter(substances).max()).alias("substances_asked"),
            _day_or_unknown(pl.col("at")).filter(is_answered & (alcohol | substances)).min().alias("asked_date"),
            pl.col("organisation").drop_nulls().first(),
            pl.col(SOURCE).first(),
            pl.col(ROW).min(),
        )
    )


def _alcohol(rows: pl.DataFrame) -> pl.DataFrame:
    """One exposure for each alcohol page that tells of drinking in pregnancy, or hints at it."""
    counts = {name: _answer(name).cast(pl.Int64, strict=False) for name in (FIVE_OR_MORE, UNITS_DURING, TWEAK)}
    is_told = (_answer(ALCOHOL_DURING) == "true").fill_null(value=False)
    is_told |= (counts[FIVE_OR_MORE] > 0).fill_null(value=False) | (counts[UNITS_DURING] > 0).fill_null(value=False)
    is_hinted = counts[TWEAK] >= TWEAK_CUT_OFF
    certainty = pl.when(is_told).then(pl.lit("confirmed")).when(is_hinted).then(pl.lit("suspected"))
    pages = rows.filter(is_open() & (pl.col("code") == ALCOHOL))
    exposures = pages.with_columns(certainty.alias("certainty"), pl.lit("alcohol").alias("substance"))
    return _exposures(exposures.filter(pl.col("certainty").is_not_null()))


def _substances(rows: pl.DataFrame) -> pl.DataFrame:
    """One exposure for each type of substance that the source does not leave out (tobacco is out of scope)."""
    types = rows.filter(is_open() & (pl.col("code") == SUBSTANCE_TYPE) & (pl.col("substance") != NOTHING))
    return _exposures(types.with_columns(pl.lit("suspected").alias("certainty")))


def _exposures(pages: pl.DataFrame) -> pl.DataFrame:
    return pages.select(
        pl.col("id").alias("exposure_id"),
        pl.col("bundle_id").alias("pregnancy_id"),
        "substance",
        "certainty",
        pl.col("at").str.slice(0, 10).alias("registered_date"),
        pl.lit("midwife").alias("recorded_by"),
        pl.lit(None, pl.String).alias("child_id"),
        pl.lit(None, pl.String).alias(IDENTITY_FAULT + "child_id"),
        SOURCE,
        ROW,
    )


def _day_or_unknown(moment: pl.Expr) -> pl.Expr:
    """The day as written; a month or a year alone is no day that anybody knows."""
    return pl.when(moment.str.len_chars() >= 10).then(moment.str.slice(0, 10))


def _code_or_wrong(municipality: pl.Expr) -> pl.Expr:
    """What is no code breaks the contract's list, without being passed on."""
    is_code = municipality.str.contains(A_CODE)
    return pl.when(is_code).then(municipality).when(municipality.is_not_null()).then(pl.lit("?"))


def _yes_or_no(is_so: pl.Expr) -> pl.Expr:
    return pl.when(is_so).then(pl.lit("true")).when(~is_so).then(pl.lit("false"))


def _hand_on(table: str, rows: pl.DataFrame, reading: Reading) -> None:
    keyed = with_event_keys_of_our_own(rows.sort(SOURCE, ROW), table_named(table), reading.people.pseudonyms)
    reading.hand_on(table, keyed)
