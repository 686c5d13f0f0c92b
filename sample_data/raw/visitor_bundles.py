"""Health visitors' reports as KLChildren bundles: two deliveries of each municipality, the later corrects the first."""

from __future__ import annotations

from datetime import date

import polars as pl

from sample_data.raw.fhir_text import EMPTY_BUNDLE, REGION, day, delivers_since, filled, organisation_of
from sample_data.raw.outbox import EXACT_DUPLICATES, QUARANTINED, Outbox

PLACE = "kommuner/{sender}/boernedata_{delivery}.json"
FALLBACK_MUNICIPALITY = "0851"
VISIT_CODES = {
    "maternity_visit": "7d35a193-e808-4e77-b361-6c0d114d021f",
    "establishing_visit": "b4bf6058-502a-4d64-bb8e-369661f43b47",
    "month_2": "51f30d1c-d60e-4e3e-ac22-ec9712ea962d",
    "months_4_6": "58ff370b-a775-4bec-b24a-91604e0a5fe7",
    "months_8_11": "3f3e6489-31bd-44cf-9920-3c632868feb7",
    "school_entry": "c06ed6f1-be9d-460e-a45e-34821bcbd533",
    "mid_school": "d01bcb90-2b29-44f4-834c-191d6dd4a08a",
    "school_leaving": "dd766967-4d02-4c17-8ed3-021852785fdf",
}
ITEMS = {"wellbeing": "1vurdering", "attachment": "tilknytning", "communication": "kommunikation"}
COLOURS = {"typical": "Grøn", "monitor": "Gul", "concern": "Rød"}

PATIENT = """{"resource":{"resourceType":"Patient","id":"$patient","identifier":[
    {"system":"urn:oid:1.2.208.176.1.2","value":"$number"}],
    "managingOrganization":{"identifier":{"system":"urn:oid:1.2.208.176.1.1","value":"$organisation"}}}}"""
ENCOUNTER = """{"resource":{"resourceType":"Encounter","id":"$id","status":"$status","class":{"code":"HH"},
    "type":[{"coding":[{"system":"http://fhir.kl.dk/term/CodeSystem/FBOE","code":"$code"}]}],
    "subject":{"reference":"Patient/$patient"},"period":{"start":"$dayT09:30:00+01:00"}}}"""
RESPONSE = """{"resource":{"resourceType":"QuestionnaireResponse","id":"$id","status":"completed",
    "questionnaire":"http://fhir.kl.dk/children/Questionnaire/klgateway-children-topi",
    "subject":{"reference":"Patient/$patient"},"authored":"$day","item":[$items]}}"""
ITEM = '{"linkId":"$item","answer":[{"valueString":"$colour"}]}'
FINISHED, IN_ERROR = "finished", "entered-in-error"
AGAIN = 2
"""So many visits of the first delivery are in the second again."""


def deliver_visitors_reports(outbox: Outbox) -> None:
    """Takes the held visits of the region's municipalities, and what was answered in the form on wellbeing (TOPI)."""
    region = outbox.reference.municipalities.filter(pl.col("region_code") == REGION)["municipality_code"]
    visits, forms = _visits(outbox, region), _forms(outbox, region)
    second_from = date(outbox.as_of.year - 1, 1, 1)
    events = pl.concat([visits, forms]).with_columns((pl.col("on") >= second_from).cast(pl.Int8).alias("delivery"))
    if events.is_empty():
        outbox.text(EMPTY_BUNDLE, PLACE.format(sender=FALLBACK_MUNICIPALITY, delivery=1))
        return
    largest = visits.group_by("sender").len().sort("len", "sender").tail(1)["sender"]
    events = pl.concat([events, *_what_goes_wrong(outbox, events.filter(pl.col("sender").is_in(largest.implode())))])
    for (sender, delivery), part in sorted(events.partition_by("sender", "delivery", as_dict=True).items()):
        _write(outbox, part, str(sender), int(str(delivery)))


