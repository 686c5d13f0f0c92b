"""One check in the report's page: what must hold, what was found, what it means, what is to be done, and where."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from checks.faults import Fault
from checks.report.markup import Cell, folded, number, severity_mark, share_bar, status_mark, table, text
from checks.report.reported import Past, Reported
from checks.report.words import Words


def article(each: Reported, words: Words, *, level: int) -> str:
    """The check under a heading of this level; `#its.id` leads to it."""
    check = each.check
    marks = f"{status_mark(each.status, words)} {severity_mark(check.severity, words)}"
    return (
        f"<article id='{escape(check.id, quote=True)}' class='check {each.status}'>"
        f"<p class='marks'>{marks}</p>"
        f"<h{level}>{escape(words.said(check, 'claim'))}</h{level}>"
        f"<p class='numbers'>{' '.join(sentences(each, words))}</p>"
        f"<dl class='meaning'>{_meaning(each, words)}</dl>"
        f"{_where(each, words)}{_history(each, words)}"
        f"<p class='facts'>{_facts(each, words)}</p></article>"
    )


def sentences(each: Reported, words: Words) -> Iterator[str]:
    """The same as `told`, as markup: what was counted stands out, and what is English in any language is marked."""
    if each.error is not None:
        fault = Fault.of(each.error)
        detail = f"<span lang='en'>{escape(fault.detail)}</span>" if fault else ""
        yield escape(words("count.error", why=words.fault(each.error, detail="\0"))).replace("\0", detail)
        return
    first, *others = told(each, words)
    yield f"<strong>{escape(first)}</strong>"
    yield from map(escape, others)


def told(each: Reported, words: Words) -> Iterator[str]:
    """What was counted, what is tolerated, and what is known of the findings."""
    if each.error is not None:
        yield words("count.error", why=words.fault(each.error))
        return
    yield _counted(each, words)
    if each.failing:
        yield _tolerated(each, words)
        yield from _findings(each, words)


def _counted(each: Reported, words: Words) -> str:
    unit = words.unit(each.check.frame)
    if each.status == "not_applicable":
        return words("count.not_applicable", unit=unit)
    if each.applicable is None or each.failing is None or each.share is None:
        return words("count.not_divided")
    applicable = words.number(each.applicable)
    if not each.failing:
        return words("count.failing_none", applicable=applicable, unit=unit)
    failing, share = words.number(each.failing), words.share(each.share)
    return words("count.failing", failing=failing, applicable=applicable, share=share, unit=unit)


def _tolerated(each: Reported, words: Words) -> str:
    share = each.check.threshold
    return words("count.tolerated", share=words.share(share)) if share > 0 else words("count.none_tolerated")


def _findings(each: Reported, words: Words) -> Iterator[str]:
    """Only what there is to say: no "0 assigned"."""
    findings = each.findings
    told = {"new": findings.new, "accepted": each.accepted, "assigned": findings.assigned}
    yield from (words(f"count.{name}", number=words.number(count)) for name, count in told.items() if count)
    if findings.since and each.history and findings.since.date() < each.history[-1].checked_at.date():
        yield words("count.since", day=words.day(findings.since))
    if each.listed is not None and each.failing is not None and each.listed < each.failing:
        listed, failing = words.number(each.listed), words.number(each.failing)
        yield words("count.listed", listed=listed, failing=failing, unit=words.unit(each.check.frame))


def _meaning(each: Reported, words: Words) -> str:
    parts = {
        "reader": escape(words.said(each.check, "reader")),
        "supplier": escape(words.said(each.check, "supplier")),
    }
    return "".join(
        f"<div><dt>{escape(words(f'check.{name}'))}</dt><dd>{told}</dd></div>" for name, told in parts.items()
    )


def _where(each: Reported, words: Words) -> str:
    """Municipalities with findings; of hidden counts only the names."""
    places = each.places
    if places.unnamed:
        return _note("unnamed", words, number=words.number(places.unnamed))
    hidden = [place.name for place in places.named if place.failing is None]
    note = _note("hidden", words, number=words.number(len(hidden)), names=", ".join(hidden)) if hidden else ""
    if not places.named:
        return ""
    counted = _places(each, words) if len(hidden) < len(places.named) else ""
    return folded(f"{escape(words('check.where'))} ({words.number(len(places.named))})", counted + note)


def _note(key: str, words: Words, **values: str) -> str:
    return f"<p class='note'>{escape(words(f'count.{key}', **values))}</p>"


def _places(each: Reported, words: Words) -> str:
    head = [text(words("check.municipality")), text(words("check.status"))]
    head += [number(words(f"check.{name}")) for name in ("failing", "applicable", "share")]
    rows = [
        [
            text(f"{place.name} ({place.municipality_code})", is_name=True),
            Cell(status_mark(place.status, words)),
            number(words.number(place.failing)),
            number(words.number(place.applicable)),
            number("–" if place.share is None else words.share(place.share)),
        ]
        for place in each.places.named
        if place.failing is not None
    ]
    return table(_of(each, "where_caption", words), head, rows, is_titled=False)


def _history(each: Reported, words: Words) -> str:
    """Of a check that was run more than once."""
    if len(each.history) < 2:
        return ""
    most = max((past.failing or 0 for past in each.history), default=0)
    head = [text(words("check.day")), text(words("check.status")), number(words("check.failing"))]
    head += [number(words("check.applicable")), Cell("")]
    rows = [_past(past, most, words) for past in reversed(each.history)]
    whole = table(_of(each, "history_caption", words), head, rows, is_titled=False)
    return folded(f"{escape(words('check.history'))} ({words.number(len(rows))})", whole)


def _past(past: Past, most: int, words: Words) -> list[Cell]:
    return [
        text(words.moment(past.checked_at), is_name=True),
        Cell(status_mark(past.status, words)),
        number(words.number(past.failing)),
        number(words.number(past.applicable)),
        share_bar((past.failing or 0) / most if most else 0.0),
    ]


def _of(each: Reported, caption: str, words: Words) -> str:
    """Captions of different checks differ: some readers go from table to table."""
    return f"{words(f'check.{caption}')}: {words.said(each.check, 'claim')}"


def _facts(each: Reported, words: Words) -> str:
    check = each.check
    told = [
        (words("check.id"), f"<code>{escape(check.id)}</code>"),
        (words("check.frame"), escape(words.frame(check.frame))),
        (words("check.category"), escape(f"{words.category(check.category)}, {words(f'context.{check.context}')}")),
    ]
    return " · ".join(f"{escape(name)}: {value}" for name, value in told)
