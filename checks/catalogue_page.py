"""The page `docs/checks.md`: every check with its claim, what it means and what is to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from checks.catalogue import CATALOGUE
from checks.declared import CATEGORIES, SEVERITIES, STATUSES, Check
from checks.report.words import Words

DA, EN = Words("da"), Words("en")
HEAD = """# The checks

<!-- Made by `roedtraad docs` from checks/catalogue. Do not edit. -->

`roedtraad check --store STORE --report DIR` runs them on the last run of a store and writes reports for people
(`checks.html`), programs (`checks.json`), CI servers (`checks.xml`, JUnit) and those who know Great Expectations
(`great_expectations/`). `--municipality CODE` makes the report that may be handed to that municipality.

A check makes a claim about the rows of one table, as it stands or with others joined to it; rows that the claim is not
about do not count. Of those that it is about, the tolerated share may break it. The first status that fits is the
check's:

| status | dansk | meaning |
|---|---|---|
| `error` | {error} | it could not be calculated, and says nothing |
| `not_applicable` | {not_applicable} | there are no rows that it is about |
| `failed` | {failed} | more rows break it than are tolerated or accepted |
| `passed_with_failing_rows` | {passed_with_failing_rows} | some rows break it, and are tolerated or accepted |
| `passed` | {passed} | no row breaks it |

*Conformance*: does it have the agreed form? *Completeness*: is it there? *Plausibility*: can it be true? *Verification*
compares data with their own rules, *validation* with something outside them. Where a critical check of a canonical
table fails, a run stops before figures are made.

The exit code is that of the worst: 11 when a critical check failed, else 12 when a check could not be calculated, else
0. JUnit says the same: critical checks that failed are failures, checks that could not be calculated are errors. Failed
warnings and notes stop nothing; in JUnit they stand in `system-out`, and the report tells them all.
"""


def checks_page() -> str:
    """The whole page as Markdown, tables in the order of the catalogue."""
    lines = [HEAD.format(**{status: DA.status(status).lower() for status in STATUSES}), *_counts(CATALOGUE), ""]
    for frame, checks in groupby(CATALOGUE, lambda check: check.frame):
        lines += [f"## {EN.frame(frame)} (`{frame}`)", "", f"{DA.frame(frame)}.", ""]
        for check in checks:
            lines += [*_check(check), ""]
    return "\n".join(lines).rstrip() + "\n"


def _counts(checks: Sequence[Check]) -> Iterator[str]:
    """How many there are of each category and severity."""
    counted = Counter((check.category, check.severity) for check in checks)
    yield f"There are {len(checks)} checks:"
    yield ""
    yield f"| | {' | '.join(SEVERITIES)} |"
    yield "|---|" + "---:|" * len(SEVERITIES)
    for category in CATEGORIES:
        yield f"| {category} | {' | '.join(str(counted[category, severity]) for severity in SEVERITIES)} |"


def _check(check: Check) -> Iterator[str]:
    """English and Danish beside each other, so that both readers find the same."""
    yield f"### {check.id}"
    yield ""
    yield f"{check.claim_en}  "
    yield f"*{check.claim_da}*"
    yield ""
    yield _facts(check)
    yield ""
    yield "| | English | dansk |"
    yield "|---|---|---|"
    yield f"| for the figures | {check.reader_en} | {check.reader_da} |"
    yield f"| for the supplier | {check.supplier_en} | {check.supplier_da} |"


def _facts(check: Check) -> str:
    tolerated = f"tolerates {EN.share(check.threshold)}" if check.threshold else "tolerates nothing"
    touched = "every figure" if "*" in check.touches else ", ".join(f"`{name}`" for name in check.touches)
    touches = f"touches {touched}" if touched else "touches no figure"
    owner, since = check.owner.replace("_", " "), f"since {check.since.isoformat()}"
    return " · ".join([f"**{check.severity}**", check.category, check.context, tolerated, touches, owner, since])
