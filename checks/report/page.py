"""The report as one page of HTML: no script, no address outside, the same on screen and on paper, light and dark."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from importlib import resources
from itertools import groupby

from checks.declared import SEVERITIES
from checks.report.markup import folded
from checks.report.one_check import article
from checks.report.overview import overview
from checks.report.reported import Report, Reported
from checks.report.words import Words
from dashboards.published import threshold
from dashboards.tokens import DARK, LIGHT, Tokens
from pipelines.definitions.reference import Reference

SECTIONS = ("overview", "eyes", "found", "rest")
THREAD = (
    "<svg viewBox='0 0 34 34' width='34' height='34' aria-hidden='true' focusable='false'>"
    "<path d='M3 23 C7 8 12 8 17 17 S28 27 31 12' fill='none' stroke='currentColor' stroke-width='4.5' "
    "stroke-linecap='round'/></svg>"
)


def page(report: Report, words: Words) -> str:
    """The whole document."""
    title = words("page.document", place=_place(report, words), day=words.day(report.about.checked_at))
    return (
        f"<!doctype html>\n<html lang='{words.language}'>\n<head>\n<meta charset='utf-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        "<meta name='color-scheme' content='light dark'>\n"
        f"<title>{escape(title)}</title>\n<style>\n{style()}</style>\n</head>\n<body>\n"
        f"<a class='skip' href='#content'>{escape(words('page.skip'))}</a>\n"
        f"{_header(report, words)}\n<main id='content' tabindex='-1'>\n"
        f"{_lead(report, words)}\n{_contents(report, words)}\n"
        f"{''.join(_section(name, report, words) for name in SECTIONS)}</main>\n"
        f"<footer><p>{escape(_versions(report, words))}</p></footer>\n</body>\n</html>\n"
    )


def style() -> str:
    """The colours of the pages, light, dark and on paper, and the report's own look."""
    look = (resources.files("checks.report") / "look.css").read_text("utf-8")
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_colours(DARK)} }} }}"
    return f":root {{ color-scheme: light dark; {_colours(LIGHT)} }}\n{dark}\n{look}"


def _colours(tokens: Tokens) -> str:
    names = [field.name for field in fields(Tokens) if field.name != "map_parts"]
    return " ".join(f"--{name.replace('_', '-')}: {getattr(tokens, name)};" for name in names)


def _header(report: Report, words: Words) -> str:
    about, key = report.about, "for_whom" if report.about.municipality_code is None else "for_whom_municipality"
    sample = f"<p class='sample'>{escape(words('page.sample'))}</p>" if about.is_sample else ""
    return (
        f"<header><p class='logo'>{THREAD}<span>Rød tråd</span></p><h1>{escape(words('page.title'))}</h1>"
        f"<p class='subtitle'>{escape(_subtitle(report, words))}</p>{sample}"
        f"<p class='for-whom'>{escape(words(f'page.{key}', threshold=threshold()))}</p></header>"
    )


def _subtitle(report: Report, words: Words) -> str:
    about = report.about
    told = {"place": _place(report, words), "checked": words.day(about.checked_at)}
    if about.as_of is None:
        return words("page.subtitle_ingest", **told)
    return words("page.subtitle", as_of=words.of_pages.day(about.as_of), **told)


def _place(report: Report, words: Words) -> str:
    code = report.about.municipality_code
    if code is None:
        return words("page.country")
    names = dict(Reference.load().municipalities.select("municipality_code", "name").iter_rows())
    return str(names.get(code, code))


def _lead(report: Report, words: Words) -> str:
    return f"<p class='lead'>{' '.join(escape(told) for told in lead(report, words))}</p>"


def lead(report: Report, words: Words) -> list[str]:
    """What it all comes to, made from the counts. A critical check that could not be run says no more than a failed one
    that all is well; and where nothing was judged, nothing is."""
    failed, errors = report.of_status("failed"), report.of_status("error")
    critical = [each for each in (*failed, *errors) if each.check.severity == "critical"]
    judged = len(report.checks) - len(errors) - len(report.of_status("not_applicable"))
    key = "critical" if critical else "failed" if failed else "well" if judged else "nothing"
    bad = len(failed) + (len(errors) if critical else 0)
    counts = {"bad": bad, "all": len(report.checks), "critical": len(critical), "judged": judged}
    told = [words(f"lead.{key}", **{name: words.number(count) for name, count in counts.items()})]
    return [*told, *([words("lead.error", error=words.number(len(errors)))] if errors else [])]


def _contents(report: Report, words: Words) -> str:
    items = "".join(f"<li><a href='#{name}'>{_title(name, report, words)}</a></li>" for name in SECTIONS)
    return f"<nav aria-label='{escape(words('page.contents'), quote=True)}'><ul>{items}</ul></nav>\n"


def _title(name: str, report: Report, words: Words) -> str:
    number = "" if name == "overview" else f" ({words.number(len(_checks_of(name, report)))})"
    return escape(words(f"{name}.title") + number)


def _checks_of(section: str, report: Report) -> list[Reported]:
    if section == "eyes":
        return sorted(report.of_status("error", "failed"), key=_gravity)
    if section == "found":
        return sorted(report.of_status("passed_with_failing_rows"), key=_gravity)
    return report.of_status("passed", "not_applicable")


def _gravity(each: Reported) -> tuple[int, bool]:
    """The gravest severity first, and within it what could not be run."""
    return SEVERITIES.index(each.check.severity), each.status != "error"


def _section(name: str, report: Report, words: Words) -> str:
    return (
        f"<section id='{name}' aria-labelledby='{name}-title'><h2 id='{name}-title'>{_title(name, report, words)}</h2>"
        f"{_content(name, report, words)}</section>\n"
    )


def _content(name: str, report: Report, words: Words) -> str:
    if name == "overview":
        return overview(report, words)
    checks = _checks_of(name, report)
    if not checks:
        return f"<p>{escape(words(f'{name}.none'))}</p>"
    caption = f"<p class='caption'>{escape(words(f'{name}.caption'))}</p>"
    if name == "rest":
        return caption + "".join(_of_a_table(frame, list(some), words) for frame, some in groupby(checks, _frame))
    return caption + "".join(article(each, words, level=3) for each in checks)


def _frame(each: Reported) -> str:
    return each.check.frame


def _of_a_table(frame: str, checks: list[Reported], words: Words) -> str:
    title = escape(words("rest.summary", table=words.frame(frame), number=words.number(len(checks))))
    articles = "".join(article(each, words, level=4) for each in checks)
    return f"<div class='table'>{folded(f'<h3>{title}</h3>', articles)}</div>"


def _versions(report: Report, words: Words) -> str:
    about = report.about
    return words(
        "page.versions",
        run=about.run_id,
        contract=about.contract_version,
        reference=about.reference_version,
        code=about.code_version,
    )
