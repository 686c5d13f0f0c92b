"""`docs/measures.md`, made from the measures and their facts."""

from __future__ import annotations

from pipelines.definitions.measures import (
    FAMILY_CLINIC,
    HEADLINE_MEASURES,
    THEMES,
    ExposedChildren,
    Measure,
    Obligations,
    Participation,
    Population,
    contacts,
)
from pipelines.definitions.reference import Reference

THEME_TITLES = {
    "detected": "Detected (opdaget)",
    "registered": "Registered (registreret)",
    "carried": "Carried on (båret videre)",
    "followed_up": "Followed up (fulgt op)",
    "lost": "Lost (tabt)",
    "data": "Data (data)",
}
NUMERATORS = {
    "numerator_ever": "met + late; in time of them: met",
    "numerator_timely": "met; with the late ones: met + late",
    "lost_to_follow_up": "overdue for `no_contact` or `no_show`",
    "lost_to_documentation": "overdue for `undocumented`, `too_early` or `not_confirmed`",
}


def measures_page() -> str:
    """Every headline measure by theme, and the contacts of the schedule, as Markdown."""
    lines = [
        "# The measures",
        "",
        "<!-- Made by `roedtraad docs` from pipelines/definitions/measures.py and measures.csv. Do not edit. -->",
        "",
        "What each figure counts, why it matters, and who answers for it. The page *Definitioner* says the same.",
        "Every share comes with Wilson's 95 % interval. A denominator of 0 is *not applicable*, neither 0 % nor 100 %.",
        "What is due on or after the as-of date is in no denominator. Under the smallest denominator for ranking the",
        "figure is shown, but given no rank. The words are in `pipelines/definitions/reference/measures.csv`.",
        "",
    ]
    for theme in THEMES:
        lines += [f"## {THEME_TITLES[theme]}", ""]
        for measure in HEADLINE_MEASURES:
            if measure.facts.theme == theme:
                lines += _measure(measure)
    return "\n".join([*lines, *_contacts(), ""])


def _measure(measure: Measure) -> list[str]:
    facts = measure.facts
    reviewed = facts.review_date.isoformat() if facts.review_date else "no date set"
    rows = {
        "counts": _population(measure.population),
        "numerator": _numerator(measure),
        "high is": "good" if measure.high_is_good else "bad",
        "recommendation": facts.recommendation,
        "smallest denominator for ranking": str(facts.minimum_denominator),
        "owner": f"{facts.owner['en']} ({facts.owner['da']})",
        "to be reviewed by": reviewed,
    }
    return [
        f"### {facts.title['en']} ({facts.title['da']})",
        "",
        facts.sentence["en"],
        "",
        f"*{facts.sentence['da']}*",
        "",
        f"Why: {facts.why['en']} *{facts.why['da']}*",
        "",
        f"| `{measure.name}` | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in rows.items()),
        "",
    ]


def _population(population: Population) -> str:
    match population:
        case Obligations(name):
            return f"obligations `{name}`: met, late, overdue or contradicted, due in the period"
        case ExposedChildren():
            return "exposed children born in the period"
        case Participation(programmes):
            names = ", ".join(f"`{name}`" for name in programmes)
            return f"contacts of {names}, exposed children against others"
    return "months of a municipality and source in which rows were to be expected"


def _numerator(measure: Measure) -> str:
    match measure.population:
        case Obligations():
            return NUMERATORS[measure.numerator]
        case ExposedChildren(step):
            return f"children inside the step `{step}` of the thread"
        case Participation():
            return "share of exposed children's contacts that were held, over the share of the others'"
    return "months with rows"


def _contacts() -> list[str]:
    """One row for each contact of the schedule: they are counted alike."""
    reference = Reference.load()
    programmes = [FAMILY_CLINIC, *reference.schedule["programme"].unique(maintain_order=True)]
    lines = [
        "## Every contact of the schedule",
        "",
        "Each contact is a measure of its own, named `programme:contact_code`, and counted as its programme is.",
        "",
        "| measure | dansk | English |",
        "|---|---|---|",
    ]
    for programme in dict.fromkeys(programmes):
        for measure in contacts(reference, programme):
            title = measure.facts.title
            lines.append(f"| `{measure.name}` | {title['da']} | {title['en']} |")
    return lines
