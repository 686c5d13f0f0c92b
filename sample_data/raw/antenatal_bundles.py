"""Antenatal records as Graviditetsmappen delivers them: one bundle per pregnancy, one line per bundle.

The record does not know how a pregnancy ended that the birth register tells of. It writes an exposure on the page where
it was asked about, so only those go this way whose page agrees with what was asked and when.
"""

from __future__ import annotations

import polars as pl

from sample_data.raw.fhir_text import EMPTY_BUNDLE, REGION, bundle_of, day, delivers_since, filled, organisation_of
from sample_data.raw.outbox import QUARANTINED, Outbox

PLACE = "regioner/{sender}/graviditetsmappen.ndjson"
SUBSTANCE_CODES = {
    "398705004": "cannabis",
    "373265006": "opioids",
    "373333006": "benzodiazepines",
    "45604009": "amphetamines",
    "410942007": "other_medicine",
}
OUTCOME_CODES = {"281050002": "live_birth", "237364002": "stillbirth", "17369002": "loss"}
CARE_LEVEL_CODES = {"577951000005100": "1", "306133003": "2", "577961000005103": "3", "577981000005106": "4"}

PATIENT = """{"resource":{"resourceType":"Patient","id":"p","identifier":[
    {"system":"urn:oid:1.2.208.176.1.2","value":"$number"}]}}"""
EPISODE = """{"resource":{"resourceType":"EpisodeOfCare","id":"e","status":"$status",
    "patient":{"reference":"Patient/p"},
    "managingOrganization":{"identifier":{"system":"urn:oid:1.2.208.176.1.1","value":"$organisation"}},
    "period":{"start":"$start"$end}}}"""
OBSERVATION = """{"resource":{"resourceType":"Observation","id":"$id","status":"final","code":{"coding":[
    {"system":"$system","code":"$code"}]},"subject":{"reference":"Patient/p"}$at$said}}"""
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
DURING_NO = ',"component":[{"code":{"coding":[{"code":"427013000"}]},"valueBoolean":false}]'
DURING_YES = DURING_NO.replace("false", "true")
TWEAK = ',"component":[{"code":{"coding":[{"code":"568251000005102"}]},"valueInteger":3}]'
USE_NO = ',"component":[{"code":{"coding":[{"code":"361055000"}]},"valueBoolean":false}]'
TYPE = ',"component":[{"code":{"coding":[{"code":"373063009"}]},"valueString":"$type"}]'
DUE = ',"component":[{"code":{"coding":[{"code":"289206005"}]},"valueDateTime":"$due"}]'
LEVEL = ',"component":[{"code":{"coding":[{"code":"710824005"}]},"valueString":"$level"}]'
ENDED = ',"valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"$outcome"}]}'
BROKEN = '{"resourceType":"Bundle","type":"collection","entry":[{"resource":'


def deliver_antenatal_records(outbox: Outbox, told_by_births: pl.Series, names: pl.DataFrame) -> None:
    """Takes the region's pregnancies with a first contact, and exposures that a page of the record can say.

    `told_by_births`: pregnancies whose end the birth register tells. `names`: pregnancy_id, number.
    """
    region = outbox.reference.municipalities.filter(pl.col("region_code") == REGION)["municipality_code"]
    is_here = pl.col("municipality_code").is_in(region.implode())
    is_here &= pl.col("first_contact_date") >= delivers_since(outbox.as_of)
    pregnancies = outbox.take("pregnancies", is_here).join(names, on="pregnancy_id", how="left", maintain_order="left")
    exposures = _exposures(outbox, pregnancies)
    is_told = pl.col("pregnancy_id").is_in(told_by_births.implode()) & pl.col("due_date").is_not_null()
    known = pregnancies.with_columns(
        outbox.number_of(pregnancies["mother_id"], pregnancies["first_contact_date"]).alias("mother"),
        pl.when(~is_told).then("end_date").alias("end_told"),
        pl.when(~is_told & (pl.col("outcome") != "unknown")).then("outcome").alias("outcome_told"),
        pl.lit(outbox.as_of).alias("sent"),
    )
    lines = known.join(exposures, on="pregnancy_id", how="left", maintain_order="left").select(_bundle().alias("line"))
    whole = [*_first_version(known), BROKEN, *lines["line"], EMPTY_BUNDLE]
    outbox.expected["pregnancies", QUARANTINED] += 1
    outbox.text("\n".join(whole) + "\n", PLACE.format(sender=REGION))


