"""The rules of axe on an open page, and what of their findings is Streamlit's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")
DOC = Path(__file__).parent.parent / "docs" / "accessibility.md"
IS_DARK = """() => {
  const ground = element => getComputedStyle(document.querySelector(element)).backgroundColor;
  return ground('.stApp') === 'rgb(20, 23, 29)' && ground('[data-testid=stSidebar]') === 'rgb(24, 28, 35)'
    && document.getAnimations().length === 0;
}"""
"""The paper and the sidebar of dark have come, and no colour is on its way to another."""
AFTER_TWO_PICTURES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"

Finding = tuple[str, str, str]
"""Rule, how grave, and the element."""

ONLY_COLOURS = {"runOnly": ["color-contrast"]}
"""Dark changes colours and nothing else."""

ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
WITHOUT_ROWS_THAT_LOOK_ALIKE = """() => {
  const look = element => {
    const style = getComputedStyle(element);
    return [element.tagName, element.className, element.getAttribute('style'), style.color, style.backgroundColor,
      style.fontSize, style.fontWeight, style.opacity].join();
  };
  for (const body of document.querySelectorAll('tbody')) {
    const seen = {};
    for (const row of [...body.rows]) {
      const looks = [row, ...row.querySelectorAll('*')].map(look).join('|');
      seen[looks] = (seen[looks] || 0) + 1;
      if (seen[looks] > 2) row.remove();
    }
  }
}"""
"""Two rows of each look stay: contrast is asked of every cell, and a hundred alike have the same answer."""


def findings(page: Page, **options: Any) -> set[Finding]:
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE)
    told = page.evaluate("options => axe.run(document, {resultTypes: ['violations'], ...options})", options)
    return {
        (rule["id"], rule["impact"], " ".join(map(str, node["target"])))
        for rule in told["violations"]
        for node in rule["nodes"]
    }


def turn_dark(page: Page) -> None:
    """A page of Streamlit in its dark colours, all of it: parts of it follow a picture later than the paper."""
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(IS_DARK)
    page.evaluate(AFTER_TWO_PICTURES)
    page.wait_for_function(IS_DARK)


def streamlits_own() -> list[tuple[str, str]]:
    """Rule and part of the element, from the table of the document."""
    rows = re.findall(r"^\| `([a-z-]+)` \| `([^`]+)` \|", DOC.read_text("utf-8"), re.MULTILINE)
    return [(rule, element) for rule, element in rows]


def of_ours(found: set[Finding]) -> set[Finding]:
    known = streamlits_own()
    return {each for each in found if not any(each[0] == rule and part in each[2] for rule, part in known)}


def findings_of_document(page: Page) -> set[Finding]:
    """Of a static document, all rules, and contrast in light and dark. Of rows that look alike two stay in it."""
    page.emulate_media(color_scheme="light")
    found = findings(page, **ALL_BUT_COLOURS)
    page.evaluate(WITHOUT_ROWS_THAT_LOOK_ALIKE)
    found |= findings(page, **ONLY_COLOURS)
    page.emulate_media(color_scheme="dark")
    return found | findings(page, **ONLY_COLOURS)
