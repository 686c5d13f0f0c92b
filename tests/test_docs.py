"""What the docs point at is there: pages, their parts, pictures, and commands with the options that are shown."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

from pipelines.cli import app
from pipelines.commands.commands_page import commands_page
from pipelines.commands.shared import EXIT_CODES

ROOT = Path(__file__).parent.parent
LEFT_OUT = {".venv", ".git", "demo", ".pytest_cache"}
PAGES = [page for page in sorted(ROOT.rglob("*.md")) if not LEFT_OUT & set(page.relative_to(ROOT).parts)]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\((?P<to>[^)\s]+)\)")
SHOWN = re.compile(r"`(roedtraad [^`]+)`")
PLACEHOLDERS = re.compile(r"[|…]|\.\.\.")
"""`a|b` and `...` stand for what the reader fills in: such a line is no line to type."""


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text("utf-8"))


@cache
def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings: small letters, no punctuation, blanks to hyphens."""
    headings = re.findall(r"^#+ +(.+?)\s*$", prose(page), flags=re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def broken(page: Path) -> Iterator[str]:
    for link in LINK.finditer(re.sub(r"`[^`]*`", "", prose(page))):
        place, _, part = link["to"].partition("#")
        if "://" in place or place.startswith("mailto:"):
            continue
        file = page.parent / unquote(place) if place else page
        if not file.exists() or (part and file.suffix == ".md" and part not in anchors(file)):
            yield link["to"]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    assert list(broken(page)) == []


def test_every_picture_of_the_docs_is_shown_and_says_what_it_shows() -> None:
    pictures = {each.name for each in (ROOT / "docs" / "pictures").iterdir()}
    shown = {Path(link["to"]).name: link["text"] for page in PAGES for link in LINK.finditer(page.read_text("utf-8"))}
    assert pictures <= set(shown)
    assert [name for name in pictures if len(shown[name]) < 10] == []


def lines_to_type(page: Path) -> Iterator[str]:
    text = page.read_text("utf-8")
    blocks = [lines for kind, lines in FENCE.findall(text) if kind in {"", "sh", "bash", "console"}]
    typed = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    commands = [line for line in typed if re.match(r"(uv run --no-sync )?roedtraad ", line)]
    yield from (line for line in (*commands, *SHOWN.findall(prose(page))) if not PLACEHOLDERS.search(line))


@cache
def command() -> Any:
    return typer.main.get_command(app)


def fault(line: str) -> str | None:
    """What is wrong with a line: a command or an option that is not there. Values are not judged."""
    words = shlex.split(line, comments=True)
    group = command()
    words = words[words.index("roedtraad") + 1 :]
    while words and hasattr(group, "commands"):
        if words[0].startswith("-"):
            break
        name = words.pop(0)
        if name not in group.commands:
            return f"{name} is no command: {line}"
        group = group.commands[name]
    known = {option for param in group.params for option in (*param.opts, *param.secondary_opts)} | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"{unknown} is no option: {line}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_a_page_shows_is_one(page: Path) -> None:
    assert [told for line in lines_to_type(page) if (told := fault(line))] == []


def test_a_command_or_an_option_that_is_not_there_is_found() -> None:
    assert fault("roedtraad sampel demo") is not None
    assert fault("roedtraad run --sorce demo/raw/source.toml") is not None
    assert fault("roedtraad request provider add fyn --name Fyn  # --not-an-option") is None


def test_the_page_of_commands_has_every_command_with_an_example_and_every_exit_code() -> None:
    page = commands_page()
    told = [part.partition("\n")[0] for part in page.split("\n### roedtraad ")[1:]]
    assert len(told) > 60
    assert [part[:40] for part in page.split("\n### ")[1:] if "Example" not in part] == []
    codes = re.findall(r"(?:: |· ?\s*)(\d+) ", EXIT_CODES.replace("\n", " "))
    assert re.findall(r"^\| (\d+) \|", page, flags=re.MULTILINE) == codes