def _exposures(outbox: Outbox, pregnancies: pl.DataFrame) -> pl.DataFrame:
    """pregnancy_id and the pages that state its exposures, in one text."""
    asked = pregnancies.select("pregnancy_id", "alcohol_asked", "substances_asked", "asked_date")
    rows = outbox.left("exposures").join(asked, on="pregnancy_id", how="left", maintain_order="left")
    is_alcohol, is_sure = pl.col("substance") == "alcohol", pl.col("certainty") == "confirmed"
    agrees = pl.col("alcohol_asked") & pl.col("substances_asked") & (pl.col("asked_date") <= pl.col("registered_date"))
    has_page = (is_alcohol & (pl.col("certainty") != "ruled_out")) | (
        pl.col("substance").is_in(list(SUBSTANCE_CODES.values())) & (pl.col("certainty") == "suspected")
    )
    shows_first = (pl.col("detected_date") < pl.col("registered_date")).fill_null(value=False)
    wanted = agrees & has_page & pl.col("child_id").is_null() & (pl.col("recorded_by") == "midwife") & ~shows_first
    taken = outbox.take("exposures", rows.select(wanted).to_series())
    types = {ours: code for code, ours in SUBSTANCE_CODES.items()}
    type_told = pl.col("substance").replace_strict(types, default=None, return_dtype=pl.String)
    page = filled(
        OBSERVATION,
        id=pl.col("exposure_id"),
        system=pl.lit(SNOMED),
        code=pl.when(is_alcohol).then(pl.lit("363905002")).otherwise(pl.lit("373063009")),
        at=_at("registered_date"),
        said=pl.when(is_alcohol & is_sure)
        .then(pl.lit(DURING_YES))
        .when(is_alcohol)
        .then(pl.lit(TWEAK))
        .otherwise(filled(TYPE, type=type_told)),
    )
    return taken.group_by("pregnancy_id", maintain_order=True).agg(page.str.join(",").alias("pages"))


def _at(name: str) -> pl.Expr:
    """The day of a page; nothing where none was written."""
    return filled(',"effectiveDateTime":"$day"', day=day(name)).fill_null("")


def _page(name: str, code: str, said: pl.Expr, at: pl.Expr, *, system: str = SNOMED) -> pl.Expr:
    """One observation; null where there is nothing to say."""
    return filled(OBSERVATION, id=pl.lit(name), system=pl.lit(system), code=pl.lit(code), at=at, said=said)


def _asked(flag: str, said: str) -> pl.Expr:
    """A page with an answer was asked about, a page without was not, no page is unknown."""
    return pl.when(pl.col(flag)).then(pl.lit(said)).when(~pl.col(flag)).then(pl.lit(""))


def _bundle() -> pl.Expr:
    head = filled(
        '{"resourceType":"Bundle","type":"collection","identifier":{"value":"$id"},"timestamp":"$sentT06:00:00+02:00"',
        id=pl.col("number"),
        sent=day("sent"),
    )
    levels = {int(ours): code for code, ours in CARE_LEVEL_CODES.items()}
    outcomes = {ours: code for code, ours in OUTCOME_CODES.items()}
    level = pl.col("care_level").replace_strict(levels, default=None, return_dtype=pl.String)
    outcome = pl.col("outcome_told").replace_strict(outcomes, default=None, return_dtype=pl.String)
    is_over = pl.col("end_told").is_not_null()
    return bundle_of(
        filled(PATIENT, number=pl.col("mother")),
        filled(
            EPISODE,
            status=pl.when(is_over).then(pl.lit("finished")).otherwise(pl.lit("active")),
            organisation=organisation_of("municipality_code"),
            start=day("first_contact_date"),
            end=filled(',"end":"$end"', end=day("end_told")).fill_null(""),
        ),
        _page("due", "161714006", filled(DUE, due=day("due_date")), _at("first_contact_date")),
        _page("alcohol", "363905002", _asked("alcohol_asked", DURING_NO), _at("asked_date")),
        _page("substances", "363908000", _asked("substances_asked", USE_NO), _at("asked_date")),
        _page("assessment", "278844005", filled(LEVEL, level=level), _at("first_contact_date")),
        _page("outcome", "63893-2", filled(ENDED, outcome=outcome), _at("end_told"), system=LOINC),
        pl.col("pages"),
        head=head,
    )


def _first_version(known: pl.DataFrame) -> list[str]:
    """The first record as it was sent in the week of the first contact, before anything was asked."""
    early = known.head(1).with_columns(
        pl.lit(None, pl.Boolean).alias("alcohol_asked"),
        pl.lit(None, pl.Boolean).alias("substances_asked"),
        pl.lit(None, pl.Int64).alias("care_level"),
        pl.lit(None, pl.Date).alias("end_told"),
        pl.lit(None, pl.String).alias("outcome_told"),
        pl.lit(None, pl.String).alias("pages"),
        pl.col("first_contact_date").alias("sent"),
    )
    return early.select(_bundle()).to_series().to_list()
