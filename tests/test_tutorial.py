"""The tutorial, walked as a newcomer does: its commands in their order in an empty folder, and the lines that it shows.

The Danish page has the same commands, files and outputs, so it is walked with it.
"""

from __future__ import annotations

import re
import shlex
from glob import glob
from pathlib import Path

import pytest
from commanded import roedtraad

from dashboards.opening import open_store

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parent.parent / "docs"
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SERVERS = {"app", "sign-in-demo"}
"""Commands that run until somebody ends them; their own tests open them."""
SEEN = "kommune/source.toml"


def blocks(page: str) -> list[tuple[str, str]]:
    return [(block["kind"], block["text"]) for block in BLOCK.finditer((DOCS / page).read_text("utf-8"))]


def in_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def expanded(line: str) -> list[str]:
    """As a shell does it: stars become the files that are there."""
    words = [sorted(glob(word)) if "*" in word else [word] for word in shlex.split(line)]  # noqa: PTH207 - as typed
    return [each for word in words for each in word]


def ran(lines: str) -> str:
    told = ""
    for line in lines.splitlines():
        program, command, *rest = expanded(line)
        assert program == "roedtraad", line
        if command in SERVERS:
            open_store(Path(rest[rest.index("--store") + 1]))
            continue
        done = roedtraad(command, *rest)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        told += done.stdout
    return in_one_line(told)


def changed(diff: str) -> None:
    """The lines with a minus stand in the file once, and give way to those with a plus."""
    file = Path(SEEN)
    old, new = ("".join(line[1:] + "\n" for line in diff.splitlines() if line[0] == sign) for sign in "-+")
    text = file.read_text("utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), "utf-8")


def test_the_tutorial_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told, shown = "", 0
    for kind, text in blocks("tutorial.md"):
        if kind == "sh":
            told = ran(text)
        elif kind == "diff":
            changed(text)
        else:
            assert kind == "text"
            missing = [line for line in text.splitlines() if in_one_line(line).strip() not in told]
            assert missing == []
            shown += len(text.splitlines())
    assert shown > 15
    assert "TODO" not in "".join(Path(SEEN).read_text("utf-8").splitlines()[2:])
    assert {each.name for each in Path("briefs").iterdir()} == {"0479-svendborg.html", "0479-svendborg.pdf"}
    assert Path("checks/checks.html").stat().st_size > 10_000
    assert Path("reply/reply-gravide-2026-da.docx").stat().st_size > 10_000


def test_the_danish_tutorial_has_the_same_commands_changes_and_outputs() -> None:
    assert blocks("tutorial.da.md") == blocks("tutorial.md")