def _visits(outbox: Outbox, region: pl.Series) -> pl.DataFrame:
    wanted = (
        (pl.col("programme") == "health_visitor")
        & (pl.col("status") == "attended")
        & pl.col("municipality_code").is_in(region.implode())
        & (pl.col("contact_date") >= delivers_since(outbox.as_of))
    )
    return outbox.take("contacts", wanted).select(
        pl.col("contact_id").alias("id"),
        "child_id",
        pl.col("contact_date").alias("on"),
        pl.col("municipality_code").alias("sender"),
        pl.col("contact_code").replace_strict(VISIT_CODES, return_dtype=pl.String).alias("code"),
        pl.lit(FINISHED).alias("status"),
    )


def _forms(outbox: Outbox, region: pl.Series) -> pl.DataFrame:
    """One form per child and day; its items are in `code`, in the place of a visit's type."""
    here = outbox.homes.filter(pl.col("_home").is_in(region.implode()))
    wanted = (
        (pl.col("instrument") == "TOPI")
        & (pl.col("assessed_date") >= delivers_since(outbox.as_of))
        & pl.col("child_id").is_in(here["child_id"].implode())
        & ~pl.struct("child_id", "assessed_date", "domain").is_duplicated()
    )
    answers = outbox.take("assessments", wanted).join(here, on="child_id", how="left", maintain_order="left")
    item = filled(
        ITEM,
        item=pl.col("domain").replace_strict(ITEMS, return_dtype=pl.String),
        colour=pl.col("result").replace_strict(COLOURS, return_dtype=pl.String),
    )
    forms = answers.group_by("child_id", "assessed_date", "_home", maintain_order=True).agg(
        pl.col("assessment_id").first(), item.str.join(",").alias("code")
    )
    return forms.select(
        pl.format("topi-{}", "assessment_id").alias("id"),
        "child_id",
        pl.col("assessed_date").alias("on"),
        pl.col("_home").alias("sender"),
        "code",
        pl.lit(None, pl.String).alias("status"),
    )


def _what_goes_wrong(outbox: Outbox, events: pl.DataFrame) -> list[pl.DataFrame]:
    """In one municipality: visits told again, a mistaken one that is taken back, and one about nobody."""
    first = events.filter((pl.col("delivery") == 0) & pl.col("status").is_not_null())
    second = pl.lit(1, pl.Int8).alias("delivery")
    again = first.head(AGAIN).with_columns(second)
    mistaken = first.tail(1).with_columns(pl.lit("k-fejl-1").alias("id"))
    taken_back = mistaken.with_columns(pl.lit(IN_ERROR).alias("status"), second)
    of_nobody = first.tail(1).with_columns(pl.lit("k-fejl-2").alias("id"), pl.lit(None, pl.String).alias("child_id"))
    outbox.expected["contacts", EXACT_DUPLICATES] += again.height
    outbox.expected["contacts", QUARANTINED] += of_nobody.height
    return [again, mistaken, taken_back, of_nobody]


def _write(outbox: Outbox, part: pl.DataFrame, sender: str, delivery: int) -> None:
    children = part.drop_nulls("child_id").group_by("child_id").agg(pl.col("on").min()).sort("child_id")
    children = children.with_columns(
        outbox.number_of(children["child_id"], children["on"]).alias("number"),
        pl.format("b{}", pl.int_range(1, pl.len() + 1)).alias("patient"),
        pl.lit(sender).alias("sender"),
    )
    patients = children.select(
        filled(
            PATIENT, patient=pl.col("patient"), number=pl.col("number"), organisation=organisation_of("sender")
        ).alias("text")
    )
    known = part.join(children.select("child_id", "patient"), on="child_id", how="left").sort("id")
    facts = {"id": pl.col("id"), "patient": pl.col("patient").fill_null("ukendt"), "day": day("on")}
    visit = filled(ENCOUNTER, status=pl.col("status"), code=pl.col("code"), **facts)
    form = filled(RESPONSE, items=pl.col("code"), **facts)
    told = known.select(pl.when(pl.col("status").is_null()).then(form).otherwise(visit).alias("text"))
    sent = outbox.as_of.replace(year=outbox.as_of.year - 1 + delivery, month=1 + 9 * delivery, day=10)
    head = f'{{"resourceType":"Bundle","type":"collection","timestamp":"{sent}T06:00:00+01:00","entry":['
    entries = pl.concat([patients, told])["text"]
    outbox.text(head + ",\n".join(entries) + "]}\n", PLACE.format(sender=sender, delivery=delivery + 1))
