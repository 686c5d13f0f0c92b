"""The page `docs/sources.md`: every form, register layout and FHIR profile, made from their declarations."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelines.sources import sources_text as text
from pipelines.sources.fhir import CODE_LISTS, PROFILES, antenatal_record, children_reports
from pipelines.sources.registers.layouts import LAYOUTS, Layout, Variable

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "sample_data" / "small" / "raw" / "source.toml"
SAID_BY: Mapping[str, str] = {
    "children_reports": children_reports.__doc__ or "",
    "antenatal_record": antenatal_record.__doc__ or "",
}
KINDS: Mapping[str, str] = {
    "person": "a person's number",
    "id": "an id of the register",
    "date": "a day",
    "moment": "a day and time, of which the day is read",
    "period": "a day, month or quarter, read as its last day",
    "code": "a code, mapped in the TOML file",
    "municipality": "a municipality, padded to four digits",
    "whole": "a whole number",
    "number": "a number",
    "text": "text",
    "version": "the newest stands",
}
MOST_MEANINGS = 12


def sources_page() -> str:
    """The whole page as Markdown."""
    examples = _examples()
    lines = [text.HEAD + text.GRAMMAR.rstrip(), ""]
    for kind, words in text.FORMS.items():
        lines += [words, *_example(examples, f'form = "{kind}"')]
    lines += [text.REGISTERS.rstrip(), "", *_example(examples, "[[register]]")]
    for layout in LAYOUTS.values():
        lines += _layout(layout)
    lines += [text.FHIR.rstrip(), ""]
    for profile in PROFILES:
        lines += [*_profile(profile), *_example(examples, f'profile = "{profile}"')]
    lines += [text.PERSONS.rstrip(), "", *_example(examples, "[delivery.person]"), text.TAIL.rstrip(), ""]
    return "\n".join(lines)


def _examples() -> list[str]:
    """The parts of the small sample's TOML file, the shortest first."""
    if not EXAMPLE.exists():
        return []
    parts = re.split(r"\n(?=\[\[)", EXAMPLE.read_text(encoding="utf-8"))
    return sorted((part.strip() for part in parts if part.startswith("[[")), key=len)


def _example(examples: list[str], mark: str) -> list[str]:
    """The shortest part of the sample with this mark; persons' columns are shown by their own example only."""
    about_persons = "[delivery.person]"
    kind = "[[delivery]]" if mark.startswith("form") else "[["
    fits = (part for part in examples if mark in part and part.startswith(kind))
    part = next((part for part in fits if about_persons not in part or mark == about_persons), None)
    title = "From the sample:" if part else "An example:"
    return [title, "", "```toml", part or text.EXAMPLES[mark].rstrip(), "```", ""]


def _layout(layout: Layout) -> Iterator[str]:
    yield f"### {layout.name}"
    yield ""
    yield f"{layout.title_da}.  "
    yield f"{layout.title_en}."
    yield ""
    yield f"Feeds {_names(layout.feeds)}." + (f" Only with {_names(layout.joins)}." if layout.joins else "")
    yield ""
    yield "| variable | holds | needed | may mean |"
    yield "|---|---|---|---|"
    for variables in _in_runs(layout.variables):
        first = variables[0]
        names = _names(tuple(variable.name for variable in variables))
        needed = "yes" if first.is_needed else "no"
        yield f"| {names} | {KINDS.get(first.kind, first.kind)} | {needed} | {_meanings(first.meanings)} |"
    yield ""
    if layout.quirks_da or layout.quirks_en:
        yield f"{layout.quirks_da}  "
        yield layout.quirks_en
        yield ""


def _in_runs(variables: tuple[Variable, ...]) -> Iterator[list[Variable]]:
    """Variables that are alike in all but their name, together."""
    run: list[Variable] = []
    for variable in variables:
        if run and (run[0].kind, run[0].is_needed, run[0].meanings) != (
            variable.kind,
            variable.is_needed,
            variable.meanings,
        ):
            yield run
            run = []
        run.append(variable)
    if run:
        yield run


def _meanings(meanings: tuple[str, ...]) -> str:
    shown = ", ".join(meanings[:MOST_MEANINGS])
    return f"{shown} and {len(meanings) - MOST_MEANINGS} more" if len(meanings) > MOST_MEANINGS else shown


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _profile(profile: str) -> Iterator[str]:
    title, _, rest = SAID_BY[profile].partition("\n")
    yield f"### {profile}"
    yield ""
    yield title.strip()
    yield from rest.splitlines()
    yield ""
    yield f"Code lists of the TOML file, each `[fhir.codes.NAME]`: {_names(CODE_LISTS[profile])}."
    yield ""
    yield from _known_codes(Path(children_reports.__file__).with_name(f"{profile}.csv"))


def _known_codes(file: Path) -> Iterator[str]:
    """Codes whose meaning is the profile's own."""
    if not file.exists():
        return
    yield "| list | code | read as | title | basis |"
    yield "|---|---|---|---|---|"
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            cells = [row["list"], f"`{row['code']}`", row["meaning"], row.get("title_en", ""), row.get("basis", "")]
            yield "| " + " | ".join(cells) + " |"
    yield ""
